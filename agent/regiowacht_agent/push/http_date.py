"""Reads the two ways in which a header says when: a date, or seconds from now (RFC 9110 sections 5.6.7 and 10.2.3)."""

from __future__ import annotations

import re

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DATE = re.compile(
    r"[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT",
    re.ASCII,
)
SECONDS = re.compile(r"\d{1,9}", re.ASCII)
DAY_S = 86_400


def date_of(told: str) -> int | None:
    """Return the seconds since 1970 that an IMF-fixdate means, or None where it is none."""
    match = DATE.fullmatch(told)
    if match is None or match[2] not in MONTHS:
        return None
    day, year, hour, minute, second = (int(match[at]) for at in (1, 3, 4, 5, 6))
    if not (0 < day < 32 and hour < 24 and minute < 60 and second < 61):
        return None
    return _days(year, MONTHS.index(match[2]) + 1, day) * DAY_S + hour * 3600 + minute * 60 + second


def retry_after_s(told: str, date: int | None) -> float | None:
    """Return how many seconds ``Retry-After`` asks to wait, or None where it says nothing that can be read.

    Args:
        told: the field.
        date: when the answer was given by the clock of who answered: a date there is of the same clock.
    """
    if SECONDS.fullmatch(told):
        return float(told)
    until = date_of(told)
    return max(0.0, float(until - date)) if until is not None and date is not None else None


def _days(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01: years begin in March, so that the odd day is the last one of each."""
    year -= month < 3
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719_468
