"""Asks whether an address answers a ping.

Source: RFC 792, RFC 4443; icmp(7) for the sockets that need no right (``net.ipv4.ping_group_range``, for both
protocols), raw(7) for those that need CAP_NET_RAW.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys

from regiowacht_agent.polls.names import resolve
from regiowacht_agent.polls.outcome import Failed
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.network import Address, Deadline
    from regiowacht_agent.polls.settings import Probe
    from regiowacht_agent.probes.found import Found
    from regiowacht_agent.probes.runner import Ask

FAMILIES = ("probe_icmp",)
REQUESTS = 3
"""Echo requests within the time-out: a line that loses one packet in ten is not down."""

HEADER = struct.Struct("!BBHHH")
"""Type, code, checksum, identifier, sequence number."""

TOKEN_BYTES = 16
FILLING = bytes(range(40))
IP_RECVTTL = 12 if sys.platform == "linux" else None
"""linux/in.h; the socket module has no name for it. Elsewhere the hop limit of a reply is not told."""

RECVHOPLIMIT = getattr(socket, "IPV6_RECVHOPLIMIT", None)

NO_RIGHT = (
    "no right to ping: net.ipv4.ping_group_range does not hold a group of this process, and it has no CAP_NET_RAW"
)


class _Version(NamedTuple):
    protocol: int
    request: int
    reply: int
    level: int
    ask_hops: int | None
    hops: int


VERSIONS = {
    socket.AF_INET: _Version(socket.IPPROTO_ICMP, 8, 0, socket.IPPROTO_IP, IP_RECVTTL, socket.IP_TTL),
    socket.AF_INET6: _Version(
        socket.IPPROTO_ICMPV6, 128, 129, socket.IPPROTO_IPV6, RECVHOPLIMIT, getattr(socket, "IPV6_HOPLIMIT", -1)
    ),
}


def make(wanted: Probe) -> Ask:
    """Return the probe of an address or a host name."""

    def ask(deadline: Deadline, found: Found) -> None:
        for phase in ("resolve", "setup", "rtt"):
            found.tell("probe_icmp_duration_seconds", 0, phase)
        begin = deadline.now()
        address = resolve(wanted.target, deadline)[0]
        lookup_s = deadline.now() - begin
        found.tell_address(address, lookup_s)
        found.tell("probe_icmp_duration_seconds", round(lookup_s, 6), "resolve")
        begin = deadline.now()
        with _Pinger(address) as pinger:
            found.tell("probe_icmp_duration_seconds", round(deadline.now() - begin, 6), "setup")
            pinger.ping(deadline, found)

    return ask


class _Pinger:
    """A socket that pings one address."""

    def __init__(self, address: Address) -> None:
        self._version = VERSIONS[address.family]
        self._sock, self._is_raw = _open(address.family, self._version)
        self._id = int.from_bytes(os.urandom(2), "big")
        self._token = os.urandom(TOKEN_BYTES)
        try:
            if self._version.ask_hops is not None:
                self._sock.setsockopt(self._version.level, self._version.ask_hops, 1)
            self._sock.connect((address.text, 0))
        except OSError as error:
            self._sock.close()
            raise Failed("unreachable", error.strerror or str(error)) from None

    def __enter__(self) -> _Pinger:
        return self

    def __exit__(self, *_: object) -> None:
        self._sock.close()

    def ping(self, deadline: Deadline, found: Found) -> None:
        """Send requests, the next one when no reply came, until one is answered."""
        wait_s = deadline.left() / REQUESTS
        sent: list[float] = []
        while True:
            left = deadline.left()
            if len(sent) < REQUESTS and (not sent or deadline.now() - sent[-1] >= wait_s):
                sent.append(deadline.now())
                found.tell("probe_icmp_requests", len(sent))
                self._send(len(sent))
            next_s = sent[-1] + wait_s - deadline.now() if len(sent) < REQUESTS else left
            answer = self._receive(max(0.001, min(left, next_s)))
            if answer is not None and 0 < answer[0] <= len(sent):
                found.tell("probe_icmp_duration_seconds", round(deadline.now() - sent[answer[0] - 1], 6), "rtt")
                if answer[1] is not None:
                    found.tell("probe_icmp_reply_hop_limit", answer[1])
                return

    def _send(self, number: int) -> None:
        body = self._token + FILLING
        head = HEADER.pack(self._version.request, 0, 0, self._id, number)
        packet = HEADER.pack(self._version.request, 0, checksum(head + body), self._id, number) + body
        try:
            self._sock.send(packet)
        except OSError as error:
            raise Failed("unreachable", error.strerror or str(error)) from None

    def _receive(self, wait_s: float) -> tuple[int, int | None] | None:
        """Return number and hop limit of a reply to one of ours, or None."""
        self._sock.settimeout(wait_s)
        try:
            packet, ancillary = self._read()
        except TimeoutError:
            return None
        except OSError as error:
            raise Failed("unreachable", error.strerror or str(error)) from None
        if self._version.protocol == socket.IPPROTO_ICMP and packet and packet[0] >> 4 == 4:
            packet = packet[(packet[0] & 0x0F) * 4 :]  # an IPv4 raw socket gives the IP header too; so does macOS
        if len(packet) < HEADER.size + TOKEN_BYTES:
            return None
        kind, _, _, identifier, number = HEADER.unpack_from(packet)
        ours = self._token == packet[HEADER.size : HEADER.size + TOKEN_BYTES]
        if kind != self._version.reply or not ours or (self._is_raw and identifier != self._id):
            return None
        hops = [data for level, what, data in ancillary if (level, what) == self._version[3:6:2]]
        return number, int.from_bytes(hops[0][:4], "little" if hops[0][0] else "big") if hops else None

    def _read(self) -> tuple[bytes, list[tuple[int, int, bytes]]]:
        if not hasattr(self._sock, "recvmsg"):
            return self._sock.recv(2048), []
        packet, ancillary, _, _ = self._sock.recvmsg(2048, 256)
        return packet, ancillary


def checksum(packet: bytes) -> int:
    """Return the Internet checksum (RFC 1071); for ICMPv6 the kernel replaces it."""
    padded = packet + b"\0" * (len(packet) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def _open(family: socket.AddressFamily, version: _Version) -> tuple[socket.socket, bool]:
    """Return a socket that can ping and whether it is a raw one.

    Raises:
        Failed: this process may have neither kind.
    """
    for kind, is_raw in ((socket.SOCK_DGRAM, False), (socket.SOCK_RAW, True)):
        try:
            return socket.socket(family, kind, version.protocol), is_raw
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EPERM, errno.EPROTONOSUPPORT}:
                raise Failed("rights", f"no socket to ping with: {error.strerror}") from None
    raise Failed("rights", NO_RIGHT)
