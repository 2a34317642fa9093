"""``regiowacht collector alerts|silence``: what is open, who was told, and what nobody is to be told of for a while."""

from __future__ import annotations

import getpass
import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regiowacht.verb import add_json, add_region
from regiowacht.verbs.inventory import table
from regiowacht_contract.errors import EXIT_FINE, Found, Unavailable, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import say, say_count

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from regiowacht.console import Console
    from regiowacht_collector.alerts.manager.client import ManagerClient
    from regiowacht_collector.alerts.notify.history import Told
    from regiowacht_collector.alerts.shown import Open
    from regiowacht_collector.data_folder import Status
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region

DAYS = 7
LONGEST = timedelta(days=14)
DAY_S = 86_400.0
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_MARK = re.compile(r" \[regiowacht [0-9a-f]{16}\]$")
_STATES = {
    "active": "alerts.state-active", "silenced": "alerts.state-silenced", "behind": "alerts.state-behind",
    "unknown": "alerts.state-unknown",
}  # fmt: skip
_SEVERITIES = {"critical": "alerts.word-critical", "warning": "alerts.word-warning"}
_OUTCOMES = {"sent": "alerts.outcome-sent", "later": "alerts.outcome-later", "failed": "alerts.outcome-failed"}


def add_alerts(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``alerts`` takes."""
    parser.add_argument("--data", required=True, metavar="DIR", help=say("collector.option-data", lang))
    parser.add_argument("--gemeente", metavar="SLUG", default="", help=say("alerts.option-gemeente", lang))
    parser.add_argument("--history", action="store_true", help=say("alerts.option-history", lang))
    text = say("alerts.option-days", lang, default=DAYS)
    parser.add_argument("--days", type=int, default=DAYS, metavar="N", help=text)
    add_json(parser, lang)


def alerts(chosen: Namespace, console: Console) -> int:
    """Show what is open, or with ``--history`` what was told."""
    from regiowacht_collector.alerts.notify.history import told_since

    data = Path(chosen.data)
    if not chosen.history:
        return _show_open(data, chosen, console)
    if chosen.days < 1:
        raise UsageError("collector.out-of-range", name="days", value=chosen.days, lowest=1, highest=400)
    found = [
        one
        for one in told_since(data, round((time.time() - chosen.days * DAY_S) * 1000))
        if not chosen.gemeente or any(alert["gemeente"] == chosen.gemeente for alert in one.alerts)
    ]
    if chosen.json:
        console.json([_told_json(one) for one in found])
        return EXIT_FINE
    for line in table([_told_row(one, console.lang) for one in found]):
        console.out(line)
    span = say_count("alerts.told-span-", console.lang, chosen.days)
    console.talk(say_count("alerts.told-", console.lang, len(found), span=span))
    return EXIT_FINE


def _show_open(data: Path, chosen: Namespace, console: Console) -> int:
    from regiowacht_collector.alerts.shown import open_alerts
    from regiowacht_collector.client import Client

    status = _running(data)
    with _manager(status) as manager:
        found = [
            one
            for one in open_alerts(Client(status.url), manager, data, time.time())
            if chosen.gemeente in {"", one.labels.get("gemeente")}
        ]
    if chosen.json:
        console.json([_open_json(one) for one in found])
        return EXIT_FINE
    for line in table([_open_row(one, console.lang) for one in found]):
        console.out(line)
    console.tell("alerts.open-count", count=len(found))
    if not status.managers:
        console.tell("alerts.nobody-is-told")
    return EXIT_FINE


def _open_row(one: Open, lang: Lang) -> tuple[str, ...]:
    labels = one.labels
    told = ", ".join(f"{who} {_clock(at_s)}" for who, at_s in one.told) or "-"
    return (
        say(_SEVERITIES.get(labels.get("severity", ""), "alerts.word-warning"), lang),
        say(_STATES[one.state], lang),
        _age(time.time() - one.since_s),
        labels.get("gemeente", ""),
        one.summaries.get(lang) or f"{labels.get('alertname', '')} {labels.get('instance', '')}".strip(),
        labels.get("leverancier", "") or "-",
        told,
    )


def _open_json(one: Open) -> dict[str, Any]:
    return {
        "labels": dict(one.labels),
        "since": _iso(one.since_s),
        "age_seconds": round(time.time() - one.since_s),
        "summary": dict(one.summaries),
        "state": one.state,
        "receivers": list(one.receivers),
        "told": [{"receiver": who, "at": _iso(at_s)} for who, at_s in one.told],
    }


def _told_row(one: Told, lang: Lang) -> tuple[str, ...]:
    outcome = say(_OUTCOMES.get(one.outcome, "alerts.outcome-failed"), lang)
    when = datetime.fromtimestamp(one.at_ms / 1000, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return when, one.receiver, one.way, f"{outcome} ({one.reason})" if one.reason else outcome, one.subject


def _told_json(one: Told) -> dict[str, Any]:
    return {
        "at": _iso(one.at_ms / 1000),
        "receiver": one.receiver,
        "way": one.way,
        "outcome": one.outcome,
        "reason": one.reason,
        "subject": one.subject,
        "alerts": list(one.alerts),
    }


def add_silence(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``silence`` takes."""
    parser.add_argument("gemeente", metavar="GEMEENTE", nargs="?", help=say("alerts.option-gemeente", lang))
    for name in ("site", "asset", "laag", "leverancier", "alert"):
        parser.add_argument(f"--{name}", metavar="NAME", default="", help=say(_OPTIONS[name], lang))
    parser.add_argument("--for", dest="duration", metavar="2h", default="", help=say("alerts.option-for", lang))
    parser.add_argument("--reason", metavar="TEXT", default="", help=say("alerts.option-reason", lang))
    parser.add_argument("--list", action="store_true", help=say("alerts.option-list", lang))
    parser.add_argument("--end", metavar="ID", default="", help=say("alerts.option-end", lang))
    parser.add_argument("--dry-run", action="store_true", help=say("alerts.option-dry-run", lang))
    parser.add_argument("--data", required=True, metavar="DIR", help=say("collector.option-data", lang))
    add_region(parser, lang)
    add_json(parser, lang)


_OPTIONS = {
    "site": "alerts.option-site", "asset": "alerts.option-asset", "laag": "alerts.option-laag",
    "leverancier": "alerts.option-leverancier", "alert": "alerts.option-alert",
}  # fmt: skip


def silence(chosen: Namespace, console: Console) -> int:
    """Have nobody told of something for a while, show what is silent, or end that."""
    status = _running(Path(chosen.data))
    with _manager(status) as manager:
        if manager is None:
            raise Unavailable("alerts.no-manager-runs")
        if chosen.list:
            return _list(manager, chosen, console)
        if chosen.end:
            manager.expire(chosen.end)
            console.tell("alerts.silence-ended", id=chosen.end)
            return EXIT_FINE
        return _make(manager, chosen, console)


def _make(manager: ManagerClient, chosen: Namespace, console: Console) -> int:
    from regiowacht.region import open_region

    region, console = open_region(chosen.region, console)
    matchers = _matchers(chosen, region)
    now = datetime.now(UTC)
    ends = now + _duration(chosen.duration)
    if not chosen.reason.strip():
        raise UsageError("alerts.needs-reason")
    held = [one for one in manager.alerts() if _falls_in(one["labels"], matchers)]
    made = ""
    if not chosen.dry_run:
        made = manager.silence(
            {
                "matchers": [
                    {"name": name, "value": value, "isRegex": False, "isEqual": True} for name, value in matchers
                ],
                "startsAt": now.isoformat(),
                "endsAt": ends.isoformat(),
                "createdBy": getpass.getuser(),
                "comment": chosen.reason.strip(),
            }
        )
    if chosen.json:
        told = {"id": made, "matchers": dict(matchers), "ends": ends.isoformat(), "alerts": len(held)}
        console.json(told)
        return EXIT_FINE
    what = ", ".join(f"{name} {value}" for name, value in matchers)
    key = "alerts.would-be-silent" if chosen.dry_run else "alerts.is-silent"
    console.tell(key, what=what, until=_clock(ends.timestamp(), day=True), count=len(held))
    if made:
        console.out(made)
    return EXIT_FINE


def _matchers(chosen: Namespace, region: Region) -> list[tuple[str, str]]:
    """Return label and value of each thing named.

    Raises:
        UsageError: nothing is named, or something that is not there.
    """
    from regiowacht_collector.alerts.rule import alerts as all_alerts
    from regiowacht_contract.labels import LAGEN

    if not (chosen.gemeente or chosen.leverancier):
        raise UsageError("alerts.needs-gemeente")
    assets = [asset for asset in region.assets if chosen.gemeente in {None, asset.gemeente}]
    known: dict[str, Sequence[str]] = {
        "gemeente": [one.gemeente for one in region.gemeenten],
        "site": sorted({asset.site for asset in assets}),
        "asset": sorted({asset.name for asset in assets}),
        "laag": list(LAGEN),
        "leverancier": sorted(region.leveranciers),
        "alert": [one.alert for one in all_alerts()],
    }
    found = []
    for name, values in known.items():
        value = getattr(chosen, name)
        if value and value not in values:
            near = nearest(value, values) or ", ".join(values[:8]) or "-"
            raise UsageError("alerts.not-known", option=name, value=value, known=near)
        if value:
            found.append(({"asset": "instance", "alert": "alertname"}.get(name, name), value))
    return found


def _falls_in(labels: dict[str, str], matchers: Sequence[tuple[str, str]]) -> bool:
    return all(labels.get(name) == value for name, value in matchers)


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", text)
    duration = int(found[1]) * _UNITS[found[2]] if found else timedelta()
    if not timedelta() < duration <= LONGEST:
        raise UsageError("alerts.bad-duration", value=text or "-", days=LONGEST.days)
    return duration


def _list(manager: ManagerClient, chosen: Namespace, console: Console) -> int:
    found = sorted(
        (one for one in manager.silences() if one["status"]["state"] != "expired"), key=lambda one: str(one["startsAt"])
    )
    if chosen.json:
        console.json(found)
        return EXIT_FINE
    for line in table([_silence_row(one) for one in found]):
        console.out(line)
    console.tell("alerts.silence-count", count=len(found))
    return EXIT_FINE


def _silence_row(one: dict[str, Any]) -> tuple[str, ...]:
    what = " ".join(f"{part['name']}={part['value']}" for part in one["matchers"] if part.get("isEqual", True))
    begins, ends = (datetime.fromisoformat(one[name]).timestamp() for name in ("startsAt", "endsAt"))
    return (
        one["id"],
        f"{_clock(begins, day=True)} - {_clock(ends, day=True)}",
        one["createdBy"],
        what,
        _MARK.sub("", one["comment"]),
    )


def _running(data: Path) -> Status:
    """Return what the collector that holds the folder tells of itself.

    Raises:
        Unavailable: none runs there.
    """
    from regiowacht_collector.data_folder import read_status

    status = read_status(data)
    if status is None:
        raise Unavailable("collector.not-running", data=data)
    return status


@contextmanager
def _manager(status: Status) -> Iterator[ManagerClient | None]:
    """Yield the first Alertmanager that answers, or None where none runs.

    Raises:
        Found: there are some, and none answers.
    """
    from regiowacht_collector.alerts.manager.client import ManagerClient

    for url in status.managers:
        client = ManagerClient(url)
        try:
            if client.is_ready():
                yield client
                return
        finally:
            client.close()
    if status.managers:
        raise Found("alerts.manager-silent", url=", ".join(status.managers), reason="-")
    yield None


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours < 48 else f"{hours // 24}d"


def _clock(at_s: float, *, day: bool = False) -> str:
    at = datetime.fromtimestamp(at_s, UTC).astimezone()
    return at.strftime("%Y-%m-%d %H:%M" if day or time.time() - at_s > DAY_S else "%H:%M")


def _iso(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds")
