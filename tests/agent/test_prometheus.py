"""A real Prometheus scrapes a real agent."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.agent.agent_process import DEADLINE_S, AgentProcess
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONFIG = """
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: node
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@contextlib.contextmanager
def _prometheus(folder: Path, target: int) -> Iterator[str]:
    """Run Prometheus on a free port until the block ends; yield its address."""
    program = need("prometheus")
    (folder / "prometheus.yml").write_text(CONFIG.format(port=target))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (folder / "log").open("w") as log, subprocess.Popen([program, *words], stdout=log, stderr=log) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _ask(url: str, expression: str) -> list[dict[str, Any]]:
    with (
        contextlib.suppress(OSError),
        urllib.request.urlopen(f"{url}/api/v1/query?query={quote(expression)}", timeout=5) as answer,
    ):
        found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
        return found
    return []


def _wait_for(url: str, expression: str) -> list[dict[str, Any]]:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        found = _ask(url, expression)
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"never any data for {expression}")


@pytest.mark.tools
def test_prometheus_takes_every_series_and_computes_with_them(
    start_agent: Callable[..., AgentProcess], tmp_path: Path
) -> None:
    agent = start_agent()
    with _prometheus(tmp_path, agent.port) as url:
        assert _wait_for(url, "up == 1")[0]["metric"]["job"] == "node"
        (scraped,) = _wait_for(url, "scrape_samples_scraped > 0")
        _, text = agent.get()
        rows = [row for row in text.splitlines() if not row.startswith("#")]
        assert abs(float(scraped["value"][1]) - len(rows)) <= 3
        (busy,) = _wait_for(url, 'sum(rate(node_cpu_seconds_total{mode!="idle"}[10s])) > 0')
        assert float(busy["value"][1]) < 1000
        metadata = urllib.request.urlopen(f"{url}/api/v1/targets/metadata?metric=node_cpu_seconds_total", timeout=5)
        with metadata as answer:
            assert json.load(answer)["data"][0]["type"] == "counter"
        assert _wait_for(url, "regiowacht_agent_http_requests_total{code='200'} > 1")
