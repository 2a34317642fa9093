"""A VictoriaMetrics for a test."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector.client import Client
from regiowacht_collector.process import EngineProcess
from tests.collector.live import until
from tests.parts import need_peer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def victoria_metrics(folder: Path) -> Iterator[str]:
    """Run the newest one for as long as the block lasts and yield its address; it keeps a month.

    With ``-dedup.minScrapeInterval=1ms`` a sample that is sent twice is one, as in Prometheus; without it, it is two.
    """
    program = need_peer("victoria_metrics").path
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        str(program),
        f"-storageDataPath={folder / 'victoria'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-retentionPeriod=1",
        "-search.latencyOffset=0s",
        "-search.disableCache",
        "-dedup.minScrapeInterval=1ms",
        "-memory.allowedBytes=64MiB",
    ]
    process = EngineProcess(command)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(f"{url}/health"))
        yield url
    finally:
        process.stop()


def values(url: str, expr: str) -> dict[str, float]:
    """Return value by ``instance`` of an instant query."""
    return {labels.get("instance", ""): value for labels, value in Client(url).query(expr)}


def flush(url: str) -> None:
    """Have it show what came in last."""
    with urllib.request.urlopen(f"{url}/internal/force_flush", timeout=30) as answer:
        answer.read()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
