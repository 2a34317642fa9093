"""The one error of packing."""

from __future__ import annotations


class PackError(Exception):
    """Something could not be packed: one line that says what, and what to do about it."""
