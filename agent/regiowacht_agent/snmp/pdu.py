"""Questions and answers of SNMP as bytes: the PDUs of RFC 3416, 3, written and read."""

from __future__ import annotations

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, Reader, encode, encode_integer
from regiowacht_agent.snmp.oid import decode_oid, encode_oid
from regiowacht_agent.snmp.value import Value
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.oid import Oid

GET, GETNEXT, RESPONSE, GETBULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8

NO_ERROR, TOO_BIG, NO_SUCH_NAME, BAD_VALUE, READ_ONLY, GEN_ERR, NO_ACCESS = 0, 1, 2, 3, 4, 5, 6
AUTHORIZATION_ERROR = 16

STATUS_NAMES = (
    "noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength",
    "wrongEncoding", "wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed",
    "undoFailed", "authorizationError", "notWritable", "inconsistentName",
)  # fmt: skip
"""Words for error-status, by number."""

BINDINGS_MAX = 10_000
NUMBER_OCTETS = {
    tags.INTEGER: 9, tags.COUNTER32: 9, tags.GAUGE32: 9, tags.TICKS: 9, tags.COUNTER64: 9, tags.UINTEGER32: 9,
}  # fmt: skip
"""Octets that a number may have; some agents send more than it takes."""

OCTET_TAGS = frozenset({tags.OCTETS, tags.IP, tags.OPAQUE, tags.NSAP})


class Response(NamedTuple):
    """An answer.

    Attributes:
        kind: ``RESPONSE`` or ``REPORT``.
        number: request-id.
        status: error-status; 0 is fine.
        culprit: error-index: which binding it is about, from 1; 0 for none.
        bindings: names and values, in the order in which they came.
    """

    kind: int
    number: int
    status: int
    culprit: int
    bindings: tuple[tuple[Oid, Value], ...]


def status_name(status: int) -> str:
    """Return the word for an error-status."""
    return STATUS_NAMES[status] if 0 <= status < len(STATUS_NAMES) else f"error {status}"


def request(kind: int, number: int, oids: Sequence[Oid], non_repeaters: int = 0, repetitions: int = 0) -> bytes:
    """Return the bytes of a question; with ``GETBULK`` its two numbers, else zeros.

    The request-id always takes four octets, so that a question kept as bytes needs only those replaced
    (``with_number``).
    """
    bindings = b"".join(encode(SEQUENCE, encode(tags.OBJECT, encode_oid(oid)) + b"\x05\x00") for oid in oids)
    numbers = encode_integer(non_repeaters) + encode_integer(repetitions)
    return encode(kind, encode(tags.INTEGER, number.to_bytes(4, "big")) + numbers + encode(SEQUENCE, bindings))


def number_at(pdu: bytes) -> int:
    """Return where the four octets of the request-id begin in bytes that ``request`` made."""
    return 2 + (pdu[1] & 0x7F if pdu[1] & 0x80 else 0) + 2


def with_number(pdu: bytes, number: int) -> bytes:
    """Return the same question with another request-id."""
    at = number_at(pdu)
    return pdu[:at] + number.to_bytes(4, "big") + pdu[at + 4 :]


def read_number(pdu: bytes) -> int:
    """Return the request-id of an answer without reading the rest.

    Raises:
        Malformed: it is no PDU.
    """
    reader = Reader(pdu)
    _tag, start, end = reader.head()
    return Reader(pdu, start, end).integer()


def read(pdu: bytes) -> Response:
    """Return the answer that these bytes are, whoever sent them.

    Raises:
        Malformed: they are none; nothing else is ever raised, whatever the bytes are.
    """
    outer = Reader(pdu)
    kind, start, end = outer.head()
    if kind not in {RESPONSE, REPORT} or not outer.is_done:
        raise Malformed("no answer of SNMP")
    reader = Reader(pdu, start, end)
    number, status, culprit = reader.integer(), reader.integer(), reader.integer()
    inner = reader.inside()
    if not reader.is_done:
        raise Malformed("something follows the bindings")
    bindings: list[tuple[Oid, Value]] = []
    while not inner.is_done:
        if len(bindings) == BINDINGS_MAX:
            raise Malformed("too many bindings")
        bindings.append(_binding(inner.inside()))
    return Response(kind, number, status, culprit, tuple(bindings))


def _binding(reader: Reader) -> tuple[Oid, Value]:
    try:
        oid = decode_oid(reader.body(tags.OBJECT))
    except ValueError:
        raise Malformed("a name that is no object identifier") from None
    found = read_value(reader)
    if not reader.is_done:
        raise Malformed("something follows a value")
    return oid, found


def read_value(reader: Reader) -> Value:
    """Return the next value.

    Raises:
        Malformed: it is of no type that SNMP knows, or cannot be of the type that it says.
    """
    tag, start, end = reader.head()
    body = reader.data[start:end]
    if tag in NUMBER_OCTETS:
        if not 0 < len(body) <= NUMBER_OCTETS[tag]:
            raise Malformed("a number of a length that cannot be")
        return Value(tag, _number(tag, body))
    if tag in OCTET_TAGS:
        return Value(tag, body)
    if tag == tags.OBJECT:
        try:
            return Value(tag, decode_oid(body))
        except ValueError:
            # Agents send an empty one, or 0.0 as a single octet cut off: nothing that names anything.
            return Value(tag, (0, 0))
    if tag == tags.NULL or tag in tags.ABSENT:
        return Value(tag, None)
    raise Malformed(f"a value of an unknown type {tag:#04x}")


def _number(tag: int, body: bytes) -> int:
    """Return the number; those without a sign are read as such even where the agent left out the leading zero."""
    if tag == tags.INTEGER:
        return int.from_bytes(body, "big", signed=True)
    bits = 64 if tag == tags.COUNTER64 else 32
    return int.from_bytes(body, "big") & (1 << bits) - 1
