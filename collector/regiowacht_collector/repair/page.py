"""What the repair tells on the collector's own page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_collector.series import family
from regiowacht_contract.labels import OVERIG, scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric as Family

    from regiowacht_collector.repair.worker import Repairer


def repair_families(repairer: Repairer) -> Iterator[Family]:
    """Return how repairs fare, and of which gemeenten some wait."""
    fared = repairer.fared
    results = {"changed": fared.repaired, "same": fared.needless, "failed": fared.failed}
    waiting = Counter(span.gemeente for span in repairer.waiting())
    yield family("regiowacht_collector_repairs_total", (({"result": name}, n) for name, n in results.items()))
    yield family(
        "regiowacht_collector_repair_waiting",
        (({"gemeente": one, "scope": scope(one, OVERIG)}, count) for one, count in sorted(waiting.items())),
    )
    if fared.last_s:
        yield family("regiowacht_collector_repair_last_success_timestamp_seconds", [({}, fared.last_s)])
