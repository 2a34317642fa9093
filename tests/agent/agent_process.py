"""A real ``regiowacht agent run`` as a process of its own."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

DEADLINE_S = 30.0


@dataclass
class AgentProcess:
    """A running agent; its words on standard error come in as they are said."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @classmethod
    def start(cls, *words: str, **environ: str) -> AgentProcess:
        """Start an agent on a free port of the loopback, unless the words say otherwise."""
        where = [] if {"--listen", "--config", "--state"} & set(words) else ["--listen", "127.0.0.1:0"]
        process = subprocess.Popen(
            [sys.executable, "-m", "regiowacht", "agent", "run", "--lang", "en", *where, *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environ},
        )
        agent = cls(process)
        threading.Thread(target=agent._listen, daemon=True).start()
        return agent

    def _listen(self) -> None:
        assert self.process.stderr is not None
        self.said.extend(iter(self.process.stderr.readline, ""))

    def wait_said(self, words: str, times: int = 1) -> str:
        """Return the line that holds these words for that many times, once it is said."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            found = [line for line in tuple(self.said) if words in line]
            if len(found) >= times:
                return found[times - 1]
            time.sleep(0.02)
        raise AssertionError(f"the agent never said {words!r}: {self.said}")

    def wait_ready(self) -> None:
        """Wait for the line that says where it listens."""
        self.wait_said("agent listening on ")

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.wait_said("agent listening on ").rpartition(":")[2])

    def get(self, path: str = "/metrics", host: str = "127.0.0.1") -> tuple[int, str]:
        """Return status and body of a GET."""
        connection = http.client.HTTPConnection(host, self.port, timeout=DEADLINE_S)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def end(self) -> None:
        """End it, and let go of what it held."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(DEADLINE_S)
        if self.process.stderr is not None:
            self.process.stderr.close()
