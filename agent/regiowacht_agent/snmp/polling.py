"""The word by which an agent proves to its standby that it asks devices: the seconds since it last asked one.

An age instead of a time, so that the clocks of the two servers need not agree.
"""

from __future__ import annotations

import re

AGE = re.compile(rb"([0-9]{1,9}(?:\.[0-9]{1,6})?)\n?")
SIZE_MAX_BYTES = 32


def word(age_s: float | None) -> bytes:
    """Return the page: ``12.345``, or ``none`` where no device was asked yet.

    Args:
        age_s: seconds since an asking of a device ended, whatever it came to.
    """
    return b"none\n" if age_s is None else b"%.3f\n" % max(0.0, age_s)


def age_of(page: bytes) -> float | None:
    """Return the seconds of such a page; None where it says that nobody is asked, or is another page."""
    match = AGE.fullmatch(page)
    return float(match[1]) if match else None
