"""The family textfile on real folders: what scripts leave there, good and bad."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.extra.textfile import source
from regiowacht_agent.extra.textfile.family import REASONS
from regiowacht_agent.extra.textfile.format import Parsed, parse
from regiowacht_agent.host import Host
from regiowacht_agent.reader import READERS, open_reader
from regiowacht_agent.reading import Readings
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from regiowacht_agent.block import Block

LATER_S = 60.0
"""How far the reader's clock is ahead of the files: they are settled."""


class Files:
    """A folder of files, and the family that reads it."""

    def __init__(self, folder: Path, *directories: str, settings: Mapping[str, object] | None = None) -> None:
        self.folder = folder
        on = {"families.textfile": True, "disable_defaults": True}
        self.ahead_s = LATER_S
        places = list(directories) or [str(folder)]
        self.reader = open_reader(
            load(None, {**on, "textfile.directory": places, **(settings or {})}), host=Host(clock=self._clock)
        )

    def _clock(self) -> float:
        newest = 0.0
        for path in self.folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # renamed meanwhile
                newest = max(newest, path.lstat().st_ctime)
        return newest + self.ahead_s

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def read(self) -> Block:
        return self.reader.families["textfile"].read(self.reader.host)

    def rows(self, *begin: str) -> list[str]:
        """Return the series of one reading that begin with one of these, without mtimes and counts of lines."""
        begins = begin or ("",)
        left_out = ("#", "node_textfile_mtime", "regiowacht_textfile_refused_lines")
        text = self.read().text()
        return [row for row in text.splitlines() if row.startswith(begins) and not row.startswith(left_out)]

    @property
    def error(self) -> str:
        (row,) = self.rows("node_textfile_scrape_error")
        return row.split()[1]

    @property
    def problems(self) -> dict[str, tuple[int, str]]:
        """Line and reason by the name of the file."""
        found = {}
        for row in self.rows("regiowacht_textfile_problem_info"):
            match = re.fullmatch(r'.*\{file="(.*)",line="(\d+)",reason="(.*)"\} 1', row)
            assert match is not None
            found[match[1].rpartition("/")[2]] = (int(match[2]), match[3])
        return found

    @property
    def foreign(self) -> list[str]:
        return [row for row in self.rows() if not re.match("(node|regiowacht)_textfile_", row)]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_what_the_helper_writes_is_read_once_it_has_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGIOWACHT_HELPER", str(tmp_path / "helper"))
    (tmp_path / "scripts").mkdir()
    files = Files(tmp_path, str(tmp_path / "scripts"))
    assert (files.foreign, files.error) == ([], "0")
    files.write("helper/regiowacht_apt.prom", "apt_autoremove_pending 1\n")
    files.write("scripts/own.prom", "own_value 2\n")
    assert files.foreign == ["apt_autoremove_pending 1", "own_value 2"]


def test_a_folder_of_the_helper_that_is_declared_or_closed_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGIOWACHT_HELPER", str(tmp_path / "helper"))
    assert Files(tmp_path, str(tmp_path / "helper")).problems == {"helper": (0, "no-folder")}
    (tmp_path / "helper").write_text("no folder")
    assert Files(tmp_path, str(tmp_path)).problems == {"helper": (0, "no-folder")}


def test_without_a_folder_all_is_well_and_nothing_is_told(tmp_path: Path) -> None:
    reader = open_reader(load(None, {"families.textfile": True, "disable_defaults": True}))
    readings = Readings(reader)
    text = render(readings.take()).decode()
    assert "\nnode_textfile_scrape_error 0\n" in text
    assert readings.outcomes[0].state == "ok"


@pytest.mark.parametrize("reader", READERS)
def test_both_readers_have_it(tmp_path: Path, reader: str) -> None:
    files = Files(tmp_path, settings={"reader": reader})
    files.write("one.prom", "one 1\n")
    assert files.foreign == ["one 1"]


def test_what_scripts_tell_passes_as_it_is(files: Files) -> None:
    text = (
        "# HELP took_seconds Time\\nit took\n# TYPE took_seconds histogram\n"
        'took_seconds_bucket{job="a b",le="1.0"} 1e+00\ntook_seconds_bucket{job="a b",le="+Inf"} 2\n'
        'took_seconds_sum{job="a b"} 0x\ntook_seconds_count{job="a b"} 2\n'
    ).replace("0x", "0.70")
    files.write("b.prom", text)
    files.write("a.prom", 'untyped{odd="100%s\\\\"} 5\n')
    files.write("c.prom.tmp", "no 1\n")
    mtime = 1_700_000_000
    for name in ("a.prom", "b.prom"):
        os.utime(files.folder / name, ns=(0, mtime * 10**9 + 999_999_999))
    told = files.read().text()
    a, b = (str(files.folder / name) for name in ("a.prom", "b.prom"))
    assert told.startswith(
        f'{text}# HELP untyped Metric read from {a}\n# TYPE untyped untyped\nuntyped{{odd="100%s\\\\"}} 5\n'
    )
    assert f'node_textfile_mtime_seconds{{file="{a}"}} {mtime}\n' in told
    assert f'node_textfile_mtime_seconds{{file="{b}"}} {mtime}\n' in told
    assert files.error == "0"
    assert len(list(text_string_to_metric_families(told))) == 5


def test_a_block_tells_the_same_series_as_its_text(files: Files) -> None:
    files.write("a.prom", "# TYPE a counter\na 1\nbroken\n# TYPE h histogram\nh_count 2\nh_sum 3\n")
    block = files.read()
    wanted = {
        (sample.name, tuple(sample.labels.values())): sample.value
        for one in text_string_to_metric_families(block.text())
        for sample in one.samples
    }
    assert {(metric.name, labels): value for metric, labels, value in block.samples()} == {
        (name.removesuffix("_total") if name == "a_total" else name, labels): value
        for (name, labels), value in wanted.items()
    }


def test_a_broken_line_costs_only_itself_and_says_so(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    path = files.write("a.prom", "one 1\npassword=geheim\ntwo 2\nthree drie\n")
    files.write("b.prom", "four 4\n")
    assert files.foreign == ["four 4", "one 1", "two 2"]
    assert files.error == "1"
    assert files.problems == {"a.prom": (2, "sample")}
    told = files.read().text()
    assert f'regiowacht_textfile_refused_lines{{file="{path}"}} 2\n' in told
    assert f'node_textfile_mtime_seconds{{file="{path}"}}' in told
    files.write("a.prom", "one 11\npassword=geheim2\n")
    assert "one 11" in files.foreign
    files.write("a.prom", "one 1\n")
    assert files.error == "0"
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2, "once when it breaks, once when it is right again"
    assert f"event=textfile-refused file={path} line=2 reason=" in said[0]
    assert "geheim" not in said[0]
    assert said[1] == f"event=textfile-recovered file={path}"


def test_a_time_stamp_refuses_its_file_alone(files: Files) -> None:
    files.write("a.prom", "one 1 1700000000000\ntwo 2\n")
    files.write("b.prom", "three 3\n")
    assert files.foreign == ["three 3"]
    assert files.problems == {"a.prom": (1, "timestamp")}
    assert "a.prom" not in "".join(row for row in files.read().text().splitlines() if "mtime" in row)


def test_a_series_told_twice_costs_the_second_one(files: Files) -> None:
    files.write("a.prom", 'x{a="1",b="2"} 1\nx{b="2",a="1"} 2\ny 1\n')
    files.write("b.prom", 'y{empty=""} 2\nz 3\n')
    assert files.foreign == ['x{a="1",b="2"} 1', "y 1", "z 3"]
    assert files.problems == {"a.prom": (2, "duplicate"), "b.prom": (1, "duplicate")}


def test_one_metric_in_two_files_has_one_head(files: Files) -> None:
    files.write("a.prom", '# TYPE x counter\nx{f="a"} 1\n')
    files.write("b.prom", '# HELP x Some\n# TYPE x counter\nx{f="b"} 2\n')
    assert files.read().text().startswith('# HELP x Some\n# TYPE x counter\nx{f="a"} 1\nx{f="b"} 2\n')
    assert files.error == "0"


def test_another_help_is_an_error_that_costs_nothing(files: Files) -> None:
    files.write("a.prom", '# HELP x One\nx{f="a"} 1\n')
    files.write("b.prom", '# HELP x Two\nx{f="b"} 2\n')
    assert files.foreign == ['x{f="a"} 1', 'x{f="b"} 2']
    assert (files.error, files.problems) == ("1", {"b.prom": (1, "help-differs")})


def test_another_type_costs_the_later_file_that_metric(files: Files) -> None:
    files.write("a.prom", "# TYPE x counter\nx 1\n")
    files.write("b.prom", '# TYPE x gauge\nx{f="b"} 2\nother 3\n')
    assert files.foreign == ["other 3", "x 1"]
    assert files.problems == {"b.prom": (2, "type-differs")}


def test_what_the_agent_tells_itself_is_not_told_by_a_script(tmp_path: Path) -> None:
    files = Files(tmp_path, settings={"families.stat": True, "families.vmstat": True})
    names = ("node_boot_time_seconds", "node_vmstat_whatever", "regiowacht_agent_info", "node_textfile_scrape_error")
    files.write("a.prom", "".join(f"{name} 1\n" for name in names) + "node_load1 2\nnode_reboot_required 1\n")
    assert files.foreign == ["node_load1 2", "node_reboot_required 1"], "the family loadavg is off"
    assert files.problems == {"a.prom": (1, "own")}


def test_what_is_no_ordinary_file_is_not_opened(files: Files) -> None:
    os.mkfifo(files.folder / "endless.prom")
    (files.folder / "folder.prom").mkdir()
    (files.folder / "loop.prom").symlink_to("loop.prom")
    (files.folder / "gone.prom").symlink_to("nothing")
    (files.folder / "zero.prom").symlink_to("/dev/zero")
    (files.folder / "proc.prom").symlink_to("/proc/self/mem")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(files.folder / "socket.prom"))
        files.write("real/a.prom", "one 1\n")
        (files.folder / "link.prom").symlink_to("real/a.prom")
        assert files.foreign == ["one 1"]
    kinds = dict.fromkeys(("endless.prom", "folder.prom", "zero.prom", "socket.prom"), (0, "not-a-file"))
    lost = dict.fromkeys(("loop.prom", "gone.prom", "proc.prom"), (0, "unreadable"))
    assert files.problems == {**kinds, **lost}


def test_a_file_that_may_not_be_read_costs_itself(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write("a.prom", "one 1\n")
    files.write("b.prom", "two 2\n")
    real = os.open

    def refusing(path: str, flags: int) -> int:
        if path.endswith("a.prom"):
            raise PermissionError(13, "Permission denied")
        return real(path, flags)

    monkeypatch.setattr(os, "open", refusing)  # the tests may run as root, whom nothing is forbidden
    assert files.foreign == ["two 2"]
    assert files.problems == {"a.prom": (0, "unreadable")}


def test_a_file_too_large_is_refused_and_comes_back(tmp_path: Path) -> None:
    files = Files(tmp_path, settings={"textfile.file_max_bytes": 2000})
    files.write("a.prom", "".join(f"a{number} 1\n" for number in range(1000)))
    files.write("b.prom", "b 1\n")
    assert files.foreign == ["b 1"]
    assert files.problems == {"a.prom": (0, "too-large")}
    files.write("a.prom", "a 1\n")
    assert files.foreign == ["a 1", "b 1"]


def test_all_files_together_are_bounded_too(tmp_path: Path) -> None:
    files = Files(tmp_path, settings={"textfile.file_max_bytes": 1024})
    for number in range(12):
        files.write(f"{number:02}.prom", f"a{number} 1\n".ljust(999) + "\n")
    assert [row.split()[0] for row in files.foreign] == [f"a{number}" for number in range(8)]
    assert set(files.problems) == {f"{number:02}.prom" for number in range(8, 12)}


def test_series_are_bounded(tmp_path: Path) -> None:
    files = Files(tmp_path, settings={"textfile.series_max": 3})
    files.write("a.prom", "a 1\nb 2\n")
    files.write("b.prom", "c 3\nd 4\ne 5\n")
    assert files.foreign == ["a 1", "b 2"]
    assert files.problems == {"b.prom": (0, "too-many")}
    files.write("b.prom", "c 3\n")
    assert files.foreign == ["a 1", "b 2", "c 3"]
    assert files.problems == {}


def test_a_script_gone_wild_costs_no_other_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = Files(tmp_path)
    many = files.write("many.prom", "".join(f'many{{n="{number}"}} 1\n' for number in range(15_000)) + "broken\n")
    files.write("backup.prom", "backup 1\n")
    files.write("small.prom", "small 1\n")
    files.write("zone.prom", "zone 1\nbroken\n")
    assert files.foreign == ["backup 1", "small 1", "zone 1"]
    assert files.problems == {"many.prom": (0, "too-many"), "zone.prom": (2, "sample")}
    text = files.read().text()
    assert f'regiowacht_textfile_refused_lines{{file="{many}"}} 1\n' in text
    assert f'node_textfile_mtime_seconds{{file="{many}"}}' not in text
    assert f"file={many} line=0" in caplog.text
    assert "textfile.series_max" in caplog.text


def test_of_files_as_large_as_each_other_the_first_ones_fit(tmp_path: Path) -> None:
    files = Files(tmp_path, settings={"textfile.series_max": 5})
    for name in "dcba":
        files.write(f"{name}.prom", f"{name}1 1\n{name}2 1\n")
    assert files.foreign == ["a1 1", "a2 1", "b1 1", "b2 1"]
    assert set(files.problems) == {"c.prom", "d.prom"}


def test_where_there_are_too_many_bytes_the_largest_are_not_read(tmp_path: Path) -> None:
    files = Files(tmp_path, settings={"textfile.file_max_bytes": 1024})
    for number in range(9):
        files.write(f"{number}.prom", f"a{number} 1\n".ljust(1000 + number) + "\n")
    files.write("z.prom", "z 1\n")
    for _ in range(3):
        assert [row.split()[0] for row in files.foreign] == [f"a{number}" for number in range(8)] + ["z"]
        assert files.problems == {"8.prom": (0, "too-large")}
    files.write("0.prom", "a0 1\n".ljust(1015) + "\n")
    for _ in range(3):
        assert [row.split()[0] for row in files.foreign] == [f"a{number}" for number in range(1, 9)] + ["z"]
        assert files.problems == {"0.prom": (0, "too-large")}
    files.write("3.prom", "a3 1\n")
    assert files.problems == {}


def test_a_file_that_did_not_change_is_not_read_again(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []

    def noted(data: bytes) -> Parsed:
        read.append(data)
        return parse(data)

    monkeypatch.setattr(source, "parse", noted)
    files.write("a.prom", "one 1\n")
    files.write("b.prom", "two 2\n")
    first = files.read()
    assert files.read() is first
    assert len(read) == 2
    files.write("b.prom", "two 3\n")
    assert "two 3" in files.foreign
    assert read[2:] == [b"two 3\n"]
    (files.folder / "b.prom").unlink()
    assert files.foreign == ["one 1"]
    assert len(read) == 3


def test_a_change_within_one_tick_of_the_clock_is_seen(files: Files) -> None:
    path = files.write("a.prom", "one 1\n")
    before = path.stat()
    files.ahead_s = 0.0
    assert files.foreign == ["one 1"]
    with path.open("r+b") as file:
        file.write(b"one 2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert files.foreign == ["one 2"]


def test_a_file_half_written_keeps_what_it_held(files: Files) -> None:
    path = files.write("a.prom", "one 1\ntwo 12\n")
    assert files.foreign == ["one 1", "two 12"]
    files.ahead_s = 0.0
    path.write_bytes(b"one 2\ntwo 1")
    assert files.foreign == ["one 1", "two 12"]
    files.ahead_s = LATER_S
    assert files.foreign == ["one 2"], "nobody wrote the rest: what there is counts"
    assert files.problems == {"a.prom": (2, "unfinished")}


def test_a_file_that_changes_while_it_is_read_keeps_what_it_held(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.write("a.prom", "one 1\ntwo 1\n")
    assert files.foreign == ["one 1", "two 1"]
    real = os.read
    meanwhile = [b"one 3\ntwo 3\nthree 3\n"]

    def slow(descriptor: int, size: int) -> bytes:
        data = real(descriptor, min(size, 6))
        if data and meanwhile:
            path.write_bytes(meanwhile.pop())
        return data

    path.write_bytes(b"one 2\ntwo 2\n")
    monkeypatch.setattr(os, "read", slow)
    assert files.foreign == ["one 1", "two 1"]
    assert files.foreign == ["one 3", "three 3", "two 3"]


def test_files_written_all_the_while_are_told_whole(files: Files) -> None:
    """A script renames into place as it should, another writes in place; every reading is one of theirs."""
    over = threading.Event()
    texts = [f"x {number}\n" + f'y{{n="{number}"}} {number}\n' * 1 for number in range(1, 9)]

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            files.write("renamed.tmp", texts[number % 8])
            (files.folder / "renamed.tmp").rename(files.folder / "a.prom")

    files.write("a.prom", texts[0])
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(200):
            x, y = files.foreign
            assert y == f'y{{n="{x.split()[1]}"}} {x.split()[1]}'
    finally:
        over.set()
        writer.join()


def test_patterns_and_several_folders(tmp_path: Path) -> None:
    files = Files(tmp_path, f"{tmp_path}/team-*/metrics", f"{tmp_path}/own", f"{tmp_path}/own")
    files.write("team-a/metrics/x.prom", "a 1\n")
    files.write("team-b/metrics/x.prom", "b 2\n")
    files.write("other/metrics/x.prom", "c 3\n")
    files.write("own/x.prom", "d 4\n")
    assert files.foreign == ["a 1", "b 2", "d 4"]
    assert files.error == "0"


@pytest.mark.parametrize("place", ["nowhere", "none-*"])
def test_a_folder_that_is_not_there_is_an_error_and_costs_nothing_else(
    tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    files = Files(tmp_path, f"{tmp_path}/{place}", f"{tmp_path}/own")
    files.write("own/x.prom", "d 4\n")
    assert files.foreign == ["d 4"]
    assert files.problems == {place: (0, "no-folder")}
    files.read()
    assert len(caplog.records) == 1


def test_odd_names_of_files_do_no_harm(files: Files) -> None:
    for name in ("a b.prom", 'quote".prom', "new\nline.prom", "50%s.prom", "é.prom"):
        files.write(name, f"m{len(name)}_{ord(name[0])} 1\n")
    (files.folder / os.fsdecode(b"\xff.prom")).write_bytes(b"raw 1\n")
    text = files.read().text()
    assert len(files.foreign) == 6
    text.encode()
    assert sum(row.startswith("node_textfile_mtime_seconds{") for row in text.splitlines()) == 6


def test_every_reason_has_a_sentence() -> None:
    assert all(sentence and sentence != reason for reason, sentence in REASONS.items())


def test_the_switch_may_be_given_several_times_and_a_file_may_list(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text('[textfile]\ndirectory = ["/a", "/b-*"]\n')
    assert load(path).textfile.directory == ("/a", "/b-*")
    path.write_text('[textfile]\ndirectory = "/a"\n')
    assert load(path).textfile.directory == ("/a",)
    assert load(path, {"textfile.directory": ["/c", "d"]}).textfile.directory == ("/c", "d")
    with pytest.raises(UsageError, match=r"--collector.textfile.directory may not be empty"):
        load(None, {"textfile.directory": [""]})
