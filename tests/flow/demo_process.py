"""Starts the demo as a person would and reads what it prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PROC = Path("/proc")
START_DEADLINE_S = 90.0
"""A first start may unpack the engine; a warm one takes seconds."""

EXAMPLE_DEADLINE_S = 270.0
"""It is made when nothing else wants the processor, and other tests may."""

ALONE = "--without-example-data"
"""For tests of the one real machine: the example region costs seconds of work that they have no use for."""


@dataclass(slots=True)
class Demo:
    """A running demo.

    Attributes:
        process: the command itself; its children are found by their parent.
        out: lines of standard output so far.
        err: lines of standard error so far.
    """

    process: subprocess.Popen[str]
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)

    def url(self, what: str) -> str:
        """Return the address printed as ``dashboards URL``, ``prometheus URL`` or ``voorbeeldgegevens URL``."""
        line = next(line for line in self.out if line.startswith(f"{what} "))
        return line.split()[1]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the instant vector that the demo's Prometheus answers."""
        return query(self.url("prometheus"), expression)

    def example(self) -> str:
        """Return the page of the example region, once it is there."""
        wait_for(
            lambda: len(self.out) > 2 or any("komen er niet" in line for line in self.err),
            "the example region",
            EXAMPLE_DEADLINE_S,
        )
        assert len(self.out) > 2, "\n".join(self.err)
        return self.url("voorbeeldgegevens")

    def query_example(self, expression: str) -> list[dict[str, Any]]:
        """Return the instant vector that the example region's Prometheus answers, asked as a page asks."""
        return query(f"{self.url('dashboards')}/api/sources/voorbeeldgegevens", expression, "v1")

    def children(self) -> dict[int, str]:
        """Return pid and command line of every process below the demo."""
        return descendants(self.process.pid)

    def agent_pid(self) -> int:
        """Return the pid of the demo's agent; /proc may miss a child for a moment, so it is looked for until seen."""
        found: list[int] = []

        def is_seen() -> bool:
            found.extend(pid for pid, command in self.children().items() if "agent run" in command)
            return bool(found)

        wait_for(is_seen, "the demo's agent")
        return found[0]


def query(prometheus: str, expression: str, api: str = "api/v1") -> list[dict[str, Any]]:
    """Return the instant vector for an expression."""
    address = f"{prometheus}/{api}/query?" + urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(address, timeout=30) as answer:
        result: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return result


def wait_for(condition: Callable[[], bool], what: str, deadline_s: float = 60.0) -> None:
    """Wait until a condition holds; fail by name when the deadline passes."""
    until = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < until, f"waited {deadline_s:g} s in vain for: {what}"
        time.sleep(0.1)


@contextmanager
def running_demo(
    arguments: Sequence[str] = (), command: Sequence[str] = (), cwd: Path | None = None, **more: str
) -> Iterator[Demo]:
    """Run ``regiowacht demo`` until the end of the block; it is ended by Ctrl-C, and by force if that does not do.

    ``more`` are environment variables beside those of the test run.
    """
    words = [*(command or (sys.executable, "-m", "regiowacht")), "demo", "--port", "0", *arguments]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | more
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=environ,
        start_new_session=True,
    )
    demo = Demo(process)
    readers = [
        threading.Thread(target=_collect, args=(stream, lines))
        for stream, lines in ((process.stdout, demo.out), (process.stderr, demo.err))
    ]
    for reader in readers:
        reader.start()
    try:
        wait_for(
            lambda: process.poll() is not None or any(line.startswith("prometheus ") for line in demo.out),
            "the demo's two lines",
            START_DEADLINE_S,
        )
        assert process.poll() is None, "\n".join(demo.err)
        yield demo
    finally:
        _end(process)
        for reader in readers:
            reader.join()


def descendants(pid: int) -> dict[int, str]:
    """Return pid and command line of every process below ``pid``, from /proc."""
    found: dict[int, str] = {}
    queue = [pid]
    while queue:
        parent = queue.pop()
        for child in _children(parent):
            found[child] = _command(child)
            queue.append(child)
    return found


def is_alive(pid: int) -> bool:
    """Return whether a process exists and is no zombie."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _children(pid: int) -> list[int]:
    try:
        tasks = list((PROC / str(pid) / "task").iterdir())
        return [int(word) for task in tasks for word in (task / "children").read_text().split()]
    except FileNotFoundError:
        return []


def _command(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except FileNotFoundError:
        return ""


def _collect(stream: IO[str], lines: list[str]) -> None:
    lines.extend(line.rstrip("\n") for line in stream)
    stream.close()


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
