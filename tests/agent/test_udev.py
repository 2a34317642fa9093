"""Files as udev keeps them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from regiowacht_agent.udev import Udev

if TYPE_CHECKING:
    from pathlib import Path

DATA = "S:disk/by-id/ata-DISK\nW:7\nE:ID_MODEL=DISK\nE:ID_NOTE=a=b\nE:ID_EMPTY=\nE:broken\nG:systemd\n"


def _write(folder: Path, text: str) -> None:
    """Write as udev does: a new file, renamed into place."""
    (folder / "new").write_text(text)
    (folder / "new").rename(folder / "b8:0")


def test_properties_are_the_lines_that_begin_with_an_e(tmp_path: Path) -> None:
    _write(tmp_path, DATA)
    assert Udev(str(tmp_path)).properties("8:0") == {"ID_MODEL": "DISK", "ID_NOTE": "a=b", "ID_EMPTY": "", "broken": ""}


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    _write(tmp_path, DATA)
    udev = Udev(str(tmp_path))
    first = udev.properties("8:0")
    assert udev.properties("8:0") is first
    _write(tmp_path, "E:ID_MODEL=OTHER\n")
    assert udev.properties("8:0") == {"ID_MODEL": "OTHER"}


def test_a_device_that_udev_does_not_know_or_forgets(tmp_path: Path) -> None:
    udev = Udev(str(tmp_path))
    assert udev.properties("8:0") == {}
    _write(tmp_path, DATA)
    assert udev.properties("8:0")["ID_MODEL"] == "DISK"
    (tmp_path / "b8:0").unlink()
    assert udev.properties("8:0") == {}
    assert Udev(str(tmp_path / "none")).properties("8:0") == {}


def test_bytes_that_are_no_utf8_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "b8:0").write_bytes(b"E:ID_MODEL=caf\xe9\rline\nE:ID_WWN=1\n")
    told = Udev(str(tmp_path)).properties("8:0")
    assert os.fsencode(told["ID_MODEL"]) == b"caf\xe9\rline"
    assert told["ID_WWN"] == "1"
