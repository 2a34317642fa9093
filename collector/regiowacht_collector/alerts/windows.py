"""Maintenance windows of the region folder as silences of Alertmanager.

A window's silences carry a mark in their comment, by which they are known again: what is wanted and not there is made,
what is there and no longer wanted is ended, and what people silenced by hand is left alone.
"""

from __future__ import annotations

import hashlib
import json
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

from regiowacht_collector.alerts.routing import WATCHDOG_ALERT
from regiowacht_contract.errors import Found
from regiowacht_inventory.alerting import DayOfWeek

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_collector.alerts.manager.client import ManagerClient
    from regiowacht_inventory import Region
    from regiowacht_inventory.alerting import Window

AHEAD = timedelta(days=7)
"""How far ahead silences are made: so long windows hold when the collector itself is away."""

LONGEST = timedelta(days=14)
AUTHOR = "regiowacht"
_DAYS: Sequence[str] = get_args(DayOfWeek)


@dataclass(frozen=True, slots=True)
class Silence:
    """One time in which some alerts are told to nobody.

    Attributes:
        matchers: label, operator (``=`` or ``!=``) and value, sorted.
        starts: when it begins, in UTC.
        ends: when it ends, in UTC.
        name: what is done.
    """

    matchers: tuple[tuple[str, str, str], ...]
    starts: datetime
    ends: datetime
    name: str

    @property
    def comment(self) -> str:
        """Its name with the mark by which it is known again."""
        told = json.dumps([self.matchers, self.starts.isoformat(), self.ends.isoformat(), self.name])
        return f"{self.name} [regiowacht {hashlib.sha256(told.encode()).hexdigest()[:16]}]"

    def as_json(self) -> dict[str, Any]:
        """Return it as Alertmanager's API wants it."""
        return {
            "matchers": [
                {"name": label, "value": value, "isRegex": False, "isEqual": how == "="}
                for label, how, value in self.matchers
            ],
            "startsAt": self.starts.isoformat(),
            "endsAt": self.ends.isoformat(),
            "createdBy": AUTHOR,
            "comment": self.comment,
        }


def occurrences(region: Region, now: datetime) -> list[Silence]:
    """Return what is to be silent between now and a week from now, in the order of time."""
    zone = ZoneInfo(region.timezone)
    found = [
        Silence(_matchers(slug, window), starts, ends, window.name)
        for slug, window in _windows(region)
        for starts, ends in _times(window, zone, now)
        # Within the hour that a night in March does not have, a window has no length.
        if starts < ends and ends > now and starts < now + AHEAD
    ]
    return sorted(found, key=lambda one: (one.starts, one.comment))


def keep_up(client: ManagerClient, region: Region, now: datetime) -> tuple[int, int]:
    """Make the silences that are wanted and end those that are not, and return how many of each.

    Raises:
        Found: Alertmanager refuses one.
        Unreachable: it does not answer.
    """
    wanted = {one.comment: one for one in occurrences(region, now)}
    there = {
        one["comment"]: one["id"]
        for one in client.silences()
        if one["createdBy"] == AUTHOR and one["status"]["state"] != "expired"
    }
    refused: list[Found] = []
    for comment in wanted.keys() - there.keys():
        try:
            client.silence(wanted[comment].as_json())
        except Found as error:  # one that is wrong holds up no other
            refused.append(error)
    for comment in there.keys() - wanted.keys():
        client.expire(there[comment])
    if refused:
        raise refused[0]
    return len(wanted.keys() - there.keys()), len(there.keys() - wanted.keys())


def _windows(region: Region) -> Iterator[tuple[str, Window]]:
    yield from (("", window) for window in region.alerts.windows)
    for gemeente in region.gemeenten:
        yield from ((gemeente.gemeente, window) for window in gemeente.alerts.windows)


def _matchers(gemeente: str, window: Window) -> tuple[tuple[str, str, str], ...]:
    wanted = {
        "gemeente": gemeente,
        "site": window.site,
        "instance": window.asset,
        "laag": window.laag,
        "leverancier": window.leverancier,
    }
    return (("alertname", "!=", WATCHDOG_ALERT), *((label, "=", value) for label, value in wanted.items() if value))


def _times(window: Window, zone: ZoneInfo, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield begin and end, in UTC; what comes back from the day before yesterday on."""
    if not window.days:
        yield _moment(window.from_moment, zone), _moment(window.until_moment, zone)
        return
    first = now.astimezone(zone).date() - timedelta(days=2)
    for day in (first + timedelta(days=ahead) for ahead in range(AHEAD.days + 3)):
        if _DAYS[day.weekday()] in window.days and _is_week(day, window.week):
            begin, end = time.fromisoformat(window.from_moment), time.fromisoformat(window.until_moment)
            last = day if end > begin else day + timedelta(days=1)
            yield (
                datetime.combine(day, begin, zone).astimezone(UTC),
                datetime.combine(last, end, zone).astimezone(UTC),
            )


def _moment(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def _is_week(day: date, week: str | None) -> bool:
    if week is None:
        return True
    if week == "last":
        return day.day + 7 > monthrange(day.year, day.month)[1]
    return (day.day - 1) // 7 + 1 == int(week)
