"""What any week has and nobody is to be told of, laid over the made-up figures of the week of alerts.

Lines lose single pings and are slow for some minutes, servers are busy and write a large copy at night, computers on
switches come and go, updates wait for a restart, a UPS tries its battery, a device does not answer once, an access
point or a telephone is off for six minutes. And what the collector tells of itself, in good health.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING

from regiowacht.demo.history.chance import seeded
from regiowacht.demo.history.curves import Bursts, Flat, Patch, Patched, Scaled, Steps, Total
from regiowacht.demo.history.series import series
from regiowacht.demo.history.server import FULLEST
from regiowacht.demo.history.waves import Wave
from regiowacht_contract.labels import scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from random import Random

    from regiowacht.demo.history.curves import Curve
    from regiowacht.demo.history.series import Series
    from regiowacht.demo.history.waves import Times
    from regiowacht_inventory import Region

    Noise = Callable[[Curve, "Moments"], Curve]

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
DAYS = 7
WORK_DAYS = (0, 1, 4, 5, 6)
"""The week begins on a Thursday."""

LOST = 0.001
"""So many pings are lost: what lines do that nothing is the matter with. Of the four in a minute at most one."""

PINGS_A_MINUTE = 4
SHORT_OF_A_LOST_ONE = (PINGS_A_MINUTE + 1) / PINGS_A_MINUTE
"""Requests per ping in a minute of which one ping was lost: sums over time are what they are with each by itself."""

SCAN, SCAN_LASTS_S = HOUR_S, 45 * MINUTE_S
SCAN_TAKES = 0.84
COPY, COPY_LASTS_S, COPY_BYTES = 2 * HOUR_S, 2 * HOUR_S, 4e10
DISCARDS_PER_S, ERRORS_PER_S = 5.0, 0.05
OFFICE_OPENS, OFFICE_CLOSES = 6 * HOUR_S + 1800, 17 * HOUR_S
PORTS_OF_COMPUTERS = ("2", "3")
UPDATES, RESTART = DAY_S + 6 * HOUR_S, 3 * DAY_S + 3 * HOUR_S
LATE_COPY_S = 3 * HOUR_S
MISSED_WITHIN_S = 1800
OFF_S = 6 * MINUTE_S
SWITCHED_OFF_BY_PEOPLE = ("printer", "phone", "camera", "access_point")


class Laid:
    """A curve with something else in some stretches of time, and nothing where it has nothing: who is silent is."""

    def __init__(self, of: Curve, patches: Sequence[Patch]) -> None:
        self.of, self.patches = of, tuple(patches)
        self._over = Patched(of, self.patches)

    def at(self, at_s: float) -> float | None:
        """Return the value at one moment."""
        return None if self.of.at(at_s) is None else self._over.at(at_s)

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        told = self.of.many(times)
        return [None if was is None else value for was, value in zip(told, self._over.many(times), strict=True)]


class Refused:
    """The ``up`` of a server that the engine asks itself: it says 0 where nobody answers."""

    def __init__(self, of: Curve) -> None:
        self.of = of

    def at(self, at_s: float) -> float:
        """Return the value at one moment."""
        return self.of.at(at_s) or 0.0

    def many(self, times: Times) -> Sequence[float | None]:
        """Return the value at each of these moments."""
        return [value or 0.0 for value in self.of.many(times)]


class Moments:
    """When something happens to one series, of which no two have the same.

    Args:
        begin_s: when the week begins, Unix time.
        day_s: seconds into the week from which on everything that has to be looked at closely happens.
        labels: of the series, as they are written.
        kind: of the asset.
    """

    def __init__(self, begin_s: int, day_s: int, labels: str, kind: str) -> None:
        self.begin_s, self.day_s, self.kind = begin_s, day_s, kind
        self.labels = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        self.random: Random = seeded(1, "noise", labels)

    def each_day(self, at_s: int, lasts_s: int) -> tuple[tuple[float, float], ...]:
        """Return from when until when it is every night, some minutes apart from one series to another."""
        first = self.begin_s + at_s + MINUTE_S * 5 * self.random.randrange(6)
        return tuple((first + DAY_S * day, first + DAY_S * day + lasts_s) for day in range(DAYS))

    def any_time(self) -> int:
        """Return some full minute of the week."""
        return self.begin_s + MINUTE_S * self.random.randrange(DAYS * DAY_S // MINUTE_S)

    def by_day(self) -> int:
        """Return some full minute of the part that is looked at closely."""
        return self.begin_s + self.day_s + MINUTE_S * self.random.randrange(5, MISSED_WITHIN_S // MINUTE_S)


def with_noise(one: Series, begin_s: int, day_s: int, kinds: Mapping[tuple[str, str], str]) -> Curve:
    """Return the curve of a series with what any week has; ``kinds`` of assets by (gemeente, name)."""
    if one.name not in NOISE:
        return one.curve
    moments = Moments(begin_s, day_s, one.labels, "")
    moments.kind = kinds.get((moments.labels["gemeente"], moments.labels["instance"]), "")
    return NOISE[one.name](one.curve, moments)


def _lost(curve: Curve, at: Moments) -> Curve:
    minutes = DAYS * DAY_S // MINUTE_S
    chosen = sorted(at.random.sample(range(minutes), round(minutes * LOST * PINGS_A_MINUTE)))
    begins = [at.begin_s + MINUTE_S * minute for minute in chosen]
    return Laid(curve, [Patch(since, since + MINUTE_S, Flat(SHORT_OF_A_LOST_ONE)) for since in begins])


def _slow(curve: Curve, at: Moments) -> Curve:
    if at.labels["phase"] != "rtt":
        return curve
    begins = [at.any_time() for _ in range(3 * DAYS)]
    return Laid(curve, [Patch(s, s + MINUTE_S * at.random.randrange(2, 7), Flat(0.3)) for s in begins])


def _scanned(curve: Curve, at: Moments) -> Curve:
    share = {"idle": -SCAN_TAKES, "user": SCAN_TAKES}.get(at.labels["mode"])
    same = Moments(at.begin_s, at.day_s, at.labels["instance"], at.kind)  # one scan, seen in both modes
    return curve if share is None else Bursts(curve, share, same.each_day(SCAN, SCAN_LASTS_S))


def _copied(curve: Curve, at: Moments) -> Curve:
    if at.labels["mountpoint"] != FULLEST:
        return curve
    same = Moments(at.begin_s, at.day_s, at.labels["instance"], at.kind)
    less = Scaled(curve, 1, -COPY_BYTES)
    return Laid(curve, [Patch(since, until, less) for since, until in same.each_day(COPY, COPY_LASTS_S)])


def _computers(curve: Curve, at: Moments) -> Curve:
    """A computer brings its port up at another speed first, and leaves it in the same way when it goes to sleep."""
    if at.kind != "switch" or at.labels["ifIndex"] not in PORTS_OF_COMPUTERS:
        return curve
    moments: list[float] = []
    values: list[float | None] = [2.0]
    for day in WORK_DAYS:
        for opens in (OFFICE_OPENS, OFFICE_CLOSES):
            first = at.begin_s + DAY_S * day + opens + MINUTE_S * at.random.randrange(60)
            moments += [first, first + MINUTE_S, first + 2 * MINUTE_S]
            values += [1.0, 2.0, 1.0] if opens == OFFICE_OPENS else [2.0, 1.0, 2.0]
    goes = Steps(tuple(moments), tuple(values))
    return Laid(curve, [Patch(at.begin_s, at.begin_s + DAYS * DAY_S, goes)])


def _tries_its_battery(curve: Curve, at: Moments, value: float) -> Curve:
    same = Moments(at.begin_s, at.day_s, at.labels["instance"], at.kind)
    since = same.by_day()
    return Laid(curve, [Patch(since, since + MINUTE_S, Flat(value))])


def _unheard(curve: Curve, at: Moments) -> Curve:
    """A question or its answer is lost; what people switch off is off for some minutes."""
    if at.labels["job"] == "node":
        return Refused(curve)
    if at.labels["job"] != "snmp":
        return curve
    since = at.by_day()
    lasts_s = OFF_S if at.kind in SWITCHED_OFF_BY_PEOPLE else MINUTE_S
    return Laid(curve, [Patch(since, since + lasts_s, Flat(0.0))])


def _at_night(per_s: float) -> Noise:
    return lambda curve, at: Bursts(curve, per_s, at.each_day(COPY, HOUR_S)) if at.labels["ifIndex"] == "1" else curve


def _for_ten_minutes(value: float) -> Noise:
    def noise(curve: Curve, at: Moments) -> Curve:
        since = at.any_time()
        return Laid(curve, [Patch(since, since + 10 * MINUTE_S, Flat(value))])

    return noise


def _waits_for_a_restart(curve: Curve, at: Moments) -> Curve:
    return Laid(curve, [Patch(at.begin_s + UPDATES, at.begin_s + RESTART, Flat(1.0))])


def _late_copy(curve: Curve, at: Moments) -> Curve:
    """One night the backup takes hours longer than in others."""
    made_s = curve.at(at.begin_s + DAY_S * at.random.randrange(1, DAYS)) or 0
    return Laid(curve, [Patch(made_s, made_s + LATE_COPY_S, Flat(made_s - DAY_S))])


NOISE: Mapping[str, Noise] = {
    "probe_icmp_requests": _lost,
    "probe_icmp_duration_seconds": _slow,
    "node_cpu_seconds_total": _scanned,
    "node_filesystem_avail_bytes": _copied,
    "node_filesystem_free_bytes": _copied,
    "ifOperStatus": _computers,
    "ifInDiscards": _at_night(DISCARDS_PER_S),
    "ifOutDiscards": _at_night(DISCARDS_PER_S),
    "ifInErrors": _at_night(ERRORS_PER_S),
    "snmp_ups_on_battery": lambda curve, at: _tries_its_battery(curve, at, 1.0),
    "snmp_ups_charge_ratio": lambda curve, at: _tries_its_battery(curve, at, 0.97),
    "up": _unheard,
    "node_timex_offset_seconds": _for_ten_minutes(0.1),
    "node_reboot_required": _waits_for_a_restart,
    "regiowacht_backup_last_success_timestamp_seconds": _late_copy,
}
"""What happens, by metric."""


def own_series(region: Region, end_s: int) -> Iterator[Series]:
    """Yield what collector, engine and gateway tell of themselves in a week in which they do what they should."""
    wave = Wave(1, 0, region.timezone, end_s - DAYS * DAY_S)
    grows = Total(wave, 1000.0, end_s - DAYS * DAY_S, 0.05, 0.0)
    own = {"gemeente": "_regio", "scope": "_regio/overig", "instance": "collector", "job": "regiowacht"}
    engine = {**own, "instance": "engine"}
    yield series("up", own, Flat(1.0), "still")
    yield series("up", engine, Flat(1.0), "still")
    yield series("regiowacht_collector_info", {**own, "version": version("regiowacht")}, Flat(1.0), "still")
    for name, value in OWN.items():
        yield series(name, own, Flat(value), "still")
    expires_s = end_s + 60.0 * DAY_S
    yield series("regiowacht_gateway_certificate_expiry_timestamp_seconds", own, Flat(expires_s), "still")
    yield series("regiowacht_alerts_manager_up", {**own, "manager": "0"}, Flat(1.0), "still")
    sent = {**own, "receiver": "ict", "way": "mail", "outcome": "sent"}
    yield series("regiowacht_alerts_deliveries_total", sent, grows, "still")
    for name in ENGINE:
        yield series(name, engine, Flat(0.0), "still")
    for name in ENGINE_GROUPS:
        yield series(name, {**engine, "rule_group": "/rules/alerts.yml;alerts"}, Flat(0.0), "still")
    for gemeente in region.gemeenten:
        slug = gemeente.gemeente
        of = {**own, "gemeente": slug, "scope": scope(slug, "overig")}
        yield series("regiowacht_collector_repair_waiting", of, Flat(0.0), "still")
        yield series("regiowacht_gateway_active_series", of, Flat(4000.0), "still")
        servers = [asset.name for asset in region.assets if asset.gemeente == slug and asset.job == "node"]
        for name in servers:
            yield series("regiowacht_gateway_machines", {**of, "server": name}, Flat(1.0), "still")
            accepted = {**of, "server": name, "result": "accepted"}
            yield series("regiowacht_gateway_writes_total", accepted, grows, "still")


OWN = {
    "regiowacht_collector_config_last_reload_successful": 1.0,
    "regiowacht_collector_engine_starts_total": 1.0,
    "regiowacht_gateway_active_series_limit": 20_000.0,
}
ENGINE = ("prometheus_tsdb_compactions_failed_total", "prometheus_tsdb_wal_corruptions_total")
ENGINE_GROUPS = ("prometheus_rule_evaluation_failures_total", "prometheus_rule_group_iterations_missed_total")
