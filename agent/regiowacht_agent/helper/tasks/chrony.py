"""How far the clock is from its source, as chronyd sees it; under the names of the chrony script and exporter.

Source: chronyc(1), ``tracking`` with ``-c``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.helper.task import TaskFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task

COLUMNS = 14
VALUES = {
    "chrony_tracking_stratum": 2,
    "chrony_tracking_system_offset_seconds": 4,
    "chrony_tracking_last_offset_seconds": 5,
    "chrony_tracking_rms_offset_seconds": 6,
    "chrony_tracking_frequency_ppms": 7,
    "chrony_tracking_skew_ppms": 9,
    "chrony_tracking_root_delay_seconds": 10,
    "chrony_tracking_root_dispersion_seconds": 11,
    "chrony_tracking_update_interval_seconds": 12,
}


class Chrony:
    """``chrony_tracking_*``."""

    def __init__(self) -> None:
        self._of = Metrics.of("chrony")

    def read(self, outside: Outside) -> Iterator[Sample]:
        """Yield what chronyd tells.

        Raises:
            Absent: no chrony here.
            TaskFailed: chronyd does not run, or says something else than it used to.
        """
        columns = outside.run("chronyc", "-n", "-c", "tracking").text.strip().split(",")
        if len(columns) != COLUMNS:
            raise TaskFailed("not-understood", f"chronyc told {len(columns)} columns, not {COLUMNS}")
        yield Sample(self._of["chrony_tracking_reference_info"], (columns[0], columns[1]), 1)
        for name, column in VALUES.items():
            yield Sample(self._of[name], (), float(columns[column]))
        synchronised = columns[13] != "Not synchronised"
        yield Sample(self._of["regiowacht_chrony_synchronised"], (), int(synchronised))


def make(_config: Config) -> Task:
    """Return the task."""
    return Chrony()
