"""What the health of a device costs: a poll and its page with what its family tells, beside one with interfaces alone.

Devices of the families' own cases (``tests/agent/snmp/families``) with as many interfaces as such a device has; beside
each the same interfaces of a device that tells nothing else. Both are asked in turns by one loop on the loopback, what
they measure is another at each poll, and each poll is followed by the page, compressed. Processor time of the asking
thread alone. The median of the ratios of neighbouring polls counts, with warm caches.

Usage: python -m tests.benchmarks.snmp_family [--polls 200]
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_agent.config_file import load
from regiowacht_agent.http.packed import Packer
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.asked import FAST, Asked, Latest
from regiowacht_agent.snmp.device_page import chunks
from regiowacht_agent.snmp.loop import Loop
from regiowacht_agent.snmp.meaning.loader import book, metrics
from regiowacht_agent.snmp.usm.store import Store
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.fake_agent import serving
from tests.agent.snmp.families.cases import read, told
from tests.agent.snmp.poll.switch import UPTIME, switch
from tests.benchmarks.host_agent import say
from tests.benchmarks.snmp_poll import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.config import Config
    from regiowacht_agent.snmp.meaning.book import Book
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.talk import Ended
    from tests.agent.snmp.fake_agent import Agent

DEVICES = (
    ("cisco_ios", "switch", 52),
    ("aruba_cx", "", 52),
    ("hpe_procurve", "", 52),
    ("juniper_junos", "", 52),
    ("fortinet_fortigate", "", 16),
    ("synology_dsm", "", 4),
    ("apc_ups", "", 2),
)
"""Families, the case of each ("" for its first one) and the interfaces that such a device has."""

MOVING = frozenset({tags.COUNTER32, tags.COUNTER64, tags.GAUGE32})
WARM_POLLS = 20


class Cost(NamedTuple):
    """What polls took.

    Attributes:
        plain_ms: of a device with interfaces alone: the median.
        family_ms: with what its family tells.
        ratio: the median of the ratios.
        series: how many more there are.
        relearns: of both while it was measured; more than none spoil the figure.
    """

    plain_ms: float
    family_ms: float
    ratio: float
    series: int
    relearns: int


def objects_of(family: str, name: str) -> dict[Oid, Value]:
    """Return what the device of a family's case holds."""
    (case, *_others) = [one for of, named, one in told() if of == family and name in {"", named}]
    return read(family, case).objects


def measured(agent: Agent, columns: frozenset[Oid]) -> tuple[Oid, ...]:
    """Return the objects of a device that hold what is measured; a switch's speeds and sizes stay as they are."""
    lengths = sorted({len(column) for column in columns})
    return tuple(
        oid
        for oid, value in agent.objects.items()
        if value.tag in MOVING and value.data and any(oid[:length] in columns for length in lengths)
    )


def move(agent: Agent, names: tuple[Oid, ...], chance: random.Random) -> None:
    """Let a minute go by in a device."""
    for oid in (UPTIME, *names):
        tag, number = agent.objects[oid].tag, agent.objects[oid].data
        assert isinstance(number, int)
        step = chance.choice((-1, 0, 1)) if tag == tags.GAUGE32 else chance.randrange(1, 10_000)
        agent.objects[oid] = Value(tag, max(1, number + step) % 2**32)


class Asking:
    """Asks the devices of a configuration one by one, in this thread."""

    def __init__(self, config: Config, known: Book) -> None:
        self.loop = Loop()
        self._store = Store("")
        self.asked = tuple(
            Asked(one, config.snmp, config.asset.gemeente, known, metrics(), time.monotonic) for one in config.device
        )

    def poll(self, asked: Asked) -> tuple[float, int]:
        """Poll one, and write its page; return the processor time in seconds, and its series."""
        ended: list[Ended] = []
        begin_s = time.thread_time()
        target, security = asked.way(self._store)
        assert asked.polling is not None
        self.loop.add(asked.polling.poll(), target, security, ended.append)
        while not ended:
            self.loop.turn(1.0)
        (end,) = ended
        if end.failed is not None:
            raise end.failed
        now_s = time.monotonic()
        asked.latest = Latest(end.told, None, end.effort, time.time(), now_s, 0.1, FAST)
        page = Packer()
        for piece in chunks([(asked, asked.latest)], packs=True):
            page.add(piece)
        page.end()
        return time.thread_time() - begin_s, end.told.sheet.size


def cost(family: str, name: str, ports: int, polls: int, known: Book) -> Cost:
    """Return what the health of one device costs."""
    chance = random.Random(7)
    with ExitStack() as stack:
        plain = switch(range(1, ports + 1))
        agents, servers = zip(
            *(stack.enter_context(serving(objects)) for objects in (plain, {**plain, **objects_of(family, name)})),
            strict=True,
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()), "agent.toml")
        folder.write_text(Plan(tuple(server.port for server in servers), 60.0, groups=()).text())
        asking = Asking(load(folder), known)
        stack.callback(asking.loop.close)
        took: list[tuple[float, ...]] = []
        found: list[tuple[float, int]] = []
        before = 0
        for one in asking.asked:
            asking.poll(one)
        names = [
            measured(agent, one.polling.moving)
            for agent, one in zip(agents, asking.asked, strict=True)
            if one.polling is not None
        ]
        for turn in range(WARM_POLLS + polls):
            for agent, moving in zip(agents, names, strict=True):
                move(agent, moving, chance)
            found = [asking.poll(one) for one in asking.asked]
            if turn == WARM_POLLS:
                before = sum(one.polling.relearns for one in asking.asked if one.polling)
            if turn >= WARM_POLLS:
                took.append(tuple(seconds for seconds, _series in found))
        relearns = sum(one.polling.relearns for one in asking.asked if one.polling) - before
        medians = [statistics.median(one) * 1000 for one in zip(*took, strict=True)]
        ratio = statistics.median(mine / other for other, mine in took)
        return Cost(medians[0], medians[1], ratio, found[1][1] - found[0][1], relearns)


def main(words: Sequence[str]) -> int:
    """Measure the devices; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.snmp_family")
    asked.add_argument("--polls", type=int, default=200)
    options = asked.parse_args(words)
    os.environ["FAKE_COMMUNITY"] = "public"
    say(f"load {os.getloadavg()[0]:.2f}", "")
    say("| family | interfaces | more series | ms with interfaces alone | ms with health | ratio | relearns |")
    say("|---|---:|---:|---:|---:|---:|---:|")
    known, ratios = book(), []
    for family, name, ports in DEVICES:
        found = cost(family, name, ports, options.polls, known)
        ratios.append(found.ratio)
        say(
            f"| {family} | {ports} | {found.series} | {found.plain_ms:.2f} | {found.family_ms:.2f} | "
            f"{found.ratio:.2f} | {found.relearns} |"
        )
    say("", f"median ratio {statistics.median(ratios):.2f}", f"load at the end {os.getloadavg()[0]:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
