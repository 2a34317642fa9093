"""What pushing costs an agent: processor time a reading and memory, without TLS and with it, beside its peers.

Every program tells the same host once a second: an agent that is scraped, agents that push, and Prometheus as an agent,
which scrapes the first one and pushes. They push to receivers of our tests on the loopback, whose own work is not
counted. The agents keep every reading on disk before it is sent; Prometheus writes it to its log.

Usage: python -m tests.benchmarks.push [--seconds N]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import ssl
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.engine import find_engine
from regiowacht_collector.ports import free_port
from tests.agent.certificates import write_pair
from tests.agent.push.receiver import Receiver
from tests.benchmarks.scraped import running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.benchmarks.scraped import Program

WARM_UP_S = 15.0
ASSET = '[asset]\ngemeente = "zandbeke"\nsite = "hall"\ninstance = "srv-1"\n'
PROMETHEUS = """
global: {{scrape_interval: 1s}}
scrape_configs: [{{job_name: node, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}]
remote_write: [{{url: "{url}/api/v1/write"}}]
"""


@contextlib.contextmanager
def agent(folder: Path, name: str, receiver: Receiver | None, ca: Path | None = None) -> Iterator[Program]:
    """Run an agent that pushes to a receiver, or is scraped where there is none."""
    push = f'[push]\nurl = "{receiver.url}"\ninterval_s = 1\nstate = "{folder}/{name}"\n' if receiver else ""
    config, port = folder / f"{name}.toml", free_port()
    config.write_text(ASSET + push + (f'ca = "{ca}"\n' if ca else ""), encoding="utf-8")
    command = [
        *(sys.executable, "-m", "regiowacht", "agent", "run", "--config", str(config), "--reader", "proc"),
        *("--listen", f"127.0.0.1:{port}", "--exit-with-parent"),
    ]
    with running(command, port) as program:
        yield program


@contextlib.contextmanager
def prometheus(folder: Path, scraped: Program, receiver: Receiver) -> Iterator[tuple[str, Program]]:
    """Run Prometheus in agent mode; yield its version with it."""
    engine, port = find_engine(), free_port()
    config = folder / "prometheus.yml"
    config.write_text(PROMETHEUS.format(port=scraped.port, url=receiver.url), encoding="utf-8")
    mode = ["--agent"] if engine.version[0] > 2 else ["--enable-feature=agent"]
    command = [
        *(str(engine.prometheus), *mode, f"--config.file={config}", f"--storage.agent.path={folder}/prometheus"),
        *(f"--web.listen-address=127.0.0.1:{port}", "--storage.remote.flush-deadline=1s"),
    ]
    with running(command, port) as program:
        yield engine.version_text, program


@contextlib.contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver until the block ends."""
    made = Receiver(context=context)
    try:
        yield made
    finally:
        made.close()


def main(words: Sequence[str]) -> int:
    """Print the table; return the exit code."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.push")
    asked.add_argument("--seconds", type=float, default=60.0)
    seconds = asked.parse_args(words).seconds
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = Path(place)
        cert, key = write_pair(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        plain, secure, third = (stack.enter_context(receiving(one)) for one in (None, context, None))
        told: dict[str, tuple[Program, Receiver | None]] = {}
        scraped = stack.enter_context(agent(folder, "scraped", None))
        told["agent, scraped each second"] = scraped, None
        told["agent, pushes"] = stack.enter_context(agent(folder, "plain", plain)), plain
        told["agent, pushes over TLS"] = stack.enter_context(agent(folder, "secure", secure, cert)), secure
        version, program = stack.enter_context(prometheus(folder, scraped, third))
        told[f"Prometheus {version}, agent mode, beside the scraped one"] = program, third
        _say(told, seconds)
    return 0


def _say(told: dict[str, tuple[Program, Receiver | None]], seconds: float) -> None:
    time.sleep(WARM_UP_S)
    before = {name: (program.cpu_s(), _readings(receiver)) for name, (program, receiver) in told.items()}
    time.sleep(seconds)
    print(f"load {os.getloadavg()[0]:.2f}, {seconds:g} s\n")
    print("| | CPU ms a reading | readings | RSS MB | PSS MB |\n|---|---|---|---|---|")
    for name, (program, receiver) in told.items():
        cpu_s, readings = before[name]
        count = _readings(receiver) - readings if receiver else round(seconds)
        cost = (program.cpu_s() - cpu_s) * 1000 / max(1, count)
        print(f"| {name} | {cost:.2f} | {count} | {program.rss_mb():.1f} | {program.pss_mb():.1f} |")


def _readings(receiver: Receiver | None) -> int:
    return len(receiver.of("node_load1")) if receiver else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
