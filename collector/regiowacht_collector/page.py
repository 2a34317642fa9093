"""The collector's own page: the region as declared, what is remembered, how the collector fares, what metrics mean."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from regiowacht_collector.meanings import meanings
from regiowacht_collector.series import expose, family, region_families, remembered_family

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prometheus_client.core import Metric as Family

    from regiowacht_collector.engine import Engine
    from regiowacht_collector.memory import Memory, Remembered
    from regiowacht_inventory import Region


@dataclass(slots=True)
class Health:
    """What the supervisor knows of itself.

    Attributes:
        config_ok: the last attempt to take over a region worked.
        config_since_s: when a region was last taken over, Unix time.
        starts: how often the engine was started.
    """

    config_ok: bool = False
    config_since_s: float = 0
    starts: int = 0


class Page:
    """Renders the page; the large part is made once for each region, not for each scrape.

    Attributes:
        more: returns what else is told, such as by the gateway.
    """

    def __init__(self, region: Region, engine: Engine, memory: Memory, health: Health) -> None:
        self.more: Callable[[], Iterable[Family]] = tuple
        self._engine = engine
        self._memory = memory
        self._health = health
        self._lock = threading.Lock()
        self._remembered: tuple[Remembered, bytes] | None = None
        self.show(region)

    def show(self, region: Region) -> None:
        """Show this region from now on."""
        text = expose(region_families(region))
        with self._lock:
            self._region, self._text, self._remembered = region, text, None

    def render(self) -> bytes:
        """Return the page in text format 0.0.4."""
        self._memory.refresh()
        with self._lock:
            own = (self._text, self._remembered_text(), self._own_text(), expose(self.more()))
        return b"".join((*own, meanings()))

    def _remembered_text(self) -> bytes:
        known = self._memory.remembered
        if self._remembered is None or self._remembered[0] != known:
            self._remembered = (known, expose([remembered_family(self._region, known)]))
        return self._remembered[1]

    def _own_text(self) -> bytes:
        labels = {
            "version": version("regiowacht"),
            "engine": "prometheus",
            "engine_version": self._engine.version_text,
        }
        health = self._health
        return expose(
            [
                family("regiowacht_collector_info", [(labels, 1)]),
                family("regiowacht_collector_config_last_reload_successful", [({}, health.config_ok)]),
                family(
                    "regiowacht_collector_config_last_reload_success_timestamp_seconds", [({}, health.config_since_s)]
                ),
                family("regiowacht_collector_engine_starts_total", [({}, health.starts)]),
                family("regiowacht_collector_memory_last_refresh_successful", [({}, self._memory.is_fresh)]),
            ]
        )
