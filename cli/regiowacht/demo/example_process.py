"""The example region beside the real machine: started, awaited without waiting, shown, and stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from regiowacht.demo.example_job import INTERVAL_S, Job, Ready
from regiowacht_contract.texts import say
from regiowacht_dashboards.preview import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht.console import Console
    from regiowacht_dashboards.preview import Preview

UID = "voorbeeldgegevens"
TIME_FROM = "now-6h"
REFRESH = "30s"
STOP_WITHIN_S = 15.0
START = """
import os, sys
os.nice(10)
from regiowacht.demo.example import main
sys.exit(main(sys.argv[1:]))
"""
"""Whatever else this machine does goes first, from the first import on: nobody waits for example data."""


class ExampleProcess:
    """The process that makes and runs the example region; ``look`` tells once when it is up, or is not going to be."""

    def __init__(self, job: Job, home: Path) -> None:
        self._job = job
        self._out, self._log = home / "example.out", home / "example.log"
        self._is_shown = False
        self._is_over = False
        with self._out.open("wb") as stdout, self._log.open("wb") as stderr:
            # A session of its own: Ctrl-C reaches the demo alone. Its standard input ends when the demo does, however.
            self._process = subprocess.Popen(
                [sys.executable, "-c", START, *job.words()],
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    def look(self, preview: Preview, console: Console) -> Ready | None:
        """Show the region when it is up; say so when it cannot be had, or has ended. Call this often.

        Returns:
            What is there, at the one time that it is shown.
        """
        if not self._is_shown and (ready := self._ready()):
            self._is_shown = True
            preview.sources.add(_source(ready, console))
            console.out(f"{UID} {preview.url}/d/rw-regio?var-datasource={UID}")
            console.tell(
                "demo.example-ready",
                gemeenten=ready.gemeenten,
                assets=ready.assets,
                incidents=len(ready.incidents),
                folder=self._job.folder,
                prometheus=ready.prometheus,
            )
            for kind, gemeente, asset, began_s in ready.incidents:
                since = time.strftime("%d-%m %H:%M", time.localtime(began_s))
                console.tell(f"demo.incident-{kind}", asset=f"{gemeente}/{asset}", since=since)
            return ready
        if not self._is_over and self._process.poll() is not None:
            self._is_over = True
            console.tell("demo.example-gone" if self._is_shown else "demo.example-failed", said=self._last_words())
        return None

    def stop(self) -> None:
        """Ask it to end, insist after 15 s; what it started is gone then too."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _ready(self) -> Ready | None:
        line, newline, _ = self._out.read_text(encoding="utf-8").partition("\n")
        return Ready(**json.loads(line)) if newline else None

    def _last_words(self) -> str:
        """Return the last line it logged, or how it ended where it said nothing."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else f"exit {self._process.returncode}"


@contextmanager
def running_example(job: Job, home: Path) -> Iterator[ExampleProcess]:
    """Make and run the example region for as long as the block lasts; nothing is waited for."""
    process = ExampleProcess(job, home)
    try:
        yield process
    finally:
        process.stop()


def _source(ready: Ready, console: Console) -> Source:
    return Source(
        ready.prometheus,
        uid=UID,
        title=say("demo.source-example", console.lang),
        scrape_interval_s=INTERVAL_S,
        notice=say("demo.example-notice", console.lang),
        time_from=TIME_FROM,
        refresh=REFRESH,
        choices={"gemeente": ready.gemeente, "instance": ready.server},
    )
