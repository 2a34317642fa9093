"""What stands in several rows is found whatever row it begins in, and every row stays where it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_audit.scrub import Fingerprint, scrub
from regiowacht_audit.scrub.statement import statements

ROWS = st.lists(st.text(alphabet='ab="\\ \t\r', max_size=12), max_size=8)
KEY = (
    "-----BEGIN RSA PRIVATE KEY-----",
    "Proc-Type: 4,ENCRYPTED",
    "",
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    "p@$%w!#&{abc}",
    "-----END RSA PRIVATE KEY-----",
)


@given(ROWS)
def test_rows_that_are_joined_come_apart_as_they_were(rows: list[str]) -> None:
    assert [row for part in statements(rows, "routeros") for row in part.rows()] == rows


@pytest.mark.parametrize("at", range(1, len("add name=u password=molensteen")))
def test_a_statement_may_break_anywhere(at: int) -> None:
    whole = "add name=u password=molensteen profile=p"
    text = f"/ppp secret\n{whole[:at]}\\\n    {whole[at:]}\n# einde"
    got = scrub(text, "routeros", Fingerprint(b"a key of a test")).text
    assert got.count("\n") == text.count("\n")
    joined = got.replace("\\\n    ", "")
    assert joined.startswith("/ppp secret\nadd name=u password=<secret:")
    assert joined.endswith("> profile=p\n# einde")
    assert not any(piece in got for piece in ("mol", "ste", "een"))


@pytest.mark.parametrize("syntax", ["indent", "statements", "fortios", "routeros"])
@pytest.mark.parametrize("end", ["", "\r"])
def test_every_row_between_the_marks_of_a_key_goes_whatever_stands_there(syntax: str, end: str) -> None:
    text = "\n".join(f"  {row}{end}" for row in (*KEY, "hostname sw"))
    got = scrub(text, syntax).text.split("\n")
    assert got == [
        f"  {KEY[0]}{end}",
        f"  <secret>{end}",
        f"  {end}",
        *[f"  <secret>{end}"] * 2,
        f"  {KEY[5]}{end}",
        f"  hostname sw{end}",
    ]


def test_a_static_key_of_openvpn_is_a_key() -> None:
    text = "-----BEGIN OpenVPN Static key V1-----\n0a1b2c3d\n-----END OpenVPN Static key V1-----\nnext"
    assert "0a1b" not in scrub(text, "indent").text


@pytest.mark.parametrize("mutate", [lambda row: row + "  ", lambda row: row + "\r", lambda row: row.replace(" ", "\t")])
def test_blanks_tabs_and_line_ends_hide_nothing(mutate: object) -> None:
    assert callable(mutate)
    for syntax, row in (
        ("statements", "set snmp community visarend authorization read-only"),
        ("statements", "set system license keys key visarend"),
        ("indent", "snmp-server community visarend RO"),
        ("indent", "password visarend"),
        ("fortios", "set password visarend"),
    ):
        text = mutate(row)
        got = scrub(text, syntax).text
        assert got == text.replace("visarend", "<secret>")


@pytest.mark.parametrize("syntax", ["indent", "statements", "fortios", "routeros"])
def test_a_row_that_never_ends_keeps_nobody_waiting(syntax: str) -> None:
    for row in ("hex " + "0a" * 20_000, "password " + ")" * 5_000, "://a:" * 2_000, 'password "' + '"' * 5_000):
        assert scrub(f"{row}\nsecret molensteen", syntax).text.count("\n") == 1
