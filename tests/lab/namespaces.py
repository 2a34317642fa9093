"""Enters another process' network, for the sockets that are made inside."""

from __future__ import annotations

import ctypes
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CLONE_NEWNET = 0x40000000

_LIBC = ctypes.CDLL(None, use_errno=True)


@contextmanager
def network_of(pid: int) -> Iterator[None]:
    """Have this thread see the network of ``pid`` until the block ends (setns(2)); needs root.

    A socket keeps the network it was made in, also after the block. A thread started inside the block stays in it.

    Raises:
        OSError: no such process, or not allowed.
    """
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _enter(f"/proc/{pid}/ns/net")
        try:
            yield
        finally:
            _set(own)
    finally:
        os.close(own)


def _enter(path: str) -> None:
    other = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _set(other)
    finally:
        os.close(other)


def _set(descriptor: int) -> None:
    if _LIBC.setns(descriptor, CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
