"""What the agent's tests share."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import psutil
import pytest

from regiowacht_agent.log import LOGGER
from tests.agent.agent_process import AgentProcess
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def real_proc() -> Iterator[None]:
    """Put psutil back on the real /proc, whose place it keeps in a variable of its module."""
    yield
    psutil.PROCFS_PATH = "/proc"


@pytest.fixture(autouse=True)
def events_are_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand what this process's agent logs to pytest, which keeps records (``caplog``)."""
    records = logging.getLogger("regiowacht.agent")

    def tell(level: str, event: str) -> None:
        # As standard error writes what is no UTF-8; pytest-xdist could not hand it on.
        records.log(getattr(logging, level), event.encode("utf-8", "backslashreplace").decode())

    monkeypatch.setattr(LOGGER, "tell", tell)


@pytest.fixture
def fake(tmp_path: Path) -> FakeHost:
    """Return a recorded host."""
    return FakeHost.write(tmp_path)


@pytest.fixture
def start_agent() -> Iterator[Callable[..., AgentProcess]]:
    """Return a function that starts a real agent process and waits until it is ready; all end with the test."""
    started: list[AgentProcess] = []

    def start(*words: str, **environ: str) -> AgentProcess:
        agent = AgentProcess.start(*words, **environ)
        started.append(agent)
        agent.wait_ready()
        return agent

    yield start
    for agent in started:
        agent.end()
