"""The agent's verbs as a person types them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_agent.config_file import load
from regiowacht_agent.reader import DEFAULT
from regiowacht_agent.render import bundle, listen, write
from regiowacht_agent.status import read
from regiowacht_contract.errors import EXIT_USAGE, Unavailable
from regiowacht_inventory import example_path
from regiowacht_inventory import load as load_region
from tests.agent.agent_process import DEADLINE_S, AgentProcess
from tests.agent.polls.servers import answers, page, tcp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.agent.fake_host import FakeHost

Start = Callable[..., AgentProcess]
Captured = pytest.CaptureFixture[str]


def _paths(fake: FakeHost) -> list[str]:
    """Return words that point an agent at that host, read with psutil, for which it has all files."""
    return [
        "--reader", "psutil", "--path.procfs", str(fake.folder / "proc"), "--path.sysfs", str(fake.folder / "sys"),
        "--path.rootfs", str(fake.folder / "root"),
    ]  # fmt: skip


def test_once_prints_one_reading_without_the_regions_labels(capfd: Captured) -> None:
    assert main(["agent", "once"]) == 0
    told = capfd.readouterr()
    assert told.err == ""
    names = {name for name, _, _ in read(told.out)}
    assert names >= {"node_cpu_seconds_total", "node_load1", "node_scrape_collector_success"}
    labels = {label for _, labels, _ in read(told.out) for label in labels}
    assert labels & {"gemeente", "scope", "site", "instance", "job"} == set()


def test_paths_on_the_command_line_are_seen_from_where_one_stands(
    fake: FakeHost, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fake.folder)
    words = ["--path.procfs", "proc", "--path.sysfs=sys", "--collector.disable-defaults", "--collector.stat"]
    assert main(["agent", "once", *words]) == 0
    assert ("node_intr_total", {}, 123456.0) in list(read(capfd.readouterr().out))


@pytest.mark.parametrize("word", ["", "proc\x07"])
def test_a_word_that_is_no_path_is_refused(word: str, capfd: Captured) -> None:
    assert main(["agent", "once", "--path.procfs", word]) == EXIT_USAGE
    assert "--path.procfs" in capfd.readouterr().err


def test_node_exporters_switches_choose_what_is_read(fake: FakeHost, capfd: Captured) -> None:
    words = ["--collector.disable-defaults", "--collector.stat", "--collector.cpu", "--no-collector.cpu.guest"]
    assert main(["agent", "once", *_paths(fake), *words]) == 0
    told = list(read(capfd.readouterr().out))
    assert {labels["collector"] for name, labels, _ in told if name == "node_scrape_collector_success"} == {
        "cpu",
        "stat",
    }
    assert ("node_intr_total", {}, 123456.0) in told
    assert not any(name == "node_cpu_guest_seconds_total" for name, _, _ in told)


@pytest.mark.parametrize(
    "word",
    ["--collector.filesystem.mount-timeout=1s", "--collector.netclass.ignored-devices=^lo$", "--no-collector.cpu"],
)
def test_further_switches_are_taken(word: str, capfd: Captured) -> None:
    assert main(["agent", "once", word]) == 0
    assert "node_load1" in capfd.readouterr().out


def test_once_from_a_host_that_answers_nothing_is_out_of_reach(fake: FakeHost, capfd: Captured) -> None:
    (fake.folder / "proc/meminfo").unlink()
    words = ["--collector.disable-defaults", "--collector.meminfo", "--lang", "en"]
    assert main(["agent", "once", *_paths(fake), *words]) == 3
    told = capfd.readouterr()
    assert told.out == ""
    assert "answered no measurement" in told.err
    assert "event=family-failed family=meminfo" in told.err


def test_check_says_what_there_is_to_measure_and_why_not(fake: FakeHost, capfd: Captured) -> None:
    (fake.folder / "proc/meminfo").unlink()
    assert main(["agent", "check", "--lang", "en", *_paths(fake)]) == 1
    told = capfd.readouterr().out
    assert "configuration fine" in told
    assert "  diskstats         18 values" in told
    assert f"  meminfo           failed: {fake.folder}/proc/meminfo: No such file or directory" in told
    assert "  tcpstat           off (switch on with --collector.tcpstat)" in told


def test_check_speaks_dutch_to_whoever_reads_dutch(fake: FakeHost, tmp_path: Path, capfd: Captured) -> None:
    (fake.folder / "proc/meminfo").unlink()
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    (scripts / "job.prom").write_text("fine 1\nnot fine at all\n")
    words = [*_paths(fake), "--collector.textfile.directory", str(scripts), "--collector.backups"]
    assert main(["agent", "check", "--lang", "nl", *words]) == 1
    told = capfd.readouterr()
    assert f"  meminfo           mislukt: {fake.folder}/proc/meminfo: bestaat niet" in told.out
    assert "  uname             1 waarde\n" in told.out
    assert "  backups           niets te meten: geen reservekopieën opgegeven (backups.files)" in told.out
    assert f"{scripts}/job.prom:2: geen commentaar en ook geen NAAM" in told.out
    assert told.err == "", "the lines say what the log would"


def test_check_with_no_proc_says_so_and_which_reader_stands_in(tmp_path: Path, capfd: Captured) -> None:
    if DEFAULT != "proc":
        pytest.skip("there is no /proc to be without")
    assert main(["agent", "check", "--lang", "nl", "--path.procfs", str(tmp_path)]) == 1
    told = capfd.readouterr()
    assert f"reader proc kan hier niet lezen ({tmp_path}/stat: bestaat niet); psutil meet in zijn plaats" in told.out
    assert told.err == ""


def test_check_tells_programs_what_of_scripts_is_refused(fake: FakeHost, tmp_path: Path, capfd: Captured) -> None:
    gone = tmp_path / "gone"
    words = ["--collector.textfile.directory", str(gone)]
    assert main(["agent", "check", "--json", *_paths(fake), *words]) == 1
    told = json.loads(capfd.readouterr().out)
    assert told["textfile_problems"] == [{"file": str(gone), "line": 0, "reason": "no-folder"}]


def test_check_answers_programs(fake: FakeHost, capfd: Captured) -> None:
    assert main(["agent", "check", "--json", *_paths(fake)]) == 0
    told = json.loads(capfd.readouterr().out)
    by_name = {family["family"]: family for family in told["families"]}
    assert by_name["stat"]["state"] == "ok"
    assert by_name["stat"]["samples"] == 3
    assert told["off"] == ["backups", "certificates", "namedprocess", "processes", "systemd", "tcpstat"]
    assert told["reader"] == "psutil"


def test_a_bad_file_is_found_with_exit_1_in_the_readers_language(tmp_path: Path, capfd: Captured) -> None:
    path = tmp_path / "agent.toml"
    path.write_text("\nlisen = 1\n")
    assert main(["agent", "check", "--config", str(path), "--lang", "nl"]) == 1
    said = capfd.readouterr().err
    assert f"{path}:2: er is geen instelling lisen; bedoelde u listen?" in said


@pytest.mark.parametrize("words", [["--listen", "nowhere"], ["--config", "/no/such/file"], ["--colector.cpu"]])
def test_wrong_use_is_exit_2(words: list[str], capfd: Captured) -> None:
    assert main(["agent", "once", "--lang", "en", *words]) == 2
    assert capfd.readouterr().err.startswith("regiowacht: ")


def test_status_of_a_running_agent(start_agent: Start, capfd: Captured) -> None:
    agent = start_agent("--no-collector.hwmon")
    where = ["--listen", f"127.0.0.1:{agent.port}"]
    assert main(["agent", "status", "--lang", "en", *where]) == 0
    told = capfd.readouterr().out
    assert f"on http://127.0.0.1:{agent.port}, reader {DEFAULT}" in told
    assert "running for 00:00:" in told
    assert "0 failed" in told
    assert main(["agent", "status", "--json", *where]) == 0
    status = json.loads(capfd.readouterr().out)
    assert status["reachable"] is True
    assert "cpu" in status["families"]["ok"]
    assert status["series"] > 100
    assert status["mounts_stuck"] == 0


def test_status_of_an_agent_with_a_failing_family_is_a_finding(
    start_agent: Start, fake: FakeHost, capfd: Captured
) -> None:
    (fake.folder / "proc/diskstats").write_text("8 0 sda nonsense\n")
    agent = start_agent(*_paths(fake))
    assert main(["agent", "status", "--lang", "en", "--listen", f"127.0.0.1:{agent.port}"]) == 1
    assert "failed: diskstats" in capfd.readouterr().out


def test_status_without_an_agent_is_out_of_reach(capfd: Captured) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    where = ["--listen", f"127.0.0.1:{port}"]
    assert main(["agent", "status", "--lang", "nl", *where]) == 3
    said = capfd.readouterr()
    assert said.out == ""
    assert "verbinding geweigerd" in said.err
    assert f"start hem met: regiowacht agent run --listen 127.0.0.1:{port}, of wijs" in said.err
    assert main(["agent", "status", "--lang", "nl", "--json", *where]) == 3
    told = json.loads(capfd.readouterr().out)
    assert (told["url"], told["reachable"], told["reason"]) == (f"http://127.0.0.1:{port}", False, "Connection refused")
    assert f"regiowacht: {told['message']}\n" == said.err


def test_status_of_an_agent_that_does_not_run_says_what_starts_that_one(capfd: Captured, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    file = tmp_path / "de agent.toml"
    file.write_text(f'listen = "127.0.0.1:{port}"\n')
    assert main(["agent", "status", "--lang", "nl", "--config", str(file)]) == 3
    said = capfd.readouterr().err.strip()
    assert said.endswith(f"start hem met: regiowacht agent run --config '{file}'")


def test_status_and_check_agree_on_what_there_is_nothing_of(
    start_agent: Start, fake: FakeHost, capfd: Captured
) -> None:
    words = [*_paths(fake), "--collector.backups"]
    agent = start_agent(*words)
    assert main(["agent", "check", "--json", *words]) == 0
    seen = {one["family"]: one for one in json.loads(capfd.readouterr().out)["families"]}
    nothing = {name for name, one in seen.items() if not one["samples"]}
    assert "backups" in nothing
    assert seen["cpufreq"]["state"] == "ok", "a family that is read and tells nothing"
    assert "cpufreq" in nothing
    where = ["--listen", f"127.0.0.1:{agent.port}"]
    assert main(["agent", "status", "--json", *where]) == 0
    families = json.loads(capfd.readouterr().out)["families"]
    assert set(families["no_data"]) == nothing
    assert set(families["ok"]) == seen.keys() - nothing
    assert main(["agent", "status", "--lang", "nl", *where]) == 0
    assert f" {len(nothing)} met niets te meten, 0 mislukt" in capfd.readouterr().out


@pytest.mark.parametrize(
    "told",
    [
        'regiowacht_agent_info{version="9"} 1\n',
        "regiowacht_agent_info 1\nregiowacht_agent_config_reload_success x\n",
        "\x1b]0;title\x07\x1b[31mred\x1b[8m\n",
        "",
    ],
)
def test_status_of_what_is_no_agent_says_so_and_steers_no_terminal(capfd: Captured, told: str) -> None:
    with tcp(answers(page(told))) as port:
        assert main(["agent", "status", "--lang", "en", "--listen", f"127.0.0.1:{port}"]) == 3
    said = capfd.readouterr().err
    assert "is no agent of Regiowacht" in said
    assert ("(the page is empty)" in said) == (told == "")
    assert said.removesuffix("\n").isprintable()


def test_status_of_what_speaks_no_http_does_not_repeat_it(capfd: Captured) -> None:
    with tcp(answers(b"SSH-2.0-other \x1b[31m\xff\r\n")) as port:
        assert main(["agent", "status", "--lang", "nl", "--listen", f"127.0.0.1:{port}"]) == 3
    said = capfd.readouterr().err
    assert "is geen agent van Regiowacht (het antwoord is geen HTTP)" in said
    assert "SSH" not in said


def test_what_stands_in_a_label_is_no_line_of_its_own() -> None:
    rows = 'a{x="1\u2028up 0\rup 2\x85up 3"} 1\nup 1\n'
    assert [(name, value) for name, _labels, value in read(rows)] == [("a", 1), ("up", 1)]


def test_run_on_a_taken_port_says_so_and_ends(capfd: Captured) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "regiowacht", "agent", "run", "--lang", "en", "--listen", address],
            capture_output=True, text=True, timeout=DEADLINE_S, check=False,
        )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr.startswith(f"regiowacht: another process listens on {address} already")
    assert done.stderr.count("\n") == 1


def test_render_writes_a_valid_configuration_for_every_agent(tmp_path: Path, capfd: Captured) -> None:
    region = load_region(example_path())
    assert main(["agent", "render", "--region", str(example_path()), "--out", str(tmp_path / "a")]) == 0
    written = capfd.readouterr().out.splitlines()
    expected = {(asset.gemeente, asset.name) for asset in region.assets if asset.job == "node"}
    assert len(written) == len(expected) > 0
    for gemeente, name in expected:
        config = load(tmp_path / "a" / gemeente / name / "agent.toml")
        assert (config.asset.gemeente, config.asset.instance) == (gemeente, name)
        assert config.language == region.language


def test_rendering_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    region = load_region(example_path())
    first = {path.relative_to(tmp_path): path.read_bytes() for path in write(region, tmp_path)}
    second = {path.relative_to(tmp_path): path.read_bytes() for path in write(region, tmp_path)}
    assert first == second
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["agent.toml"] * len(first)
    asset = next(asset for asset in region.assets if asset.job == "node")
    assert tomllib.loads(bundle(region, asset).decode())["asset"]["site"] == asset.site


def test_rendering_into_what_is_no_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot write"):
        write(load_region(example_path()), tmp_path / "file")


def test_a_rendering_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    region = load_region(example_path())
    first = write(region, tmp_path)[0]
    first.unlink()
    (first / "in the way").mkdir(parents=True)
    with pytest.raises(Unavailable, match="cannot write"):
        write(region, tmp_path)
    assert list(tmp_path.rglob("*.new")) == []


@pytest.mark.parametrize("where", ["> /dev/full 2> /dev/full", ">&- 2>&-"])
def test_run_measures_on_where_nobody_can_be_told(where: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = f'exec "{sys.executable}" -m regiowacht agent run --listen 127.0.0.1:{port} {where}'
    with subprocess.Popen(["/bin/sh", "-c", command]) as process:
        try:
            deadline = time.monotonic() + DEADLINE_S
            while main(["agent", "status", "--listen", f"127.0.0.1:{port}"]) == 3:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
            process.send_signal(signal.SIGHUP)
            assert main(["agent", "status", "--listen", f"127.0.0.1:{port}"]) == 0
            assert process.poll() is None
        finally:
            process.kill()


@pytest.mark.parametrize("where", ["> /dev/full", ">&-"])
def test_once_without_a_place_to_write_is_out_of_reach(where: str) -> None:
    command = f'exec "{sys.executable}" -m regiowacht agent once --lang en {where}'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.returncode == 3
    assert done.stderr.startswith("regiowacht: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("address", "where"),
    [("10.0.0.1", "10.0.0.1:9780"), ("fd00::1", "[fd00::1]:9780"), ("srv.example", "[::]:9780"), ("", "[::]:9780")],
)
def test_an_agent_listens_where_its_server_is(address: str, where: str) -> None:
    assert listen(address) == where


def test_check_says_a_line_for_each_file_whatever_it_is_called(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("a\nb.prom", "c\x1b[31m.prom", os.fsdecode(b"d\xff.prom")):
        (tmp_path / name).write_text("not a metric\n")
    main(["agent", "check", "--lang", "nl", "--collector.textfile.directory", str(tmp_path)])
    said = [row.strip() for row in capfd.readouterr().out.splitlines()]
    for name in ("a\\nb.prom", "c\\u001b[31m.prom", "d\\udcff.prom"):
        assert sum(row.startswith(f"{tmp_path}/{name}:1: ") for row in said) == 1, said
