"""What checking a body of 1,500 series costs the gateway, on one core, beside what looks less closely.

Ours unpacks a body, checks every series and says what goes on; the bodies are

- an agent's, which are known but for values and times;
- those of other clients, as google.protobuf writes them: with zeros left away, the same series zero each time or others
  at random (the worst case), with gemeente and scope or without them;
- of series that are all new: once, when a writer joins or the gateway starts.

Beside it, in the same run: google.protobuf, which unpacks, reads and writes the same body and checks nothing; and
vmauth, which sends it on unseen (its process' processor time, answers of a server that takes everything).

Usage: python -m tests.benchmarks.write_check [--turns 200] [--no-vmauth]
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import http.server
import platform
import random
import sys
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from regiowacht_collector.gateway.write import WriteLimits, check
from regiowacht_collector.gateway.write.memory import Memories
from regiowacht_collector.gateway.writer import Writer
from regiowacht_collector.ports import free_port
from regiowacht_contract.wire.encode import request
from regiowacht_contract.wire.snappy import compress, decompress
from tests.benchmarks.scraped import running
from tests.benchmarks.write_series import NOW_MS, SERIES, TURNS, WARM, heads, row, turns, values
from tests.contract.wire.prompb import read
from tests.lab.errors import LabError
from tests.lab.peers import peer

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.scraped import Program

WRITER = Writer("c1", "zandbeke", 7, "srv-zb-files-01")
LIMITS = WriteLimits()
PROTOBUF = "google.protobuf, read and written again"
FEW = 20
"""Turns of what is slow."""


def main(words: Sequence[str]) -> int:
    """Run the comparison; return the exit code."""
    told = argparse.ArgumentParser(prog="python -m tests.benchmarks.write_check")
    told.add_argument("--turns", type=int, default=TURNS)
    told.add_argument("--no-vmauth", action="store_true")
    options = told.parse_args(words)
    count = options.turns
    dice = random.Random(1)
    own = bodies(heads(), [values(dice) for _ in range(WARM + count)])
    print(f"Python {platform.python_version()}, protobuf {version('protobuf')}, cramjam {version('cramjam')}")
    print(f"{SERIES} series, {len(own[0])} bytes packed; {count} turns\n")
    found = turns(_sides(own, dice, count), count)
    found["new series, all of them"] = turns({"new": lambda turn: _check(own[turn], Memories())}, FEW)["new"]
    if not options.no_vmauth:
        found |= _vmauth(own, count)
    print("| | ms CPU a body | of turns | to protobuf |\n|---|---|---|---|")
    for name, took_ms in found.items():
        print(row(name, took_ms, found[PROTOBUF]))
    return 0


def bodies(series: Sequence[bytes], told: Sequence[array[float]], *, short: bool = False) -> list[bytes]:
    """Return packed bodies, one for each time; ``short`` ones as google.protobuf writes them."""
    made = (request(series, each, NOW_MS + at) for at, each in enumerate(told))
    return [compress(read(body).SerializeToString() if short else body) for body in made]


def _sides(own: Sequence[bytes], dice: random.Random, count: int) -> dict[str, Callable[[int], object]]:
    moving = [values(dice) for _ in range(WARM + count)]
    still = [_moved(moving[0], dice) for _ in range(WARM + count)]
    theirs = heads(own=False)
    sent = {
        "an agent's body": own,
        "of another client, with its labels": bodies(heads(), still, short=True),
        "the same, other zeros each time": bodies(heads(), moving, short=True),
        "of another client, labels to be added": bodies(theirs, still, short=True),
        "the same, other zeros each time ": bodies(theirs, moving, short=True),
    }
    memories = {name: Memories() for name in sent}
    sides: dict[str, Callable[[int], object]] = {
        name: lambda turn, name=name: _check(sent[name][turn], memories[name])  # type: ignore[misc]
        for name in sent
    }
    sides[PROTOBUF] = lambda turn: compress(read(decompress(own[turn], LIMITS.decoded_bytes)).SerializeToString())
    return sides


def _moved(told: array[float], dice: random.Random) -> array[float]:
    moved = told[:]
    for at, value in enumerate(told):
        moved[at] = value and dice.random() * 1e9
    return moved


def _check(body: bytes, memories: Memories) -> None:
    found = check(body, WRITER, LIMITS, NOW_MS, memories)
    if found.samples != SERIES or found.refused:
        raise RuntimeError(f"{found.samples} samples, refused {found.refused}")


def _vmauth(own: Sequence[bytes], count: int) -> dict[str, list[float]]:
    try:
        found = peer("victoria_metrics")
    except LabError as error:
        print(f"no vmauth: {error}", file=sys.stderr)
        return {}
    with _taking_everything() as port, tempfile.TemporaryDirectory() as folder:
        config, listen = Path(folder) / "auth.yml", free_port()
        users = [{"bearer_token": "fake", "url_prefix": f"http://127.0.0.1:{port}/"}]
        config.write_text(yaml.safe_dump({"users": users}), encoding="utf-8")
        command = [f"-auth.config={config}", f"-httpListenAddr=127.0.0.1:{listen}"]
        with running([str(found.path.with_name("vmauth")), *command], listen) as program:
            return {f"vmauth {found.version}, unseen": _sent(program, own, count)}


def _sent(program: Program, own: Sequence[bytes], count: int) -> list[float]:
    """Return the milliseconds that the program takes a body, of ten rounds."""
    connection = http.client.HTTPConnection("127.0.0.1", program.port, timeout=30)
    took_ms = []
    with contextlib.closing(connection):
        for _ in range(10):
            begin = program.cpu_s()
            for body in own[:count]:
                connection.request("POST", "/api/v1/write", body, {"Authorization": "Bearer fake"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != http.HTTPStatus.NO_CONTENT:
                    raise RuntimeError(f"vmauth answers {answer.status}")
            took_ms.append((program.cpu_s() - begin) / count * 1000)
    return took_ms


@contextlib.contextmanager
def _taking_everything() -> Iterator[int]:
    """Run a server that takes every body; yield its port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Takes)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Takes(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(http.HTTPStatus.NO_CONTENT)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
