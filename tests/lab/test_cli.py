"""The lab by hand, as a person drives it."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.lab import reaper
from tests.lab.__main__ import down
from tests.lab.errors import LabError
from tests.lab.keeper import TIME_FROM
from tests.lab.plan import read_region
from tests.lab.waiting import until
from tests.lab.wire import control

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.timeout(600)]

HERE = Path(__file__).parents[2]


def run(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.lab", *words], cwd=HERE, capture_output=True, text=True, timeout=300, check=False
    )
    assert not check or done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def lab() -> Iterator[dict[str, Any]]:
    """A lab that was started by ``up``."""
    run("up", "--another")
    mine: dict[str, Any] = next(one for one in json.loads(run("status", "--json").stdout) if one["kept"])
    yield mine
    if (reaper.ROOT / f"regio-lab-{mine['id']}").exists():
        run("down", "--lab", mine["id"])


def test_up_is_told_and_status_shows_it(lab: dict[str, Any]) -> None:
    shown = run("status", "--lab", lab["id"]).stdout
    assert f"lab {lab['id']} (kept for you)" in shown
    for name in ("col", "rt-zandbeke", "srv-oosthove", "wan-zandbeke", "spare"):
        assert f"  {name} " in shown


def test_a_second_up_says_what_to_do(lab: dict[str, Any]) -> None:
    done = run("up", check=False)
    assert done.returncode == 3
    assert done.stderr.startswith(f"lab: lab {lab['id']} is up already; ")
    assert len(done.stderr.splitlines()) == 1


def test_a_shell_on_a_router_a_server_and_a_linux_host(lab: dict[str, Any]) -> None:
    mine = ("--lab", lab["id"])
    assert run("shell", *mine, "rt-zandbeke", "vtysh", "-c", "show version").stdout.startswith("FRRouting")
    state = run("shell", *mine, "srv-zandbeke", "systemctl", "is-active", "regiowacht-agent").stdout
    assert state.strip() == "active"
    assert run("shell", *mine, "app-oosthove", "hostname").stdout.strip() == "app-oosthove"


def test_a_line_is_cut_delayed_and_mended(lab: dict[str, Any]) -> None:
    mine = ("--lab", lab["id"])
    run("cut", *mine, "wan-zandbeke")
    assert "line, cut" in _line(lab, "wan-zandbeke")
    run("mend", *mine, "wan-zandbeke")
    run("delay", *mine, "wan-zandbeke", "40")
    run("loss", *mine, "wan-zandbeke", "2")
    assert _line(lab, "wan-zandbeke").endswith("line, 40 ms, 2% lost")
    run("delay", *mine, "wan-zandbeke", "0")
    run("loss", *mine, "wan-zandbeke", "0")


def test_a_line_whose_wire_died_is_mended_by_laying_it_anew(lab: dict[str, Any]) -> None:
    mine = ("--lab", lab["id"])
    os.kill(control(Path(lab["links"]["wan-zandbeke"]["control"])).pid, signal.SIGKILL)
    until(lambda: _line(lab, "wan-zandbeke").endswith("line, gone"), 5, "its wire to be gone")
    done = run("cut", *mine, "wan-zandbeke", check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)
    assert "mend" in done.stderr
    run("mend", *mine, "wan-zandbeke")
    assert not _line(lab, "wan-zandbeke").endswith("gone")
    far = next(one for one in lab["hosts"]["rt-zandbeke"]["addresses"] if one.startswith("10.0.1."))
    words = ("shell", *mine, "col", "ping", "-c1", "-W1", far.partition("/")[0])
    until(lambda: run(*words, check=False).returncode == 0, 5, "an answer over the line")


def test_a_shell_finds_a_server_that_has_booted_again(lab: dict[str, Any]) -> None:
    mine = ("--lab", lab["id"], "srv-oosthove")
    old = lab["hosts"]["srv-oosthove"]["pid"]
    run("shell", *mine, "systemctl", "reboot", "--no-block", check=False)
    until(lambda: not reaper.started(old), 10, "its systemd to end")
    words = ("shell", *mine, "systemctl", "is-active", "multi-user.target")
    until(lambda: run(*words, check=False).stdout.strip() == "active", 20, "it to be up again")


def test_its_dashboards_and_prometheus_are_seen_from_this_machine(lab: dict[str, Any]) -> None:
    with urllib.request.urlopen(lab["urls"]["dashboards"], timeout=60) as page:
        said = page.read()
    assert b"<html" in said
    assert TIME_FROM.encode() in said
    url = f"{lab['urls']['prometheus']}/api/v1/query?query=count(regiowacht:asset_state)"
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert json.load(answer)["data"]["result"][0]["value"][1] == str(len(read_region().assets))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["shell", "nobody"], "no host 'nobody'; there are col, "),
        (["cut", "wan"], "no link 'wan'; there are wan-"),
        (["delay", "sw-zandbeke--srv-zandbeke", "5"], "sw-zandbeke--srv-zandbeke is a cable"),
        (["delay", "spare", "-5"], "no such line: delay_ms is 0 to 60000"),
        (["loss", "spare", "200"], "no such line: 0 to 100 percent can be lost, not 200"),
        (["rate", "spare", "1e-300"], "no such line: rate_bps is 0 for no limit, or 1 to 1e+12"),
    ],
)
def test_mistakes_are_one_clear_line(lab: dict[str, Any], words: list[str], said: str) -> None:
    done = run(words[0], "--lab", lab["id"], *words[1:], check=False)
    assert done.returncode == 3
    assert done.stderr.startswith(f"lab: {said}")
    assert len(done.stderr.splitlines()) == 1


def test_only_root_ends_a_lab(lab: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(pid: int, number: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "kill", refuse)
    with pytest.raises(LabError, match=f"lab {lab['id']} is root's; sudo "):
        down(argparse.Namespace(lab=lab["id"]))


@pytest.mark.parametrize(("to", "said"), [("/dev/full", "lab: cannot go on: No space left on device\n"), ("|", "")])
def test_output_that_goes_nowhere_is_no_traceback(lab: dict[str, Any], to: str, said: str) -> None:
    reader, writer = os.pipe() if to == "|" else (-1, os.open(to, os.O_WRONLY))
    if reader >= 0:
        os.close(reader)
    try:
        words = [sys.executable, "-m", "tests.lab", "status", "--lab", lab["id"]]
        done = subprocess.run(words, cwd=HERE, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (3, said)


def test_down_removes_a_lab_whose_keeper_and_reaper_were_killed(lab: dict[str, Any]) -> None:
    folder = reaper.ROOT / f"{reaper.PREFIX}left-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / reaper.OWNER).write_text(f"{os.getpid()} 1\n")  # our number, but of a process long gone
        assert run("down", "--lab", "none", check=False).returncode == 3
        assert not folder.exists()
    finally:
        reaper.reap(folder)


def test_a_killed_keeper_leaves_nothing(lab: dict[str, Any]) -> None:
    """The last test of this lab: it ends it the hard way."""
    pids = [place["pid"] for place in lab["hosts"].values()]
    os.kill(lab["owner"], signal.SIGKILL)
    until(lambda: not (reaper.ROOT / f"regio-lab-{lab['id']}").exists(), 5, "the lab's folder to go")
    until(lambda: not any(reaper.started(pid) for pid in pids), 5, "its hosts to go")
    assert _cgroups(lab["id"]) == []
    assert f"regio-lab-{lab['id']}" not in Path("/proc/self/mountinfo").read_text()


def _line(lab: dict[str, Any], name: str) -> str:
    lines = run("status", "--lab", lab["id"]).stdout.splitlines()
    return next(line for line in lines if line.startswith(f"  {name} "))


def _cgroups(lab: str) -> list[Path]:
    return [path for depth in ("", "*/") for path in reaper.CGROUPS.glob(f"{depth}regio-lab-{lab}*")]
