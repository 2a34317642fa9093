"""Why an engine died, from engines that really did."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector import Settings
from regiowacht_collector.command import engine_command
from regiowacht_collector.death import explain, last_words
from regiowacht_collector.ports import free_port
from regiowacht_collector.process import EngineProcess
from tests.collector.live import until
from tests.parts import need_engine

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.engine import Engine


def died(engine: Engine, folder: Path, config: str, port: int) -> str:
    """Run an engine until it ends by itself and return the key of its explanation."""
    (folder / "prometheus.yml").write_text(config)
    process = EngineProcess(
        engine_command(engine, Settings(data=folder), folder / "prometheus.yml", folder / "storage", port)
    )
    try:
        until(lambda: process.poll() is not None)
        returncode = process.poll()
        assert returncode is not None
        return explain(returncode, process.last_lines()).key
    finally:
        process.stop()


@pytest.mark.tools
def test_a_broken_configuration(tmp_path: Path) -> None:
    assert died(need_engine(), tmp_path, "scrape_configs: 7\n", free_port()) == "collector.died-config"


@pytest.mark.tools
def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert died(need_engine(), tmp_path, "{}\n", taken.getsockname()[1]) == "collector.died-port-taken"


@pytest.mark.tools
def test_a_storage_that_another_one_uses(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text("{}\n")
    engine = need_engine()
    first = EngineProcess(
        engine_command(engine, Settings(data=tmp_path), tmp_path / "prometheus.yml", tmp_path / "storage", free_port())
    )
    try:
        until(lambda: any(re.search("TSDB started|ready to receive", line) for line in first.last_lines()))
        assert died(engine, tmp_path, "{}\n", free_port()) == "collector.died-locked"
    finally:
        first.stop()


@pytest.mark.parametrize(
    ("returncode", "line", "key"),
    [
        (1, 'level=error component=tsdb msg="WAL" err="write /d/wal/0001: no space left on device"', "died-disk-full"),
        (
            1,
            'time=x level=ERROR source=main.go:1 msg="Opening storage failed" err="permission denied"',
            "died-permission",
        ),
        (2, "fatal error: runtime: out of memory", "died-memory"),
        (-9, "", "died-killed"),
        (-11, "", "died"),
        (2, "panic: something new", "died"),
    ],
)
def test_what_is_known_of_other_deaths(returncode: int, line: str, key: str) -> None:
    assert explain(returncode, [line]).key == f"collector.{key}"


def test_the_last_words_are_message_and_reason() -> None:
    lines = [
        'ts=1 level=info msg="starting"',
        'ts=2 level=error msg="Opening storage failed" err="open \\"x\\": gone"',
        'ts=3 level=info msg="bye"',
    ]
    assert last_words(lines) == 'Opening storage failed: open "x": gone'
    assert last_words(["one", "panic: oh", "goroutine 1"]) == "panic: oh"
    assert last_words([]) == "-"
