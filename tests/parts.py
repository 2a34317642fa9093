"""Says which real part a test needs, and what happens where it is missing.

A missing part is a skip with its reason for a person, and a failure with ``CI=true``.
"""

from __future__ import annotations

import os
import shutil

import pytest

HOW = {
    "prometheus": "apt install prometheus",
    "promtool": "apt install prometheus",
    "chromium": "apt install chromium",
    "dpkg": "this test needs Debian or Ubuntu",
    "apt-get": "this test needs Debian or Ubuntu",
}


def need(program: str) -> str:
    """Return the path of a program, or skip (fail with ``CI=true``) saying how to get it."""
    path = shutil.which(program)
    if path is None:
        missing(f"{program} is not installed; {HOW.get(program, 'install it')}")
    return str(path)


def missing(reason: str) -> None:
    """Skip with ``reason``, or fail where every part has to be there (``CI=true``)."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"a part is missing with CI=true: {reason}")
    pytest.skip(reason)
