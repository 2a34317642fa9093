"""Which of a machine's package sources the lab's Debian comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.lab.sources import debian_sources

if TYPE_CHECKING:
    from pathlib import Path

DEBIAN = """\
Types: deb deb-src
# the mirror of this building
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
FOREIGN = """\
Types: deb
URIs: https://foreign.example/debian
Suites: bookworm
Components: main
Signed-By: /usr/share/keyrings/foreign.gpg

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""
LINES = """\
deb http://mirror.example/debian bookworm main contrib  # ours
deb [arch=amd64 signed-by=/etc/apt/keyrings/foreign.gpg] https://foreign.example/debian bookworm main
deb https://other.example/tool nodistro main
deb-src http://mirror.example/debian bookworm main
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "os-release").write_text('ID=debian\nVERSION_CODENAME=bookworm\nNAME="Debian GNU/Linux"\n')
    return tmp_path


def of(machine: Path, suite: str) -> list[dict[str, str]]:
    text = debian_sources(suite, machine, machine / "os-release")
    blocks = [block for block in text.split("\n\n") if block.strip()]
    return [dict(line.split(": ", 1) for line in block.strip().splitlines()) for block in blocks]


def test_the_machines_mirror_serves_and_foreign_sources_do_not(machine: Path) -> None:
    (machine / "sources.list.d/debian.sources").write_text(DEBIAN)
    (machine / "sources.list.d/foreign.sources").write_text(FOREIGN)

    stanzas = of(machine, "bookworm")

    assert [(stanza["URIs"], stanza["Suites"], stanza["Components"]) for stanza in stanzas] == [
        ("http://mirror.example/debian", "bookworm bookworm-updates", "main"),
        ("http://mirror.example/debian-security", "bookworm-security", "main"),
    ]


def test_another_suite_takes_the_place_of_the_machines_own(machine: Path) -> None:
    (machine / "sources.list.d/debian.sources").write_text(DEBIAN)
    assert [stanza["Suites"] for stanza in of(machine, "trixie")] == ["trixie trixie-updates", "trixie-security"]
    assert [stanza["Suites"] for stanza in of(machine, "sid")] == ["sid"]


def test_the_older_one_line_files_are_read_too(machine: Path) -> None:
    (machine / "sources.list").write_text(LINES)
    assert [(stanza["URIs"], stanza["Suites"]) for stanza in of(machine, "bookworm")] == [
        ("http://mirror.example/debian", "bookworm")
    ]


def test_a_machine_without_debian_has_none(machine: Path) -> None:
    (machine / "sources.list.d/debian.sources").write_text(DEBIAN)
    (machine / "os-release").write_text("ID=ubuntu\nVERSION_CODENAME=noble\n")
    assert of(machine, "bookworm") == []
    (machine / "os-release").unlink()
    assert of(machine, "bookworm") == []
