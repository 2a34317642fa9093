"""Until when declared certificates hold, where the agent itself may not read them: its family is off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.extra.certificates import Certificates
from regiowacht_agent.family import Metrics
from regiowacht_agent.helper.task import Absent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Sample
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task


class _Certificates:
    def __init__(self, config: Config) -> None:
        self._config = config

    def read(self, outside: Outside) -> Iterable[Sample]:
        """Return what the family would tell."""
        if not self._config.certificates.files:
            raise Absent("no certificates declared")
        if self._config.is_on("certificates", default=False):
            raise Absent("the agent reads the certificates itself")
        return Certificates(self._config.certificates.files, Metrics.of("certificates")).look(outside.clock())


def make(config: Config) -> Task:
    """Return the task."""
    return _Certificates(config)
