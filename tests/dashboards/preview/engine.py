"""Starts a real Prometheus on a past that promtool wrote."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_collector.ports import free_port
from tests.dashboards.preview.history import openmetrics
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READY_S = 60


@dataclass(frozen=True, slots=True)
class Engine:
    """A Prometheus that answers at ``url``."""

    url: str
    port: int
    process: subprocess.Popen[bytes]


def write_past(folder: Path) -> Path:
    """Return a data folder with the past of ``history`` in it."""
    return load_past(openmetrics(), folder)


def load_past(past: str, folder: Path) -> Path:
    """Return a data folder with this past (OpenMetrics) in it."""
    text = folder / "past.om"
    text.write_text(past, encoding="utf-8")
    data = folder / "data"
    subprocess.run(
        [need("promtool"), "tsdb", "create-blocks-from", "openmetrics", str(text), str(data)],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return data


@contextmanager
def prometheus(data: Path, folder: Path, port: int = 0) -> Iterator[Engine]:
    """Run Prometheus on ``data`` until the block ends; port 0 takes a free one."""
    config = folder / "prometheus.yml"
    config.write_text("global: {}\n", encoding="utf-8")
    port = port or free_port()
    command = [
        need("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=error",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_ready(f"http://127.0.0.1:{port}/-/ready")
            yield Engine(f"http://127.0.0.1:{port}", port, process)
        finally:
            process.kill()
            process.wait()


def _wait_ready(url: str) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, f"{url} did not get ready"
            time.sleep(0.1)
