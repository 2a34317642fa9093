"""What TLS and gzip cost the agent: a scrape, memory, and what 800 half-open connections do, with TLS and without.

Both agents run at once and are scraped in turns, each scrape over a connection of its own: with TLS that is a handshake
each time (certificate with a P-256 key, TLS 1.3). Everything stays on the loopback.

Usage: python -m tests.benchmarks.agent_tls [--reader proc|psutil]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import ssl
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.reader import READERS
from regiowacht_collector.ports import free_port
from tests.agent.certificates import write_pair
from tests.benchmarks.half_open import HALF_OPEN, SETTLE_S, besiege
from tests.benchmarks.scraped import running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.benchmarks.scraped import Program

WARM_UPS = 10
TURNS, SCRAPES_A_TURN = 30, 10
PACKED_TIMES = 100
LEVELS = (1, 3, 6, 9)


@contextlib.contextmanager
def agents(reader: str) -> Iterator[dict[str, Program]]:
    """Run an agent without TLS and one with it until the block ends."""
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        cert, key = write_pair(Path(place))
        told = {"HTTP": "", "HTTPS": f'[http]\ntls_cert = "{cert}"\ntls_key = "{key}"\n'}
        programs = {}
        for name, text in told.items():
            config, port = Path(place, f"{name}.toml"), free_port()
            config.write_text(text, encoding="utf-8")
            command = [
                *(sys.executable, "-m", "regiowacht", "agent", "run", "--config", str(config), "--reader", reader),
                *("--listen", f"127.0.0.1:{port}", "--exit-with-parent"),
            ]
            trust = ssl.create_default_context(cafile=str(cert)) if text else None
            programs[name] = stack.enter_context(running(command, port, trust))
        yield programs


def costs_ms(programs: Mapping[str, Program], *, packed: bool) -> dict[str, float]:
    """Return the processor time of a scrape of each, in ms."""
    used = dict.fromkeys(programs, 0.0)
    for program in programs.values():
        for _ in range(WARM_UPS):
            program.scrape(packed=packed)
    for _ in range(TURNS):
        for name, program in programs.items():
            before = program.cpu_s()
            for _ in range(SCRAPES_A_TURN):
                program.scrape(packed=packed)
            used[name] += program.cpu_s() - before
    return {name: seconds * 1000 / (TURNS * SCRAPES_A_TURN) for name, seconds in used.items()}


def say_sieges(programs: Mapping[str, Program]) -> None:
    """Print what connections that stop half-way do to each."""
    print(f"\n| {HALF_OPEN} half-open | held | {SETTLE_S:g} s later | slowest ms | refused | MB more | threads more |")
    print("|---|---|---|---|---|---|---|")
    for name, program in programs.items():
        siege = besiege(program)
        told = f"{siege.slowest_ms:.1f} | {siege.refused} | {siege.memory_mb:.1f} | {siege.threads}"
        print(f"| {name} | {siege.held} | {siege.held_later} | {told} |")


def say_levels(body: bytes) -> None:
    """Print what each level of gzip makes of an exposition, and what it costs."""
    print(f"\n| gzip of {len(body)} bytes | bytes | share | CPU ms |\n|---|---|---|---|")
    for level in LEVELS:
        begin = time.process_time()
        packed = b""
        for _ in range(PACKED_TIMES):
            packer = zlib.compressobj(level, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
            packed = packer.compress(body) + packer.flush()
        cost_ms = (time.process_time() - begin) * 1000 / PACKED_TIMES
        print(f"| level {level} | {len(packed)} | {len(packed) / len(body):.3f} | {cost_ms:.2f} |")


def main(words: Sequence[str]) -> int:
    """Print the tables; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.agent_tls")
    asked.add_argument("--reader", choices=sorted(READERS), default="proc")
    reader = asked.parse_args(words).reader
    print(f"reader {reader}, {ssl.OPENSSL_VERSION}, load {os.getloadavg()[0]:.2f}\n")
    with agents(reader) as programs:
        print("| | CPU ms a scrape | with gzip | RSS MB | PSS MB |\n|---|---|---|---|---|")
        plain, packed = costs_ms(programs, packed=False), costs_ms(programs, packed=True)
        for name, program in programs.items():
            memory = f"{program.rss_mb():.1f} | {program.pss_mb():.1f}"
            print(f"| {name} | {plain[name]:.2f} | {packed[name]:.2f} | {memory} |")
        say_sieges(programs)
        say_levels(programs["HTTP"].scrape())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
