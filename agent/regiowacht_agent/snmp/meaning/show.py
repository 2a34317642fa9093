"""Values of a device as the text of a label."""

from __future__ import annotations

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.oid import oid_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.snmp.meaning.rule import Show
    from regiowacht_agent.snmp.value import Value

UNSEEN = {code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\r\n"} | {0xFFFD: None}
"""Characters that nobody sees and no agent means: NUL at the end of a fixed field, escapes, C1 controls."""

MAC_OCTETS = 6
TEXT: Show = ("text",)


def decode(octets: bytes) -> str:
    """Return octets as text: UTF-8, or latin-1 where they are none, which older gear sends."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def clean(text: str) -> str:
    """Return text on one line, without what nobody sees; runs of blanks are one."""
    if text.isprintable() and text.isascii() and "  " not in text:
        return text.strip()
    return " ".join(text.translate(UNSEEN).split())


def raw(octets: bytes) -> str:
    """Return octets as text, every character of it but NUL at the end, with which some agents fill a fixed field."""
    return decode(octets.rstrip(b"\0"))


def mac(octets: bytes) -> str:
    """Return a hardware address with colons; one that an agent wrote out as text stays what it is."""
    if len(octets) > 2 * MAC_OCTETS - 1 and octets.isascii() and decode(octets).isprintable():
        return clean(decode(octets)).upper()
    return octets.hex(":").upper()


def mac48(octets: bytes) -> str:
    """Return a hardware address of exactly six octets, as snmp_exporter has it: zeros are added, the rest is cut."""
    return (octets + bytes(MAC_OCTETS))[:MAC_OCTETS].hex(":").upper()


def identifier(octets: bytes) -> str:
    """Return what a neighbour names itself by as text: words as they are, and octets that are none as an address.

    Five octets that begin with 1 are an IPv4 address of LLDP (IEEE 802.1AB, the network address subtypes).
    """
    text = decode(octets.rstrip(b"\0"))
    if all(char.isprintable() or char in "\t\r\n" for char in text) and (len(octets) != MAC_OCTETS or octets.isascii()):
        return clean(text)
    if len(octets) == 5 and octets[0] == 1:
        return address(octets[1:])
    return octets.hex(":").upper()


def date_and_time(octets: bytes) -> str:
    """Return DateAndTime (RFC 2579) as ISO 8601; "" where it is none, or was never set."""
    if len(octets) not in {8, 11} or not any(octets[2:4]):
        return ""
    year = octets[0] << 8 | octets[1]
    told = f"{year:04}-{octets[2]:02}-{octets[3]:02}T{octets[4]:02}:{octets[5]:02}:{octets[6]:02}"
    zone = f"{chr(octets[8])}{octets[9]:02}:{octets[10]:02}" if len(octets) == 11 and octets[8] in b"+-" else ""
    return told + zone


def plain_text(value: Value | None) -> str:
    """Return a value as text: what filters compare; numbers and object identifiers as they are written."""
    if value is None or value.data is None:
        return ""
    if isinstance(value.data, bytes):
        return address(value.data) if value.tag == tags.IP else octets_text(value)
    return oid_text(value.data) if isinstance(value.data, tuple) else str(value.data)


def address(octets: bytes) -> str:
    """Return an IpAddress as it is written."""
    return ".".join(map(str, octets))


def octets_text(value: Value) -> str:
    """Return octets as clean text, or the number that they wrap."""
    number = value.number
    if number is not None:
        return f"{number:g}"
    return clean(decode(value.data)) if isinstance(value.data, bytes) else ""


OF_OCTETS: dict[str, Callable[[bytes], str]] = {
    "raw": raw,
    "mac": mac,
    "mac48": mac48,
    "id": identifier,
    "time": date_and_time,
}


def shown(value: Value | None, how: Show, other: Callable[[str], str]) -> str:
    """Return a value as text.

    Args:
        value: the value; None shows as nothing.
        how: the rule of its column.
        other: returns the plain text of another column of the row.
    """
    if value is None:
        return ""
    if how[0] == "by":
        rule = how[2].get(other(how[1])) or how[2].get("*")
        return shown(value, rule, other) if rule else ""
    if how[0] == "enum":
        text = plain_text(value)
        word: str = how[1].get(text, text)
        return word
    if how[0] in OF_OCTETS and isinstance(value.data, bytes) and value.tag == tags.OCTETS:
        return OF_OCTETS[how[0]](value.data)
    return plain_text(value)
