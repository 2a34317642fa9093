"""When declared backups were made, where the agent itself may not see them: its family is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.extra.backups import Backups
from regiowacht_agent.family import Metrics
from regiowacht_agent.helper.task import Absent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Sample
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task


class _Backups:
    def __init__(self, config: Config) -> None:
        self._config = config

    def read(self, _outside: Outside) -> Iterable[Sample]:
        """Return what the family would tell."""
        if not self._config.backups.files:
            raise Absent("no backups declared")
        if self._config.is_on("backups", default=False):
            raise Absent("the agent looks at the backups itself")
        return Backups(self._config.backups.files, Metrics.of("backups")).look()


def make(config: Config) -> Task:
    """Return the task."""
    return _Backups(config)
