"""Small files read again and again."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from regiowacht_agent.files import Files, shape


def test_a_file_longer_than_a_page_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_text("x" * 200_000)
    assert len(Files().read(str(path))) == 200_000


def test_a_file_of_proc_that_comes_in_pages_is_read_whole() -> None:
    files = Files()
    told = files.read("/proc/kallsyms")
    assert len(told) > 65_536
    assert (
        told.count("\n") == files.read("/proc/kallsyms").count("\n") == Path("/proc/kallsyms").read_text().count("\n")
    )
    files.close()


def test_what_is_read_again_is_new(tmp_path: Path) -> None:
    path = tmp_path / "value"
    path.write_text("1\n")
    files = Files()
    assert files.attribute(str(path)) == "1"
    path.write_text("22\n")
    assert files.attribute(str(path)) == "22"
    assert len(files) == 1
    files.close()
    assert len(files) == 0


def test_a_file_that_is_not_there_is_told_or_has_a_default(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Files().attribute(str(tmp_path / "none"))
    assert Files().attribute_or(str(tmp_path / "none"), "-") == "-"


def test_what_is_no_ordinary_file_is_neither_waited_for_nor_read_without_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    files = Files()
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for path in (str(tmp_path / "pipe"), "/dev/zero", "/dev/full"):
        for way in (files.read, files.lines, files.piece, files.attribute):
            with pytest.raises(OSError, match="no ordinary file") as refused:
                way(path)
            assert refused.value.filename == path
        assert files.attributes([path]) == files.attributes([path], keep=False) == [b""]
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_descriptors_are_bounded_and_nothing_leaks(tmp_path: Path) -> None:
    files = Files(open_max=3)
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for number in range(10):
        path = tmp_path / str(number)
        path.write_text(str(number))
        assert files.attribute(str(path)) == str(number)
    assert len(files) == 3
    assert len(os.listdir("/proc/self/fd")) == before + 3  # noqa: PTH208
    files.forget(str(tmp_path / "1"))
    assert len(files) == 2
    files.close()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_device_that_is_forgotten_is_opened_by_its_name_again(tmp_path: Path) -> None:
    (tmp_path / "eth0").mkdir()
    (tmp_path / "eth0/speed").write_text("10")
    files = Files()
    assert files.attribute(f"{tmp_path}/eth0/speed") == "10"
    (tmp_path / "eth0").rename(tmp_path / "lan0")
    (tmp_path / "eth0").mkdir()
    (tmp_path / "eth0/speed").write_text("1000")
    files.forget(f"{tmp_path}/eth0/")
    assert files.attribute(f"{tmp_path}/eth0/speed") == "1000"
    files.close()


def test_many_attributes_come_as_they_are_and_those_not_to_be_had_empty(tmp_path: Path) -> None:
    (tmp_path / "mtu").write_text("1500\n")
    (tmp_path / "speed").mkdir()  # reading it fails, as an attribute does whose driver has no value now
    paths = [f"{tmp_path}/{name}" for name in ("mtu", "none", "speed")]
    files = Files()
    for _ in range(2):
        assert files.attributes(paths) == [b"1500\n", b"", b""]
    assert files.attributes(paths, keep=False) == [b"1500\n", b"", b""]
    files.close()


def test_what_is_seldom_read_leaves_no_descriptor(tmp_path: Path) -> None:
    (tmp_path / "mtu").write_text("1500\n")
    files = Files()
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    assert files.attributes([f"{tmp_path}/mtu"], keep=False) == [b"1500\n"]
    assert len(files) == 0
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_value_that_the_driver_does_not_have_now_costs_no_new_opening(tmp_path: Path) -> None:
    (tmp_path / "speed").mkdir()
    files = Files()
    for _ in range(3):
        with pytest.raises(OSError, match=os.strerror(errno.EISDIR)):
            files.attribute(f"{tmp_path}/speed")
    assert len(files) == 1
    files.close()


@pytest.mark.parametrize("name", ["net/route", "net/tcp", "diskstats", "net/softnet_stat", "modules", "kallsyms"])
def test_lines_of_a_table_are_all_there(name: str) -> None:
    path = Path("/proc", name)
    if not path.exists():
        pytest.skip(f"this kernel has no {path}")
    files = Files()
    columns = [line.split()[0] for line in files.lines(str(path))]
    files.close()
    if name != "net/tcp":  # sockets come and go
        assert columns == [line.split()[0] for line in path.read_text().splitlines()]
    assert columns


@pytest.mark.parametrize("size", [0, 1, 3583, 3584, 3585, 4095, 4096, 65_535, 65_536, 65_537, 200_000])
def test_a_file_of_any_length_is_read_whole_in_every_way(tmp_path: Path, size: int) -> None:
    text = "".join(f"{number}\n" for number in range(40_000))[: max(size - 1, 0)] + "\n" * (size > 0)
    path = tmp_path / "file"
    path.write_text(text)
    files = Files()
    assert files.read(str(path)) == files.piece(str(path)) == text
    assert files.lines(str(path)) == text.splitlines()
    path.write_text(text.rstrip("\n"))
    assert files.lines(str(path)) == text.rstrip("\n").splitlines()
    files.close()


def test_a_file_in_one_piece_that_is_not_there(tmp_path: Path) -> None:
    assert Files().piece(str(tmp_path / "none"), "-") == "-"
    with pytest.raises(FileNotFoundError):
        Files().piece(str(tmp_path / "none"))


@pytest.mark.parametrize("name", ["meminfo", "net/netstat", "net/snmp", "net/sockstat"])
def test_what_the_kernel_writes_in_one_piece(name: str) -> None:
    files = Files()
    told = files.piece(f"/proc/{name}")
    assert told.count("\n") == Path("/proc", name).read_text().count("\n")
    assert told.endswith("\n")
    files.close()


@pytest.mark.parametrize(
    ("soft", "hard", "open_max"), [(100, 5000, 1024), (100, 400, 100), (4500, 5000, 1024), (100, 100, 25)]
)
def test_as_many_stay_open_as_the_hard_limit_leaves_room_for(soft: int, hard: int, open_max: int) -> None:
    code = (
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))\n"
        "from regiowacht_agent.files import Files, raise_limit\n"
        "raise_limit()\n"
        "print(Files().open_max, *resource.getrlimit(resource.RLIMIT_NOFILE))\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == [str(open_max), str(max(soft, min(hard, 4096))), str(hard)]


def test_a_shape_is_that_of_the_names_whatever_the_numbers() -> None:
    assert shape(b"pgin 1\npgout 200\n") == shape(b"pgin 31\npgout -7\n")
    assert shape(b"pgin 1\npgout 200\n") != shape(b"pgin 1\npgsteal 200\n")
    assert shape(b"pgin 1\n") != shape(b"pgin 1\npgin 1\n")


def test_a_file_is_shared_during_a_reading_and_read_again_in_the_next(tmp_path: Path) -> None:
    path = tmp_path / "stat"
    path.write_text("1")
    files = Files()
    for now in ("2", "3"):
        files.begin(str(tmp_path))
        assert files.events is None
        before = files.shared(str(path))
        path.write_text(now)
        assert files.shared(str(path)) == before
        files.end()
        assert files.shared(str(path)) == now
    files.close()
