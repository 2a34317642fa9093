"""Markers ask for their parts: before a marked test's fixtures are made, each part is there, or it skips or fails.

While a set-up is still under way a test waits for what it brings, outside the test's own time limit.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.unpack import cached_prefixes
from tests.parts import PartAway, find, need
from tests.setup.state import failures, is_under_way
from tests.setup.table import MARKERS, PACKAGES, which

if TYPE_CHECKING:
    from collections.abc import Iterator

WAIT_S = 900.0
LOOK_EVERY_S = 0.5
MADE_BY = {"promtool": "prometheus", "systemd": "apt"} | dict.fromkeys(PACKAGES, "apt")
"""Which step of the set-up brings a part, where it has another name."""


def pytest_configure(config: pytest.Config) -> None:
    """Make the table's markers known."""
    for name, marker in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {marker.text}; needs {', '.join(marker.parts)}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Wait for a set-up that is still to bring what this test needs; its time limit starts after that."""
    _wait(item, parts_of(item))
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, or fail with ``CI=true``, where a part is missing."""
    for part in parts_of(item):
        need(part)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the last set-up could not get."""
    for part, line in failures().items():
        terminalreporter.write_line(f"set-up: {part}: {line}", yellow=True)


def parts_of(item: pytest.Item) -> list[str]:
    """Return the parts that a test's markers stand for, each once."""
    marked = [MARKERS[mark.name] for mark in item.iter_markers() if mark.name in MARKERS]
    return list(dict.fromkeys(part for marker in marked for part in marker.parts))


def _wait(item: pytest.Item, parts: list[str]) -> None:
    until = time.monotonic() + WAIT_S
    told = False
    while (waited := _still_to_come(parts)) and is_under_way() and time.monotonic() < until:
        if not told:
            _tell(item, f"{item.nodeid} waits for the set-up to bring: {', '.join(waited)}")
            told = True
        time.sleep(LOOK_EVERY_S)


def _still_to_come(parts: list[str]) -> list[str]:
    """Return the parts that are not here and have not failed."""
    failed = failures()
    return [part for part in parts if MADE_BY.get(part, part) not in failed and not _is_here(part)]


def _is_here(part: str) -> bool:
    """Return whether a part is here, without fetching it."""
    if part in ("prometheus", "promtool"):
        return which("prometheus") is not None or bool(cached_prefixes())
    try:
        find(part)
    except PartAway:
        return False
    return True


def _tell(item: pytest.Item, line: str) -> None:
    """Write a line to the terminal past what captures the tests' own words."""
    capture = item.config.pluginmanager.getplugin("capturemanager")
    if capture is None:
        return
    with capture.global_and_fixture_disabled():
        print(f"\nset-up: {line}", file=sys.stderr, flush=True)  # a worker of pytest-xdist has no standard output
