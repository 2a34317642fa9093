"""Alertmanager's configuration from the region: who gets what and when, and what makes what needless.

Every alert finds someone: what a gemeente's own routes do not take goes to the region's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import quote

from regiowacht_collector.alerts import hours
from regiowacht_collector.alerts.behind import inhibit_rules
from regiowacht_collector.alerts.rule import alerts
from regiowacht_collector.yaml_text import to_yaml
from regiowacht_contract.labels import LAGEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht_collector.alerts.hours import Hours
    from regiowacht_inventory import Region
    from regiowacht_inventory.alerting import AlertRoute
    from regiowacht_inventory.schema import Gemeente

CONFIG = "alertmanager.yml"
NOBODY, WATCHDOG = "/nobody", "/watchdog"
"""Receivers that are none of the region's: names there do not begin with a slash."""

WATCHDOG_ALERT = "Waakhond"
SEVERITIES = ("critical", "warning")
REPEAT = {"critical": "12h", "warning": "7d"}
"""After how long what still holds is told again."""

SAME = ("gemeente", "instance", "job", "mountpoint", "device", "ifName", "name", "unit")
"""Labels in which two alerts agree that are about the same thing; one that both lack counts as agreeing."""


@dataclass(frozen=True, slots=True)
class Told:
    """One who gets an alert: the receiver's full name, and the hours it is told in (None: always)."""

    receiver: str
    hours: Hours | None


def receivers(region: Region) -> tuple[str, ...]:
    """Return the full names of all receivers: the region's by their own, a gemeente's as ``GEMEENTE/NAME``."""
    own = [f"{gemeente.gemeente}/{name}" for gemeente in region.gemeenten for name in sorted(gemeente.alerts.receivers)]
    return (*sorted(region.alerts.receivers), *own)


def told(region: Region, gemeente: Gemeente | None, laag: str, severity: str) -> tuple[Told, ...]:
    """Return who gets an alert of that laag and severity, of a gemeente or (None) of the region's own.

    A gemeente that names nobody for it leaves it to the region's.
    """
    if gemeente is not None:
        own = tuple(_fitting(gemeente.alerts.to, gemeente, hours.of_gemeente(region, gemeente), laag, severity))
        if own:
            return own
    return tuple(_fitting(region.alerts.to, None, hours.of_region(region), laag, severity))


def is_left_to_region(region: Region, labels: Mapping[str, str]) -> bool:
    """Tell whether an alert is of a gemeente that names nobody of its own for it."""
    gemeente = next((one for one in region.gemeenten if one.gemeente == labels.get("gemeente")), None)
    if gemeente is None:
        return False
    office = hours.of_gemeente(region, gemeente)
    own = _fitting(gemeente.alerts.to, gemeente, office, labels.get("laag", ""), labels.get("severity", ""))
    return next(own, None) is None


def alertmanager_file(region: Region, years: Sequence[int], notifier_url: str) -> bytes:
    """Return ``alertmanager.yml``; see "Configuration" in Alertmanager's documentation, 0.25 or later.

    Args:
        region: the region.
        years: for which years public holidays are written down.
        notifier_url: where the notifier listens, without a path.
    """
    names = [*receivers(region), *([WATCHDOG] if region.alerts.watchdog else [])]
    return to_yaml(
        {
            "route": {
                "receiver": NOBODY,
                "group_by": ["alertname", "gemeente", "site"],
                "group_wait": "10s",
                "group_interval": "1m",
                "repeat_interval": REPEAT["warning"],
                "routes": [*_watchdog(region), *_leveranciers(region), *_gemeenten(region), *_own(region)],
            },
            "receivers": [{"name": NOBODY}, *(_receiver(name, notifier_url) for name in names)],
            "time_intervals": hours.time_intervals(_all_hours(region), years, region.timezone),
            "inhibit_rules": [*_pairs(), *inhibit_rules(region)],
        }
    )


def _receiver(name: str, notifier_url: str) -> dict[str, object]:
    url = f"{notifier_url}/notify/{quote(name, safe='')}"
    return {"name": name, "webhook_configs": [{"url": url, "send_resolved": True, "max_alerts": 0}]}


def _watchdog(region: Region) -> list[dict[str, object]]:
    """Return the route of the alert that is always on: to the watchdog every minute, or to nobody."""
    route: dict[str, object] = {"matchers": [f'alertname="{WATCHDOG_ALERT}"'], "receiver": NOBODY}
    if region.alerts.watchdog:
        # it looks once a minute; what it told a minute ago to the second it would leave for the next time
        often = {"group_wait": "0s", "group_interval": "1m", "repeat_interval": "50s"}
        route |= {"receiver": WATCHDOG, **often}
    return [route]


def _leveranciers(region: Region) -> Iterator[dict[str, object]]:
    """Yield a route for each supplier that wants to hear of its part; the gemeente hears of it too."""
    for slug, leverancier in sorted(region.leveranciers.items()):
        if not leverancier.alerts.to:
            continue
        leaves = [
            leaf
            for laag, severity in product(LAGEN, SEVERITIES)
            for leaf in _leaves(
                _fitting(leverancier.alerts.to, None, hours.of_region(region), laag, severity), laag, severity
            )
        ]
        yield {"matchers": [f'leverancier="{slug}"'], "receiver": NOBODY, "routes": leaves, "continue": True}


def _gemeenten(region: Region) -> Iterator[dict[str, object]]:
    for gemeente in region.gemeenten:
        leaves = [
            leaf
            for laag, severity in product(LAGEN, SEVERITIES)
            for leaf in _leaves(told(region, gemeente, laag, severity), laag, severity)
        ]
        yield {"matchers": [f'gemeente="{gemeente.gemeente}"'], "receiver": NOBODY, "routes": leaves}


def _own(region: Region) -> Iterator[dict[str, object]]:
    """Yield the leaves for what is of no gemeente that the region folder knows."""
    for laag, severity in product(LAGEN, SEVERITIES):
        yield from _leaves(told(region, None, laag, severity), laag, severity)


def _leaves(who: Sequence[Told] | Iterator[Told], laag: str, severity: str) -> Iterator[dict[str, object]]:
    for one in who:
        leaf: dict[str, object] = {
            "matchers": [f'laag="{laag}"', f'severity="{severity}"'],
            "receiver": one.receiver,
            "repeat_interval": REPEAT[severity],
            "continue": True,
        }
        if one.hours:
            leaf["active_time_intervals"] = [one.hours.active]
            leaf |= {"mute_time_intervals": [one.hours.muted]} if one.hours.muted else {}
        yield leaf


def _fitting(
    routes: Sequence[AlertRoute], gemeente: Gemeente | None, office: Hours, laag: str, severity: str
) -> Iterator[Told]:
    """Yield who gets an alert by some routes, each once; who gets it always does not get it in office hours alone."""
    found: dict[str, Hours | None] = {}
    for route in routes:
        if route.laag in (None, laag) and route.severity in (None, severity):
            always = route.hours == "always" or (route.hours is None and severity == "critical")
            for name in route.to:
                full = f"{gemeente.gemeente}/{name}" if gemeente and name in gemeente.alerts.receivers else name
                found[full] = None if always else found.get(full, office)
    yield from (Told(receiver, when) for receiver, when in sorted(found.items()))


def _all_hours(region: Region) -> Iterator[Hours]:
    yield hours.of_region(region)
    for gemeente in region.gemeenten:
        yield hours.of_gemeente(region, gemeente)


def _pairs() -> Iterator[dict[str, object]]:
    """Yield the inhibit rules of alerts that another one makes needless."""
    for one in alerts():
        if one.hidden_by:
            yield {
                "source_matchers": [f'alertname=~"{"|".join(one.hidden_by)}"'],
                "target_matchers": [f'alertname="{one.alert}"'],
                "equal": list(SAME),
            }
