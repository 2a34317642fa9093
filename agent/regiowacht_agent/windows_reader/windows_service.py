"""Services and whether they run, from psutil.win_service_iter.

By default those that start by themselves: a server has some 250, and 13 series each. The account that a service runs
as and its command line stay out, as personal data and what may hold a secret.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from regiowacht_agent.family import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

STATES = (
    "continue pending", "pause pending", "paused", "running", "start pending", "stop pending", "stopped",
)  # fmt: skip
MODES = {"automatic": "auto", "boot": "boot", "manual": "manual", "disabled": "disabled", "system": "system"}
"""psutil's word for how a service is started, and windows_exporter's."""


class WindowsService:
    """``windows_service_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        wanted = config.windows_service.include
        self._include = re.compile(wanted) if wanted else None
        self._info = metrics["windows_service_info"]
        self._state = metrics["windows_service_state"]
        self._mode = metrics["windows_service_start_mode"]
        self._process = metrics["windows_service_process"]

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield every service that is wanted; one that may not be asked, or has gone, costs only itself."""
        for service in host.psutil.win_service_iter():
            name = service.name()
            if self._include is not None and not self._include.fullmatch(name):
                continue
            try:
                yield from self._service(host, name, service.as_dict())
            except host.psutil.Error:
                continue

    def _service(self, host: Host, name: str, told: dict[str, Any]) -> Iterator[Sample]:
        mode = MODES.get(told["start_type"], told["start_type"])
        if self._include is None and mode != "auto":
            return
        yield Sample(self._info, (name, told["display_name"] or name, "", ""), 1)
        now = told["status"].replace("_", " ")
        for state in STATES:
            yield Sample(self._state, (name, state), int(state == now))
        for one in MODES.values():
            yield Sample(self._mode, (name, one), int(one == mode))
        if told["pid"]:
            begun = host.psutil.Process(told["pid"]).create_time()
            yield Sample(self._process, (name, str(told["pid"])), int(begun))


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return WindowsService(config, metrics)
