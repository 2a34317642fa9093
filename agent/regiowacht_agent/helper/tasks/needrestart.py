"""What runs with files that were replaced since, from needrestart in batch mode; under the names of needrestart_info.

Source: needrestart's README.batch.md.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.helper.task import TaskFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task

VERSION = "NEEDRESTART-VER"
STATES = {
    "needrestart_kernel_status": ("NEEDRESTART-KSTA", "NEEDRESTART-KCUR", "NEEDRESTART-KEXP"),
    "needrestart_microcode_status": ("NEEDRESTART-UCSTA", "NEEDRESTART-UCCUR", "NEEDRESTART-UCEXP"),
}
COUNTS = {
    "needrestart_services_count": "NEEDRESTART-SVC",
    "needrestart_containers_count": "NEEDRESTART-CONT",
    "needrestart_sessions_count": "NEEDRESTART-SESS",
}


class Needrestart:
    """``needrestart_*``."""

    def __init__(self) -> None:
        self._of = Metrics.of("needrestart")

    def read(self, outside: Outside) -> Iterator[Sample]:
        """Yield what has to be started anew; it asks, and restarts nothing.

        Raises:
            Absent: no needrestart here.
            TaskFailed: it says something else than it used to.
        """
        rows = [row.partition(": ") for row in outside.run("needrestart", "-b").text.splitlines()]
        told = {key: value.strip() for key, _, value in rows}
        if VERSION not in told:
            raise TaskFailed("not-understood", "needrestart told no version")
        counted = Counter(key for key, _, _ in rows)
        of = self._of
        yield Sample(of["needrestart_timestamp"], (told[VERSION],), int(outside.clock()))
        for name, (state, current, expected) in STATES.items():
            if told.get(state, "").isdecimal():
                yield Sample(of[name], (told.get(current, ""), told.get(expected, "")), int(told[state]))
        for name, key in COUNTS.items():
            yield Sample(of[name], (), counted[key])


def make(_config: Config) -> Task:
    """Return the task."""
    return Needrestart()
