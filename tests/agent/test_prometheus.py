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
from regiowacht_agent.reading import is_number
from regiowacht_agent.relay.carry import Carrier
from tests.agent.agent_process import DEADLINE_S, AgentProcess
from tests.agent.polls.asked import RELAYED, read
from tests.agent.polls.servers import answers, head_of, page, tcp
from tests.agent.test_reading import NO_NUMBERS, NUMBERS
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

BEGIN = "global: {scrape_interval: 1s}\nscrape_configs:\n"
JOB = """\
  - job_name: {name}
    metrics_path: {path}
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


@contextlib.contextmanager
def _prometheus(folder: Path, target: int, pages: Iterable[int] = ()) -> Iterator[str]:
    """Run Prometheus on a free port until the block ends; yield its address.

    Args:
        folder: for its files.
        target: port that it scrapes /metrics of.
        pages: what it scrapes of it instead: pages of these names, each as a job of that name.
    """
    program = need("prometheus")
    jobs = {str(name): f"/{name}" for name in pages} or {"node": "/metrics"}
    told = "".join(JOB.format(name=f'"{name}"', path=path, port=target) for name, path in jobs.items())
    (folder / "prometheus.yml").write_text(f"{BEGIN}{told}")
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


WORDS = [*NUMBERS, *(word for word in NO_NUMBERS if word != "1 2")]


@pytest.mark.tools
def test_prometheus_takes_the_numbers_that_the_agent_takes_and_no_others(tmp_path: Path) -> None:
    """A value with blanks around it is none to the agent, which would be right to Prometheus."""

    def answer(sock: socket.socket) -> None:
        at = int(head_of(sock).split()[1].rpartition(b"/")[2])
        sock.sendall(page(f"told {WORDS[at]}\n".encode("utf-8", "surrogateescape")))

    with tcp(answer) as port, _prometheus(tmp_path, port, range(len(WORDS))) as url:
        _wait_for(url, f"count(up) == {len(WORDS)}")
        up = {int(one["metric"]["job"]): one["value"][1] == "1" for one in _wait_for(url, "up")}
    takes = {word: up[at] for at, word in enumerate(WORDS)}
    assert {word: is_number(word.strip(" ")) for word in WORDS} == takes
    assert not any(is_number(word) for word in NO_NUMBERS)


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
