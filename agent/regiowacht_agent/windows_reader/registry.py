"""Reads values of the registry, below HKEY_LOCAL_MACHINE."""

from __future__ import annotations

import importlib
from typing import Any


def value(key: str, name: str) -> object:
    """Return a value of the registry, "" where there is none.

    Args:
        key: path below HKEY_LOCAL_MACHINE.
        name: of the value.
    """
    winreg: Any = importlib.import_module("winreg")  # which Windows alone has
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            found: object = winreg.QueryValueEx(opened, name)[0]
    except OSError:
        return ""
    return found
