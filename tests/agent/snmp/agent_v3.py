"""The device's side of SNMP 3 around any handler of PDUs, with the mistakes that devices make, on demand.

``AgentV3(handler)`` is a function from datagram to datagram, so that it goes wherever an agent of SNMP 1 or 2c goes.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, Reader, encode, encode_integer
from regiowacht_agent.snmp.credential import User
from regiowacht_agent.snmp.oid import encode_oid
from regiowacht_agent.snmp.pdu import REPORT
from regiowacht_agent.snmp.usm import reports
from regiowacht_agent.snmp.usm.keyring import Keyring
from regiowacht_agent.snmp.usm.message import (
    AUTH,
    PRIV,
    Message,
    globals_,
    parameters,
    read_message,
    read_scoped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from regiowacht_agent.snmp.oid import Oid

ENGINE = bytes.fromhex("8000000004") + b"agent"
AUTH_SECRET, PRIV_SECRET = b"auth-not-a-secret", b"priv-not-a-secret"
MONITOR = User("monitor", "sha", AUTH_SECRET, "aes128", PRIV_SECRET)
WINDOW_S = 150


@dataclass
class AgentV3:
    """An authoritative engine (RFC 3414, 3.2) whose every field may be changed while it is asked.

    Attributes:
        handler: answers a PDU with a PDU, or with None: not at all.
        user: the one user it knows.
        engine: its id.
        boots: how often it was started.
        time: seconds since, or what tells them.
        context: the one context that it has.
        checks_time: off for a device that takes any time.
        report: answers everything but discovery by a report of this object.
        report_flags: security level of reports of ``report``; by default they are signed where they can be.
        spoils_digest: its answers prove nothing.
        level: security level of its answers; None: that of the question.
        number: msgID of its answers; None: that of the question.
        is_deaf: says nothing to what it cannot decrypt.
        seen: what it was sent, in order.
    """

    handler: Callable[[bytes], bytes | None]
    user: User = MONITOR
    engine: bytes = ENGINE
    boots: int = 3
    time: int | Callable[[], int] = 1000
    context: bytes = b""
    checks_time: bool = True
    report: Oid | None = None
    report_flags: int | None = None
    spoils_digest: bool = False
    level: int | None = None
    number: int | None = None
    is_deaf: bool = False
    seen: list[Message] = field(default_factory=list)

    def __call__(self, datagram: bytes) -> bytes | None:
        """Return the answer to a datagram, or None."""
        try:
            message = read_message(datagram)
        except Malformed:
            return None
        self.seen.append(message)
        refused = self._refusal(message, datagram)
        if refused is not None:
            return self._told(message, refused)
        if self.report is not None:
            return self._told(message, self.report, flags=self.report_flags)
        try:
            pdu, context = self._pdu(message)
        except Malformed:
            return None if self.is_deaf else self._told(message, reports.DECRYPTION)
        if context != self.context:
            return self._told(message, (*reports.CONTEXTS[1], 0))
        answer = self.handler(pdu)
        return None if answer is None else self._message(message, answer, message.flags & 3)

    @property
    def now(self) -> int:
        """Its clock."""
        return self.time() if callable(self.time) else self.time

    def _refusal(self, message: Message, datagram: bytes) -> Oid | None:
        """Return what it has against a message, in the order of RFC 3414, 3.2."""
        known = (AUTH if self.user.auth else 0) | (PRIV if self.user.priv else 0)
        flags = message.flags & (AUTH | PRIV)
        if message.engine != self.engine:
            return reports.ENGINE
        if message.user != self.user.name.encode():
            return reports.USER
        if flags & ~known:
            return reports.LEVEL
        if flags and not self._is_proven(message, datagram):
            return reports.DIGEST
        is_late = message.boots != self.boots or abs(message.time - self.now) > WINDOW_S
        if flags and self.checks_time and is_late:
            return reports.CLOCK
        return None if flags == known else reports.LEVEL

    def _is_proven(self, message: Message, datagram: bytes) -> bool:
        auth = Keyring(self.user).of(self.engine)[0]
        assert auth is not None
        return message.digest_octets == auth.octets and auth.is_proven(datagram, message.digest_at)

    def _pdu(self, message: Message) -> tuple[bytes, bytes]:
        """Return the PDU and the name of its context."""
        data = message.data
        if message.flags & PRIV:
            cipher = Keyring(self.user).of(self.engine)[1]
            assert cipher is not None
            data = cipher.decrypt(data, message.salt, message.boots, message.time)
        reader = Reader(data).inside()
        reader.body(0x04)
        return read_scoped(data, padded=True), reader.body(0x04)

    def _told(self, message: Message, oid: Oid, flags: int | None = None) -> bytes:
        """Return a report; one of the clock is signed."""
        binding = encode(SEQUENCE, encode(0x06, encode_oid((*oid, 0))) + encode_integer(1, 0x41))
        pdu = encode(REPORT, encode_integer(0) * 3 + encode(SEQUENCE, binding))
        if flags is None:
            flags = AUTH if oid == reports.CLOCK and self.user.auth else 0
        return self._message(message, pdu, flags)

    def _message(self, asked: Message, pdu: bytes, flags: int) -> bytes:
        if self.level is not None and pdu[0] != REPORT:
            flags = self.level
        number = asked.number if self.number is None else self.number
        auth, cipher = Keyring(self.user).of(self.engine)
        time = self.now
        data = encode(SEQUENCE, encode(0x04, self.engine) + encode(0x04, self.context) + pdu)
        salt = b""
        if flags & PRIV and cipher is not None:
            salt, data = cipher.encrypt(data, self.boots, time)
            data = encode(0x04, data)
        octets = auth.octets if auth is not None and flags & AUTH else 0
        before, after = globals_(65_507, flags)
        security = parameters(self.engine, self.boots, time, asked.user, octets, len(salt))
        body = before + number.to_bytes(4, "big") + after + security
        at = len(body) - 2 - octets
        message = encode(SEQUENCE, body + salt + data)
        at += len(message) - len(body + salt + data)
        if auth is not None and octets:
            message = auth.signed(message, at)
        if self.spoils_digest and octets:
            message = message[:at] + bytes((message[at] ^ 1,)) + message[at + 1 :]
        return message


@contextmanager
def serving(agent: Callable[[bytes], bytes | None]) -> Iterator[int]:
    """Serve an agent on a loopback port until the block is left; the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        own.settimeout(0.05)
        is_over = threading.Event()

        def serve() -> None:
            while not is_over.is_set():
                try:
                    datagram, sender = own.recvfrom(65_536)
                except TimeoutError:
                    continue
                answer = agent(datagram)
                if answer is not None:
                    own.sendto(answer, sender)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield own.getsockname()[1]
        finally:
            is_over.set()
            thread.join()
