"""Processor time by mode, from psutil.cpu_times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.family import Sample
from regiowacht_agent.psutil_reader.cpu_numbers import online

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics, SampleFamily
    from regiowacht_agent.host import Host

MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
GUEST_MODES = {"user": "guest", "nice": "guest_nice"}
JUMP_BACK_S = 3.0
"""Idle time that goes back by more than this means that the processor was unplugged: its counters start anew."""


class Cpu:
    """``node_cpu_*``; time is in seconds, and user and nice time include that of guests, as in /proc/stat."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._seconds = metrics["node_cpu_seconds_total"]
        self._guest = metrics["node_cpu_guest_seconds_total"]
        self._with_guest = config.cpu.guest
        self._highest: dict[str, dict[str, float]] = {}

    def read(self, host: Host) -> Iterator[Sample]:
        """Yield the time of every logical processor that is online."""
        times = host.psutil.cpu_times(percpu=True)
        for cpu, row in zip(online(host, len(times)), times, strict=True):
            told = self._monotonic(cpu, row._asdict())
            for mode in MODES:
                if mode in told:
                    yield Sample(self._seconds, (cpu, mode), told[mode])
            for mode, field in GUEST_MODES.items():
                if self._with_guest and field in told:
                    yield Sample(self._guest, (cpu, mode), told[field])

    def _monotonic(self, cpu: str, now: dict[str, float]) -> dict[str, float]:
        """Return the counters without the small steps back that the kernel makes in idle and iowait time."""
        before = self._highest.get(cpu, {})
        if before.get("idle", 0.0) - now.get("idle", 0.0) >= JUMP_BACK_S:
            before = {}
        told = {field: max(value, before.get(field, value)) for field, value in now.items()}
        self._highest[cpu] = told
        return told


def make(config: Config, metrics: Metrics) -> SampleFamily:
    """Return the family."""
    return Cpu(config, metrics)
