"""The gateway of ``collector run``: what a client with a credential writes is in the real engine, and on the page."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from regiowacht_collector.client import Client
from regiowacht_collector.gateway.engines import EngineAddress
from regiowacht_collector.gateway.settings import GatewaySettings
from regiowacht_collector.ports import free_port
from regiowacht_contract.catalogue import family
from regiowacht_contract.errors import Unreachable, UsageError
from regiowacht_contract.wire.encode import backlog, head, request
from regiowacht_contract.wire.snappy import compress
from regiowacht_inventory import example_path
from tests.collector.live import until
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWN = {"gemeente": "zandbeke", "scope": "zandbeke/infrastructuur", "job": "node", "instance": "srv-x", "site": "x"}
LISTEN = ("--gateway-listen", "127.0.0.1:0")


class Run:
    """A running ``collector run`` with its gateway."""

    def __init__(self, process: subprocess.Popen[str], data: Path) -> None:
        assert process.stdout is not None
        urls = dict(process.stdout.readline().split() for _ in range(2))
        self.process, self.data = process, data
        self.engine, self.gateway = Client(urls["prometheus"]), urls["gateway"]

    def token_of(self, client: str, gemeente: str = "zandbeke") -> str:
        words = ["invite", gemeente, "--client", client, "--region", str(example_path()), "--data", str(self.data)]
        token = json.loads(collector(*words, "--json").stdout)["token"]
        assert isinstance(token, str)
        return token

    def write(self, token: str, body: bytes) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Encoding": "snappy"}
        return httpx.post(f"{self.gateway}/api/v1/write", content=compress(body), headers=headers, timeout=60)

    def values(self, expr: str, label: str = "instance") -> dict[str, float]:
        try:
            return {labels.get(label, ""): value for labels, value in self.engine.query(expr)}
        except Unreachable:
            return {}


def collector(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "regiowacht", "collector", *words, "--lang", "en"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@contextmanager
def run(data: Path, *switches: str) -> Iterator[Run]:
    words = ["run", "--region", str(example_path()), "--data", str(data), "--engine", need("prometheus"), "--port", "0"]
    words += ["--exporter-port", str(free_port()), "--scrape-interval", "1", "--lang", "en", *switches]
    command = [sys.executable, "-m", "regiowacht", "collector", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield Run(process, data)
        finally:
            process.terminate()
            process.wait(120)


def heads(names: list[str], **labels: str) -> list[bytes]:
    return [head({**OWN, "__name__": name, **labels}.items()) for name in names]


@pytest.mark.tools
def test_a_client_writes_its_own_and_nothing_else(tmp_path: Path) -> None:
    now_ms = round(time.time() * 1000)
    with run(tmp_path / "data", *LISTEN) as running:
        token = running.token_of("telegraf")
        assert running.write(token, request(heads(["node_load1", "node_load5"]), [1, 5], now_ms)).status_code == 204
        foreign = running.write(token, request(heads(["node_load1"], gemeente="oosthove"), [1], now_ms))
        assert (foreign.status_code, foreign.text.partition(":")[0]) == (400, "nothing-left")
        assert running.write("x" * 43, b"").status_code == 401
        late_ms = now_ms - 3_600_000
        assert (
            running.write(token, backlog(heads(["node_load1"]), [[7], [8]], [late_ms, late_ms + 1000])).status_code
            == 204
        )

        until(lambda: running.values("node_load1") == {"srv-x": 1})
        until(lambda: running.values("sum_over_time(node_load1[2h])") == {"srv-x": 16})
        assert running.values('{gemeente="oosthove",instance="srv-x"}') == {}
        name = "regiowacht_gateway_accepted_samples_total"
        until(lambda: running.values(name, "server") == {"telegraf": 4})
        refused = 'regiowacht_gateway_refused_samples_total{reason="foreign-gemeente"}'
        until(lambda: running.values(refused, "server") == {"telegraf": 1})
        known = running.values('{__name__=~"regiowacht_gateway_.+"}', "__name__")
        named = {metric.name for metric in family("gateway")}
        assert set(known) <= named
        assert named - set(known) == {
            "regiowacht_gateway_acme_failures",
            "regiowacht_gateway_acme_last_failure_timestamp_seconds",
            "regiowacht_gateway_acme_orders_total",
            "regiowacht_gateway_answers_total",
            "regiowacht_gateway_certificate_expiry_timestamp_seconds",
            "regiowacht_gateway_machines",
        }

        assert collector("revoke", "zandbeke", "telegraf", "--data", str(running.data)).returncode == 0
        until(lambda: running.write(token, request(heads(["up"]), [1], now_ms)).status_code == 401)
    late = json.loads((tmp_path / "data/late.json").read_text())
    assert [(span["gemeente"], span["from_ms"], span["until_ms"]) for span in late] == [
        ("zandbeke", late_ms, late_ms + 1000)
    ]


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"listen": "localhost:9781"}, "bad-listen"),
        ({"listen": "127.0.0.1:99999"}, "bad-listen"),
        ({"listen": "0.0.0.0:9781"}, "in-the-clear"),
        ({"proxies": ("proxy.example",)}, "bad-proxy"),
        ({"own_engine": False}, "no-engine"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, object], key: str) -> None:
    with pytest.raises(UsageError) as refused:
        GatewaySettings(**settings)  # type: ignore[arg-type]
    assert refused.value.key == f"gateway.{key}"
    assert refused.value.message("nl")


def test_settings_that_are_meant_are_taken(tmp_path: Path) -> None:
    assert GatewaySettings(listen="[::1]:0").address == ("::1", 0)
    assert GatewaySettings(listen="0.0.0.0:9781", proxies=("10.0.0.0/24",)).address[0] == "0.0.0.0"
    assert GatewaySettings(listen="0.0.0.0:1", certificate=tmp_path / "c", key=tmp_path / "k").has_tls
    assert GatewaySettings(own_engine=False, engines=(EngineAddress("http://mimir/api/v1/push"),)).engines


def test_a_lone_certificate_is_told(tmp_path: Path) -> None:
    words = ["run", "--region", str(example_path()), "--data", str(tmp_path / "data"), "--port", "0"]
    lone = collector(*words, "--gateway-certificate", "x.crt")
    assert lone.returncode == 2
    assert "--gateway-key" in lone.stderr
