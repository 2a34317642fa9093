"""Servers with systemd as PID 1."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.lab import rootfs
from tests.lab.cgroup import cgroups_of, hierarchy, make_cgroup, remove_cgroups
from tests.lab.errors import LabError
from tests.lab.machine import Machine
from tests.lab.waiting import until
from tests.parts import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]

UNIT = """
[Unit]
Description=Looks at its own sandbox
[Service]
Type=notify
ExecStart=/usr/bin/python3 /opt/probe.py
WatchdogSec=60
Restart=on-failure
RestartSec=100ms
DynamicUser=yes
StateDirectory=probe
LoadCredential=token:/etc/probe.token
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_NET_RAW
AmbientCapabilities=CAP_NET_RAW
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_UNIX AF_INET
RestrictNamespaces=yes
MemoryDenyWriteExecute=yes
SystemCallFilter=@system-service
[Install]
WantedBy=multi-user.target
"""

PROBE = """
import json, os, re, signal, socket
from pathlib import Path

def refused(action):
    try:
        action()
    except OSError as error:
        return error.strerror
    return ""

state = Path(os.environ["STATE_DIRECTORY"])
with (state / "starts").open("a") as starts:
    starts.write("started\\n")
status = Path("/proc/self/status").read_text()
facts = {
    "uid": os.getuid(),
    "usr": refused(lambda: Path("/usr/x").write_text("")),
    "etc": refused(lambda: Path("/etc/x").write_text("")),
    "home": refused(lambda: list(Path("/home").iterdir())),
    "packet": refused(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
    "capabilities": re.search(r"CapEff:\\s+(\\w+)", status)[1],
    "seccomp": re.search(r"Seccomp:\\s+(\\d)", status)[1],
    "token": Path(os.environ["CREDENTIALS_DIRECTORY"], "token").read_text(),
    "processes": sum(1 for name in os.listdir("/proc") if name.isdigit() and os.stat(f"/proc/{name}").st_uid == 0),
}
(state / "facts.json").write_text(json.dumps(facts))
print("looked around", flush=True)
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
    notify.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
signal.pause()
"""

FILES = {
    "/etc/systemd/system/probe.service": UNIT.encode(),
    "/opt/probe.py": PROBE.encode(),
    "/etc/probe.token": b"not-a-real-token",
    "/etc/systemd/system-preset/10-probe.preset": b"enable probe.service\n",
}


@contextmanager
def booted(folder: Path, name: str, **how: Any) -> Iterator[Machine]:
    """A server that has booted, until the block ends."""
    machine = Machine.boot(name, folder, lowerdir(), **how)
    try:
        machine.wait_booted()
        yield machine
    finally:
        machine.close()


def lowerdir() -> str:
    try:
        return rootfs.find().server
    except LabError as error:
        missing(str(error))
        raise


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab's folder of these tests' own."""
    folder = tmp_path_factory.mktemp("machines") / f"regio-lab-test-{os.getpid()}"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def server(run_dir: Path) -> Iterator[Machine]:
    """One server that most tests look at; they leave it as they found it."""
    with booted(run_dir, "srv", files=FILES) as machine:
        machine.run("systemctl", "enable", "--now", "probe")
        yield machine


def is_gone(pid: int) -> bool:
    """Whether a process has ended; its parent may not have taken notice yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def pids_of(group: Path) -> set[int]:
    return {int(pid) for procs in group.rglob("cgroup.procs") for pid in procs.read_text().split()}


@pytest.mark.systemd
def test_it_boots_with_every_unit_running(server: Machine) -> None:
    assert server.run("systemctl", "is-system-running").stdout == "running\n"
    assert server.run("systemctl", "--failed", "--no-legend").stdout == ""
    assert server.run("cat", "/proc/1/comm").stdout == "systemd\n"
    assert server.run("hostname").stdout == server.read("/etc/hostname").decode() == "srv\n"


@pytest.mark.systemd
def test_its_systemd_has_cgroup2_alone(server: Machine) -> None:
    assert server.run("cat", "/proc/1/cgroup").stdout.splitlines()[-1] == "0::/init.scope"
    assert server.run("stat", "-f", "-c", "%T", "/sys/fs/cgroup").stdout == "cgroup2fs\n"
    assert server.run("systemctl", "show", "--property=Tainted", "--value").stdout.strip() == ""


@pytest.mark.systemd
def test_a_sandboxed_unit_starts_and_its_sandbox_is_real(server: Machine) -> None:
    assert server.is_active("probe")
    facts = json.loads(server.read("/var/lib/probe/facts.json"))
    assert facts.pop("uid") >= 61184  # systemd.exec(5): DynamicUser= takes 61184 to 65519
    assert facts == {
        "usr": "Read-only file system",
        "etc": "Read-only file system",
        "home": "Permission denied",
        "packet": "Address family not supported by protocol",
        "capabilities": f"{1 << 13:016x}",  # CAP_NET_RAW
        "seccomp": "2",
        "token": "not-a-real-token",
        "processes": 0,
    }


@pytest.mark.systemd
def test_a_unit_that_dies_is_started_again(server: Machine) -> None:
    def main_pid() -> str:
        return server.run("systemctl", "show", "--property=MainPID", "--value", "probe").stdout.strip()

    before = main_pid()
    server.run("kill", "-KILL", before)
    until(lambda: main_pid() not in ("0", before) and server.is_active("probe"), 5, "the unit to return")


@pytest.mark.systemd
def test_its_journal_is_read(server: Machine) -> None:
    until(lambda: "looked around" in server.journal("probe").splitlines(), 2, "a line in the journal")


@pytest.mark.systemd
def test_a_unit_that_is_not_there_does_not_run(server: Machine) -> None:
    assert not server.is_active("nothing")


@pytest.mark.systemd
def test_a_command_that_fails_is_told_in_one_line(server: Machine) -> None:
    with pytest.raises(LabError, match=r"^srv: cat /none: cat: /none: No such file or directory$"):
        server.run("cat", "/none")
    assert server.run("cat", "/none", check=False).returncode == 1
    with pytest.raises(LabError, match=r"^srv: sleep did not end within 0\.05 s$"):
        server.run("sleep", "600", within_s=0.01)
    until(lambda: server.run("pgrep", "-fx", "sleep 600", check=False).returncode == 1, 2, "the command to be ended")
    with pytest.raises(LabError, match=r"^srv: read /none: .*No such file"):
        server.read("/none")


@pytest.mark.systemd
def test_a_command_has_a_clean_environment_and_nothing_to_read(server: Machine) -> None:
    names = {line.partition("=")[0] for line in server.run("env").stdout.splitlines()}
    assert names - {"_", "SHLVL"} == {"PATH", "HOME", "TERM", "LC_ALL", "PWD"} - ({"PWD"} - names)
    assert server.run("pwd").stdout == "/\n"
    assert server.run("cat").stdout == ""
    assert server.run("cat", given=b"some words").stdout == "some words"


@pytest.mark.systemd
def test_a_written_file_has_its_owner_and_mode_and_follows_links_inside_only(server: Machine, tmp_path: Path) -> None:
    server.write("/etc/made/deep/file", b"\x00\xff", owner="root:adm", mode="640")
    assert server.read("/etc/made/deep/file") == b"\x00\xff"
    assert server.run("stat", "-c", "%U %G %a", "/etc/made/deep/file").stdout == "root adm 640\n"
    server.run("mkdir", "-p", str(tmp_path))
    server.run("ln", "-s", f"{tmp_path}/target", "/etc/made/link")
    server.write("/etc/made/link", b"inside")
    assert not (tmp_path / "target").exists()
    assert server.read(f"{tmp_path}/target") == b"inside"


@pytest.mark.systemd
def test_what_it_mounts_is_not_seen_outside(server: Machine, run_dir: Path) -> None:
    assert server.is_on
    for table in ("/proc/self/mountinfo", "/proc/1/mountinfo"):
        assert str(run_dir) not in Path(table).read_text()
    assert list((run_dir / "machines/srv").iterdir()) == []
    assert not Path("/run/systemd/nspawn/propagate/srv").exists()


@pytest.mark.systemd
def test_its_own_network_has_no_way_out(server: Machine) -> None:
    assert re.findall(r"^\d+: (\w+)", server.run("ip", "-o", "link").stdout, re.MULTILINE) == ["lo"]
    assert server.run("ip", "route").stdout == ""


@pytest.mark.systemd
def test_it_joins_the_network_of_a_process_and_sees_folders_read_only(run_dir: Path, tmp_path: Path) -> None:
    shown = tmp_path / "a:b"
    shown.mkdir()
    (shown / "file").write_text("shown")
    words = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "sh", "-c"]
    script = "ip link set lo up; ip addr add 10.77.0.1/32 dev lo; echo ready; exec sleep infinity"
    with subprocess.Popen([*words, script], stdout=subprocess.PIPE) as network:
        try:
            assert network.stdout is not None
            assert network.stdout.readline() == b"ready\n"
            with booted(run_dir, "joined", net_pid=network.pid, binds={shown: "/opt/shown"}) as machine:
                assert "10.77.0.1" in machine.run("ip", "-o", "addr").stdout
                machine.run("ip", "addr", "add", "10.77.0.2/32", "dev", "lo")
                assert machine.run("cat", "/opt/shown/file").stdout == "shown"
                with pytest.raises(LabError, match="Read-only file system"):
                    machine.run("touch", "/opt/shown/other")
            seen = subprocess.run(
                ["nsenter", f"--target={network.pid}", "--net", "ip", "-o", "addr"],
                capture_output=True,
                text=True,
                check=True,
            )
            assert "10.77.0.2" in seen.stdout
        finally:
            network.kill()


@pytest.mark.systemd
def test_a_power_cut_and_an_orderly_stop_keep_the_disk(run_dir: Path) -> None:
    with booted(run_dir, "cycled", files=FILES) as machine:
        machine.run("systemctl", "enable", "--now", "probe")
        identity, leader = machine.read("/etc/machine-id"), machine.leader
        assert machine.read("/var/lib/probe/starts") == b"started\n"

        machine.kill()
        assert is_gone(leader)
        assert not machine.is_on
        with pytest.raises(LabError, match="server cycled is off"):
            machine.run("true")
        assert machine.read("/etc/machine-id") == identity
        machine.write("/etc/while-off", b"1")

        machine.boot_again()
        machine.wait_booted()
        assert machine.is_active("probe")
        assert machine.read("/var/lib/probe/starts") == b"started\n" * 2
        assert machine.read("/etc/while-off") == b"1"
        with pytest.raises(LabError, match="server cycled is on already"):
            machine.boot_again()

        machine.shut_down()
        machine.boot_again()
        machine.wait_booted()
        assert machine.read("/var/lib/probe/starts") == b"started\n" * 3
        assert machine.read("/etc/machine-id") == identity
        assert machine.journal("probe").splitlines().count("looked around") == 3


@pytest.mark.systemd
def test_a_server_that_reboots_by_itself_comes_back(run_dir: Path) -> None:
    with booted(run_dir, "again", files=FILES) as machine:
        machine.run("systemctl", "enable", "--now", "probe")
        for boots in (2, 3):
            leader = machine.leader
            machine.run("systemctl", "reboot", "--no-block", check=False)
            until(lambda: machine.is_on and machine.leader != leader, 10, "it to boot again")  # noqa: B023
            machine.wait_booted()
            assert machine.read("/var/lib/probe/starts") == b"started\n" * boots
            assert machine.run("cat", "/proc/1/cgroup").stdout.splitlines()[-1] == "0::/init.scope"
        machine.shut_down()
        assert not machine.is_on


@pytest.mark.systemd
def test_two_at_once_share_nothing(run_dir: Path) -> None:
    with ExitStack() as stack:
        one, two = (Machine.boot(name, run_dir, lowerdir()) for name in ("one", "two"))
        for machine in (one, two):
            stack.callback(machine.close)
            machine.wait_booted()
        groups = [hierarchy() / f"{run_dir.name}-{name}" for name in ("one", "two")]
        first, second = map(pids_of, groups)
        assert one.leader in first
        assert two.leader in second
        assert not first & second
        assert one.read("/etc/machine-id") != two.read("/etc/machine-id")
        one.kill()
        assert not pids_of(groups[0])
        assert pids_of(groups[1]) >= second
        assert two.run("systemctl", "is-system-running").stdout == "running\n"


@pytest.mark.systemd
@pytest.mark.parametrize("way", ["stop", "close"])
def test_a_stopped_one_leaves_no_process_no_mount_and_no_control_group(run_dir: Path, way: str) -> None:
    before = Path("/proc/self/mountinfo").read_text()
    with booted(run_dir, "brief") as machine:
        pids = {machine.top, machine.leader, *pids_of(hierarchy() / f"{run_dir.name}-brief")}
        assert len(pids) > 4
        assert cgroups_of(f"{run_dir.name}-brief")
        getattr(machine, way)()
        assert all(is_gone(pid) for pid in pids)
        assert not cgroups_of(f"{run_dir.name}-brief")
        assert Path("/proc/self/mountinfo").read_text() == before
        assert not (run_dir / "machines/brief").exists()
        with pytest.raises(LabError, match="server brief is gone, and its disk with it"):
            machine.boot_again()


@pytest.mark.systemd
def test_killing_its_top_process_ends_it_all(run_dir: Path) -> None:
    with booted(run_dir, "topless") as machine:
        pids = {machine.top, machine.leader, *pids_of(hierarchy() / f"{run_dir.name}-topless")}
        os.kill(machine.top, 9)
        until(lambda: all(is_gone(pid) for pid in pids), 5, "every process to end")


CREATOR = """
import sys, threading
from pathlib import Path
from tests.lab.machine import Machine
made = []
thread = threading.Thread(target=lambda: made.append(Machine.boot("orphan", Path(sys.argv[1]), sys.argv[2])))
thread.start(); thread.join()
made[0].wait_booted()
print(made[0].top, made[0].leader, flush=True)
sys.stdin.read()
"""


@pytest.mark.systemd
def test_it_outlives_the_thread_that_made_it_and_not_the_process(run_dir: Path) -> None:
    words = [sys.executable, "-c", CREATOR, str(run_dir), lowerdir()]
    group = hierarchy() / f"{run_dir.name}-orphan"
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as creator:
        assert creator.stdout is not None
        pids = {int(word) for word in creator.stdout.readline().split()} | pids_of(group)
        creator.kill()
    assert len(pids) > 4
    until(lambda: all(is_gone(pid) for pid in pids), 5, "every process to end")
    assert not pids_of(group)
    remove_cgroups(f"{run_dir.name}-orphan")
    assert not group.exists()
    (run_dir / "machines/orphan").rmdir()


NEWER = """
import sys
from pathlib import Path
from tests.lab.cgroup import hierarchy
from tests.lab.machine import Machine
machine = Machine.boot("newer", Path(sys.argv[1]), sys.argv[2])
machine.wait_booted()
print(hierarchy(), machine.run("cat", "/proc/1/cgroup").stdout.splitlines()[-1])
machine.stop()
"""


@pytest.mark.systemd
def test_a_machine_with_cgroup2_alone_serves_too(run_dir: Path) -> None:
    alone = "[ -e /sys/fs/cgroup/cgroup.controllers ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup"
    words = ["unshare", "--mount", "--propagation", "private", "sh", "-euc", f'{alone}; exec "$@"', "sh"]
    words += [sys.executable, "-c", NEWER, str(run_dir), lowerdir()]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("/sys/fs/cgroup 0::/init.scope\n", "")
    assert not cgroups_of(f"{run_dir.name}-newer")


@pytest.mark.systemd
def test_one_that_cannot_be_says_why_and_leaves_nothing(run_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"server bad has no disk: mount: .*overlay.*"):
        Machine.boot("bad", run_dir, f"{tmp_path}/none")
    with pytest.raises(LabError, match=r"server bad has no disk: mount: .*/proc/4194304/ns/net"):
        Machine.boot("bad", run_dir, lowerdir(), net_pid=4194304)  # no process has the highest number there can be
    with pytest.raises(LabError, match=r"server bad did not boot; its console says: .*/does/not/exist"):
        Machine.boot("bad", run_dir, lowerdir(), binds={Path("/does/not/exist"): "/opt"})
    assert not cgroups_of(f"{run_dir.name}-bad")
    assert not (run_dir / "machines/bad").exists()


@pytest.mark.systemd
def test_a_second_of_the_same_name_is_refused_and_the_first_goes_on(server: Machine, run_dir: Path) -> None:
    with pytest.raises(LabError, match=r"no control group .*-srv"):
        Machine.boot("srv", run_dir, lowerdir())
    assert server.is_active("probe")


@pytest.mark.systemd
def test_a_boot_that_leaves_a_failed_unit_names_it(run_dir: Path) -> None:
    files = {
        "/etc/systemd/system/broken.service": b"[Service]\nType=oneshot\nExecStart=/bin/false\n",
        "/etc/systemd/system/multi-user.target.d/broken.conf": b"[Unit]\nWants=broken.service\n",
    }
    machine = Machine.boot("failing", run_dir, lowerdir(), files=files)
    try:
        with pytest.raises(LabError, match=r"^server failing is degraded; failed: broken\.service$"):
            machine.wait_booted()
    finally:
        machine.close()


@pytest.mark.parametrize("name", ["", "-a", "a_b", "A", "a/b", "a.b", "x" * 64])
def test_a_name_no_host_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(LabError, match="no server can be called"):
        Machine.boot(name, tmp_path, "/none")


def test_without_root_or_systemd_nspawn_it_says_how_to_get_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root; sudo make test"):
        Machine.boot("a", tmp_path, "/none")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LabError, match="systemd-nspawn is not installed; apt install systemd-container"):
        Machine.boot("a", tmp_path, "/none")


@pytest.mark.parametrize("below", [".", "unified"])
def test_control_groups_are_found_by_the_name_of_their_lab_and_removed_with_all_in_them(
    tmp_path: Path, below: str
) -> None:
    top = tmp_path / below
    top.mkdir(exist_ok=True)
    (top / "cgroup.controllers").touch()
    for name in ("regio-lab-1-a", "regio-lab-1-b", "regio-lab-12-a", "other"):
        make_cgroup(name, tmp_path)
    (top / "regio-lab-1-a/payload/system.slice").mkdir(parents=True)
    assert [group.name for group in cgroups_of("regio-lab-1", tmp_path)] == ["regio-lab-1-a", "regio-lab-1-b"]
    remove_cgroups("regio-lab-1", tmp_path)
    assert sorted(path.name for path in top.glob("*/")) == ["other", "regio-lab-12-a"]


def test_a_machine_without_cgroup2_is_told_how_to_mount_it(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"no cgroup2 at .*; mount -t cgroup2"):
        hierarchy(tmp_path)
