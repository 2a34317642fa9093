"""The agent of the demo, as the process of its own that it is on a real server."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector.ports import LOOPBACK
from regiowacht_contract.errors import ProcessDied, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY_WITHIN_S = 20.0
STOP_WITHIN_S = 5.0
ENDS_QUICKLY_S = 0.05


class AgentProcess:
    """A running agent on loopback.

    Attributes:
        pid: its process id.
        address: ``host:port`` of its /metrics.
    """

    def __init__(self, config: Path, log: Path, port: int) -> None:
        self.address = f"{LOOPBACK}:{port}"
        self._log = log
        words = ["agent", "run", "--config", str(config), "--listen", self.address, "--exit-with-parent"]
        with log.open("wb") as stderr:
            # A session of its own: Ctrl-C reaches the demo alone, which ends its parts in good order.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "regiowacht", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
        self.pid = self._process.pid

    def wait_until_ready(self) -> None:
        """Wait until it answers.

        Raises:
            ProcessDied: it ended; says the last thing it said.
            Unavailable: it did not answer in time.
        """
        until = time.monotonic() + READY_WITHIN_S
        while not self._answers():
            if not self.is_running():
                raise ProcessDied("demo.agent-died", code=self._process.returncode, said=self.last_line())
            if time.monotonic() > until:
                raise Unavailable("demo.agent-not-ready", seconds=round(READY_WITHIN_S), said=self.last_line())
            time.sleep(ENDS_QUICKLY_S)

    def is_running(self) -> bool:
        """Return whether the process is still there."""
        return self._process.poll() is None

    def last_line(self) -> str:
        """Return the last line it logged, or ``-``."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else "-"

    def stop(self) -> None:
        """Ask it to end, insist after 5 s."""
        if self.is_running():
            self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        host, _, port = self.address.partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=2)
        try:
            connection.request("GET", "/-/healthy")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def running_agent(config: Path, log: Path, port: int) -> Iterator[AgentProcess]:
    """Run an agent for as long as the block lasts. Call it from a thread that lives as long.

    Raises:
        ProcessDied: it ended before it answered.
        Unavailable: it did not answer in time.
    """
    agent = AgentProcess(config, log, port)
    try:
        agent.wait_until_ready()
        yield agent
    finally:
        agent.stop()
