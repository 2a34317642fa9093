"""What tests of several rooms share: the guard, markers and their parts, the lab, one browser for the whole run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests import guard
from tests.lab import fixtures
from tests.parts import need
from tests.setup import plugin, scheduling, speed
from tests.setup.scheduling import pytest_xdist_auto_num_workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

__all__ = ["browser", "pytest_configure", "pytest_xdist_auto_num_workers"]
# pytest-xdist asks how many workers before it would hear what is registered below.

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure(config: pytest.Config) -> None:
    """Add what this house teaches pytest."""
    for module in (speed, guard, plugin, scheduling, fixtures):
        if not config.pluginmanager.is_registered(module):
            config.pluginmanager.register(module, module.__name__)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a screen; its profiles lie where the guard removes them."""
    path = need("chromium")
    with guard.scratch("browser") as folder, pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "TMPDIR", str(folder))
        with sync_playwright() as playwright:
            patch.undo()
            running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            yield running
            running.close()
