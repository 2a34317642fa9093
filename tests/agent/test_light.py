"""The agent in two stages: what the second one is told, what it loads, and how it takes a new configuration."""

from __future__ import annotations

import errno
import marshal
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import psutil
import pytest

from regiowacht_agent import family, plan, second
from regiowacht_agent.config import Config
from regiowacht_agent.config_file import load
from regiowacht_agent.light import MODULES_TO, Refused, Told, ToldConfig, _Plans
from regiowacht_agent.reader import entries
from regiowacht_agent.version import version
from tests.agent.agent_process import DEADLINE_S, AgentProcess

Start = Callable[..., AgentProcess]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the agent runs in one stage")

HEAVY = Path(__file__).with_name("heavy_modules.txt").read_text(encoding="ascii").split()
"""What the running agent does without."""

FILE = '[asset]\ngemeente = "zandbeke"\n[families]\nhwmon = false\n[cpu]\ninfo = true\n'
FILE += '[textfile]\ndirectory = ["/a", "/b"]\n'


def _modules(start_agent: Start, tmp_path: Path, *words: str, config: str = "") -> set[str]:
    """Return the modules that an agent has loaded after it was scraped."""
    told, file = tmp_path / "modules", tmp_path / "agent.toml"
    file.write_text(f'listen = "127.0.0.1:0"\n{config}')
    agent = start_agent("--reader", "proc", "--config", str(file), *words, **{MODULES_TO: str(told)})
    for path in ("/metrics", "/metrics", "/", "/assets", "/-/healthy", "/nothing"):
        agent.get(path)
    agent.process.terminate()
    assert agent.process.wait(DEADLINE_S) == 0
    return set(told.read_text().split())


@pytest.mark.parametrize("config", ["", '[textfile]\ndirectory = "{folder}"\n'], ids=["defaults", "textfile"])
def test_heavy_modules_stay_out_of_a_running_agent(start_agent: Start, tmp_path: Path, config: str) -> None:
    (tmp_path / "one.prom").write_text("made_up 1\n")
    loaded = _modules(start_agent, tmp_path, config=config.format(folder=tmp_path))
    assert "regiowacht_agent.proc_reader.netclass" in loaded
    assert sorted(loaded.intersection(HEAVY)) == []


POLLS = """
[asset]
gemeente = "zandbeke"
[[probe]]
instance = "line"
site = "hall"
laag = "connectiviteit"
kind = "tcp"
target = "127.0.0.1:9"
[[probe]]
instance = "page"
site = "hall"
laag = "infrastructuur"
kind = "http"
target = "http://127.0.0.1:9/"
[[relay]]
instance = "server"
site = "hall"
url = "http://127.0.0.1:9/metrics"
"""


def test_what_asks_for_others_loads_little_more(start_agent: Start, tmp_path: Path) -> None:
    loaded = _modules(start_agent, tmp_path, config=POLLS)
    assert "regiowacht_agent.relay.carry" in loaded
    assert sorted(loaded.intersection(HEAVY)) == ["regiowacht_agent.polls.schedule"]


def test_families_that_are_off_stay_out(start_agent: Start, tmp_path: Path) -> None:
    loaded = _modules(start_agent, tmp_path, "--collector.disable-defaults", "--collector.loadavg")
    assert {name for name in loaded if name.startswith("regiowacht_agent.proc_reader.")} == {
        "regiowacht_agent.proc_reader.loadavg"
    }


def test_the_process_stays_the_same_and_shows_what_it_was_started_with(start_agent: Start) -> None:
    agent = start_agent("--reader", "proc", "--collector.disable-defaults", "--collector.loadavg")
    words = Path(f"/proc/{agent.process.pid}/cmdline").read_text().split("\0")
    assert any(word.endswith("second.py") for word in words)
    assert words[words.index("agent") :][:2] == ["agent", "run"]
    assert "--collector.loadavg" in words
    links = [str(link.readlink()) for link in Path(f"/proc/{agent.process.pid}/fd").iterdir()]
    assert not any("regiowacht-plan" in link for link in links)


def test_a_new_configuration_is_read_by_another_process(start_agent: Start, tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--reader", "proc", "--config", str(config), "--no-collector.hwmon")
    before = _descriptors(agent)
    for off in ("loadavg", "uname"):
        config.write_text(f'listen = "127.0.0.1:0"\n[families]\n{off} = false\n')
        agent.said[:] = [line for line in agent.said if "listening" in line]
        agent.process.send_signal(signal.SIGHUP)
        agent.wait_said("event=reloaded")
        text = agent.get()[1]
        assert f'node_scrape_collector_success{{collector="{off}"}}' not in text
        assert 'collector="hwmon"' not in text, "what the command line said holds on"
    assert "regiowacht_agent_readings_total 4\n" in agent.get()[1]
    assert _descriptors(agent) <= before + 3
    config.write_text("[families]\nno_such_family = true\n")
    agent.process.send_signal(signal.SIGHUP)
    assert "agent.toml:2" in agent.wait_said("event=reload-failed")
    assert agent.get("/-/healthy")[0] == 200


@pytest.mark.parametrize("text", ["", FILE])
def test_the_plan_holds_what_the_configuration_says(tmp_path: Path, text: str) -> None:
    file = tmp_path / "agent.toml"
    file.write_text(text)
    config = load(file, {"reader": "proc"})
    made = marshal.loads(marshal.dumps(plan.make(config)))
    told: Any = ToldConfig(made["config"], made["on"])
    assert (told.hash, told.lang, told.words, told.listen) == (config.hash, config.lang, config.words, config.listen)
    for table in fields(Config):
        if table.name not in plan.UNKNOWN:
            _same(getattr(config, table.name), getattr(told, table.name))
    assert told.cpu.tells_info == config.cpu.tells_info
    for entry in entries("proc"):
        assert told.is_on(entry.name, entry.default) == config.is_on(entry.name, entry.default)


def _same(wanted: Any, told: Any) -> None:
    if hasattr(wanted, "__dataclass_fields__"):
        for one in fields(wanted):
            _same(getattr(wanted, one.name), getattr(told, one.name))
    else:
        assert wanted == told


def test_settings_are_equal_when_all_of_them_are() -> None:
    told = {"target": "10.0.0.1", "status": (200,), "inner": {"a": 1}}
    assert Told(told) == Told(dict(told))
    assert hash(Told(told)) == hash(Told(dict(told)))
    assert Told(told) != Told({**told, "target": "10.0.0.2"})
    assert Told(told) != "10.0.0.1"


def _plans(command: list[str], timeout_s: float = DEADLINE_S) -> _Plans:
    made = plan.make(load(None, {"reader": "proc"}))
    plans = _Plans({"plan": made, "command": command, "reload": {"task": "load", "path": sys.path}}, timeout_s)
    plans.take()
    return plans


@pytest.fixture(autouse=True)
def _forget_known() -> Any:
    yield
    family.KNOWN.clear()


def test_a_process_that_cannot_read_the_configuration_is_a_reason() -> None:
    with pytest.raises(Refused, match="ended with 1"):
        _plans(["/bin/false"]).take()
    with pytest.raises(FileNotFoundError):
        _plans(["/no/such/python"]).take()


def test_a_process_that_does_not_end_is_ended_and_is_a_reason() -> None:
    hang = "import time; time.sleep(600)"
    with pytest.raises(Refused, match=r"could not be read in 0\.2 s"):
        _plans([sys.executable, "-c", hang], 0.2).take()
    assert hang not in [words for child in psutil.Process().children() for words in child.cmdline()]


@pytest.mark.parametrize(
    ("told", "reason"),
    [({"reason": "agent.toml:1: it is wrong"}, "it is wrong"), ({"plan": {"version": "99"}}, f"99 .* {version()}")],
)
def test_what_another_process_says_is_the_reason(told: dict[str, Any], reason: str) -> None:
    write = f"import os, sys; os.pwrite(int(sys.argv[1]), {marshal.dumps(told)!r}, 0)"
    with pytest.raises(Refused, match=reason):
        _plans([sys.executable, "-c", write]).take()


def test_where_the_system_has_no_room_for_a_plan_the_agent_runs_in_one_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSYS, "no such call")

    monkeypatch.setattr(os, "memfd_create", refuse)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = load(None, {"reader": "proc"})
        plan.become_light(config, listener, None, {}, None, "{url}")
        assert not listener.get_inheritable()


@pytest.mark.parametrize(("reader", "possible"), [("proc", True), ("psutil", False)])
def test_only_the_proc_reader_runs_in_two_stages(reader: str, possible: bool) -> None:
    assert plan.is_possible(load(None, {"reader": reader})) == possible


def test_words_of_a_locale_without_utf8_are_written_all_the_same(start_agent: Start, tmp_path: Path) -> None:
    config = tmp_path / "agent-ë.toml"
    config.write_text('listen = "127.0.0.1:0"\n')
    agent = start_agent("--reader", "proc", "--config", str(config), LC_ALL="POSIX", PYTHONCOERCECLOCALE="0")
    config.write_text("wrong = 1\n")
    agent.process.send_signal(signal.SIGHUP)
    assert "wrong" in agent.wait_said("event=reload-failed")


def _descriptors(agent: AgentProcess) -> int:
    agent.get()
    return len(list(Path(f"/proc/{agent.process.pid}/fd").iterdir()))


def test_second_stage_needs_its_file() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(second.__file__), "99"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Bad file descriptor" in done.stderr
