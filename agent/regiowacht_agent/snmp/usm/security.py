"""The user-based security model towards one device: wraps questions, proves answers, learns from reports (RFC 3414, 3).

Where it goes beyond the standard, so that devices that forget how often they were started are polled again at once:

- a signed report about the time window is believed also where it turns the device's clock back;
- a signed answer from outside the window is not taken, but the device is asked anew for its clock.

Both answer a message number that is waited for, which the digest ties them to.
"""

from __future__ import annotations

import time

from regiowacht_agent.snmp import pdu as pdus
from regiowacht_agent.snmp.ber import SEQUENCE, Malformed, encode, encode_length
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.message import Report, Unwrapped
from regiowacht_agent.snmp.usm import reports
from regiowacht_agent.snmp.usm.engine import BOOTS_MAX, Engine
from regiowacht_agent.snmp.usm.keyring import Keyring
from regiowacht_agent.snmp.usm.message import (
    AUTH,
    PRIV,
    REPORTABLE,
    globals_,
    parameters,
    quick_answer,
    read_message,
    read_message_number,
    read_scoped,
)  # fmt: skip
from regiowacht_agent.snmp.usm.priv import SALT_OCTETS
from regiowacht_agent.snmp.usm.shape import Shape
from regiowacht_agent.snmp.usm.store import Known
from regiowacht_agent.snmp.value import OCTETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.snmp.credential import User
    from regiowacht_agent.snmp.failure import Reason
    from regiowacht_agent.snmp.usm.auth import Authenticator
    from regiowacht_agent.snmp.usm.message import Message
    from regiowacht_agent.snmp.usm.priv import Cipher
    from regiowacht_agent.snmp.usm.store import Place

SIZE_MAX_BYTES = 65_507
REPORTS_MAX = 12
"""Reports without a proven answer between them, within ``REPORTS_WITHIN_S``, before it is given up: three rounds of
four questions in flight."""

REPORTS_WITHIN_S = 30.0
DEAF = (
    "the device says what its engine is, but answers nothing that is encrypted: most likely its priv passphrase or "
    "protocol is another one"
)
DRIFT_S = 30
"""How far a device's clock may run away from what is remembered of it before that is written anew."""


class Usm:
    """Wraps for a user.

    Args:
        user: who asks.
        place: where the device's engine is remembered, if anywhere.
        size_max_bytes: the longest answer that the device may send, 484 to 65,507 (msgMaxSize); shorter ones make it
            cut the answer to a GETBULK.
        clock: seconds that never go back.
        wall: Unix time.

    Raises:
        SnmpFailed: the user's protocols cannot be used here, or a passphrase is missing.
    """

    __slots__ = (
        "_after", "_auth", "_before", "_boots", "_cipher", "_clock", "_context", "_digest_at", "_engine",
        "_has_answered", "_has_reported", "_head", "_is_in_doubt", "_keyring", "_level", "_place", "_reports",
        "_reports_since", "_scope", "_second", "_shape", "_user", "_wall",
    )  # fmt: skip

    def __init__(
        self,
        user: User,
        place: Place | None = None,
        *,
        size_max_bytes: int = SIZE_MAX_BYTES,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._keyring = Keyring(user)
        self._user = user.name.encode()
        self._context = user.context.encode()
        self._level = (AUTH if user.auth else 0) | (PRIV if user.priv else 0)
        self._before, self._after = globals_(size_max_bytes, self._level | REPORTABLE)
        self._place, self._clock, self._wall = place, clock, wall
        self._engine: Engine | None = None
        self._auth: Authenticator | None = None
        self._cipher: Cipher | None = None
        self._second = self._boots = -1
        self._reports, self._reports_since = 0, 0.0
        self._has_reported = self._has_answered = self._is_in_doubt = False
        self._shape = Shape()
        self._remember_engine()

    def hello(self, number: int) -> bytes | None:
        """Return a question that asks for the engine (RFC 3414, 4), None where it is known and not in doubt."""
        if self._engine is not None and not self._is_in_doubt:
            return None
        self._has_reported = False
        before, after = globals_(SIZE_MAX_BYTES, REPORTABLE)
        scoped = encode(SEQUENCE, b"\x04\x00\x04\x00" + pdus.request(pdus.GET, number, ()))
        security = parameters(b"", 0, 0, b"", 0, 0)
        return encode(SEQUENCE, before + number.to_bytes(4, "big") + after + security + scoped)

    def wrap(self, pdu: bytes, number: int) -> bytes:
        """Return the datagram.

        Raises:
            SnmpFailed: the device's engine is not known yet.
        """
        engine = self._engine
        if engine is None:
            raise SnmpFailed("engine", "the device has not said what its engine is")
        second, boots = (engine.now(), engine.boots) if self._level else (0, 0)
        if second != self._second or boots != self._boots:
            self._write_head(engine, second, boots)
        data = self._scope + pdu
        data = b"\x30" + encode_length(len(data)) + data
        salt = b""
        if self._cipher is not None:
            salt, data = self._cipher.encrypt(data, boots, second)
            data = b"\x04" + encode_length(len(data)) + data
        body = b"".join((self._before, number.to_bytes(4, "big"), self._head, salt, data))
        length = encode_length(len(body))
        message = b"\x30" + length + body
        if self._auth is None:
            return message
        return self._auth.signed(message, 1 + len(length) + self._digest_at)

    def number(self, datagram: bytes) -> int:
        """Return the message's number.

        Raises:
            Malformed: the bytes are no message of SNMP 3.
        """
        return self._shape.number(datagram) or read_message_number(datagram)

    def unwrap(self, datagram: bytes) -> Unwrapped:
        """Return the answer.

        Raises:
            Malformed: the bytes are no message, or prove nothing.
            Report: the device's engine or clock is another one, which was learnt.
            SnmpFailed: the device refuses, or its engine or clock cannot be agreed on.
        """
        known = self._shape.read(datagram)
        message = known or read_message(datagram)
        is_signed = bool(message.flags & AUTH)
        if is_signed:
            self._prove(message, datagram)
        data = self._decrypt(message) if message.flags & PRIV else message.data
        # An answer of this layout is of the level and the engine of that before it.
        pdu = quick_answer(data, self._scope, message.number) if known else b""
        if not pdu:
            pdu = read_scoped(data, padded=bool(message.flags & PRIV))
            if pdu[0] == pdus.REPORT:
                self._report(message, pdu, is_signed=is_signed)
            self._check(message, pdu)
        if is_signed:
            self._hear(message)
        if known is None:
            self._learn(message, datagram)
        self._reports, self._has_answered = 0, True
        return Unwrapped(message.number, pdu)

    def unanswered(self) -> SnmpFailed | None:
        """Return what a question that got no answer most likely means, if it has to do with what is done here.

        Devices keep silent where what they decrypt is no question (net-snmp, with AES), and some where they do not know
        the engine: that is asked for before the next questions.
        """
        self._doubt()
        if self._has_answered or not self._has_reported:
            return None
        if self._context:
            return SnmpFailed(
                "access", f"it says who it is, but answers nothing in the context {self._context.decode()!r}"
            )
        return SnmpFailed("priv", DEAF) if self._level & PRIV else None

    def _write_head(self, engine: Engine, second: int, boots: int) -> None:
        """Write what stands between number and salt: the same for all questions of a second."""
        octets = self._auth.octets if self._auth else 0
        salt_octets = SALT_OCTETS if self._cipher else 0
        security = parameters(engine.id, boots, second, self._user, octets, salt_octets)
        self._head = self._after + security
        self._digest_at = len(self._before) + 4 + len(self._head) - 2 - octets
        self._second, self._boots = second, boots

    def _prove(self, message: Message, datagram: bytes) -> None:
        engine, auth = self._engine, self._auth
        if engine is None or auth is None or message.engine != engine.id or message.user != self._user:
            raise Malformed("signed by another engine or for another user")
        if message.digest_octets != auth.octets or not auth.is_proven(datagram, message.digest_at):
            raise Malformed("a digest that proves nothing")

    def _decrypt(self, message: Message) -> bytes:
        """Return the scoped PDU; whoever encrypts has signed."""
        if self._cipher is None or len(message.salt) != SALT_OCTETS:
            raise Malformed("encrypted, which was not asked for")
        return self._cipher.decrypt(message.data, message.salt, message.boots, message.time)

    def _check(self, message: Message, pdu: bytes) -> None:
        """Raise unless it is an answer of the level that was asked with, to the question of that number."""
        if pdu[0] != pdus.RESPONSE or message.flags & (AUTH | PRIV) != self._level:
            raise Malformed("no answer of the security level that was asked with")
        if self._engine is None or message.engine != self._engine.id:
            raise Malformed("another engine")
        if pdus.read_number(pdu) != message.number:
            raise Malformed("an answer to another question")

    def _hear(self, message: Message) -> None:
        """Go with the engine's clock."""
        engine = self._engine
        if engine is None or engine.takes(message.boots, message.time):
            return
        engine.forget_clock()
        raise self._again(message.number, "clock", "the device's clock stands still or goes back")

    def _learn(self, message: Message, datagram: bytes) -> None:
        """Remember the layout of an answer that was proven, and its engine."""
        if self._level:
            self._shape.learn(datagram, message)
        if self._engine is not None:
            self._remember(self._engine)

    def _report(self, message: Message, pdu: bytes, *, is_signed: bool) -> None:
        """Raise what a report comes to."""
        bindings = pdus.read(pdu).bindings
        if not bindings:
            raise Malformed("a report of nothing")
        oid = bindings[0][0]
        engine = self._engine
        if engine is None or oid[:10] == reports.ENGINE:
            self._learn_engine(message)
            raise self._again(message.number, "engine", "the device's engine is another one each time")
        if oid[:10] == reports.CLOCK:
            if not is_signed:
                raise Malformed("a report of a clock that nobody vouches for")
            self._learn_clock(engine, message)
            raise self._again(message.number, "clock", "the device does not take the time that it says itself")
        raise SnmpFailed(*reports.refusal(oid))

    def _again(self, number: int, reason: Reason, detail: str) -> Report | SnmpFailed:
        now = self._clock()
        if now - self._reports_since > REPORTS_WITHIN_S:
            self._reports, self._reports_since = 0, now
        self._reports += 1
        if self._reports <= REPORTS_MAX:
            return Report(number, again=True)
        self._doubt()
        return SnmpFailed(reason, f"{detail}: {REPORTS_MAX} reports without an answer between them")

    def _learn_engine(self, message: Message) -> None:
        """Take an engine that nobody vouches for: signed answers alone will prove it."""
        if not message.engine:
            raise Malformed("an engine without an id")
        if self._is_in_doubt or self._engine is None:
            self._has_reported, self._has_answered = True, False
        self._is_in_doubt = False
        if self._engine is None or message.engine != self._engine.id:
            engine = self._use_engine(message.engine)
            engine.guess(message.boots, self._clock() - message.time)

    def _learn_clock(self, engine: Engine, message: Message) -> None:
        if message.boots == BOOTS_MAX:
            raise SnmpFailed("clock", "the device's engine was started too often: it needs another id (RFC 3414, 2.2)")
        engine.set(message.boots, message.time)
        self._remember(engine)

    def _use_engine(self, engine_id: bytes) -> Engine:
        engine = self._engine = Engine(engine_id, self._clock)
        self._auth, self._cipher = self._keyring.of(engine_id)
        self._scope = encode(OCTETS, engine_id) + encode(OCTETS, self._context)
        self._second = -1
        self._shape = Shape()
        return engine

    def _doubt(self) -> None:
        """Have the engine asked for before the next question; what is under way goes on with the one that is known."""
        self._is_in_doubt = True
        self._reports = 0

    def _remember_engine(self) -> None:
        known = self._place.get() if self._place else None
        if known is not None:
            self._use_engine(known.engine).guess(known.boots, self._clock() - (self._wall() - known.zero_s))

    def _remember(self, engine: Engine) -> None:
        if self._place is None:
            return
        kept = self._place.get()
        if kept is not None and kept.engine == engine.id and not engine.is_proven:
            return
        known = Known(engine.id, engine.boots, int(self._wall() - (self._clock() - engine.zero_s)))
        if kept is None or kept[:2] != known[:2] or abs(kept.zero_s - known.zero_s) > DRIFT_S:
            self._place.put(known)
