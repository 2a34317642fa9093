"""Which ports the demo's parts listen on."""

from __future__ import annotations

from dataclasses import dataclass

from regiowacht_collector.ports import HIGHEST, free_port, refuse_taken
from regiowacht_contract.defaults import AGENT_PORT, PREVIEW_PORT, PROMETHEUS_PORT
from regiowacht_contract.errors import PortTaken, Unavailable, UsageError


@dataclass(frozen=True, slots=True)
class Ports:
    """One port a part; all on loopback.

    Attributes:
        preview: the dashboards in the browser.
        prometheus: the engine.
        agent: the agent that measures this machine.
        exporter: the collector's own metrics; 0 means any free one.
    """

    preview: int
    prometheus: int
    agent: int
    exporter: int


def choose(port: int | None) -> Ports:
    """Return the ports: the usual ones, those from ``port`` upwards, or free ones for 0.

    Raises:
        UsageError: ``port`` is out of range.
        PortTaken: another process listens on one of them.
    """
    if port is None:
        ports = Ports(PREVIEW_PORT, PROMETHEUS_PORT, AGENT_PORT, 0)
    elif port == 0:
        ports = Ports(0, 0, free_port(), 0)
    elif 0 < port <= HIGHEST - 2:
        ports = Ports(port, port + 1, port + 2, 0)
    else:
        raise UsageError("demo.port-range", port=port, highest=HIGHEST - 2)
    for part, number in (("dashboards", ports.preview), ("prometheus", ports.prometheus), ("agent", ports.agent)):
        _refuse_taken(part, number)
    return ports


def _refuse_taken(part: str, port: int) -> None:
    try:
        refuse_taken(port)
    except PortTaken:
        raise PortTaken("demo.port-taken", part=part, port=port) from None
    except Unavailable:
        raise PortTaken("demo.port-forbidden", part=part, port=port) from None
