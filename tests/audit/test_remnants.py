"""What a terminal leaves in a logged configuration changes no verdict."""

from __future__ import annotations

import pytest

from regiowacht_audit.document import read_text
from regiowacht_audit.platform import find_platform
from regiowacht_audit.remnants import without_remnants

ROW = "   snmp-server community x"
WIPE = "\b" * 9 + " " * 8 + "\b" * 9


@pytest.mark.parametrize(
    "left",
    [
        f" --More-- {WIPE}",
        "<--- More --->\r              \r",
        "  ---- More ----\x1b[16D                \x1b[16D",
        "-- MORE --, next page: Space, next line: Enter, quit: Control-C\r\x1b[2K",
        "--More-- or (q)uit\r                  \r",
        "---(more 45%)---\r\x1b[K",
        "Press any key to continue (Q to quit)\r                                     \r",
        "lines 1-23\x1b[24;1H\x1b[K",
        "\x1b[24;1H\x1b[2K",
    ],
)
def test_a_pager_goes_and_the_row_behind_it_keeps_its_indentation(left: str) -> None:
    assert without_remnants(["hostname x", left + ROW + "\r", left]) == ["hostname x", ROW, ""]


def test_a_row_shows_what_was_written_last() -> None:
    assert without_remnants(["hostnaam\b\b\bame x", "telnet\rip ssh ", "\rno telnet"]) == [
        "hostname x",
        "ip ssh ",
        "no telnet",
    ]


def test_words_that_only_look_like_a_pager_stay() -> None:
    rows = ["description --- more bandwidth", "lines are busy", "banner motd -- no more --"]
    assert without_remnants(rows) == rows


def test_an_indented_copy_is_read_as_it_was() -> None:
    top = read_text("    set system host-name x\n\n    set system services telnet\n", find_platform("juniper_junos"))
    assert [(line.number, line.rest(0)) for line in top.children] == [
        (1, "system host-name x"),
        (3, "system services telnet"),
    ]
