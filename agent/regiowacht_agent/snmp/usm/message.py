"""Messages of SNMP 3 as bytes, written and read (RFC 3412, 6; RFC 3414, 2.4)."""

from __future__ import annotations

from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, Reader, encode, encode_integer
from regiowacht_agent.snmp.value import INTEGER, OCTETS
from regiowacht_contract.light import NamedTuple

VERSION = b"\x02\x01\x03"
MODEL = 3
AUTH, PRIV, REPORTABLE = 1, 2, 4
"""Bits of msgFlags."""

NUMBER_MAX = 2**31 - 1
ENGINE_OCTETS_MAX = 32
NAME_OCTETS_MAX = 255
"""RFC 3414 says 32; gear is known to take more, and what is ours is compared anyway."""


class Message(NamedTuple):
    """What a message says of itself; nothing of it is proven.

    Attributes:
        number: msgID.
        flags: bits of the security level.
        engine: id of the engine that vouches for it.
        boots: how often that engine was started.
        time: seconds since.
        user: name.
        digest_at: where the digest begins.
        digest_octets: how long it is.
        salt: of the encryption.
        data: the scoped PDU, perhaps encrypted.
    """

    number: int
    flags: int
    engine: bytes
    boots: int
    time: int
    user: bytes
    digest_at: int
    digest_octets: int
    salt: bytes
    data: bytes


def globals_(size_max: int, flags: int) -> tuple[bytes, bytes]:
    """Return what stands before and after the four octets of the number, up to the security parameters.

    Args:
        size_max: octets of the longest answer that is taken, 484 or more.
        flags: bits of the security level.
    """
    after = encode_integer(size_max) + encode(OCTETS, bytes((flags,))) + encode_integer(MODEL)
    before = bytes((INTEGER, 4))
    return VERSION + bytes((SEQUENCE, len(before) + 4 + len(after))) + before, after


def parameters(engine: bytes, boots: int, time: int, user: bytes, digest_octets: int, salt_octets: int) -> bytes:
    """Return the security parameters with zeros as digest, without the salt that has to follow."""
    told = encode(OCTETS, engine) + encode_integer(boots) + encode_integer(time) + encode(OCTETS, user)
    told += encode(OCTETS, bytes(digest_octets)) + bytes((OCTETS, salt_octets))
    # Both lengths count the salt.
    inner = encode(SEQUENCE, told + bytes(salt_octets))
    outer = encode(OCTETS, inner)
    return outer[: len(outer) - salt_octets]


def read_message_number(datagram: bytes) -> int:
    """Return msgID without reading the rest.

    Raises:
        Malformed: the bytes are no message of SNMP 3.
    """
    reader = Reader(datagram)
    tag, start, end = reader.head()
    if tag != SEQUENCE or not datagram.startswith(VERSION, start):
        raise Malformed("no message of SNMP 3")
    return _natural(Reader(datagram, start + len(VERSION), end).inside())


def read_message(datagram: bytes) -> Message:
    """Return what a message says, whoever sent it.

    Raises:
        Malformed: the bytes are none of SNMP 3 with the user-based security model; nothing else is ever raised.
    """
    outer = Reader(datagram)
    tag, start, end = outer.head()
    if tag != SEQUENCE or not datagram.startswith(VERSION, start) or not outer.is_done:
        raise Malformed("no message of SNMP 3")
    reader = Reader(datagram, start + len(VERSION), end)
    number, flags = _globals(reader.inside())
    tag, start, end = reader.head()
    if tag != OCTETS:
        raise Malformed("no security parameters")
    security = Reader(datagram, start, end)
    told = security.inside()
    if not security.is_done:
        raise Malformed("something follows the security parameters")
    engine, boots, time, user = told.body(OCTETS), _natural(told), _natural(told), told.body(OCTETS)
    tag, digest_at, digest_end = told.head()
    salt = told.body(OCTETS)
    if tag != OCTETS or not told.is_done or len(engine) > ENGINE_OCTETS_MAX or len(user) > NAME_OCTETS_MAX:
        raise Malformed("security parameters that cannot be")
    at = reader.at
    data = reader.body(OCTETS) if flags & PRIV else (reader.inside(), datagram[at : reader.at])[1]
    if not reader.is_done:
        raise Malformed("something follows the data")
    return Message(number, flags, engine, boots, time, user, digest_at, digest_end - digest_at, salt, data)


def read_scoped(data: bytes, *, padded: bool = False) -> bytes:
    """Return the PDU out of a scoped PDU (RFC 3412, 6.8): engine and name of the context stand before it.

    Raises:
        Malformed: it is none, as where it was decrypted with another key.
    """
    outer = Reader(data)
    reader = outer.inside()
    if not outer.is_done and not padded:
        raise Malformed("something follows the scoped PDU")
    reader.body(OCTETS)
    reader.body(OCTETS)
    at = reader.at
    reader.head()
    if not reader.is_done:
        raise Malformed("something follows the PDU")
    return data[at : reader.at]


def quick_answer(data: bytes, scope: bytes, number: int) -> bytes:
    """Return the answer out of a scoped PDU as devices write long ones, b"" where it is written otherwise.

    Args:
        data: the scoped PDU, perhaps with padding.
        scope: engine and name of the context as they were asked for.
        number: the request-id that it must have.
    """
    at = 4 + len(scope)
    end = 4 + int.from_bytes(data[2:4], "big")
    if (
        data[:2] != b"\x30\x82"
        or not data.startswith(scope, 4)
        or data[at : at + 2] != b"\xa2\x82"
        or at + 4 + int.from_bytes(data[at + 2 : at + 4], "big") != end
        or not end <= len(data) < end + 8
        or data[at + 4 : at + 10] != b"\x02\x04" + number.to_bytes(4, "big")
    ):
        return b""
    return data[at:end]


def _globals(reader: Reader) -> tuple[int, int]:
    number, _size, flags, model = _natural(reader), _natural(reader), reader.body(OCTETS), _natural(reader)
    if len(flags) != 1 or model != MODEL or not reader.is_done:
        raise Malformed("a header that is not of the user-based security model")
    if flags[0] & PRIV and not flags[0] & AUTH:
        raise Malformed("encrypted and not signed")
    return number, flags[0]


def _natural(reader: Reader) -> int:
    number = reader.integer()
    if not 0 <= number <= NUMBER_MAX:
        raise Malformed("a number that cannot be")
    return number
