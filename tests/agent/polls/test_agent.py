"""A real agent that asks others: its pages, its commands, a reload, and what it does not load."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from tests.agent.polls.asked import read
from tests.agent.polls.servers import answers, page, tcp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.agent.agent_process import AgentProcess

    Start = Callable[..., AgentProcess]

WITHIN_S = 60.0
HEAD = """\
listen = "127.0.0.1:0"
[asset]
gemeente = "zandbeke"
site = "stadhuis"
instance = "srv-files"
[polls]
interval_s = 1
timeout_s = 0.5
"""


def _probe(name: str, kind: str, target: str) -> str:
    about = f'[[probe]]\ninstance = "{name}"\nsite = "stadhuis"\nlaag = "connectiviteit"\n'
    return f'{about}kind = "{kind}"\ntarget = "{target}"\n'


def _relay(name: str, url: str) -> str:
    return f'[[relay]]\ninstance = "{name}"\nsite = "stadhuis"\nurl = "{url}"\n'


def _write(folder: Path, *items: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(HEAD + "".join(items))
    return path


def _up(agent: AgentProcess) -> dict[str, int]:
    """Return the assets on the page that are told about, with whether they are up."""
    found = {}
    for row in agent.get("/assets")[1].splitlines():
        if row.startswith("up{"):
            found[row.partition('instance="')[2].partition('"')[0]] = int(row.rpartition(" ")[2])
    return found


def _until(agent: AgentProcess, wanted: dict[str, int]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while (told := _up(agent)) != wanted:
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_assets_stand_on_a_page_of_their_own(start_agent: Start, tmp_path: Path) -> None:
    with tcp(answers(page("load 1\n"))) as port:
        items = (
            _probe("mail", "tcp", f"127.0.0.1:{port}"),
            _probe("gone", "tcp", f"127.0.0.1:{_closed_port()}"),
            _relay("srv-dc", f"http://127.0.0.1:{port}/metrics"),
        )
        agent = start_agent("--config", str(_write(tmp_path, *items)))
        _until(agent, {"mail": 1, "gone": 0, "srv-dc": 1})
        status, text = agent.get("/assets")
    assert status == 200
    assert read(text)["load",] == 1
    _, metrics = agent.get("/metrics")
    assert 'regiowacht_agent_polls{state="answering"} 2\n' in metrics
    assert 'regiowacht_agent_polls{state="failing"} 1\n' in metrics
    assert "probe_success" not in metrics
    assert "load{" not in metrics
    assert 'href="/assets"' in agent.get("/")[1]
    assert sum("event=poll-failed asset=gone" in line for line in tuple(agent.said)) == 1


def test_an_agent_that_asks_nobody_has_an_empty_page(start_agent: Start) -> None:
    agent = start_agent()
    assert agent.get("/assets") == (200, "")
    assert 'regiowacht_agent_polls{state="silent"} 0\n' in agent.get("/metrics")[1]


def test_a_scrape_is_answered_while_everything_hangs(start_agent: Start, tmp_path: Path) -> None:
    def hang(sock: socket.socket) -> None:
        sock.recv(1_000_000)
        sock.recv(1)

    with tcp(hang) as port:
        items = [_relay(f"srv-{number}", f"http://127.0.0.1:{port}/") for number in range(30)]
        agent = start_agent("--config", str(_write(tmp_path, *items)))
        deadline = time.monotonic() + WITHIN_S
        while not (told := _up(agent)):
            assert time.monotonic() < deadline
        assert set(told.values()) == {0}
        assert agent.get("/metrics")[0] == 200
        agent.process.send_signal(signal.SIGTERM)
        assert agent.process.wait(WITHIN_S) == 0
    assert not any("Traceback" in line for line in agent.said)


def test_a_reload_keeps_what_is_asked_still_and_lets_go_of_the_rest(start_agent: Start, tmp_path: Path) -> None:
    with tcp(lambda sock: None) as port:
        mail, other = _probe("mail", "tcp", f"127.0.0.1:{port}"), _probe("other", "tcp", f"127.0.0.1:{port}")
        agent = start_agent("--config", str(_write(tmp_path, mail, other)))
        _until(agent, {"mail": 1, "other": 1})
        _write(tmp_path, mail, _probe("new", "tcp", f"127.0.0.1:{port}"))
        agent.process.send_signal(signal.SIGHUP)
        agent.wait_said("event=reloaded")
        assert _up(agent)["mail"] == 1
        assert "other" not in _up(agent)
        _until(agent, {"mail": 1, "new": 1})


def test_status_names_what_is_not_well(start_agent: Start, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with tcp(lambda sock: None) as port:
        items = (_probe("mail", "tcp", f"127.0.0.1:{port}"), _probe("gone", "tcp", f"127.0.0.1:{_closed_port()}"))
        agent = start_agent("--config", str(_write(tmp_path, *items)))
        _until(agent, {"mail": 1, "gone": 0})
        where = ["--listen", f"127.0.0.1:{agent.port}"]
        assert main(["agent", "status", *where, "--lang", "en"]) == 0
        said = capfd.readouterr().out
        assert "asks 2 for others; 1 fine, 1 not" in said
        assert "not fine: gone (not reachable)" in said
        assert main(["agent", "status", *where, "--json"]) == 0
        assets = json.loads(capfd.readouterr().out)["assets"]
        assert assets == {"answering": 1, "failing": 1, "silent": 0, "down": ["gone (unreachable)"]}


def test_check_and_once_ask_everything_once(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with tcp(answers(page("load 1\nload 2\n"))) as port:
        config = _write(tmp_path, _relay("srv-dc", f"http://127.0.0.1:{port}/metrics"))
        assert main(["agent", "check", "--config", str(config), "--lang", "en"]) == 0
        said = capfd.readouterr().out
        assert f"srv-dc  relay http://127.0.0.1:{port}/metrics: fine, 1 value in" in said
        assert "1 line refused" in said
        assert main(["agent", "check", "--config", str(config), "--json"]) == 0
        (asset,) = json.loads(capfd.readouterr().out)["assets"]
        assert (asset["instance"], asset["up"], asset["refused_lines"]) == ("srv-dc", True, {"duplicate": 1})
        assert main(["agent", "once", "--assets", "--config", str(config)]) == 0
        assert read(capfd.readouterr().out)["load",] == 1
        assert main(["agent", "once", "--config", str(config)]) == 0
        assert "load{" not in capfd.readouterr().out
    assert main(["agent", "check", "--config", str(config), "--lang", "en"]) == 1
    assert "failed (not reachable): Connection refused" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("items", "loaded", "not_loaded"),
    [
        (
            "",
            set(),
            {"regiowacht_agent.probes.http", "regiowacht_agent.polls.schedule", "regiowacht_agent.polls.page", "ssl"},
        ),
        (
            _probe("a", "icmp", "127.0.0.1"),
            {"regiowacht_agent.probes.icmp"},
            {"regiowacht_agent.polls.http_get", "ssl"},
        ),
        (_probe("a", "http", "http://127.0.0.1:1/"), {"regiowacht_agent.probes.http"}, {"ssl"}),
        (_relay("a", "http://127.0.0.1:1/"), {"regiowacht_agent.relay.fetch"}, {"ssl"}),
        (_probe("a", "http", "https://127.0.0.1:1/"), {"regiowacht_agent.probes.http"}, set()),
    ],
)
def test_only_what_is_asked_is_loaded(tmp_path: Path, items: str, loaded: set[str], not_loaded: set[str]) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "import regiowacht.main, regiowacht.verbs.agent, regiowacht_agent.service\n"
        "from regiowacht_agent.config_file import load\n"
        "from regiowacht_agent.polls.nobody import page_of, schedule_of\n"
        "schedule = schedule_of(load(Path(sys.argv[1])))\nschedule.start()\n"
        "while len(schedule.told()) < len(schedule.polls): time.sleep(0.01)\npage_of(schedule)\nprint(*sys.modules)\n"
    )
    words = [sys.executable, "-c", script, str(_write(tmp_path, items))]
    modules = set(subprocess.run(words, capture_output=True, text=True, check=True).stdout.split())
    assert loaded <= modules
    assert not (not_loaded | {"asyncio", "http.client", "email", "urllib.request"}) & modules
