"""A lab's hosts and links, and what is left of it: nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lab import cgroup, reaper, rootfs
from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.lab.links import End, bridge
from tests.lab.waiting import until

if TYPE_CHECKING:
    from tests.lab.host import Host

pytestmark = [pytest.mark.lab, pytest.mark.timeout(300)]

HERE = Path(__file__).parents[2]

OWNER = """
import sys
from tests.lab import rootfs
from tests.lab.lab import Lab
from tests.lab.links import End
lab = Lab(rootfs.find())
lab.add_hosts({"a": "host", "b": "server"})
a, b = lab.hosts["a"], lab.hosts["b"]
lab.add_line("line", End(a, "eth0", "10.0.0.1/30"), End(b, "eth0", "10.0.0.2/30"))
a.start("sleep", "1000")
print(lab.id, flush=True)
sys.stdin.read()
"""


def pair(lab: Lab) -> tuple[Host, Host]:
    """Give a lab two hosts with a line between them."""
    lab.add_hosts({"a": "host", "b": "host"})
    a, b = lab.hosts["a"], lab.hosts["b"]
    lab.add_line("line", End(a, "eth0", "10.0.0.1/30"), End(b, "eth0", "10.0.0.2/30"))
    return a, b


def answers(host: Host, address: str) -> bool:
    return host.run("ping", "-c1", "-W1", address, check=False).returncode == 0


def test_a_host_is_a_world_of_its_own(lab: Lab) -> None:
    a, _b = pair(lab)
    assert a.run("hostname").stdout == "a\n"
    assert len(a.run("ps", "-eo", "pid=").stdout.split()) < 8
    assert {line.split()[0] for line in a.run("ip", "-br", "link").stdout.splitlines()} == {"lo", "eth0"}
    a.write("/etc/only-here", "1")
    assert a.read("/etc/only-here") == "1"
    assert not Path("/etc/only-here").exists()
    assert not Path(lab.rootfs.folder, "base/etc/only-here").exists()
    assert a.run("test", "-e", str(HERE), check=False).returncode != 0, "the machine's own disk shows"


def test_a_file_written_inside_stays_inside_whatever_links_there_are(lab: Lab, tmp_path: Path) -> None:
    a, _b = pair(lab)
    a.run("mkdir", "-p", str(tmp_path))
    a.run("ln", "-s", str(tmp_path), "/escape")
    a.write("/escape/file", "1")
    assert a.read(str(tmp_path / "file")) == "1"
    assert not (tmp_path / "file").exists()


def test_a_cable_pulled_takes_the_carrier(lab: Lab) -> None:
    lab.add_hosts({"pc": "host", "switch": "host"})
    pc, switch = lab.hosts["pc"], lab.hosts["switch"]
    lab.add_cable("cable", End(pc, "eth0", "10.0.0.2/24"), End(switch, "port1"))
    bridge(switch, "br0", "10.0.0.1/24", ["port1"])
    until(lambda: answers(pc, "10.0.0.1"), 5, "an answer over the cable")
    lab.link("cable").cut()
    until(lambda: pc.run("cat", "/sys/class/net/eth0/carrier").stdout == "0\n", 2, "the carrier to go")
    lab.link("cable").mend()
    until(lambda: answers(pc, "10.0.0.1"), 5, "an answer over the mended cable")


def test_a_link_that_is_not_there_is_named_with_those_that_are(lab: Lab) -> None:
    pair(lab)
    with pytest.raises(LabError, match="no link 'lien'; there are line"):
        lab.link("lien")


def test_a_command_that_fails_tells_what_it_said(lab: Lab) -> None:
    a, _b = pair(lab)
    with pytest.raises(LabError, match=r"a: ls /nothing: .*No such file"):
        a.run("ls", "/nothing")


def test_a_command_that_is_given_up_on_ends_inside_too(lab: Lab) -> None:
    a, _b = pair(lab)
    with pytest.raises(LabError, match="a: sleep did not end within"):
        a.run("sleep", "1234", within_s=0.1)
    until(lambda: "1234" not in a.run("ps", "-eo", "args=").stdout, 2, "the sleeper to go")


def test_a_host_that_cannot_start_says_why(lab: Lab) -> None:
    broken = rootfs.Rootfs(lab.rootfs.folder, server="/nowhere", host="/nowhere", made_s=0)
    with (
        Lab(broken) as other,
        pytest.raises(LabError, match="host a did not start: there is no root file system at /nowhere"),
    ):
        other.add_hosts({"a": "host"})


def test_three_labs_side_by_side_do_not_see_each_other() -> None:
    with ExitStack() as stack:
        labs = [stack.enter_context(Lab(rootfs.find())) for _ in range(3)]
        pairs = [pair(one) for one in labs]
        assert all(answers(a, "10.0.0.2") for a, _b in pairs)
        labs[1].link("line").cut()
        assert [answers(a, "10.0.0.2") for a, _b in pairs] == [True, False, True]
        folders = [one.run_dir for one in labs]
    assert not any(folder.exists() for folder in folders)


def test_a_closed_lab_leaves_nothing() -> None:
    mounts, own = Path("/proc/self/mountinfo").read_text(), set(_children())
    with Lab(rootfs.find()) as lab:
        pids = [host.pid for host in pair(lab)]
        interfaces = Path("/proc/self/net/dev").read_text()
    assert not lab.run_dir.exists()
    assert not any(reaper.started(pid) for pid in pids)
    assert Path("/proc/self/mountinfo").read_text() == mounts
    assert {line.split(":")[0] for line in interfaces.splitlines()} == {
        line.split(":")[0] for line in Path("/proc/self/net/dev").read_text().splitlines()
    }
    assert set(_children()) == own


def test_an_owner_killed_hard_leaves_nothing() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    assert owner.stdin is not None
    with owner.stdout, owner.stdin:
        folder = reaper.ROOT / f"regio-lab-{owner.stdout.readline().strip()}"
        pids = reaper.noted(folder)
        assert len(pids) == 3
        inside = [int(pid) for pid in _children_of(pids)]
        owner.kill()
        owner.wait()
    until(lambda: not folder.exists(), 5, "the lab's folder to go")
    until(lambda: not any(reaper.started(pid) for pid in (*pids, *inside)), 5, "its processes to go")


def test_a_lab_whose_reaper_died_too_is_removed_by_the_next(tmp_path: Path) -> None:
    folder = reaper.ROOT / f"regio-lab-{tmp_path.name[:20]}"
    folder.mkdir()
    try:
        sleeper = subprocess.Popen(["sleep", "1000"])
        reaper.note(folder, sleeper.pid)
        (folder / reaper.OWNER).write_text(f"{os.getpid()} 1\n")  # our number, but of a process long gone
        with Lab(rootfs.find()):
            assert not folder.exists()
        assert sleeper.wait(20) != 0
    finally:
        reaper.reap(folder)


def test_a_lab_that_is_just_made_is_left_alone_and_one_that_never_got_an_owner_is_removed() -> None:
    young, old = (reaper.ROOT / f"{reaper.PREFIX}{name}-{os.getpid()}" for name in ("young", "old"))
    try:
        for folder in (young, old):
            folder.mkdir()
            (folder / f"{reaper.OWNER}.new").touch()  # killed, or interrupted, before it was written
        os.utime(old, (0, 0))
        assert young not in reaper.abandoned()
        assert old in reaper.abandoned()
        reaper.claim(young, os.getpid())
        os.utime(young, (0, 0))
        assert young not in reaper.abandoned()
    finally:
        for folder in (young, old):
            reaper.reap(folder)


def test_groups_of_a_test_that_is_gone_are_removed_and_those_of_one_that_runs_are_not() -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left, mine = (cgroup.make_cgroup(f"regio-lab-test-{pid}-srv") for pid in (gone.pid, os.getpid()))
    try:
        (left / "init.scope").mkdir()
        reaper.reap_loose_groups()
        assert not left.exists()
        assert mine.exists()
    finally:
        cgroup.remove_cgroups(mine.name)


def test_a_process_that_took_over_a_number_is_spared(tmp_path: Path) -> None:
    (tmp_path / reaper.PIDS).write_text(f"{os.getpid()} 1\nnonsense\n")
    assert reaper.noted(tmp_path) == []
    reaper.note(tmp_path, os.getpid())
    assert reaper.noted(tmp_path) == [os.getpid()]


def _children() -> list[str]:
    return Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()


def _children_of(pids: list[int]) -> list[str]:
    found: list[str] = []
    for pid in pids:
        found += Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return found
