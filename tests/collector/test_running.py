"""The supervisor around a real engine: deaths, ports, folders, reloads."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from regiowacht_collector import Options, Settings, running_collector
from regiowacht_collector.client import Client
from regiowacht_collector.files import read_files
from regiowacht_collector.process import EngineProcess
from regiowacht_contract.errors import Found, PortTaken, ProcessDied, RegiowachtError, Unavailable
from tests.collector.live import collecting, until, values
from tests.collector.regions import region_of, server
from tests.parts import need

pytestmark = pytest.mark.tools

REGION = region_of([server("zandbeke", "srv-files")])


def test_an_engine_that_is_killed_is_started_again_and_the_reason_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    settings = Settings(data=tmp_path, port=0, engine=Path(need("prometheus")))
    options = Options(exporter_port=0, scrape_interval_s=1)
    with running_collector(REGION, settings, options, tell=lambda key, /, **v: told.append((key, v))) as collector:
        first = collector.pid()
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: collector.pid() not in {None, first}, collector)
        until(lambda: values(collector, "regiowacht_collector_engine_starts_total").get("collector") == 2, collector)

    again = [values for key, values in told if key == "collector.starts-again"]
    assert len(again) == 1
    reason = again[0]["reason"]
    assert isinstance(reason, ProcessDied)
    assert reason.key == "collector.died-killed"
    assert reason.values["ended"] == "SIGKILL"


def test_without_restarts_a_death_is_raised(tmp_path: Path) -> None:
    with collecting(REGION, tmp_path) as collector:
        pid = collector.pid()
        assert pid is not None
        os.kill(pid, signal.SIGTERM)
        with pytest.raises(ProcessDied) as died:
            until(lambda: False, collector)
    assert died.value.values["ended"] == "exit 0"


def test_the_engine_ends_when_the_block_ends(tmp_path: Path) -> None:
    with collecting(REGION, tmp_path) as collector:
        pid = collector.pid()
    assert pid is not None
    assert not is_alive(pid)


def test_the_engine_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from regiowacht_collector import Options, Settings, running_collector\n"
        "from regiowacht_inventory import example_path, load\n"
        "data, engine = map(Path, sys.argv[1:])\n"
        "settings = Settings(data=data, port=0, engine=engine)\n"
        "with running_collector(load(example_path()), settings, Options(exporter_port=0, only=())) as c:\n"
        "    print(c.pid(), flush=True); time.sleep(600)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path), need("prometheus")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        engine = int(parent.stdout.readline())
        assert is_alive(engine)
        parent.kill()
    until(lambda: not is_alive(engine))


@pytest.mark.parametrize("which", ["engine", "exporter"])
def test_a_taken_port_is_told_before_anything_starts(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = Settings(data=tmp_path, port=port if which == "engine" else 0)
        options = Options(exporter_port=port if which == "exporter" else 0)
        with pytest.raises(PortTaken) as refused, running_collector(REGION, settings, options):
            pass
    assert refused.value.values["port"] == port
    assert str(port) in refused.value.message("nl")


def test_two_collectors_do_not_share_a_folder(tmp_path: Path) -> None:
    with collecting(REGION, tmp_path), pytest.raises(Unavailable) as refused, collecting(REGION, tmp_path):
        pass
    assert refused.value.key == "collector.data-in-use"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable) as refused, collecting(REGION, tmp_path / "file/data"):
        pass
    assert refused.value.key == "collector.cannot-write"


def test_a_refused_region_leaves_everything_as_it_was(tmp_path: Path) -> None:
    wrong = server("zandbeke", "srv-files", address="no/host")
    with collecting(REGION, tmp_path) as collector:
        need("promtool")
        collector.options = replace(collector.options, only=None)
        before = read_files(collector.folder.config)

        with pytest.raises(Found, match="no/host"):
            collector.reload(region_of([wrong]))

        assert read_files(collector.folder.config) == before
        name = "regiowacht_collector_config_last_reload_successful"
        until(lambda: values(collector, name) == {"collector": 0})
        collector.reload(REGION)
        until(lambda: values(collector, name) == {"collector": 1})


def test_changed_settings_are_read_by_the_running_engine(tmp_path: Path) -> None:
    with collecting(REGION, tmp_path) as collector:
        collector.options = replace(collector.options, scrape_interval_s=2)

        assert collector.reload(REGION) == ["prometheus.yml"]
        assert collector.reload(REGION) == []

        assert "scrape_interval: 2s" in str(Client(collector.url)._ask("/api/v1/status/config"))


def test_what_the_engine_refuses_is_put_back(tmp_path: Path) -> None:
    """promtool and the engine agree on what they refuse, so the disagreement is made by hand."""
    with collecting(REGION, tmp_path) as collector:
        config = collector.folder.config / "prometheus.yml"
        good = config.read_bytes()
        config.write_bytes(b"scrape_configs: 7\n")
        with pytest.raises(Found, match="cannot unmarshal"):
            collector._have_it_read({**read_files(collector.folder.config), "prometheus.yml": good})
        assert config.read_bytes() == good


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "storage").write_text("this is a file")
    with pytest.raises(ProcessDied) as died, collecting(REGION, tmp_path):
        pass
    assert "storage" in str(died.value)


def test_an_engine_stops_when_asked() -> None:
    process = EngineProcess(["/bin/sh", "-c", "echo level=error msg=hello >&2; exec sleep 600"])
    try:
        until(lambda: process.last_lines() == ["level=error msg=hello"])
        pid = process.pid
    finally:
        process.stop()
    assert not is_alive(pid)
    assert process.poll() == -signal.SIGTERM


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and waits to be collected by its parent does not."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] != "Z"
    return False


def test_every_error_has_its_text_in_both_languages() -> None:
    error = RegiowachtError("collector.died-disk-full", ended="exit 1", said="no space left on device")
    assert "schijf is vol" in error.message("nl")
    assert "disk is full" in error.message("en")
