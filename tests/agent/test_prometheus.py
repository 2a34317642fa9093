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

from regiowacht_agent.extra.textfile.format import parse
from regiowacht_agent.relay.carry import Carrier
from tests.agent.agent_process import DEADLINE_S, AgentProcess
from tests.agent.polls.asked import RELAYED, read
from tests.agent.polls.servers import answers, page, tcp
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


TABS = """\
# HELP\tplain_total Help.
#\tTYPE\tplain_total\tcounter
plain_total\t1
plain{x="1"}\t\t2 \t
plain {\tx = "2"\t}3
plain{x="a\tb"} \t 4
stamped 5\tNOW
stamped{x="1"}\t6 NOW
"""


@pytest.mark.tools
def test_prometheus_reads_a_page_with_tabs_as_the_agent_reads_it(tmp_path: Path) -> None:
    text = TABS.replace("NOW", str(time.time_ns() // 1_000_000))
    with tcp(answers(page(text))) as port, _prometheus(tmp_path, port) as url:
        theirs = {
            (one["metric"]["__name__"], one["metric"].get("x", "")): float(one["value"][1])
            for one in _wait_for(url, '{__name__=~"plain.*|stamped"}')
        }
    assert len(theirs) == 6
    carrier = Carrier(RELAYED, 1000)
    for _ in range(2):
        outcome = carrier.carry(text)
        assert outcome.refused == {}
        lines = "".join(told.lines for told in outcome.told)
        assert {(*name, "")[:2]: value for name, value in read(lines).items()} == theirs
    told = parse("".join(row for row in text.splitlines(keepends=True) if "stamped" not in row).encode())
    assert told.refused.count == 0
    assert {(row.name, "".join(row.values)): float(row.number) for group in told.groups for row in group.rows} == {
        name: value for name, value in theirs.items() if name[0] != "stamped"
    }


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
