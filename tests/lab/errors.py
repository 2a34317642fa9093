"""The one error of the lab."""

from __future__ import annotations


class LabError(Exception):
    """Something the lab needs is missing or failed: one line that says what, and what to do about it."""
