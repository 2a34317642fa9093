"""Wheels are taken by name, version, tag and hash, and nothing else is."""

from __future__ import annotations

import hashlib
import subprocess
from typing import TYPE_CHECKING

import pytest

from pack.errors import PackError
from pack.fetch import fetch, find
from pack.lock import Pin
from pack.target import Target
from pack.wheelhouse import SUMS, write_sums

if TYPE_CHECKING:
    from pathlib import Path

HERE = Target("3.11", "x86_64")
CONTENT = b"a wheel"


def pin(name: str, content: bytes = CONTENT) -> Pin:
    return Pin(name, "1.0", frozenset({hashlib.sha256(content).hexdigest()}), frozenset({"regiowacht"}), "")


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_bytes(CONTENT)


def test_what_is_there_is_found_by_name_version_tag_and_hash(tmp_path: Path) -> None:
    put(tmp_path, "a-1.0-py3-none-any.whl", "b-2.0-py3-none-any.whl", "c-1.0-cp312-cp312-linux_x86_64.whl")
    put(tmp_path, "d_e-1.0-py3-none-any.whl", "f-1.0-py3-none-any.whl")
    pins = [pin("a"), pin("b"), pin("c"), pin("d-e"), pin("f", b"another")]
    assert set(find(pins, HERE, tmp_path)) == {"a", "d-e"}


def test_nothing_is_asked_for_when_all_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("pip was started"))
    put(tmp_path, "a-1.0-py3-none-any.whl")
    said: list[str] = []
    assert fetch([pin("a")], HERE, tmp_path, said.append) == {"a": tmp_path / "a-1.0-py3-none-any.whl"}
    assert said == []


def test_without_an_index_it_says_what_it_could_not_get(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    said: list[str] = []
    with pytest.raises(PackError, match=r"could not get the wheels for CPython 3\.11, x86_64: .*satisf"):
        fetch([pin("regiowacht-has-no-such-part")], HERE, tmp_path, said.append)
    assert said == ["wheels for CPython 3.11, x86_64: 1 of 1 to download"]
    assert not list(tmp_path.iterdir())


def test_a_file_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = tmp_path / "offered"
    offered.mkdir()
    put(offered, "a-1.0-py3-none-any.whl")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(offered))
    with pytest.raises(PackError, match="DO NOT MATCH THE HASHES"):
        fetch([pin("a", b"what the lock says")], HERE, tmp_path / "house", print)


def test_sums_are_what_sha256sum_checks(tmp_path: Path) -> None:
    put(tmp_path, "b-1.0-py3-none-any.whl", "a-1.0-py3-none-any.whl")
    write_sums(tmp_path)
    done = subprocess.run(["sha256sum", "--check", SUMS], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "a-1.0-py3-none-any.whl: OK\nb-1.0-py3-none-any.whl: OK\n"
