"""Every secret goes, and nothing else changes: rows as many systems write them, with the secrets marked."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_audit.scrub import Fingerprint, scrub
from regiowacht_audit.scrub.scanner import Leak, Scanner
from regiowacht_contract.errors import Unavailable, UsageError
from regiowacht_contract.secret import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = b"a key that is obviously of a test"
CASES = Path(__file__).parent / "cases"
MARKED = re.compile("«(.+?)»")
TOKEN = r"(?:\$[\w-]{1,8}\$|ENC |SH2 |0x|-AQ)?<secret(?::[0-9a-f]{8})?>"


class Row(NamedTuple):
    syntax: str
    file: str
    number: int
    marked: str

    @property
    def got(self) -> str:
        return scrubbed(self.file)[self.number]


@functools.cache
def case(file: str) -> dict[str, str]:
    return tomllib.loads((CASES / f"{file}.toml").read_text(encoding="utf-8"))


@functools.cache
def scrubbed(file: str) -> list[str]:
    text = MARKED.sub(lambda found: found.group(1), case(file)["text"])
    got = scrub(text, case(file)["syntax"], Fingerprint(KEY)).text.split("\n")
    assert len(got) == len(text.split("\n"))
    return got


def rows() -> Iterator[Row]:
    for file in sorted(path.stem for path in CASES.glob("*.toml")):
        marked = enumerate(case(file)["text"].split("\n"))
        yield from (Row(case(file)["syntax"], file, at, row) for at, row in marked if row)


ROWS = list(rows())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.file}-{row.number}")
def test_secrets_go_and_the_rest_of_the_row_stays(row: Row) -> None:
    if "<changes>" in row.got:
        assert row.marked.startswith(row.got.partition("<changes>")[0])
        return
    parts = [re.escape(part) for part in MARKED.split(row.marked)[::2]]
    assert re.fullmatch(TOKEN.join(parts), row.got), row.got


def test_what_changes_by_itself_is_made_the_same() -> None:
    changed = {row.marked.split()[1] for row in ROWS if "<changes>" in row.got}
    assert changed == {"Last", "clock-period", "2024-10-02"}


@pytest.mark.parametrize("file", sorted({row.file for row in ROWS}))
def test_the_second_scanner_finds_nothing_left_and_everything_before(file: str) -> None:
    mine = [row for row in ROWS if row.file == file]
    clean = "\n".join(row.got for row in mine)
    raw = "\n".join(MARKED.sub(lambda found: found.group(1), row.marked) for row in mine)
    secrets = {secret for row in mine for secret in MARKED.findall(row.marked)}
    assert list(Scanner(taken=secrets).find(clean)) == []
    assert list(Scanner().find(raw))
    with pytest.raises(Leak) as caught:
        Scanner(credentials=secrets).check(raw, "a device")
    assert not any(
        secret in caught.value.message(lang) for secret in secrets if len(secret) > 8 for lang in ("nl", "en")
    )


def test_reuse_and_change_stay_visible_within_a_region_alone() -> None:
    text = "enable password 7 08701E1D5D4C\nusername a password 7 08701E1D5D4C\nusername b password 7 0822455D0A16"
    first, second, third = (row.rpartition(" ")[2] for row in scrub(text, "indent", Fingerprint(KEY)).text.split("\n"))
    assert first == second != third
    assert first not in scrub(text, "indent", Fingerprint(b"another region")).text
    assert scrub(text, "indent").text.count("<secret>") == 3


def test_a_configuration_that_is_encrypted_anew_at_every_export_stays_the_same() -> None:
    one, other = (
        f'config system admin\n    edit "a"\n        set password ENC {value}\n    next\nend'
        for value in ("AAAAbbbbCCCC1111==", "DDDDeeeeFFFF2222==")
    )
    assert scrub(one, "fortios", Fingerprint(KEY)).text == scrub(other, "fortios", Fingerprint(KEY)).text


@pytest.mark.parametrize("indentation", ["", "        "])
def test_private_keys_go_row_by_row(indentation: str) -> None:
    body = [f"{indentation}MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{at:04}" for at in range(5)]
    text = "\n".join(
        [
            'set private-key "-----BEGIN ENCRYPTED PRIVATE KEY-----',
            *body,
            '-----END ENCRYPTED PRIVATE KEY-----"',
            "next",
        ]
    )
    got = scrub(text, "fortios", Fingerprint(KEY)).text.split("\n")
    assert got[1:6] == [f"{indentation}<secret>"] * 5
    assert got[0] == text.split("\n")[0]
    assert got[6:] == text.split("\n")[6:]


def test_a_private_key_that_nobody_closed_ends_where_the_configuration_goes_on() -> None:
    text = "-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n!\nhostname sw-1\n{ }"
    assert scrub(text, "indent").text == "-----BEGIN RSA PRIVATE KEY-----\n<secret>\n!\nhostname sw-1\n{ }"


def test_a_value_that_goes_on_in_the_next_row() -> None:
    text = (
        '/ip ipsec identity\nadd peer=p secret=\\\n    "Geheim Van Twee Rijen" comment=x\n'
        'add secret="begin van \\\n    het geheim" peer=q'
    )
    got = scrub(text, "routeros", Fingerprint(KEY)).text
    assert "Geheim" not in got
    assert "geheim" not in got
    assert "comment=x" in got
    assert "peer=q" in got
    assert got.count("\n") == text.count("\n")


def test_a_secret_that_stands_again_in_a_comment_or_a_banner_goes_there_too() -> None:
    text = (
        "enable secret Kr8tig!Woord\nbanner motd #bel en zeg Kr8tig!Woord#\ninterface Vlan1\n description Kr8tig!Woord"
    )
    got = scrub(text, "indent", Fingerprint(KEY)).text
    assert "Kr8tig" not in got
    assert got.startswith("enable secret <secret:")


def test_a_community_that_is_a_common_word_changes_no_names() -> None:
    text = "hostname zandbeke\nsnmp-server community zandbeke RO\nusername zandbeke nopassword"
    assert (
        scrub(text, "indent").text
        == "hostname zandbeke\nsnmp-server community <secret> RO\nusername zandbeke nopassword"
    )


@given(st.text(max_size=400), st.sampled_from(["indent", "statements", "fortios", "routeros"]))
def test_whatever_comes_the_rows_stay_and_twice_is_as_good_as_once(text: str, syntax: str) -> None:
    once = scrub(text, syntax, Fingerprint(KEY))
    assert once.text.count("\n") == text.count("\n")
    assert scrub(once.text, syntax, Fingerprint(KEY)).text == once.text


def test_line_ends_and_bytes_that_are_no_text_stay() -> None:
    text = "hostname sw\r\nenable secret Geheim12\r\nbanner \udcff\udcfe\r\n"
    assert scrub(text, "indent").text == "hostname sw\r\nenable secret <secret>\r\nbanner \udcff\udcfe\r\n"


def test_the_result_never_shows_its_secrets_by_accident() -> None:
    assert "Geheim12" not in repr(scrub("enable secret Geheim12", "indent"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("username x password 5 $1$dAnr$MQbNXMNy//wugqUbtZ2vk/", "hash"),
        ("set secret ENC MnOpQr0123456789abcd==", "encrypted"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "key"),
        ("path scp://back:B4ckupPw@10.3.3.3/cfg", "url"),
        ("nieuwe-opdracht password 7 094F471A1A0A", "type-7"),
        ("onbekend sleutelwoord passphrase 9f1c2d3e4b5a69788796a5b4c3d2e1f0", "random"),
        ("aangemeld als beheer met Zomer!2024a", "credential"),
        ("debug: Wm9tZXIhMjAyNGE", "credential"),
        ("password: kat", "credential"),
    ],
)
def test_the_second_scanner_knows_secrets_by_itself(text: str, why: str) -> None:
    assert why in {found for _row, found in Scanner(credentials=["Zomer!2024a", "kat"]).find(text)}


@pytest.mark.parametrize(
    "text",
    [
        "hostname kat\ninterface Vlan1\n description kat",
        'set system login user lab authentication ssh-rsa "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ beheer@pc"',
        "crypto pki certificate chain TP-self-signed-131184641\n  30820330 30820218 A0030201 02020101",
        "radius-server host 10.1.1.2 key <secret:0a1b2c3d>",
        "interface GigabitEthernet1/0/1.100 key-value-store-of-the-town-hall-1",
        "/user settings set minimum-categories=3 minimum-password-length=12",
        'fetch header="<secret>" password url="https://api.example.com/client/v4/zones/records"',
    ],
)
def test_the_second_scanner_lets_the_rest_pass(text: str) -> None:
    assert list(Scanner(credentials=["kat"]).find(text)) == []


def test_a_secret_is_read_where_its_reference_says(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("not-a-real-key\n")
    assert resolve(f"file:{file}") == "not-a-real-key"
    assert resolve("env:KEY", {"KEY": "not-a-real-key"}) == "not-a-real-key"
    with pytest.raises(UsageError) as caught:
        resolve("Zomer2024")
    assert "Zomer2024" not in str(caught.value)
    for missing in (f"file:{tmp_path}/no", f"file:{tmp_path}", "env:NO_SUCH"):
        with pytest.raises(Unavailable):
            resolve(missing, {})
