"""What alerts tell on the collector's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.series import family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric as Family

    from regiowacht_collector.alerts.running import RunningAlerts


def alert_families(running: RunningAlerts) -> Iterator[Family]:
    """Return how deliveries went, whether the Alertmanagers answer, and when windows were kept up."""
    counts = running.notifier.counts
    yield family(
        "regiowacht_alerts_deliveries_total",
        (
            ({"receiver": receiver, "way": way, "outcome": outcome}, number)
            for (receiver, way, outcome), number in sorted(counts.deliveries.copy().items())
        ),
    )
    yield family(
        "regiowacht_alerts_last_delivery_timestamp_seconds",
        (({"receiver": receiver}, at_s) for receiver, at_s in sorted(counts.last_sent_s.copy().items())),
    )
    yield family(
        "regiowacht_alerts_manager_up",
        (({"manager": str(number)}, client.is_ready()) for number, client in enumerate(running.clients)),
    )
    if running.windows_s:
        yield family("regiowacht_alerts_windows_last_success_timestamp_seconds", [({}, running.windows_s)])
