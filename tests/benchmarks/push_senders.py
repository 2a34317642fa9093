"""Three programs that push one page each over a line of its own: our agent, Prometheus in agent mode, vmagent.

Every series of a page has the number of the reading as its value, so that each sample says which one it is.
"""

from __future__ import annotations

import bisect
import math
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import yaml

from regiowacht_collector.ports import free_port
from regiowacht_contract.wire.errors import Malformed
from tests.agent.push.receiver import Answer, Receiver
from tests.lab.peers import peer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.agent.push.receiver import Write

NAME, SERIES = "made_up", 100
READY_S, SHARE_S = 60.0, 0.02
NOT_READ_S = (-1.5, 2.5)
"""Where the time of a page that was not read in time may lie, seen from when it was handed out: with some programs
it is when they asked, with others when they gave up, a time-out of 1 s and a busy machine later."""

Sample = tuple[int, float]
"""A series and a reading."""


class Source:
    """Serves a page whose values are the number of the reading.

    A page that was asked for by a process that is dead by now is no reading: nobody gets it.

    Attributes:
        served_s: when each reading was handed out, as a monotonic time.
        lock: held while one is; who kills a reader holds it meanwhile.
        port: where it listens.
    """

    def __init__(self) -> None:
        self.served_s: list[float] = []
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = source.next(self.connection)
                if body is None:
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign] # its readers are killed
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self, reader: socket.socket) -> bytes | None:
        """Return the page that comes next; None where the reader is gone."""
        with self.lock:
            if _is_gone(reader):
                return None
            number = len(self.served_s)
            self.served_s.append(time.monotonic())
        return b"".join(b'%s{number="%d"} %d\n' % (NAME.encode(), at, number) for at in range(SERIES))

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()


def _is_gone(reader: socket.socket) -> bool:
    try:
        return not reader.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


class Line(Receiver):
    """A receiver behind a line that can be cut and be narrow; writes under way share it evenly, as over TCP.

    Attributes:
        unreadable: bodies that came damaged.
        is_cut: connections end without an answer.
        most_a_second: samples that it carries in a second; 0 for any number.
        arrived_s: when each sample came first, as a monotonic time.
        failed_s: times at which the program said that it did not get the page (``up`` 0), in seconds since 1970.
    """

    def __init__(self) -> None:
        self.unreadable = 0
        self.is_cut = False
        self.most_a_second = 0
        self._under_way = 0
        self.arrived_s: dict[Sample, float] = {}
        self.failed_s: set[float] = set()
        super().__init__()

    def read(self, fields: dict[str, str], path: str, body: bytes) -> Write | None:
        """Return a write, and refuse one that is damaged, as Prometheus does."""
        try:
            return super().read(fields, path, body)
        except (Malformed, AssertionError, LookupError, ValueError):
            self.unreadable += 1
            return None

    def take(self, write: Write) -> Answer:
        """Store a write once the line has carried it."""
        self._carry(len(write.samples))
        with self._lock:
            if self.is_cut:
                raise ConnectionResetError
            for sample in write.samples:
                labels = dict(sample.series)
                if labels.get("__name__") == "up" and sample.value == 0:
                    self.failed_s.add(sample.at_ms / 1000)
                if labels.get("__name__") == NAME and not math.isnan(sample.value):
                    number = labels.get("number", "")
                    at = int(number) if number.isdecimal() else -1
                    self.arrived_s.setdefault((at, sample.value), time.monotonic())
        return Answer()

    def _carry(self, samples: float) -> None:
        if self.is_cut or not self.most_a_second:
            return
        with self._lock:
            self._under_way += 1
        while samples > 0:
            time.sleep(SHARE_S)
            samples -= self.most_a_second * SHARE_S / self._under_way
        with self._lock:
            self._under_way -= 1


@dataclass
class Sender:
    """A program that reads a page and pushes it.

    Attributes:
        name: of the program, with its version.
        command: makes the words that start it, of its folder, its page and its receiver.
        kills_s: when it was killed.
    """

    name: str
    folder: Path
    command: Callable[[Sender], list[str]]
    source: Source = field(default_factory=Source)
    line: Line = field(default_factory=Line)
    kills_s: list[float] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        """Where it keeps what is not sent yet."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it; it has read its page once when this returns.

        Raises:
            TimeoutError: it never reads.
        """
        self.data.mkdir(parents=True, exist_ok=True)
        before, deadline = len(self.source.served_s), time.monotonic() + READY_S
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(self.command(self), stdout=log, stderr=log, cwd=self.folder)
        while len(self.source.served_s) == before:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TimeoutError(f"{self.name} does not read: {(self.folder / 'log').read_text()[-1000:]}")
            time.sleep(0.01)

    def kill(self) -> None:
        """Kill it at once."""
        assert self.process is not None
        with self.source.lock:
            self.process.kill()
            self.process.wait()
            self.kills_s.append(time.monotonic())

    def stop(self) -> float:
        """Ask it to end, and return how long that took, in seconds."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.terminate()
        self.process.wait()
        return time.monotonic() - begun

    def close(self) -> None:
        """End it and what it talks to."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.source.close()
        self.line.close()

    def lost(self, readings: int) -> list[tuple[int, int]]:
        """Return what of the first readings has not come, but for pages that the program says it did not get."""
        there, not_read = dict(self.line.arrived_s), self.not_read(readings)
        wanted = [reading for reading in range(readings) if reading not in not_read]
        return [(at, reading) for reading in wanted for at in range(SERIES) if (at, reading) not in there]

    def not_read(self, readings: int) -> set[int]:
        """Return the readings whose page was handed out, and which the program says it did not get in time.

        Each time that it says so stands for one reading of which nothing came, the nearest.
        """
        wall_s = time.time() - time.monotonic()
        there = {reading for _at, reading in dict(self.line.arrived_s)}
        found: set[int] = set()
        for failed_s in sorted(self.line.failed_s):
            away_s = {
                reading: failed_s - wall_s - self.source.served_s[reading]
                for reading in range(readings)
                if reading not in there and reading not in found
            }
            near = [reading for reading, one in away_s.items() if NOT_READ_S[0] <= one <= NOT_READ_S[1]]
            if near:
                found.add(min(near, key=lambda reading: abs(away_s[reading])))
        return found

    def before_a_kill_s(self, reading: int) -> float:
        """Return how long after a reading the next kill came."""
        at = bisect.bisect(self.kills_s, self.source.served_s[reading])
        return self.kills_s[at] - self.source.served_s[reading] if at < len(self.kills_s) else math.inf


def senders(folder: Path, interval_s: int, shorter: float = 1.0) -> list[Sender]:
    """Return ours and its peers, not started yet.

    Args:
        folder: where each has one of its own.
        interval_s: seconds between two readings.
        shorter: by what the time is divided after which Prometheus lets go of what it has not sent.
    """
    prometheus, victoria = peer("prometheus"), peer("victoria_metrics")
    vmagent = victoria.path.with_name("vmagent")
    made = {
        "Regiowacht agent": lambda sender: _ours(sender, interval_s),
        f"Prometheus {prometheus.version}, agent mode": lambda sender: _prometheus(
            sender, prometheus.path, interval_s, shorter
        ),
        f"vmagent {victoria.version}": lambda sender: _vmagent(sender, vmagent, interval_s),
    }
    for name in made:
        (folder / name.split()[0]).mkdir()
    return [Sender(name, folder / name.split()[0], command) for name, command in made.items()]


def _ours(sender: Sender, interval_s: int) -> list[str]:
    config = sender.folder / "agent.toml"
    config.write_text(
        'listen = "127.0.0.1:0"\n[asset]\ngemeente = "zandbeke"\nsite = "hall"\ninstance = "srv-1"\n'
        f'[push]\nurl = "{sender.line.url}"\ninterval_s = {interval_s}\nstate = "{sender.data}"\n'
        f"[polls]\ninterval_s = {interval_s}\ntimeout_s = {min(1, interval_s)}\n"
        f'[[relay]]\ninstance = "srv-2"\nsite = "hall"\nurl = "http://127.0.0.1:{sender.source.port}/metrics"\n'
    )
    quiet = ("--collector.disable-defaults", "--collector.loadavg")
    return [sys.executable, "-m", "regiowacht", "agent", "run", "--config", str(config), "--exit-with-parent", *quiet]


def _prometheus(sender: Sender, program: Path, interval_s: int, shorter: float) -> list[str]:
    config = _scrape(sender, interval_s, {"remote_write": [{"url": f"{sender.line.url}/api/v1/write"}]})
    ages = {"wal-truncate-frequency": 7_200, "retention.min-time": 300, "retention.max-time": 14_400}  # its defaults, s
    shortened = [f"--storage.agent.{name}={round(age_s * 1000 / shorter)}ms" for name, age_s in ages.items()]
    words = [str(program), "--agent", f"--config.file={config}", f"--storage.agent.path={sender.data}"]
    return [*words, f"--web.listen-address=127.0.0.1:{free_port()}", *(shortened if shorter > 1 else [])]


def _vmagent(sender: Sender, program: Path, interval_s: int) -> list[str]:
    words = [str(program), f"-promscrape.config={_scrape(sender, interval_s, {})}", "-remoteWrite.forcePromProto"]
    words += [f"-remoteWrite.url={sender.line.url}/api/v1/write", f"-remoteWrite.tmpDataPath={sender.data}"]
    return [*words, f"-httpListenAddr=127.0.0.1:{free_port()}"]


def _scrape(sender: Sender, interval_s: int, more: dict[str, object]) -> Path:
    target = {"targets": [f"127.0.0.1:{sender.source.port}"]}
    every = {"scrape_interval": f"{interval_s}s", "scrape_timeout": f"{interval_s}s"}
    config = sender.folder / "config.yml"
    config.write_text(
        yaml.safe_dump({"scrape_configs": [{"job_name": "node", "static_configs": [target], **every}]} | more)
    )
    return config
