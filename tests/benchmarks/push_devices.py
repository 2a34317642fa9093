"""What it costs to keep and to write out what a hundred switches answered, from their answers to a packed body.

A switch has 52 ports and 42 columns; of those, 12 count octets and packets and change on half of the ports at each
poll. Polling, TLS and the receiver are no part of it.

Usage: python -m tests.benchmarks.push_devices [--devices 100] [--rounds 5] [--interval 60]
"""

from __future__ import annotations

import argparse
import gc
import random
import tempfile
import time
from typing import TYPE_CHECKING

import psutil

from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.push.sheets import SheetCapture
from regiowacht_agent.snmp.poll.sheet import Sheet
from regiowacht_agent.spool.spool import Spool
from regiowacht_contract.wire.encode import request
from regiowacht_contract.wire.snappy import compress
from tests.agent.snmp.poll.test_sheet import answered, ports, take

if TYPE_CHECKING:
    from regiowacht_agent.snmp.poll.expected import Expected

PORTS, COLUMNS, COUNTING = 52, 42, 12
MB = 1e6
STEPS = ("answers to readings", "readings to the disk", "readings to packed bodies")


class Switch:
    """A switch that answers.

    Args:
        number: which.
        chance: what changes.
    """

    def __init__(self, number: int, chance: random.Random) -> None:
        self._chance = chance
        asset = Polled("zandbeke", "stadhuis", f"sw-{number}", "snmp", "connectiviteit")
        columns = [(1, 3, 6, 1, column) for column in range(COLUMNS)]
        rows = range(1, PORTS + 1)
        self._values = [[[chance.randrange(10**9)] for _row in rows] for _column in columns]
        self._answers: list[Expected] = [
            answered((column,), values) for column, values in zip(columns, self._values, strict=True)
        ]
        series = [one for at, column in enumerate(columns) for one in ports(f"ifMetric{at}", column, rows)]
        self.sheet = Sheet(asset, series, self._answers)
        self.capture = SheetCapture(f"zandbeke/sw-{number}/snmp")

    def poll(self) -> None:
        """Answer once more."""
        for at in range(COUNTING):
            for row in self._values[at][::2]:
                row[0] += self._chance.randrange(1, 10**6)
            take(self._answers[at], self._values[at])


def turn(switches: list[Switch], spool: Spool, at_ms: int) -> tuple[tuple[float, float, float], int]:
    """Have every switch answer once; return processor seconds of each step, and samples."""
    captured = kept = packed = 0.0
    samples = 0
    for number, switch in enumerate(switches):
        switch.poll()
        times = [time.process_time()]
        scrapes = switch.capture.take(switch.sheet, at_ms + number)
        times.append(time.process_time())
        numbers = [spool.put(scrape) for scrape in scrapes]
        times.append(time.process_time())
        for one in scrapes:
            compress(request(one.shape.heads, one.values, one.at_ms))
        times.append(time.process_time())
        spool.acknowledge(kept_as for kept_as in numbers if kept_as is not None)
        samples += sum(len(one.values) for one in scrapes)
        captured, kept, packed = (
            whole + after - before
            for whole, before, after in zip((captured, kept, packed), times, times[1:], strict=False)
        )
    return (captured, kept, packed), samples


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--interval", type=float, default=60.0)
    told = parser.parse_args()
    chance, process = random.Random(1), psutil.Process()
    switches = [Switch(number, chance) for number in range(told.devices)]
    gc.collect()
    before, begin_ms, step_ms = process.memory_info().rss, 1_764_000_000_000, int(told.interval * 1000)
    with tempfile.TemporaryDirectory() as place:
        spool = Spool(place)
        turn(switches, spool, begin_ms)
        warm, size = process.memory_info().rss, spool.status().size_bytes
        turns = [turn(switches, spool, begin_ms + at * step_ms) for at in range(1, told.rounds + 1)]
        size = spool.status().size_bytes - size
        spool.close()
    samples = sum(one for _costs, one in turns)
    print(
        f"{told.devices} switches, {samples // told.rounds} series, a poll each {told.interval:g} s; an interval takes"
    )
    for at, what in enumerate(STEPS):
        ms = sum(costs[at] for costs, _samples in turns) / told.rounds * 1000
        print(f"- {what}: {ms:.0f} ms, {ms / told.interval / 10:.3f} % of a processor")
    print(f"- on disk: {size / samples:.2f} bytes a sample; memory for it: {(warm - before) / MB:.1f} MB")


if __name__ == "__main__":
    main()
