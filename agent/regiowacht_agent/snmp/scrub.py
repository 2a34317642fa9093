"""Takes out of what a device shows whatever tells of whom it is: addresses, names, places, serial numbers, secrets.

Each is replaced by a stand-in, the same one wherever the same thing stands, so that what belongs together still does:
in texts, in octets, and in the names of objects, where addresses and texts are indexes.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.meaning.show import decode
from regiowacht_agent.snmp.oid import oid_text, parse_oid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

PERSONAL = {
    parse_oid(oid): what
    for what, oids in {
        "contact": "1.3.6.1.2.1.1.4 1.3.6.1.2.1.43.5.1.1.2 1.3.6.1.2.1.43.5.1.1.3",
        "name": "1.3.6.1.2.1.1.5 1.0.8802.1.1.2.1.3.3 1.3.6.1.2.1.43.5.1.1.16 1.3.6.1.2.1.33.1.1.5",
        "location": "1.3.6.1.2.1.1.6",
        "text": "1.3.6.1.2.1.31.1.1.1.18 1.3.6.1.2.1.17.7.1.4.3.1.1 1.3.6.1.2.1.47.1.1.1.1.14 "
        "1.3.6.1.2.1.43.16.5.1.2 1.3.6.1.2.1.33.1.1.6",
        "serial": "1.3.6.1.2.1.47.1.1.1.1.11 1.3.6.1.2.1.47.1.1.1.1.15 1.3.6.1.2.1.43.5.1.1.17",
    }.items()
    for oid in oids.split()
}
"""Columns and objects that tell of people and places: sysContact, sysName, sysLocation, ifAlias, names of VLANs, ..."""

MODELS = tuple(
    map(
        parse_oid,
        (
            "1.3.6.1.2.1.1.1",  # sysDescr
            "1.3.6.1.2.1.47.1.1.1.1.2",  # entPhysicalDescr
            "1.3.6.1.2.1.47.1.1.1.1.7",  # entPhysicalName
            "1.3.6.1.2.1.47.1.1.1.1.8",  # entPhysicalHardwareRev, FirmwareRev, SoftwareRev
            "1.3.6.1.2.1.47.1.1.1.1.9",
            "1.3.6.1.2.1.47.1.1.1.1.10",
            "1.3.6.1.2.1.47.1.1.1.1.13",  # entPhysicalModelName
            "1.3.6.1.2.1.2.2.1.2",  # ifDescr
            "1.3.6.1.2.1.31.1.1.1.1",  # ifName
            "1.3.6.1.2.1.25.3.2.1.3",  # hrDeviceDescr
        ),
    )
)
"""What words may be taken from that look like a secret or a serial number and are a model, a version or a port."""

ENTERPRISES: Oid = (1, 3, 6, 1, 4, 1)
INDEX_FROM = 10
"""Where an index begins at the earliest: behind a maker's number, a table, its entry and a column. Before that stands
the tree, which whoever reads the report needs as it is."""

IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
IPV6 = re.compile(
    r"(?<![\w:])(?=[0-9A-Fa-f:]*::|(?:[0-9A-Fa-f]{1,4}:){7})[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)
IS_VERSION = re.compile(r"(?:version|release|firmware|software|rev|ver|v)\.?\s*[:=]?\s*$", re.IGNORECASE)
"""What goes before four numbers with dots that are no address."""

MAC = re.compile(r"(?<![\w:.-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])")
MAC_DOTTED = re.compile(r"(?<![\w.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w.])")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SECRET = re.compile(r"(?i)\b(communit\w*|passw\w*|passphrase|secret|psk|token|user(?:name)?)(\s*[:=]\s*|\s+)(\S+)")
WORD = re.compile(r"[^\s,;=\"'()\[\]<>]+")
VERSION = re.compile(r"v?\d+(\.\d+)+[\w.()-]*", re.IGNORECASE)
WORD_MIN = 8
SHARED_MIN = 4
"""Characters of a personal text from which on it is looked for in other texts too."""

MAC_OCTETS, IPV4_OCTETS, IPV6_OCTETS = 6, 4, 16


class Scrubber:
    """Stand-ins for what one device tells of whom it is.

    Args:
        objects: all that it shows.
        secrets: what it was asked with: a community, user names.
        keeps_serials: leave serial numbers as they are.

    Attributes:
        removed: how many of what were replaced.
    """

    def __init__(
        self, objects: Sequence[tuple[Oid, Value]], secrets: Iterable[str] = (), *, keeps_serials: bool = False
    ) -> None:
        self.removed: Counter[str] = Counter()
        self._stands: dict[tuple[str, str], str] = {}
        self._made: set[str] = set()
        self._counts: Counter[str] = Counter()
        self._keeps_serials = keeps_serials
        self._known = self._words(objects)
        self._texts: dict[str, str] = {}
        for secret in filter(None, secrets):
            self._texts[secret] = "secret"
        for name, value in objects:
            what = _personal(name)
            if what and not (what == "serial" and keeps_serials):
                self._remember(_text(value) or "", what)
        longest = sorted(self._texts, key=len, reverse=True)
        pattern = "|".join(map(re.escape, longest))
        self._shared = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE) if longest else None
        self._by_lower = {text.casefold(): what for text, what in self._texts.items()}
        self._in_names = [(tuple(text.encode()), text) for text in longest]

    def lines(self, objects: Iterable[tuple[Oid, Value]]) -> Iterator[str]:
        """Yield an object a line: name, tag (with ``x`` for octets in hexadecimal), value."""
        for name, value in objects:
            yield "|".join((oid_text(self._name(name)), *self._value(name, value)))

    def _remember(self, text: str, what: str) -> None:
        text = text.strip()
        if len(text) >= SHARED_MIN:
            self._texts.setdefault(text, what)
        first = text.partition(".")[0]
        if what == "name" and len(first) >= SHARED_MIN:
            self._texts.setdefault(first, what)

    def _words(self, objects: Iterable[tuple[Oid, Value]]) -> set[str]:
        found: set[str] = set()
        for name, value in objects:
            if any(name[: len(one)] == one for one in MODELS):
                found.update(WORD.findall(_text(value) or ""))
        return found

    def _value(self, name: Oid, value: Value) -> tuple[str, str]:
        tag = str(value.tag)
        if isinstance(value.data, tuple):
            return tag, oid_text(self._name(value.data))
        if value.tag == tags.IP and isinstance(value.data, bytes):
            return tag, self._stand("address", ".".join(map(str, value.data)))
        if not isinstance(value.data, bytes):
            return tag, str(value.data)
        text = _text(value)
        what = _personal(name)
        if what and not (what == "serial" and self._keeps_serials) and value.data:
            return tag, self._stand(what, (text or value.data.hex()).strip())
        if text is not None:
            return tag, self._clean(text, name)
        return f"{tag}x", self._octets(value.data).hex()

    def _clean(self, text: str, name: Oid) -> str:
        """Return a text without what it tells of others."""
        text = SECRET.sub(lambda found: found[1] + found[2] + self._stand("secret", found[3]), text)
        if self._shared is not None:
            text = self._shared.sub(lambda found: self._stand(self._by_lower[found[0].casefold()], found[0]), text)
        text = IPV4.sub(self._address, text)
        for pattern, what in ((MAIL, "contact"), (MAC, "mac"), (MAC_DOTTED, "mac"), (IPV6, "ipv6")):
            text = pattern.sub(lambda found, what=what: self._stand(what, found[0]), text)  # type: ignore[misc]
        if name[: len(ENTERPRISES)] == ENTERPRISES:
            text = WORD.sub(self._word, text)
        return text

    def _address(self, found: re.Match[str]) -> str:
        if IS_VERSION.search(found.string[: found.start()]):
            return found[0]
        return self._stand("address", found[0])

    def _word(self, found: re.Match[str]) -> str:
        """Return a maker's word, or its stand-in where it may be a secret or a serial number."""
        word = found[0]
        if len(word) < WORD_MIN or word in self._known or VERSION.fullmatch(word) or word in self._made:
            return word
        if not (any(map(str.isdigit, word)) and any(map(str.isalpha, word))) or self._keeps_serials:
            return word
        return self._stand("word", word)

    def _octets(self, octets: bytes) -> bytes:
        """Return octets that are no text, addresses among them replaced."""
        if not any(octets):
            return octets
        if len(octets) == MAC_OCTETS:
            return bytes.fromhex(self._stand("mac", octets.hex(":")).replace(":", ""))
        if len(octets) in {IPV4_OCTETS, IPV6_OCTETS}:
            return self._stand_octets(octets)
        for inner, text in self._in_names:
            if bytes(inner) in octets:
                octets = octets.replace(bytes(inner), b"x" * len(inner))
                self.removed[self._texts[text]] += 1
        return octets

    def _stand_octets(self, octets: bytes) -> bytes:
        number = int(self._stand("octets", octets.hex()).rpartition("-")[2])
        return number.to_bytes(len(octets), "big")

    def _name(self, name: Oid) -> Oid:
        """Return a name of an object, addresses and texts in its index replaced."""
        for inner, text in self._in_names:
            at = _find(name, inner)
            if at >= 0:
                self.removed[self._texts[text]] += 1
                name = (*name[:at], *(ord("x") for _ in inner), *name[at + len(inner) :])
        at = _address_at(name, INDEX_FROM)
        while at >= 0:
            told = self._stand("address", ".".join(map(str, name[at : at + IPV4_OCTETS])))
            name = (*name[:at], *map(int, told.split(".")), *name[at + IPV4_OCTETS :])
            at = _address_at(name, at + IPV4_OCTETS)
        at = _mac_at(name)
        if at >= 0:
            told = self._stand("mac", bytes(name[at : at + MAC_OCTETS]).hex(":"))
            name = (*name[:at], *bytes.fromhex(told.replace(":", "")), *name[at + MAC_OCTETS :])
        return name

    def _stand(self, what: str, text: str) -> str:
        """Return the stand-in for something, the same for the same."""
        key = (what, _plain(what, text))
        if key in self._stands:
            self.removed[what] += 1
            return self._stands[key]
        if text in self._made or (what == "address" and _is_mask(text)):
            return text
        self.removed[what] += 1
        self._counts[what] += 1
        number = self._counts[what]
        if what == "address":
            told = f"198.{18 + number // 65536 % 2}.{number // 256 % 256}.{number % 256}"
        elif what == "mac":
            told = (0x020000000000 + number).to_bytes(MAC_OCTETS, "big").hex(":")
        elif what == "ipv6":
            told = f"2001:db8::{number:x}"
        else:
            told = f"{what}-{number}"
        self._stands[key] = told
        self._made.add(told)
        return told


def _personal(name: Oid) -> str:
    """Return what an object tells of people and places, or ""."""
    return next((what for oid, what in PERSONAL.items() if name[: len(oid)] == oid), "")


def _text(value: Value) -> str | None:
    """Return octets as text on one line, or None: they are none."""
    if value.tag != tags.OCTETS or not isinstance(value.data, bytes):
        return None
    text = decode(value.data.rstrip(b"\0"))
    is_text = all(one.isprintable() or one in "\t\r\n" for one in text)
    return " ".join(text.split()) if is_text and (text.isascii() or len(text) > MAC_OCTETS) else None


def _plain(what: str, text: str) -> str:
    return re.sub(r"[^0-9a-f]", "", text.lower()) if what == "mac" else text.casefold()


def _is_mask(text: str) -> bool:
    """Return whether an address is none of anybody: a mask, loopback, zero, or no address at all."""
    parts = text.split(".")
    return parts[0] in {"0", "127", "255"} or any(int(part) > 255 for part in parts)


def _find(name: Oid, inner: Sequence[int]) -> int:
    size, wanted = len(inner), tuple(inner)
    return next((at for at in range(len(name) - size + 1) if name[at : at + size] == wanted), -1)


def _address_at(name: Oid, start: int) -> int:
    """Return where an IPv4 address stands in an index: a private one, or one with its length before it; or -1."""
    for at in range(start, len(name) - IPV4_OCTETS + 1):
        four = name[at : at + IPV4_OCTETS]
        if max(four) > 255:
            continue
        is_told = name[at - 2 : at] == (1, IPV4_OCTETS) and four[0] > 0
        is_private = four[:2] == (192, 168) or (four[0] == 172 and 16 <= four[1] < 32) or _is_ten(four)
        if is_told or is_private:
            return at
    return -1


def _is_ten(four: Oid) -> bool:
    """Return whether numbers are an address below 10/8 rather than a place in a tree, whose numbers are small."""
    return four[0] == 10 and max(four[1:]) > 10


def _mac_at(name: Oid) -> int:
    """Return where a MAC address stands in an index: its last six numbers, or six with their count before; or -1."""
    last = len(name) - MAC_OCTETS
    for at in range(INDEX_FROM, last + 1):
        if (at == last or name[at - 1] == MAC_OCTETS) and _is_mac(name[at : at + MAC_OCTETS]):
            return at
    return -1


def _is_mac(six: Oid) -> bool:
    """Return whether six numbers are octets of one device's address, rather than text or small numbers."""
    return 64 <= max(six) <= 255 and not six[0] & 1 and not all(0x20 <= one < 0x7F for one in six)
