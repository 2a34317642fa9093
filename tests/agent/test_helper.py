"""The helper as a whole: each task by itself, its file whole or not there, and read by the agent."""

from __future__ import annotations

import json
import os
import stat
import time
from typing import TYPE_CHECKING

import pytest

from regiowacht.main import main
from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.helper.files import path_of, write
from regiowacht_agent.helper.run import as_json, run_all
from regiowacht_agent.helper.task import TASKS, Result
from regiowacht_agent.host import Host
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from regiowacht_contract.errors import Unavailable, UsageError
from tests.agent.helper_tools import NOW, Machine

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
DEADLINE_S = 60
CHRONY = "echo 'A,b,2,1,0,0,0,0,0,0,0,0,0,Normal'"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.program("chronyc", CHRONY)
    made.file("etc/fstab", "UUID=1 / ext4\n")
    made.file("proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\n")
    return made


def _run(machine: Machine, out: Path, *names: str, **settings: object) -> dict[str, Result]:
    config = load(None, {key.replace("__", "."): value for key, value in settings.items()})
    return {result.task: result for result in run_all(config, out, names, machine.outside)}


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_each_task_leaves_its_own_file_that_everybody_may_read(machine: Machine, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        results = _run(machine, tmp_path / "a/out")
    finally:
        os.umask(before)
    assert set(results) == set(TASKS)
    assert sorted(path.name for path in (tmp_path / "a/out").iterdir()) == [
        "regiowacht_chrony.prom",
        "regiowacht_fstab.prom",
    ]
    path = path_of(tmp_path / "a/out", "fstab")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    text = path.read_text()
    assert 'node_fstab_mount_status{filesystem="/"} 1\n' in text
    assert 'regiowacht_helper_task_success{task="fstab"} 1\n' in text
    assert f'regiowacht_helper_task_last_success_timestamp_seconds{{task="fstab"}} {NOW}\n' in text


def test_the_agent_reads_the_files(machine: Machine, tmp_path: Path) -> None:
    _run(machine, tmp_path / "out")
    machine.program("chronyc", "exit 7")
    _run(machine, tmp_path / "out", "chrony")
    on = {"disable_defaults": True, "families.textfile": True}
    config = load(None, {"textfile.directory": [str(tmp_path / "out")], **on})
    readings = Readings(open_reader(config, Host(clock=lambda: time.time() + 60)))
    told = render(readings.take()).decode()
    assert 'node_fstab_mount_status{filesystem="/"} 1\n' in told
    assert 'regiowacht_helper_task_failure_info{task="chrony",reason="exit-7"} 1\n' in told
    assert 'regiowacht_helper_task_success{task="fstab"} 1\n' in told
    assert "\nnode_textfile_scrape_error 0\n" in told


def test_a_task_that_fails_leaves_its_reason_and_the_time_it_last_went_well(machine: Machine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run(machine, out, "chrony")
    machine.program("chronyc", "echo '506 Cannot talk to daemon'; exit 1")
    for _ in range(2):
        assert _run(machine, out)["fstab"].state == "ok"
        text = path_of(out, "chrony").read_text()
        assert "chrony_tracking_stratum" not in text
        assert 'regiowacht_helper_task_success{task="chrony"} 0\n' in text
        assert 'regiowacht_helper_task_failure_info{task="chrony",reason="exit-1"} 1\n' in text
        assert f'regiowacht_helper_task_last_success_timestamp_seconds{{task="chrony"}} {NOW}\n' in text


def test_the_file_of_a_program_that_was_removed_goes(machine: Machine, tmp_path: Path) -> None:
    _run(machine, tmp_path / "out", "chrony")
    (machine.folder / "bin/chronyc").unlink()
    _run(machine, tmp_path / "out", "chrony")
    assert not path_of(tmp_path / "out", "chrony").exists()


def test_a_task_that_hangs_ends_in_time_with_all_that_it_started(machine: Machine, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    machine.program("chronyc", f"trap '' TERM\nPATH=/bin:/usr/bin\nsleep 300 & echo $! $$ >{pids}; wait")
    results = _run(machine, tmp_path / "out", "chrony", "fstab", helper__timeout_s=1)
    assert results["chrony"].reason == "timeout"
    assert results["fstab"].state == "ok"
    end = time.monotonic() + DEADLINE_S
    started = [int(pid) for pid in pids.read_text().split()]
    while not all(map(_is_gone, started)):
        assert time.monotonic() < end, started
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("kill -9 $PPID", "internal"),
        ("exec /no/such/interpreter", "exit-127"),
        ("printf '\\377\\376,b,c'", "not-understood"),
    ],
)
def test_whatever_a_task_does_the_others_go_on(machine: Machine, tmp_path: Path, script: str, reason: str) -> None:
    machine.program("chronyc", script)
    results = _run(machine, tmp_path / "out")
    assert (results["chrony"].state, results["chrony"].reason) == ("failed", reason)
    assert results["fstab"].state == "ok"


def test_a_program_that_is_none_cannot_run(machine: Machine, tmp_path: Path) -> None:
    (machine.folder / "bin/chronyc").write_text("no program\n")
    assert _run(machine, tmp_path / "out", "chrony")["chrony"].reason == "cannot-run"


def test_a_file_is_replaced_whole_and_a_link_beside_it_is_not_followed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (out / ".regiowacht_apt.prom.new").symlink_to(victim)
    write(out, Result("apt", "ok", text="a 1\n", series=1), NOW)
    assert victim.read_text() == "precious"
    assert [path.name for path in out.iterdir()] == ["regiowacht_apt.prom"]
    assert not path_of(out, "apt").is_symlink()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot write to"):
        list(run_all(load(None), tmp_path / "file/out", ["fstab"]))


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o1777])
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path, mode: int) -> None:
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(mode)
    with pytest.raises(Unavailable, match="others may write to"):
        list(run_all(load(None), out, ["fstab"]))
    assert list(out.iterdir()) == []


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    os.chown(out, 65534, 65534)
    with pytest.raises(Unavailable, match="others may write to"):
        list(run_all(load(None), out, ["fstab"]))


def test_an_unknown_task_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no task smartmn; did you mean smartmon"):
        list(run_all(load(None), tmp_path, ["smartmn"]))


def test_programs_may_read_what_it_did(machine: Machine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = as_json(_run(machine, out, "fstab", "dnf").values(), out)
    by_name = {task["task"]: task for task in told["tasks"]}  # type: ignore[attr-defined] # a list, which JSON shows
    assert by_name["fstab"]["file"] == str(path_of(out, "fstab"))
    assert by_name["fstab"]["series"] == 1
    assert (by_name["dnf"]["state"], by_name["dnf"]["file"]) == ("absent", None)


def test_the_verb_writes_and_says_so(tmp_path: Path, capfd: Captured) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'[families]\nbackups = false\n[backups]\nfiles = ["db={tmp_path}/agent.toml"]\n')
    words = ["agent", "helper", "--config", str(config), "--task", "backups", "--lang", "en"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    assert capfd.readouterr().out == "  backups       3 values\n"
    assert 'regiowacht_backup_files{backup="db"} 1\n' in path_of(tmp_path / "out", "backups").read_text()
    assert main([*words, "--out", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["folder"] == str(tmp_path / "out")


def test_a_dry_run_prints_and_writes_nothing(tmp_path: Path, capfd: Captured) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'[families]\nbackups = false\n[backups]\nfiles = ["db={tmp_path}/agent.toml"]\n')
    words = ["agent", "helper", "--config", str(config), "--task", "backups", "--lang", "en", "--dry-run"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    told = capfd.readouterr()
    assert 'regiowacht_backup_files{backup="db"} 1\n' in told.out
    assert "backups       3 values" in told.err
    assert not (tmp_path / "out").exists()


def test_the_verb_needs_a_place(capfd: Captured) -> None:
    assert main(["agent", "helper", "--lang", "en"]) == 2
    assert "give --out DIR" in capfd.readouterr().err


def test_a_folder_that_takes_no_file_is_exit_3(tmp_path: Path, capfd: Captured) -> None:
    config = tmp_path / "agent.toml"
    config.write_text('[families]\nbackups = false\n[backups]\nfiles = ["db=/x"]\n')
    (tmp_path / "out/.regiowacht_backups.prom.new").mkdir(parents=True)
    words = ["--config", str(config), "--task", "backups", "--out", str(tmp_path / "out"), "--lang", "en"]
    assert main(["agent", "helper", *words]) == 3
    assert "cannot write to" in capfd.readouterr().err


def test_a_server_that_joined_is_watched_as_the_region_says_and_one_that_did_not_as_any(
    tmp_path: Path, capfd: Captured
) -> None:
    words = ["agent", "helper", "--dry-run", "--task", "backups", "--json", "--state", str(tmp_path)]
    assert main(words) == 0
    assert json.loads(capfd.readouterr().out)["tasks"][0]["state"] == "absent"
    (tmp_path / "joined.json").write_text(
        json.dumps({"url": "https://collector.example", "credential": "c", "gemeente": "zandbeke", "server": "srv"})
    )
    (tmp_path / "agent.toml").write_text(
        f'[families]\nbackups = false\n[backups]\nfiles = ["nightly={tmp_path}/*.dump"]\n'
    )
    (tmp_path / "a.dump").write_text("kept")
    assert main(words) == 0
    assert json.loads(capfd.readouterr().out)["tasks"][0]["state"] == "ok"
    assert main([*words, "--config", "agent.toml", "--lang", "en"]) == 2
    assert "give --state or --config" in capfd.readouterr().err


def test_as_a_service_it_looks_at_the_backups_for_an_agent_that_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Captured
) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(f'[backups]\nfiles = ["nightly={config}"]\n[certificates]\nfiles = ["{config}"]\n')
    words = ["agent", "helper", "--config", str(config), "--dry-run", "--json"]

    def states() -> dict[str, str]:
        main([*words, "--task", "backups", "--task", "certificates"])
        return {one["task"]: one["state"] for one in json.loads(capfd.readouterr().out)["tasks"]}

    assert states() == {"backups": "absent", "certificates": "absent"}
    monkeypatch.setenv("REGIOWACHT_HELPER", str(tmp_path))
    assert states() == {"backups": "ok", "certificates": "ok"}
