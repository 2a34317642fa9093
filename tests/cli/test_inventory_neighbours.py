"""``regiowacht inventory neighbours``: what is wrong in the question is said before anybody is asked."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from regiowacht.main import main
from regiowacht_contract.errors import EXIT_UNAVAILABLE, EXIT_USAGE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EN = {"LANG": "en_GB.UTF-8"}
REGION = """\
name: Voorbeeldregio
regio: voorbeeld
language: en
credentials:
  snmp-v2: {version: 2c, community: "env:FAKE_COMMUNITY"}
"""
GEMEENTE = """\
gemeente: zandbeke
id: 12
name: Zandbeke
country: BE
code: "44999"
sites:
  stadhuis: {poller: srv-1}
servers:
  - {name: srv-1, site: stadhuis, address: 10.12.0.10, os: linux}
devices:
  - {name: sw-1, site: stadhuis, address: 10.12.0.9, kind: switch, snmp: snmp-v2}
"""


def region(folder: Path) -> str:
    (folder / "gemeenten").mkdir()
    (folder / "region.yml").write_text(REGION)
    (folder / "gemeenten" / "zandbeke.yml").write_text(GEMEENTE)
    return str(folder)


def nobody() -> str:
    """Return the address of an engine that is not there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def neighbours(folder: Path, *words: str) -> int:
    return main(["inventory", "neighbours", "--prometheus", nobody(), "--region", region(folder), *words], EN)


def test_a_choice_that_cannot_be_is_refused_before_the_engine_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert neighbours(tmp_path, "kind=swich") == EXIT_USAGE
    assert "did you mean switch?" in capsys.readouterr().err


def test_an_engine_that_is_not_there_is_named_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert neighbours(tmp_path, "kind=switch") == EXIT_UNAVAILABLE
    said = capsys.readouterr().err
    assert "does not answer (Connection refused)" in said
