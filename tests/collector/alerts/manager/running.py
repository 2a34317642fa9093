"""A real Alertmanager for a test."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector.alerts.manager.client import ManagerClient
from regiowacht_collector.alerts.manager.command import manager_command
from regiowacht_collector.ports import LOOPBACK, free_port
from regiowacht_collector.process import EngineProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_collector.alerts.manager.find import Manager

READY_WITHIN_S = 60


@contextmanager
def running_manager(manager: Manager, config: bytes, folder: Path) -> Iterator[ManagerClient]:
    """Run one for as long as the block lasts; it answers when the block begins."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alertmanager.yml").write_bytes(config)
    port = free_port()
    process = EngineProcess(manager_command(manager, folder / "alertmanager.yml", folder / "data", port))
    client = ManagerClient(f"http://{LOOPBACK}:{port}")
    try:
        deadline = time.monotonic() + READY_WITHIN_S
        while not client.is_ready():
            assert process.poll() is None, process.last_lines()
            assert time.monotonic() < deadline, process.last_lines()
            time.sleep(0.05)
        yield client
    finally:
        client.close()
        process.stop()
