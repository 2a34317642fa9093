"""How the collector runs on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.defaults import PROMETHEUS_PORT
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT_RETENTION = "400d"
"""A year and a month, so that the same week of last year can be laid beside this one."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the collector runs on this machine.

    Attributes:
        data: folder for the rendered files and the storage; one collector at a time uses it.
        port: port of the engine on 127.0.0.1; 0 means any free one.
        engine: the engine to use, or None to look for one.
        cache: folder for unpacked engines, or None for the user's own.
        retention: how long samples are kept, as Prometheus writes a duration: ``400d``.
        retention_size: how much the storage may take, as ``20GB``; "" means no limit but the disk's.
        restarts: start an engine that died again, instead of giving up.
        ready_within_s: how long the first start may take; a large storage reads its journal for minutes.

    Raises:
        UsageError: a retention that Prometheus would not understand.
    """

    data: Path
    port: int = PROMETHEUS_PORT
    engine: Path | None = None
    cache: Path | None = None
    retention: str = DEFAULT_RETENTION
    retention_size: str = ""
    restarts: bool = True
    ready_within_s: float = 300

    def __post_init__(self) -> None:
        if not re.fullmatch(r"([1-9][0-9]*[ywdhm])+", self.retention):
            raise UsageError("collector.bad-retention", value=self.retention)
        if not re.fullmatch(r"([1-9][0-9]*[KMGT]?B)?", self.retention_size):
            raise UsageError("collector.bad-retention-size", value=self.retention_size)
