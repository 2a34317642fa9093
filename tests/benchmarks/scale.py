"""The sums of ``docs/explanation/scale.md``: what a gemeente, a region, Flanders and the Netherlands come to.

Usage: python -m tests.benchmarks.scale

Change a figure here, run it, and put its tables into the page; a test compares the two.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

SERVER_SERIES = 460
"""Of an agent with default measurements on a server with five network cards (``docs/explanation/agent.md``)."""

PORTS, PORT_SERIES = 28, 14
DEVICE_SERIES = 25
"""Of a device besides its ports: identity, processors, memory, sensors, and its poll's own health."""

STATES_SERIES = 4
RECORDED_SERIES = 6
SERVERS, SWITCHES, OTHERS, PROBES = 15, 25, 88, 4
"""Of a gemeente, an assumption: others are 40 access points, 8 UPSes, 40 printers."""

SERVER_INTERVAL_S, DEVICE_INTERVAL_S, RULE_INTERVAL_S = 15, 60, 15
PROMETHEUS_SERIES_BYTES = 7_700
SAMPLE_BYTES = 1.6
PUSHED_BYTES = 22
"""Of a sample on the line, in snappy: 32 kB for 1,500."""

DAY_S = 86_400
SIZES = (("a gemeente", 1), ("a region of 13", 13), ("Flanders, 285", 285), ("the Netherlands, 342", 342))


@dataclass(frozen=True, slots=True)
class Sums:
    """What so many gemeenten come to.

    Attributes:
        series: active ones.
        samples_s: samples a second.
    """

    series: int
    samples_s: float


def sums(gemeenten: int, server_interval_s: int = SERVER_INTERVAL_S) -> Sums:
    """Return them."""
    assets = SERVERS + SWITCHES + OTHERS + PROBES
    of_servers = SERVERS * SERVER_SERIES
    of_devices = SWITCHES * (PORTS * PORT_SERIES + DEVICE_SERIES) + OTHERS * DEVICE_SERIES
    of_rules = assets * STATES_SERIES + SERVERS * RECORDED_SERIES
    samples_s = of_servers / server_interval_s + of_devices / DEVICE_INTERVAL_S + of_rules / RULE_INTERVAL_S
    return Sums(gemeenten * (of_servers + of_devices + of_rules), gemeenten * samples_s)


def _short(number: float) -> str:
    for unit, size in (("billion", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.{1 if number < 100 * size else 0}f} {unit}"
    return f"{number:.0f}"


def _bytes(number: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if number >= size:
            return f"{number / size:.{1 if number < 10 * size else 0}f} {unit}"
    return f"{number:.0f} B"


def rows() -> list[str]:
    """Return the table as Markdown."""
    told = [
        "| | series | samples a second | memory | disk, 90 days | 400 days | line to it | a day's backlog |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, gemeenten in SIZES:
        one = sums(gemeenten)
        told.append(
            f"| {name} | {_short(one.series)} | {_short(one.samples_s)} | "
            f"{_bytes(one.series * PROMETHEUS_SERIES_BYTES)} | {_bytes(one.samples_s * DAY_S * 90 * SAMPLE_BYTES)} | "
            f"{_bytes(one.samples_s * DAY_S * 400 * SAMPLE_BYTES)} | "
            f"{one.samples_s * PUSHED_BYTES * 8 / 1e6:.1f} Mbit/s | {_short(one.samples_s * DAY_S)} samples |"
        )
    return told


def main() -> int:
    """Print the table and return 0."""
    print("\n".join(rows()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
