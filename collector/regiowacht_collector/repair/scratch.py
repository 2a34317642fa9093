"""An engine for a moment, with a storage of its own that nobody else sees."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector.client import Client
from regiowacht_collector.death import explain
from regiowacht_collector.ports import LOOPBACK, free_port
from regiowacht_collector.process import EngineProcess
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_collector.engine import Engine

CONFIG = b"storage: {tsdb: {out_of_order_time_window: 30d}}\n"
READY_WITHIN_S = 60.0
NEVER = "100y"


@contextmanager
def scratch_engine(engine: Engine, folder: Path) -> Iterator[Client]:
    """Run an engine on an empty folder and yield how to ask it; its storage is ``folder/storage``.

    It scrapes nothing and evaluates nothing. Call it from a thread that lives as long as the block.

    Raises:
        ProcessDied: it ended; says why.
        Unavailable: it does not answer in time, or the folder cannot be written.
    """
    port = free_port()
    try:
        folder.mkdir(parents=True)
        (folder / "prometheus.yml").write_bytes(CONFIG)
        process = EngineProcess(_command(engine, folder, port))
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename, reason=error.strerror) from None
    try:
        client = Client(f"http://{LOOPBACK}:{port}", timeout_s=300)
        _wait(process, client)
        yield client
    finally:
        process.stop()


def _command(engine: Engine, folder: Path, port: int) -> list[str]:
    command = [
        str(engine.prometheus),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'storage'}",
        f"--storage.tsdb.retention.time={NEVER}",
        f"--web.listen-address={LOOPBACK}:{port}",
        "--web.enable-remote-write-receiver",
        "--web.enable-admin-api",
        "--query.max-concurrency=2",
        "--log.level=warn",
    ]
    if engine.web_assets is not None and "--web.local-assets" in engine.switches:
        command.append(f"--web.local-assets={engine.web_assets}/")
    return command


def _wait(process: EngineProcess, client: Client) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not client.is_ready():
        returncode = process.poll()
        if returncode is not None:
            raise explain(returncode, process.last_lines())
        if time.monotonic() > deadline:
            raise Unavailable("collector.not-ready", seconds=round(READY_WITHIN_S))
        time.sleep(0.02)
