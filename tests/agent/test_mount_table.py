"""Lines of mountinfo, as kernels write them."""

from __future__ import annotations

import pytest

from regiowacht_agent.mount_table import Mounted, read_mounts, with_haste
from regiowacht_agent.mounts import Mount


def _line(mount_point: str, filesystem: str = "ext4 /dev/sda1 rw", options: str = "rw,relatime", more: str = "") -> str:
    return f"36 35 98:7 /root {mount_point} {options} {more}- {filesystem}\n"


def _one(text: str) -> Mounted:
    (one,) = read_mounts(text, "/")
    return one


@pytest.mark.parametrize("more", ["", "shared:1 ", "shared:1 master:2 "])
def test_a_line_with_any_number_of_optional_fields(more: str) -> None:
    assert _one(_line("/data", more=more)) == Mounted(
        "/dev/sda1", "/data", "ext4", "98", "7", is_read_only=False, asked=Mount("/data", remote=False)
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("/mijn\\040map", "/mijn map"),
        ("/tab\\011new\\012line", "/tab\tnew\nline"),
        ("/back\\134slash", "/back\\slash"),
        ("/not\\134040blank", "/not\\040blank"),
        ("/line\u2028separator", "/line\u2028separator"),
        ('/"quote"', '/"quote"'),
        ("/a - b".replace(" ", "\\040"), "/a - b"),
    ],
)
def test_names_of_mount_points(written: str, name: str) -> None:
    assert _one(_line(written)).mount_point == name
    assert _one(_line(written)).asked.path == name


def test_what_is_mounted_stays_as_the_kernel_writes_it() -> None:
    assert _one(_line("/x", "cifs //server/my\\040share rw")).device == "//server/my\\040share"
    assert _one(_line("/x", "tmpfs  rw")).device == "none"


def test_bytes_that_are_no_utf8_are_shown_replaced_and_asked_as_they_are() -> None:
    one = _one(_line("/caf\udce9"))
    assert one.mount_point == "/caf\ufffd"
    assert one.asked.path == "/caf\udce9"


@pytest.mark.parametrize(
    ("options", "filesystem", "is_read_only"),
    [
        ("rw,relatime", "ext4 /dev/sda1 rw", False),
        ("nosuid,ro,nodev", "ext4 /dev/sda1 rw", True),
        ("rw,relatime", "ext4 /dev/sda1 ro,errors=remount-ro", True),
        ("rw,relatime", "ext4 /dev/sda1 rw,errors=remount-ro", False),
    ],
)
def test_read_only_is_the_mount_or_the_filesystem(options: str, filesystem: str, is_read_only: bool) -> None:
    assert _one(_line("/", filesystem, options)).is_read_only is is_read_only


@pytest.mark.parametrize("fs_type", ["nfs4", "cifs", "fuse.sshfs", "ceph"])
def test_what_another_machine_answers_for(fs_type: str) -> None:
    assert _one(_line("/x", f"{fs_type} server:/ rw")).asked.remote
    assert not _one(_line("/x")).asked.remote


@pytest.mark.parametrize("bad", ["", "\n", "36 35 98:7 / /x rw\n", "36 35 - ext4 /dev/sda rw\n", "no mount at all\n"])
def test_what_is_no_line_of_a_mount_costs_only_itself(bad: str) -> None:
    assert [one.mount_point for one in read_mounts(f"{bad}{_line('/data')}{bad}", "/")] == ["/data"]


def test_a_containers_view_of_the_host_is_what_lies_below_its_root() -> None:
    text = _line("/host") + _line("/host/data") + _line("/host-of-another") + _line("/etc/hosts")
    told = read_mounts(text, "/host")
    assert [(one.mount_point, one.asked.path) for one in told] == [("/", "/host"), ("/data", "/host/data")]


def test_the_hosts_own_view_is_asked_below_the_root() -> None:
    told = read_mounts(_line("/") + _line("/data"), "/host")
    assert [(one.mount_point, one.asked.path) for one in told] == [("/", "/host"), ("/data", "/host/data")]


def test_what_may_be_asked_at_once_and_what_lies_behind_something_that_could_hang() -> None:
    lines = (
        *(
            "/ ext4",
            "/boot/efi vfat",
            "/run tmpfs",
            "/srv xfs",
            "/srv/a ext4",
            "/srvb ext4",
            "/home ext4",
            "/home nfs4",
        ),
        *("/home/x ext4", "/net autofs", "/net/y ext4"),
    )
    text = "".join(f"1 2 8:1 / {point} rw - {fs_type} dev rw\n" for point, fs_type in map(str.split, lines))
    mounts = read_mounts(text, "/")
    told = with_haste(mounts, mounts)
    assert [one.mount_point for one in told if one.asked.at_once] == ["/", "/boot/efi", "/run", "/srvb"]
    assert [one.mount_point for one in told] == [one.mount_point for one in mounts]
    over = read_mounts("1 2 8:1 / / rw - overlay dev rw\n" + text, "/")
    assert not any(one.asked.at_once for one in with_haste(over, over))
