from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, encode, encode_integer
from regiowacht_agent.snmp.community import Communities
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.oid import decode_oid, encode_oid, parse_oid
from regiowacht_agent.snmp.value import Value

UPTIME = parse_oid("1.3.6.1.2.1.1.3.0")
WORDS = st.integers(0, 2**32 - 1)
OIDS = st.tuples(st.integers(0, 1), st.integers(0, 39)).flatmap(
    lambda two: st.lists(WORDS, max_size=30).map(lambda rest: (*two, *rest))
)


def answer(bindings: list[tuple[tuple[int, ...], bytes]], status: int = 0, culprit: int = 0, number: int = 7) -> bytes:
    """Return a response whose values are given as bytes."""
    listed = b"".join(encode(SEQUENCE, encode(tags.OBJECT, encode_oid(oid)) + value) for oid, value in bindings)
    head = encode_integer(number) + encode_integer(status) + encode_integer(culprit)
    return encode(pdu.RESPONSE, head + encode(SEQUENCE, listed))


@given(OIDS)
def test_an_oid_comes_back_as_it_went(oid: tuple[int, ...]) -> None:
    assert decode_oid(encode_oid(oid)) == oid


@pytest.mark.parametrize(("text", "octets"), [("1.3.6.1", "2b0601"), (".2.999.3", "883703"), ("1.0.8802", "28c462")])
def test_octets_of_an_oid_are_those_of_the_standard(text: str, octets: str) -> None:
    assert encode_oid(parse_oid(text)).hex() == octets


@pytest.mark.parametrize("body", ["", "80", "2b86", "2b9080808000", "2b" + "81" * 700 + "00"])
def test_octets_that_are_no_oid_are_refused(body: str) -> None:
    with pytest.raises(ValueError, match="no object identifier"):
        decode_oid(bytes.fromhex(body))


@pytest.mark.parametrize("text", ["", "1", "1.3.x", "1.40", "3.1", "1.3.4294967296", "1..3", "1.3.-1", "1.3.²"])
def test_words_that_are_no_oid_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no object identifier"):
        parse_oid(text)


@pytest.mark.parametrize(
    ("octets", "value"),
    [
        ("0201ff", Value(tags.INTEGER, -1)),
        ("410500ffffffff", Value(tags.COUNTER32, 2**32 - 1)),
        ("4104ffffffff", Value(tags.COUNTER32, 2**32 - 1)),
        ("4208ffffffffffffff01", Value(tags.GAUGE32, 2**32 - 255)),
        ("460900ffffffffffffffff", Value(tags.COUNTER64, 2**64 - 1)),
        ("040361ff00", Value(tags.OCTETS, b"a\xff\x00")),
        ("40040a000001", Value(tags.IP, b"\x0a\0\0\x01")),
        ("06032b0601", Value(tags.OBJECT, (1, 3, 6, 1))),
        ("0600", Value(tags.OBJECT, (0, 0))),
        ("8100", Value(tags.NO_INSTANCE, None)),
        ("0500", Value(tags.NULL, None)),
    ],
)
def test_values_are_read_as_devices_write_them(octets: str, value: Value) -> None:
    assert pdu.read(answer([(UPTIME, bytes.fromhex(octets))])).bindings == ((UPTIME, value),)


def test_a_number_in_an_opaque_is_a_number() -> None:
    found = pdu.read(answer([(UPTIME, bytes.fromhex("44079f780441acf5c3"))])).bindings[0][1]
    assert found.number == pytest.approx(21.62, abs=1e-5)
    assert Value(tags.OPAQUE, b"\x9f\x78\x04\x41").number is None
    assert Value(tags.OCTETS, b"21").number is None


def test_status_and_culprit_are_told() -> None:
    found = pdu.read(answer([(UPTIME, b"\x05\x00")], status=2, culprit=1))
    assert (found.number, found.status, found.culprit) == (7, pdu.NO_SUCH_NAME, 1)


@pytest.mark.parametrize(
    "octets",
    ["", "a2", "a200", "a27f", "a2850000000001", "3003020100", "a203020101", "a280", "a2ff" + "00" * 300],
)
def test_what_is_no_answer_is_malformed(octets: str) -> None:
    with pytest.raises(Malformed):
        pdu.read(bytes.fromhex(octets))


@pytest.mark.parametrize("value", ["0200", "020a" + "01" * 10, "4100", "9f0101", "0401", "05", "0401610500"])
def test_a_value_that_cannot_be_makes_an_answer_malformed(value: str) -> None:
    with pytest.raises(Malformed):
        pdu.read(answer([(UPTIME, bytes.fromhex(value))]))


def test_no_mutation_of_an_answer_does_more_than_be_refused() -> None:
    rows = [((*UPTIME[:-1], row), encode_integer(row * 99_991, tags.COUNTER32)) for row in range(1, 40)]
    whole = Communities(Community("2c", b"public")).wrap(answer(rows), 7)
    random_ = random.Random(20261126)
    read = refused = 0
    for _ in range(20_000):
        octets = bytearray(whole)
        for _ in range(random_.randint(1, 8)):
            octets[random_.randrange(len(octets))] = random_.choice(
                (0, 1, 0x7F, 0x80, 0x84, 0xFF, random_.randrange(256))
            )
        cut = random_.choice((len(octets), random_.randrange(len(octets) + 1)))
        try:
            pdu.read(Communities(Community("2c", b"public")).unwrap(bytes(octets[:cut])).pdu)
            read += 1
        except Malformed:
            refused += 1
    assert read > 1000
    assert refused > 1000


def test_a_kept_question_takes_another_number() -> None:
    for oids in ([UPTIME], [UPTIME] * 20, [UPTIME] * 2000):
        kept = pdu.request(pdu.GETBULK, 1, oids, 0, 52)
        assert pdu.with_number(kept, 0x1234_5678) == pdu.request(pdu.GETBULK, 0x1234_5678, oids, 0, 52)


def test_an_answer_of_another_community_or_version_is_malformed() -> None:
    whole = Communities(Community("2c", b"public")).wrap(answer([(UPTIME, b"\x05\x00")]), 7)
    assert Communities(Community("2c", b"public")).number(whole) == 7
    for other in (Community("2c", b"publix"), Community("1", b"public")):
        with pytest.raises(Malformed):
            Communities(other).unwrap(whole)


def test_a_long_answer_is_unwrapped_as_a_short_one_is() -> None:
    security = Communities(Community("2c", b"public"))
    for rows in (1, 3, 9, 40, 2000):
        told = answer([((*UPTIME[:-1], row), encode_integer(row, tags.COUNTER32)) for row in range(1, rows)])
        whole = security.wrap(told, 7)
        assert security.unwrap(whole) == (pdu.read_number(told), told)
        for spoilt in (whole[:-1], whole[:4] + whole[5:]):
            with pytest.raises(Malformed):
                security.unwrap(spoilt)
