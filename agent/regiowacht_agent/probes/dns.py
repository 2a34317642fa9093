"""Asks a name server a name. Source: RFC 1035 section 4."""

from __future__ import annotations

import os
import struct

from regiowacht_agent.polls.names import resolve
from regiowacht_agent.polls.network import connect, failure_of
from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.probes.udp import exchange, split_port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.network import Address, Deadline
    from regiowacht_agent.polls.settings import Probe
    from regiowacht_agent.probes.found import Found
    from regiowacht_agent.probes.runner import Ask

FAMILIES = ("probe_dns",)
PORT = 53
SECTIONS = ("answer_rrs", "authority_rrs", "additional_rrs")
RECORDS = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33}
INTERNET = 1
POINTER, LABEL_MAX, NAME_MAX = 0xC0, 63, 255
"""The first byte of a pointer at least; bytes of one label of a name and of a whole name."""
RECURSE = 0x0100
RESPONSE, TRUNCATED, RCODE = 0x8000, 0x0200, 0x000F
RCODES = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}
HEADER = struct.Struct("!HHHHHH")
RECORD = struct.Struct("!HHIH")
SERIAL = struct.Struct("!I")


def make(wanted: Probe) -> Ask:
    """Return the probe of a name server, ``HOST`` or ``HOST:PORT``."""
    host, port = split_port(wanted.target, PORT)
    question = encode_name(wanted.query) + struct.pack("!HH", RECORDS[wanted.record], INTERNET)

    def ask(deadline: Deadline, found: Found) -> None:
        for phase in ("resolve", "connect", "request"):
            found.tell("probe_dns_duration_seconds", 0, phase)
        for name in ("query_succeeded", *SECTIONS):
            found.tell(f"probe_dns_{name}", 0)
        begin = deadline.now()
        address = resolve(host, deadline)[0]
        lookup_s = deadline.now() - begin
        found.tell_address(address, lookup_s)
        found.tell("probe_dns_duration_seconds", round(lookup_s, 6), "resolve")
        begin = deadline.now()
        answer = _ask(address, port, question, deadline)
        found.tell("probe_dns_duration_seconds", round(deadline.now() - begin, 6), "request")
        _judge(answer, question, RECORDS[wanted.record], found)

    return ask


def encode_name(name: str) -> bytes:
    """Return a name as it stands in a message.

    Raises:
        ValueError: a part of it is empty or longer than 63 characters or not ASCII, or the name longer than 253.
    """
    bare = name.removesuffix(".")
    labels = [label.encode("ascii") for label in bare.split(".")] if bare else []
    if any(not 0 < len(label) < 64 for label in labels) or len(name) > 253:
        raise ValueError(name)
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _ask(address: Address, port: int, question: bytes, deadline: Deadline) -> bytes:
    """Return the answer, over TCP where it did not fit a datagram."""
    identifier = os.urandom(2)
    query = identifier + HEADER.pack(0, RECURSE, 1, 0, 0, 0)[2:] + question

    def is_ours(answer: bytes) -> bool:
        return len(answer) >= HEADER.size and answer[:2] == identifier and bool(answer[2] & RESPONSE >> 8)

    answer, _ = exchange(address, port, query, deadline, is_ours)
    if HEADER.unpack_from(answer)[1] & TRUNCATED:
        answer = _over_tcp(address, port, query, deadline)
        if not is_ours(answer):
            raise _malformed()
    return answer


def _over_tcp(address: Address, port: int, query: bytes, deadline: Deadline) -> bytes:
    """Return the answer over TCP (RFC 7766), for which some firewalls and name servers have no room."""
    try:
        sock, _ = connect([address], port, deadline)
    except Failed as failed:
        raise Failed(failed.reason, f"the answer is too long for a datagram, and over TCP: {failed.detail}") from None
    with sock:
        try:
            sock.sendall(struct.pack("!H", len(query)) + query)
            data = b""
            while len(data) < 2 or len(data) < 2 + int.from_bytes(data[:2], "big"):
                sock.settimeout(deadline.left())
                part = sock.recv(65_537)
                if not part:
                    raise _broken()
                data += part
        except OSError as error:
            raise failure_of(error, deadline) from None
    return data[2:]


def _judge(answer: bytes, question: bytes, wanted: int, found: Found) -> None:
    _, flags, asked, *sections = HEADER.unpack_from(answer)
    found.tell("probe_dns_query_succeeded", 1)
    for name, count in zip(SECTIONS, sections, strict=True):
        found.tell(f"probe_dns_{name}", count)
    code = flags & RCODE
    if code:
        raise Failed("answer", f"the name server says {RCODES.get(code, code)}")
    if asked != 1 or answer[HEADER.size : HEADER.size + len(question)].lower() != question.lower():
        raise Failed("protocol", "the answer is to another question")
    records = _records(answer, HEADER.size + len(question), sections[0])
    if wanted not in records:
        alias = RECORDS["CNAME"] in records
        raise Failed("answer", f"the name server knows {'only an alias of it' if alias else 'no such record'}")
    if RECORDS["SOA"] in records:
        found.tell("probe_dns_serial", _serial(answer, records[RECORDS["SOA"]]))


def _records(answer: bytes, place: int, count: int) -> dict[int, int]:
    """Return the types of that many records, each with where the content of the first one begins.

    Raises:
        Failed: they go beyond the end, or one's owner is no name.
    """
    kinds: dict[int, int] = {}
    try:
        for _ in range(count):
            place = _after_name(answer, place)
            kind, _, _, length = RECORD.unpack_from(answer, place)
            place += RECORD.size
            kinds.setdefault(kind, place)
            place += length
    except (IndexError, struct.error):
        raise _broken() from None
    if place > len(answer):
        raise _broken()
    return kinds


def _serial(answer: bytes, place: int) -> int:
    """Return the serial number that the content of an SOA record holds."""
    try:
        at = _after_name(answer, _after_name(answer, place))
        return int(SERIAL.unpack_from(answer, at)[0])
    except (IndexError, struct.error):
        raise _broken() from None


def _broken() -> Failed:
    return Failed("protocol", "the answer broke off")


def _malformed() -> Failed:
    return Failed("protocol", "the answer is no DNS")


def _after_name(answer: bytes, place: int) -> int:
    """Return where a name ends that may go on elsewhere: before where it began (section 4.1.4), so that it ends.

    Raises:
        Failed: it is no name.
    """
    after, begin, size = 0, place, 0
    while length := answer[place]:
        if length >= POINTER:
            after = after or place + 2
            place = int.from_bytes(answer[place : place + 2], "big") & 0x3FFF
            if not HEADER.size <= place < begin:
                raise _malformed()
            begin = place
            continue
        size += 1 + length
        if length > LABEL_MAX or size >= NAME_MAX:
            raise _malformed()
        place += 1 + length
    return after or place + 1
