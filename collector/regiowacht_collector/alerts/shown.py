"""The alerts that are open now: from the engine, with what Alertmanager does with them and who was told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regiowacht_collector.alerts.notify.history import told_since
from regiowacht_collector.alerts.routing import NOBODY, WATCHDOG_ALERT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from regiowacht_collector.alerts.manager.client import ManagerClient
    from regiowacht_collector.client import Client

Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Open:
    """An alert that fires.

    Attributes:
        labels: what it is about.
        since_s: since when it holds, Unix time.
        summaries: its line by language.
        state: ``active``; ``silenced`` by a window or a person; ``behind`` something else that is down;
            ``unknown`` where no Alertmanager was asked.
        receivers: who is to hear of it.
        told: (receiver, Unix time) of who was told, oldest first.
    """

    labels: Mapping[str, str]
    since_s: float
    summaries: Mapping[str, str]
    state: str
    receivers: tuple[str, ...]
    told: tuple[tuple[str, float], ...]


def open_alerts(engine: Client, manager: ManagerClient | None, data: Path, now_s: float) -> list[Open]:
    """Return what fires, critical ones first, then the oldest.

    Args:
        engine: the engine, which knows what fires.
        manager: an Alertmanager, which knows what is silenced; None where none runs.
        data: the collector's data folder, for who was told.
        now_s: Unix time.

    Raises:
        Found, Unreachable: the engine or Alertmanager does not answer, or refuses.
        Unavailable: what was told cannot be read.
    """
    known = {frozenset(one["labels"].items()): one for one in manager.alerts()} if manager else {}
    since = {_key(labels): value for labels, value in engine.query("ALERTS_FOR_STATE")}
    firing = [labels for labels, _ in engine.query('ALERTS{alertstate="firing"}')]
    oldest_s = min((since.get(_key(labels), now_s) for labels in firing), default=now_s)
    told = _told(data, round(oldest_s * 1000))
    found = [
        _open(labels, since.get(_key(labels), now_s), known.get(_key(labels)), told)
        for labels in firing
        if labels.get("alertname") != WATCHDOG_ALERT
    ]
    return sorted(found, key=lambda one: (one.labels.get("severity") != "critical", one.since_s, sorted(one.labels)))


def _key(labels: Mapping[str, str]) -> Labels:
    left_out = {"__name__", "alertstate"}
    return frozenset((name, value) for name, value in labels.items() if name not in left_out)


def _open(
    labels: Mapping[str, str],
    since_s: float,
    known: Mapping[str, Any] | None,
    told: Mapping[str, Sequence[tuple[str, float]]],
) -> Open:
    annotations: Mapping[str, str] = known["annotations"] if known else {}
    prefix = "summary_"
    return Open(
        labels={name: value for name, value in labels.items() if name not in {"__name__", "alertstate"}},
        since_s=since_s,
        summaries={name.removeprefix(prefix): text for name, text in annotations.items() if name.startswith(prefix)},
        state=_state(known["status"]) if known else "unknown",
        receivers=tuple(one["name"] for one in known["receivers"] if one["name"] != NOBODY) if known else (),
        told=tuple(one for one in told.get(known["fingerprint"], ()) if one[1] >= since_s) if known else (),
    )


def _state(status: Mapping[str, Any]) -> str:
    if status["silencedBy"]:
        return "silenced"
    return "behind" if status["inhibitedBy"] else "active"


def _told(data: Path, since_ms: int) -> dict[str, list[tuple[str, float]]]:
    found: dict[str, list[tuple[str, float]]] = {}
    for one in reversed(told_since(data, since_ms)):
        for alert in one.alerts if one.outcome == "sent" else ():
            if alert["firing"]:
                found.setdefault(str(alert["fingerprint"]), []).append((one.receiver, one.at_ms / 1000))
    return found
