"""Which reader reads: the one of this operating system, the one asked for, or psutil where that one cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_agent.block import render
from regiowacht_agent.check import as_json, lines, look
from regiowacht_agent.config_file import load
from regiowacht_agent.reader import DEFAULT, open_reader
from regiowacht_agent.reading import Readings
from regiowacht_agent.system import LINUX, platform
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regiowacht_agent.config import Config
    from tests.agent.agent_process import AgentProcess


def _without_stat(folder: Path, **more: object) -> Config:
    """Return the configuration of a host whose /proc is none: it has no ``stat``."""
    host = FakeHost.write(folder, {"stat": None})
    return load(None, {**host.switches, "disable_defaults": True, "families.meminfo": True, **more})


def test_without_a_word_linux_is_read_by_the_proc_reader() -> None:
    assert load(None).reader == DEFAULT == ("proc" if platform() == LINUX else "psutil")
    assert open_reader(load(None)).name == DEFAULT


@pytest.mark.parametrize("asked", [{}, {"reader": "proc"}])
def test_where_proc_cannot_read_psutil_does_and_one_line_says_why(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, asked: dict[str, object]
) -> None:
    readings = Readings(open_reader(_without_stat(tmp_path, **asked)))
    readings.take()
    text = render(readings.take()).decode()
    assert "node_memory_MemTotal_bytes 16384000000\n" in text
    reason = f"No such file or directory: {tmp_path}/proc/stat"
    said = [record.getMessage() for record in caplog.records]
    assert said == [f'event=reader-replaced wanted=proc used=psutil reason="{reason}"']


def test_a_stat_that_is_no_file_is_none_either(tmp_path: Path) -> None:
    config = _without_stat(tmp_path)
    (tmp_path / "proc/stat").symlink_to("stat")
    assert open_reader(config).name == "psutil"


def test_whatever_else_proc_lacks_is_its_familys_matter(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"meminfo": None, "vmstat": "pswpin 1\n"})
    config = load(None, {**host.switches, "disable_defaults": True, "families.meminfo": True, "families.vmstat": True})
    readings = Readings(open_reader(config))
    assert "node_vmstat_pswpin 1\n" in render(readings.take()).decode()
    assert (readings.reader.name, list(readings.failing)) == ("proc", ["meminfo"])


def test_check_tells_which_reader_is_in_force(tmp_path: Path) -> None:
    config = _without_stat(tmp_path)
    outcomes = look(config)
    assert "; reader psutil, " in next(lines(config, outcomes, "en"))
    told = as_json(config, outcomes)
    assert told["reader"] == "psutil"
    assert [family["family"] for family in json.loads(json.dumps(told["families"]))] == ["meminfo"]
    assert "arp" not in json.dumps(told["off"])


def test_the_agents_own_metric_and_the_log_tell_it(
    tmp_path: Path, start_agent: Callable[..., AgentProcess], capfd: pytest.CaptureFixture[str]
) -> None:
    host = FakeHost.write(tmp_path, {"stat": None})
    agent = start_agent("--path.procfs", f"{host.folder}/proc")
    assert 'reader="psutil",config_hash=' in agent.get()[1]
    agent.wait_said("event=reader-replaced wanted=proc used=psutil")
    assert main(["agent", "status", "--lang", "en", "--listen", f"127.0.0.1:{agent.port}"]) in {0, 1}
    assert "reader psutil" in capfd.readouterr().out
