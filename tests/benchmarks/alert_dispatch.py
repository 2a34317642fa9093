"""Alertmanager's dispatching as arithmetic over a week: which notice would go out when, of a real ``alertmanager.yml``.

Alertmanager itself cannot be run faster than the clock. This follows its 0.25: routes, groups that are flushed after
``group_wait`` and then every ``group_interval``, inhibition, time intervals, silences, and what it takes for news.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Labels = frozenset[tuple[str, str]]
UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that fired from one moment until another, Unix times."""

    labels: Labels
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice: when, to whom, and what of it held or was over."""

    at_s: float
    receiver: str
    firing: frozenset[Labels]
    over: frozenset[Labels]


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence: matchers as written in a configuration, and from when until when."""

    matchers: Sequence[str]
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Matchers:
    """Some matchers, all of which must fit."""

    each: tuple[tuple[str, str, re.Pattern[str]], ...]

    @classmethod
    def of(cls, written: Iterable[str]) -> Matchers:
        """Read them as a configuration has them.

        Raises:
            ValueError: one is none.
        """
        found = []
        for text in written:
            parts = _MATCHER.fullmatch(text)
            if parts is None:
                raise ValueError(f"no matcher: {text}")
            value = re.sub(r"\\(.)", r"\1", parts[3])
            found.append((parts[1], parts[2], re.compile(value if "~" in parts[2] else re.escape(value))))
        return cls(tuple(found))

    def fit(self, labels: Mapping[str, str]) -> bool:
        """Tell whether they fit."""
        return all(bool(p.fullmatch(labels.get(name, ""))) is (how[0] == "=") for name, how, p in self.each)


def seconds(text: str) -> int:
    """Return the seconds of a duration such as ``1m15s``."""
    return sum(int(number) * UNITS_S[unit] for number, unit in re.findall(r"(\d+)([smhd])", text))


def leaves(route: Mapping[str, Any], labels: Mapping[str, str], path: tuple[int, ...] = ()) -> Iterator[dict[str, Any]]:
    """Yield the routes that an alert comes to, each with what it has from those above it."""
    found = False
    for number, child in enumerate(route.get("routes", ())):
        if not Matchers.of(child.get("matchers", ())).fit(labels):
            continue
        found = True
        handed_on = {key: route[key] for key in INHERITED if key in route}
        yield from leaves({**handed_on, **child}, labels, (*path, number))
        if not child.get("continue"):
            break
    if not found:
        yield {**route, "path": path}


INHERITED = ("receiver", "group_by", "group_wait", "group_interval", "repeat_interval")


@dataclass(slots=True)
class _Group:
    route: Mapping[str, Any]
    alerts: list[Firing] = field(default_factory=list)


class Dispatch:
    """What a configuration makes of the alerts of some time.

    Args:
        config: ``alertmanager.yml``, read.
        firing: all alerts of that time.
        silences: what is silenced.
    """

    def __init__(self, config: Mapping[str, Any], firing: Sequence[Firing], silences: Iterable[Silenced] = ()) -> None:
        self._config = config
        self._firing = firing
        self._silences = [(Matchers.of(one.matchers), one) for one in silences]
        self._intervals = {one["name"]: one["time_intervals"] for one in config.get("time_intervals", ())}
        self._inhibit = [
            (Matchers.of(rule["source_matchers"]), Matchers.of(rule["target_matchers"]), rule.get("equal", ()))
            for rule in config.get("inhibit_rules", ())
        ]
        self.held_back: set[Firing] = set()

    def sent(self) -> list[Sent]:
        """Return every notice, by time."""
        groups: dict[object, _Group] = {}
        for one in self._firing:
            labels = dict(one.labels)
            for route in leaves(self._config["route"], labels):
                key = route["path"], tuple(labels.get(name, "") for name in route["group_by"])
                groups.setdefault(key, _Group(route)).alerts.append(one)
        return sorted((one for group in groups.values() for one in self._of(group)), key=lambda one: one.at_s)

    def _of(self, group: _Group) -> Iterator[Sent]:
        """Yield the notices of one group: what is new since the last one, or held too long to go without a word."""
        route, ahead = group.route, sorted(group.alerts, key=lambda one: one.from_s)
        inside: dict[Labels, Firing] = {}
        last: Sent | None = None
        at_s = 0.0
        while ahead or inside:
            if not inside:
                at_s = ahead[0].from_s + seconds(route["group_wait"])
            while ahead and ahead[0].from_s <= at_s:
                one = ahead.pop(0)
                inside[one.labels] = one
            new = self._notice(route, inside.values(), at_s)
            if new and _is_news(last, new, seconds(route["repeat_interval"])):
                last = new
                yield new
            inside = {labels: one for labels, one in inside.items() if one.until_s > at_s}
            at_s += seconds(route["group_interval"])

    def _notice(self, route: Mapping[str, Any], alerts: Iterable[Firing], at_s: float) -> Sent | None:
        alerts = [one for one in alerts if not self._is_held_back(one, at_s)]
        active, muted = route.get("active_time_intervals", ()), route.get("mute_time_intervals", ())
        if (active and not self._is_within(active, at_s)) or self._is_within(muted, at_s):
            return None
        firing = frozenset(one.labels for one in alerts if one.until_s > at_s)
        return Sent(at_s, route["receiver"], firing, frozenset(one.labels for one in alerts) - firing)

    def _is_held_back(self, one: Firing, at_s: float) -> bool:
        labels = dict(one.labels)
        is_silent = any(s.from_s <= at_s < s.until_s and m.fit(labels) for m, s in self._silences)
        if is_silent or any(self._hides(rule, labels, at_s) for rule in self._inhibit):
            self.held_back.add(one)
            return True
        return False

    def _hides(self, rule: tuple[Matchers, Matchers, Sequence[str]], labels: Mapping[str, str], at_s: float) -> bool:
        source, target, equal = rule
        if not target.fit(labels):
            return False
        is_both = source.fit(labels)
        for other in self._firing:
            if not other.from_s <= at_s < other.until_s:
                continue
            above = dict(other.labels)
            agree = all(above.get(name, "") == labels.get(name, "") for name in equal)
            if agree and source.fit(above) and not (is_both and target.fit(above)):
                return True
        return False

    def _is_within(self, names: Iterable[str], at_s: float) -> bool:
        return any(_holds(interval, at_s) for name in names for interval in self._intervals[name])


def _is_news(last: Sent | None, new: Sent, repeat_s: float) -> bool:
    if last is None:
        return bool(new.firing)
    if not new.firing <= last.firing:
        return True
    if not new.firing:
        return bool(last.firing)
    return not new.over <= last.over or new.at_s - last.at_s > repeat_s


def _holds(interval: Mapping[str, Any], at_s: float) -> bool:
    moment = datetime.fromtimestamp(at_s, UTC).astimezone(ZoneInfo(interval.get("location", "UTC")))
    day = f"{moment:%A}".lower()
    clock = f"{moment:%H:%M}"
    wanted = {"weekdays": day, "years": str(moment.year), "months": str(moment.month), "days_of_month": str(moment.day)}
    return all(value in interval.get(key, [value]) for key, value in wanted.items()) and any(
        one["start_time"] <= clock < one["end_time"]
        for one in interval.get("times", [{"start_time": "00:00", "end_time": "24:00"}])
    )
