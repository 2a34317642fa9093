"""A million mutated writes: none goes on that a reader of protobuf would read as another gemeente's.

Bodies of two gemeenten's writers are changed in every way of ``tests/collector/gateway/write/mutations.py`` and
checked, both by memories that know the bodies they were made of. What goes on is read by google.protobuf; what it reads
has to be the writer's own, and all and only what google.protobuf reads in the mutated body by the rules as
``oracle.py`` tells them. Refusing a body whole is always safe; where nothing was done to its encoding it is a mistake.

Usage: python -m tests.benchmarks.write_mutated [--cases 1000000] [--seed 7]
"""

from __future__ import annotations

import argparse
import itertools
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from struct import pack
from typing import TYPE_CHECKING

import cramjam

from regiowacht_collector.gateway.write import Checked, Refused, WriteLimits, check
from regiowacht_collector.gateway.write.memory import Memories
from regiowacht_collector.gateway.writer import Writer
from regiowacht_contract.wire.encode import backlog, head, request
from regiowacht_contract.wire.snappy import compress
from tests.benchmarks.snmp_mutated import resident_kb
from tests.collector.gateway.write.mutations import NOW_MS, OF_BYTES, mutated
from tests.collector.gateway.write.oracle import meaning, parsed, what_leaks
from tests.contract.wire.prompb import WriteRequest, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.collector.gateway.write.oracle import Key

CASES = 1_000_000
SEED = 7
LOOKS = 10
HANG_S = 60
ROUND = 2000
"""Cases before the bodies are others; the memories stay."""

WRITERS = (Writer("c1", "zandbeke", 7, "srv-1"), Writer("c2", "polderdam", 8, "srv-1"))
LIMITS = WriteLimits(memory_bytes=1 << 20)
"""So little that memories begin anew many times."""

METRICS = ("node_load1", "up", "ifInErrors", "mine", "node_cpu_seconds_total", "snmp_cpu_usage_ratio")
WRITTEN_AGAIN = 0.25
"""Share of the cases that google.protobuf writes again before they are checked once more."""

PACKED_TOO = 0.04
"""Share of those that are changed once more after they were packed."""

BESIDE = ("bad-exemplar", "bad-histogram", "bad-metadata", "histograms-off")
"""Reasons to refuse what is no sample; the oracle does not know them."""


@dataclass(slots=True)
class Outcome:
    """What became of the cases.

    Attributes:
        whole: refused whole, by reason.
        samples: that went on.
        parts: refused in bodies that went on, by reason.
        classes: cases by what was done last.
        unread: cases that google.protobuf does not read.
        looks: cases so far and resident kilobytes.
        slowest_ms: of one check.
    """

    whole: Counter[str] = field(default_factory=Counter)
    samples: int = 0
    parts: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    unread: int = 0
    looks: list[tuple[int, int]] = field(default_factory=list)
    slowest_ms: float = 0.0

    @property
    def cases(self) -> int:
        """How many there were."""
        return self.classes.total()


def run(count: int, seed: int, tell: Callable[[tuple[int, int]], None] = lambda _look: None) -> Outcome:
    """Check so many mutated writes; return what became of them.

    Raises:
        AssertionError: one went on that should not, or the other way round; its text has the body.
    """
    found, dice, memories = Outcome(), random.Random(seed), Memories()
    source = cases(dice, memories)
    for number in range(count):
        if number % max(1, count // LOOKS) == 0 and number:
            found.looks.append((number, resident_kb()))
            tell(found.looks[-1])
        if number % ROUND == 0:
            signal.alarm(HANG_S)  # a write that hangs ends the run
        case = next(source)
        found.classes[case.done] += 1
        _take(case, memories, found)
        if dice.random() < WRITTEN_AGAIN:
            _take_written_again(case, memories)
    signal.alarm(0)
    return found


@dataclass(frozen=True, slots=True)
class Case:
    """One write.

    Attributes:
        writer: whose credential it comes with.
        packed: what is sent.
        body: what that is once unpacked; None where it cannot be.
        done: what was done to it last.
    """

    writer: Writer
    packed: bytes
    body: bytes | None
    done: str


def cases(dice: random.Random, memories: Memories) -> Iterator[Case]:
    """Yield writes without end; those that they were made of are written first, so that memories know them."""
    good: list[list[bytes]] = []
    for number in itertools.count():
        if number % ROUND == 0:
            good = [bodies(writer, dice) for writer in WRITERS]
            _learn(good, memories)
        own = dice.randrange(2)
        body, done = mutated(dice.choice(good[own]), dice, dice.choice(good[1 - own]))
        packed = compress(body)
        if dice.random() < PACKED_TOO:
            packed = OF_BYTES[dice.randrange(len(OF_BYTES))](packed, dice, compress(good[1 - own][0]))
            done = "packed"
        yield Case(WRITERS[own], packed, _unpacked(packed), done)


def bodies(writer: Writer, dice: random.Random) -> list[bytes]:
    """Return bodies that this writer may write: of one time, of many, with zeros left away, with metadata."""
    named = dice.sample(METRICS, dice.randint(1, len(METRICS)))
    heads = [head(_labels(writer, name, dice).items()) for name in named]
    values = [dice.choice((0.0, 1.0, 1e9, dice.random())) for _ in heads]
    begin_ms = NOW_MS - dice.randint(0, 20) * 60_000
    plain = request(heads, values, NOW_MS)
    short: bytes = read(plain).SerializeToString()
    late = backlog(heads, [values] * 3, [begin_ms, begin_ms + 1, begin_ms + 15_000])
    more = WriteRequest.FromString(short)
    more.timeseries[0].exemplars.add(value=1.0, timestamp=NOW_MS).labels.add(name="trace_id", value="abc")
    more.timeseries[0].histograms.add(count_int=0, timestamp=NOW_MS)
    more.metadata.add(metric_family_name="mine", type=2, help="One of mine.")
    return [plain, plain, short, request(heads, values, NOW_MS - 3_600_000), late, more.SerializeToString()]


def _labels(writer: Writer, name: str, dice: random.Random) -> dict[str, str]:
    laag = dice.choice(("connectiviteit", "infrastructuur", "overig"))
    told = {"__name__": name, "gemeente": writer.gemeente, "scope": f"{writer.gemeente}/{laag}", "mode": "idle"}
    told |= {"instance": dice.choice(("srv-1", "sw-1")), "job": "node"}
    return {key: value for key, value in told.items() if key == "__name__" or dice.random() < 0.85}


def _learn(good: Sequence[Sequence[bytes]], memories: Memories) -> None:
    for writer, own in zip(WRITERS, good, strict=True):
        for body in [*own, *own, *own]:
            check(compress(body), writer, LIMITS, NOW_MS, memories)


def _unpacked(packed: bytes) -> bytes | None:
    """Return what snappy itself unpacks."""
    try:
        return bytes(cramjam.snappy.decompress_raw(packed))
    except cramjam.DecompressionError:
        return None


def _take(case: Case, memories: Memories, found: Outcome) -> None:
    begin = time.perf_counter()
    try:
        checked = check(case.packed, case.writer, LIMITS, NOW_MS, memories)
    except Refused as refused:
        found.whole[refused.reason] += 1
        return
    finally:
        found.slowest_ms = max(found.slowest_ms, (time.perf_counter() - begin) * 1000)
    found.samples += checked.samples
    found.parts.update(checked.refused)
    found.unread += not _compare(case, checked)


def _take_written_again(case: Case, memories: Memories) -> None:
    """What google.protobuf reads and writes again is told in the usual way: it is never refused whole."""
    message = None if case.body is None else parsed(case.body)
    if message is None:
        return
    message.DiscardUnknownFields()
    again: bytes = message.SerializeToString()
    try:
        checked = check(compress(again), case.writer, LIMITS, NOW_MS, memories)
    except Refused as refused:
        raise AssertionError(f"{refused.reason}: {again.hex()}") from None
    assert _compare(Case(case.writer, b"", again, case.done), checked)


def _compare(case: Case, checked: Checked) -> bool:
    """Compare what goes on with what google.protobuf reads in what was sent; return whether it reads it at all."""
    assert case.body is not None, case.packed.hex()
    gemeente, told = case.writer.gemeente, (case.done, case.body.hex())
    fresh_from, old_from = NOW_MS - LIMITS.fresh_ms, NOW_MS - LIMITS.window_ms
    assert not what_leaks(checked.fresh, gemeente, (fresh_from, NOW_MS + LIMITS.future_ms)), told
    assert not what_leaks(checked.old, gemeente, (old_from, fresh_from - 1)), told
    message = parsed(case.body)
    if message is None:  # a text that is not UTF-8, which costs its series alone
        return False
    meant = meaning(message, gemeente, LIMITS, NOW_MS)
    assert samples(checked.fresh) == meant.fresh, told
    assert samples(checked.old) == meant.old, told
    assert {one: count for one, count in checked.refused.items() if one not in BESIDE} == meant.refused, told
    assert checked.samples == len(meant.fresh) + len(meant.old), told
    return True


def samples(body: bytes) -> dict[tuple[Key, int], bytes]:
    """Return the bytes of each value in a body by series and time."""
    return {
        (tuple((label.name, label.value) for label in series.labels), sample.timestamp): pack("<d", sample.value)
        for series in read(body).timeseries
        for sample in series.samples
    }


def main(words: Sequence[str]) -> int:
    """Run it; return the exit code."""
    told = argparse.ArgumentParser(prog="python -m tests.benchmarks.write_mutated")
    told.add_argument("--cases", type=int, default=CASES)
    told.add_argument("--seed", type=int, default=SEED)
    options = told.parse_args(words)
    print("| cases | RSS kB |\n|---|---|", flush=True)
    found = run(options.cases, options.seed, lambda look: print(f"| {look[0]} | {look[1]} |", flush=True))
    print(f"seed {options.seed}: {found.cases} cases; {found.samples} samples went on, 0 of them another's", flush=True)
    for what, counts in (
        ("refused whole", found.whole),
        ("refused samples", found.parts),
        ("done last", found.classes),
    ):
        print(f"{what}: {', '.join(f'{count} {name}' for name, count in counts.most_common())}", flush=True)
    print(f"not read by google.protobuf, but gone on: {found.unread}; slowest {found.slowest_ms:.1f} ms", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
