"""What a body of 1,500 series costs a sender: ours beside google.protobuf, in one run, packed with the same snappy.

google.protobuf is used in the two ways in which people use it: a message made anew for each body, and one of which
values and times alone are changed. Milliseconds are processor time of this thread.

Usage: python -m tests.benchmarks.write_encode [--turns 200]
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from regiowacht_contract.wire.encode import backlog, request
from regiowacht_contract.wire.snappy import compress
from tests.benchmarks.write_series import NOW_MS, SERIES, TURNS, heads, labels, row, turns, values
from tests.contract.wire.prompb import Label, WriteRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

BACKLOG_SERIES, BACKLOG_TIMES = 500, 60
STEP_MS = 15_000


def main(words: Sequence[str]) -> int:
    """Run the comparison; return the exit code."""
    told = argparse.ArgumentParser(prog="python -m tests.benchmarks.write_encode")
    told.add_argument("--turns", type=int, default=TURNS)
    count = told.parse_args(words).turns
    dice = random.Random(1)
    named, encoded = labels(), heads()
    read = [values(dice) for _ in range(16)]
    kept = _message(named, read[0], NOW_MS)

    def naive(turn: int) -> bytes:
        return compress(_message(named, read[turn % 16], NOW_MS + turn * STEP_MS).SerializeToString())

    def reused(turn: int) -> bytes:
        for series, value in zip(kept.timeseries, read[turn % 16], strict=True):
            series.samples[0].value, series.samples[0].timestamp = value, NOW_MS + turn * STEP_MS
        return compress(kept.SerializeToString())

    def ours(turn: int) -> bytes:
        return compress(request(encoded, read[turn % 16], NOW_MS + turn * STEP_MS))

    def unpacked(turn: int) -> bytes:
        return request(encoded, read[turn % 16], NOW_MS + turn * STEP_MS)

    sides = {"encode and pack": ours, "encode alone": unpacked}
    theirs = {"google.protobuf, a message a body": naive, "google.protobuf, one message": reused}
    found = turns({**sides, **theirs}, count)
    print(f"Python {platform.python_version()}, protobuf {version('protobuf')}, cramjam {version('cramjam')}")
    print(f"{SERIES} series, {len(unpacked(0))} bytes, packed {len(ours(0))}; {count} turns\n")
    print("| | ms CPU a body | of turns | to a message a body |\n|---|---|---|---|")
    for name, took_ms in found.items():
        print(row(name, took_ms, found["google.protobuf, a message a body"]))
    late_heads, times = encoded[:BACKLOG_SERIES], [NOW_MS + at * STEP_MS for at in range(BACKLOG_TIMES)]
    columns = [values(dice, BACKLOG_SERIES) for _ in times]
    late = turns({"late": lambda _turn: compress(backlog(late_heads, columns, times))}, count)["late"]
    micros = sorted(late)[len(late) // 2] * 1000 / (BACKLOG_SERIES * BACKLOG_TIMES)
    print(f"\nbacklog of {BACKLOG_SERIES} series, {BACKLOG_TIMES} samples each: {micros:.2f} µs CPU a sample, packed")
    return 0


def _message(named: Sequence[dict[str, str]], read: Sequence[float], at_ms: int) -> Any:
    message = WriteRequest()
    for told, value in zip(named, read, strict=True):
        series = message.timeseries.add()
        series.labels.extend(Label(name=name, value=text) for name, text in sorted(told.items()))
        series.samples.add(value=value, timestamp=at_ms)
    return message


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
