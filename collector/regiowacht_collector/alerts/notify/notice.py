"""What Alertmanager hands on, as its webhook sends it (version 4 of its payload)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

LARGEST_BYTES = 64_000_000
"""Of one payload: thousands of alerts with labels of many kilobytes."""


class NoNotice(Exception):
    """What came in is none of Alertmanager's payloads; says why."""


class _Alert(BaseModel):
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str]
    starts: Annotated[datetime, Field(alias="startsAt")]
    ends: Annotated[datetime, Field(alias="endsAt")]
    fingerprint: str


class _Payload(BaseModel):
    status: Literal["firing", "resolved"]
    group: Annotated[str, Field(alias="groupKey")]
    alerts: Annotated[list[_Alert], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert.

    Attributes:
        is_firing: it holds; else it is over.
        labels: what it is about.
        annotations: its texts.
        starts: since when, UTC.
        ends: when it was over, UTC; None while it holds.
        fingerprint: Alertmanager's name for its labels.
    """

    is_firing: bool
    labels: dict[str, str]
    annotations: dict[str, str]
    starts: datetime
    ends: datetime | None
    fingerprint: str

    @property
    def name(self) -> str:
        """The alert's name, as its file has it."""
        return self.labels.get("alertname", "?")

    @property
    def is_critical(self) -> bool:
        """Whether someone should look now."""
        return self.labels.get("severity") == "critical"


@dataclass(frozen=True, slots=True)
class Notice:
    """Alerts of one group, told together.

    Attributes:
        alerts: at least one; those that fire first, critical ones before, then by name, gemeente and instance.
        group: Alertmanager's key of the group.
        raw: the payload as it came.
    """

    alerts: tuple[Alert, ...]
    group: str
    raw: dict[str, Any]

    @property
    def is_firing(self) -> bool:
        """Whether any of it holds."""
        return any(alert.is_firing for alert in self.alerts)

    @property
    def is_critical(self) -> bool:
        """Whether any that holds is critical; of what is over, whether any was."""
        return any(alert.is_critical for alert in self.alerts if alert.is_firing or not self.is_firing)

    @property
    def key(self) -> str:
        """The same for the same news: the alerts, since when, and whether they hold."""
        told = sorted(f"{one.fingerprint} {one.is_firing} {one.starts.isoformat()}" for one in self.alerts)
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def parse(raw: Any) -> Notice:
    """Return the notice in a payload.

    Raises:
        NoNotice: it is none.
    """
    try:
        payload = _Payload.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise NoNotice(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    alerts = [
        Alert(
            is_firing=one.status == "firing",
            labels=one.labels,
            annotations=one.annotations,
            starts=one.starts.astimezone(UTC),
            ends=one.ends.astimezone(UTC) if one.status == "resolved" else None,
            fingerprint=one.fingerprint,
        )
        for one in payload.alerts
    ]
    return Notice(tuple(sorted(alerts, key=_order)), payload.group, raw)


def _order(alert: Alert) -> tuple[bool, bool, str, str, str]:
    where = alert.labels.get("gemeente", ""), alert.labels.get("instance", "")
    return not alert.is_firing, not alert.is_critical, alert.name, *where
