"""What the page about the gateway says is so: its metrics, its reasons, its engines, its limits."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from regiowacht_collector.gateway.answer import REFUSED_TEXTS
from regiowacht_collector.gateway.engines import EngineAddress
from regiowacht_collector.gateway.limits import MIB, Limits
from regiowacht_collector.gateway.quotas import Quota
from regiowacht_collector.gateway.settings import GatewaySettings
from regiowacht_collector.gateway.write.limits import MINUTE_MS, WriteLimits
from regiowacht_collector.gateway.write.reasons import REASONS
from regiowacht_collector.gateway.writer import Writer
from regiowacht_contract.catalogue import catalogue

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/how-to/run-the-gateway.md").read_text(encoding="utf-8")
TEXTS = tomllib.loads((ROOT / "contract/regiowacht_contract/texts/gateway.toml").read_text(encoding="utf-8"))
ENGINES = re.findall(r"`(--gateway-engine [^`]+)`(?= \||  ?\(start)", PAGE)
WRITER = Writer("c-1", "zandbeke", 12, "srv-files")


def test_its_metrics_are_in_the_catalogue() -> None:
    named = set(re.findall(r"regiowacht_gateway_\w+", PAGE))
    assert len(named) >= 6
    assert named <= set(catalogue())


def test_its_reasons_are_those_that_are_told() -> None:
    rows = PAGE.partition("## When something is refused")[2]
    words = re.findall(r"^\| (?:(?:429|503) )?(`[a-z-]+`(?:, `[a-z-]+`)*) \|", rows, re.MULTILINE)
    named = [word for row in words for word in re.findall(r"[a-z-]+", row)]
    of_engines = {word for _, word in REFUSED_TEXTS}
    assert len(named) >= 9
    assert [word for word in named if word not in {*REASONS, *of_engines, *TEXTS}] == []


@pytest.mark.parametrize("line", ENGINES)
def test_its_engines_can_be_written_to(line: str) -> None:
    words = dict(zip(*[iter(shlex.split(line))] * 2, strict=True))
    engine = EngineAddress(words["--gateway-engine"], words.get("--gateway-tenant-header", ""))
    assert "{" not in engine.url_of(WRITER) + "".join(engine.headers_of(WRITER).values())


def test_it_names_every_engine_and_the_limits_there_are() -> None:
    assert len(ENGINES) == 5
    limits, quota, write = Limits(), Quota(), WriteLimits()
    for told in (
        f"{quota.samples_a_second:,} (`--gateway-samples-per-second`)",
        f"{quota.series:,} (`--gateway-series`)",
        f"{limits.body_bytes // MIB} MB as it is sent, {write.decoded_bytes // MIB} MB unpacked",
        f"{write.series:,} series, {write.samples:,} samples",
        f"{write.labels} labels, names of {write.name_bytes} bytes, values of {write.value_bytes:,}",
        f"{write.future_ms // MINUTE_MS} minutes ahead",
        f"{limits.in_flight_bytes // MIB} MB",
        f"{limits.connections:,}, of one address {limits.connections_of_address}",
        f"{limits.header_s:g} s for the headers, {limits.body_idle_s:g} s without a byte of the body",
        f"at least {limits.body_bytes_a_second} bytes a second",
    ):
        assert told in PAGE
    assert GatewaySettings().listen.endswith(":9781")
