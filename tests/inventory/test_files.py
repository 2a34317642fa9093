"""Files that are no files, too big, unreadable, or not what their name says."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from regiowacht_contract.errors import RegionInvalid, UsageError
from regiowacht_inventory import load, peek_language
from regiowacht_inventory.shown import CONTROLS
from regiowacht_inventory.source import MAX_FILE_BYTES, _unreadable
from tests.inventory.base import BASE, write_base


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(RegionInvalid) as caught:
        load(folder)
    for problem in caught.value.problems:
        assert problem.message("nl") != problem.message("en")
    return [f"{problem.place().removeprefix(f'{folder}/')} {problem.key}" for problem in caught.value.problems]


def test_no_such_folder_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        load(tmp_path / "nowhere")


def test_a_file_instead_of_a_folder_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        load(write_base(tmp_path) / "region.yml")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert mistakes(tmp_path) == ["gemeenten inventory.no-gemeenten", "region.yml inventory.no-region-file"]


def test_a_region_without_a_region_file_still_has_its_gemeenten_checked(tmp_path: Path) -> None:
    write_base(tmp_path, {**BASE, "gemeenten/aa.yml": BASE["gemeenten/aa.yml"].replace("kind: router", "kind: rooter")})
    (tmp_path / "region.yml").unlink()
    assert mistakes(tmp_path) == ["gemeenten/aa.yml:18 inventory.one-of-near", "region.yml inventory.no-region-file"]


def test_50_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    write_base(tmp_path)
    with (tmp_path / "gemeenten" / "aa.yml").open("ab") as file:
        file.truncate(50 * 2**20)
    assert mistakes(tmp_path) == ["gemeenten/aa.yml inventory.too-big"]


def test_the_limit_itself_is_fine(tmp_path: Path) -> None:
    write_base(tmp_path)
    path = tmp_path / "gemeenten" / "aa.yml"
    text = path.read_bytes()
    path.write_bytes(text + b"#" * (MAX_FILE_BYTES - len(text)))
    assert len(load(tmp_path).gemeenten) == 2
    path.write_bytes(text + b"#" * (MAX_FILE_BYTES - len(text) + 1))
    assert mistakes(tmp_path) == ["gemeenten/aa.yml inventory.too-big"]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_not_utf8(tmp_path: Path, encoding: str) -> None:
    text = write_base(tmp_path).joinpath("gemeenten", "aa.yml").read_text(encoding="utf-8").replace("Aa", "Aë")
    (tmp_path / "gemeenten" / "aa.yml").write_bytes(text.encode(encoding))
    line = 3 if encoding == "cp1252" else 1
    assert mistakes(tmp_path) == [f"gemeenten/aa.yml:{line} inventory.not-utf8"]


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    write_base(tmp_path)
    path = tmp_path / "gemeenten" / "aa.yml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(tmp_path).gemeenten[0].name == "Aa"


def test_an_empty_file(tmp_path: Path) -> None:
    assert mistakes(write_base(tmp_path, {**BASE, "gemeenten/aa.yml": "# nothing yet\n"})) == [
        "gemeenten/aa.yml inventory.empty-file"
    ]


LOAD = """
import os, sys
from pathlib import Path
from regiowacht_contract.errors import RegionInvalid
from regiowacht_inventory import load
if os.geteuid() == 0:  # root may read everything
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    load(Path(sys.argv[1]))
except RegionInvalid as error:
    print(*[f"{problem.place()} {problem.key}" for problem in error.problems], sep="\\n")
"""
"""Loads as nobody; rights are let go of after the imports, for nobody may not read every folder they stand in."""


def test_a_file_that_may_not_be_read() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (write_base(folder) / "gemeenten" / "aa.yml").chmod(0)
        told = subprocess.run(
            [sys.executable, "-c", LOAD, name], check=True, capture_output=True, text=True, timeout=60
        )
        assert told.stdout == f"{folder}/gemeenten/aa.yml inventory.no-permission\n"


@pytest.mark.parametrize(
    ("number", "key"),
    [(errno.EACCES, "no-permission"), (errno.ELOOP, "symlink-loop"), (errno.EIO, "unreadable")],
)
def test_what_the_system_says_is_told(tmp_path: Path, number: int, key: str) -> None:
    assert _unreadable(tmp_path, OSError(number, os.strerror(number))).key == f"inventory.{key}"


def test_a_symbolic_link_to_itself(tmp_path: Path) -> None:
    path = write_base(tmp_path) / "gemeenten" / "aa.yml"
    path.unlink()
    path.symlink_to(path)
    assert mistakes(tmp_path) == ["gemeenten/aa.yml inventory.symlink-loop"]


def test_a_symbolic_link_to_nothing(tmp_path: Path) -> None:
    path = write_base(tmp_path) / "gemeenten" / "aa.yml"
    path.unlink()
    path.symlink_to(tmp_path / "nothing")
    assert mistakes(tmp_path) == ["gemeenten/aa.yml inventory.dangling"]


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    path = write_base(tmp_path) / "gemeenten" / "aa.yml"
    path.unlink()
    os.mkfifo(path)
    assert mistakes(tmp_path) == ["gemeenten/aa.yml inventory.not-a-file"]


def test_a_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    path = write_base(tmp_path) / "gemeenten" / "aa.yml"
    path.unlink()
    path.mkdir()
    assert mistakes(tmp_path) == ["gemeenten/aa.yml inventory.not-a-file"]


def test_the_extension_yaml_is_told_about(tmp_path: Path) -> None:
    write_base(tmp_path)
    (tmp_path / "gemeenten" / "cc.yaml").touch()
    (tmp_path / "region.yaml").touch()
    assert mistakes(tmp_path) == ["gemeenten/cc.yaml inventory.extension", "region.yaml inventory.extension"]


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    write_base(tmp_path)
    for name in ("README.md", "known_hosts", "gemeenten/.aa.yml.swp", "gemeenten/notes.txt"):
        (tmp_path / name).write_text("{", encoding="utf-8")
    (tmp_path / "baselines").mkdir()
    assert len(load(tmp_path).gemeenten) == 2


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[" * 900 + "]" * 900, "inventory.no-mapping"),
        ("a: " + "[" * 900 + "]" * 900, "inventory.too-deep"),
        ("a: " + "[" * 100_000, "inventory.yaml-deep"),
        ("\n".join("  " * depth + "a:" for depth in range(900)), "inventory.too-deep"),
        ("a: &a [*a]", "inventory.too-deep"),
        ("a: &a {b: *a}", "inventory.too-deep"),
        (
            "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"a{n}: &a{n} [" + ",".join([f"*a{n - 1}"] * 10) + "]\n" for n in range(1, 9)),
            "inventory.too-many-values",
        ),
    ],
    ids=["list", "deep list", "very deep list", "deep mapping", "list in itself", "mapping in itself", "alias bomb"],
)
def test_depth_and_bombs_are_bounded(tmp_path: Path, text: str, key: str) -> None:
    write_base(tmp_path, {**BASE, "gemeenten/aa.yml": text})
    assert key in [problem.split(" ")[1] for problem in mistakes(tmp_path)]


def test_an_alias_is_read_as_what_it_stands_for(tmp_path: Path) -> None:
    text = BASE["gemeenten/aa.yml"].replace("site: huis, address: 10.0.0.1,", "site: &s huis, address: 10.0.0.1,")
    text = text.replace("sw-1, site: huis", "sw-1, site: *s")
    assert len(load(write_base(tmp_path, {**BASE, "gemeenten/aa.yml": text})).assets) == 12


def test_a_broken_gemeente_is_still_there_for_trajecten(tmp_path: Path) -> None:
    write_base(tmp_path, {**BASE, "gemeenten/aa.yml": "a: ["})
    assert mistakes(tmp_path) == ["gemeenten/aa.yml:1 inventory.yaml-bracket"]


def test_the_language_is_known_however_broken_the_region(tmp_path: Path) -> None:
    write_base(tmp_path, {**BASE, "region.yml": "language: en\nregio: 12 12\n"})
    assert peek_language(tmp_path) == "en"
    (tmp_path / "region.yml").write_text("language: [", encoding="utf-8")
    assert peek_language(tmp_path) is None


def test_a_path_that_is_too_long_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path / ("x" * 5000))
    assert caught.value.key == "inventory.folder-unreadable"
    assert len(caught.value.message("nl")) < 300


def test_names_of_files_cannot_steer_the_terminal(tmp_path: Path) -> None:
    write_base(tmp_path)
    for name in ("x\n\x1b[31mred.yml", "y\u202e.yaml"):
        (tmp_path / "gemeenten" / name).write_text("name: x\n", encoding="utf-8")
    with pytest.raises(RegionInvalid) as caught:
        load(tmp_path)
    told = [problem.place() + problem.message("en") for problem in caught.value.problems]
    assert any(rf"{tmp_path}/gemeenten/x\n\x1b[31mred.yml:1" in text for text in told)
    assert any(rf"{tmp_path}/gemeenten/y\u202e.yaml" in text for text in told)
    assert not CONTROLS.search("".join(told))
