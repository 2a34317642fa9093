"""One device asked through pysnmp: an engine, an event loop and a socket of its own.

pysnmp's engine keeps what it knows of users and devices in tables that only grow, keyed so that two devices that know
the same user by other passphrases meet there, and it hangs when two event loops use it. An engine a device takes 0.1 s
and a little over 1 MB, and all of it goes when the device does.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdgen
from pysnmp.error import PySnmpError
from pysnmp.proto.api import v2c
from pysnmp.proto.error import StatusInformation

from regiowacht_agent.snmp.credential import User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.pysnmp_engine.reading import read_bindings
from regiowacht_agent.snmp.pysnmp_engine.reasons import FORMAT, PRIV, failure
from regiowacht_agent.snmp.pysnmp_engine.security import PARAMETERS, configure
from regiowacht_agent.snmp.pysnmp_engine.wire import ADDRESS, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.place import Place
    from regiowacht_agent.snmp.session import Effort, Target
    from regiowacht_agent.snmp.value import Value

DOMAIN = config.SNMP_UDP_DOMAIN
TARGET = "target"
MESSAGE_MIN, MESSAGE_MAX = 484, 65507
"""Octets that every engine takes (RFC 3411, snmpEngineMaxMessageSize), and that a datagram holds."""

HEAD_BYTES, HEAD_3_BYTES = 10, 100
"""Octets around an answer, with a community and with a user: its name, the engine's twice, times, digest, salt."""

GUARD_S = 5.0
"""How much longer than its own time-out pysnmp may take: it counts in ticks of a tenth of a second."""


class Reply(NamedTuple):
    """An answer.

    Attributes:
        status: error-status.
        culprit: error-index, from 1.
        bindings: names and values.
        size_bytes: octets that it had without the head of its message, about.
    """

    status: int
    culprit: int
    bindings: tuple[tuple[Oid, Value], ...]
    size_bytes: int


class Engine:
    """Asks one device; to be used in the event loop that it was opened in.

    Attributes:
        is_proven: whether the device has ever answered a question.
        message_max: octets that an answer may have, as SNMP 3 tells the device.
    """

    def __init__(self, target: Target, place: Place, effort: Effort) -> None:
        loop = asyncio.get_running_loop()
        self._target, self._effort = target, effort
        self._waiting: asyncio.Future[tuple[Any, ...]] = loop.create_future()
        self.is_proven = False
        self.message_max = max(MESSAGE_MIN, min(target.size_max_bytes, MESSAGE_MAX))
        self._wire = Wire(loop, place, effort, self._fail)
        self._engine = SnmpEngine(maxMessageSize=self.message_max)

    async def open(self) -> None:
        """Get ready to ask.

        Raises:
            SnmpFailed: the credential cannot be used here.
        """
        await self._wire.open()
        config.add_transport(self._engine, DOMAIN, self._wire)
        configure(self._engine, self._target.credential)
        hundredths = self._target.timeout_s * 100
        config.add_target_address(self._engine, TARGET, DOMAIN, ADDRESS, PARAMETERS, hundredths, 0)

    @property
    def is_large_possible(self) -> bool:
        """Whether the device is held to less than a datagram holds."""
        return isinstance(self._target.credential, User) and self.message_max < MESSAGE_MAX

    def allow_large(self) -> None:
        """Take answers of any length from now on."""
        self.message_max = MESSAGE_MAX
        (size,) = self._engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineMaxMessageSize")
        size.syntax = size.syntax.clone(MESSAGE_MAX)

    async def get(self, oids: Sequence[Oid]) -> Reply:
        """Ask for objects by their whole names."""
        return await self._ask(cmdgen.GetCommandGenerator().send_varbinds, _names(oids))

    async def following(self, oids: Sequence[Oid]) -> Reply:
        """Ask for what follows each name."""
        return await self._ask(cmdgen.NextCommandGeneratorSingleRun().send_varbinds, _names(oids))

    async def bulk(self, oids: Sequence[Oid], repetitions: int) -> Reply:
        """Ask for the next objects after each name."""
        return await self._ask(cmdgen.BulkCommandGeneratorSingleRun().send_varbinds, 0, repetitions, _names(oids))

    def close(self) -> None:
        """Let go of the socket."""
        self._waiting.cancel()
        self._engine.close_dispatcher()

    async def _ask(self, send: Callable[..., object], *words: object) -> Reply:
        """Send a question until it is answered, as often as the target says.

        Raises:
            SnmpFailed: the device does not answer, or not us.
        """
        heard = self._wire.heard
        for again in range(self._target.retries + 1):
            self._effort.retried += bool(again)
            indication, status, culprit, bindings = await self._once(send, words)
            if not indication:
                self.is_proven = True
                return Reply(int(status), int(culprit), read_bindings(bindings), self._size_bytes())
            failed = failure(indication)
            if failed.reason != "timeout":
                raise failed
        raise self._silent(self._wire.heard - heard)

    async def _once(self, send: Callable[..., object], words: tuple[object, ...]) -> tuple[Any, ...]:
        self._waiting = asyncio.get_running_loop().create_future()
        context = self._target.credential.context if isinstance(self._target.credential, User) else ""
        try:
            send(self._engine, TARGET, None, context, *words, _answered, self._waiting)
            return await asyncio.wait_for(self._waiting, self._target.timeout_s * 8 + GUARD_S)
        except TimeoutError:
            raise SnmpFailed("internal", "pysnmp does not tell what came of a question") from None
        except StatusInformation as error:
            raise failure(error.get("errorIndication")) from None
        except PySnmpError as error:
            raise SnmpFailed("internal", f"pysnmp: {type(error).__name__}") from None

    def _size_bytes(self) -> int:
        head = HEAD_3_BYTES if isinstance(self._target.credential, User) else HEAD_BYTES
        return max(1, self._wire.heard_bytes - head)

    def _silent(self, heard: int) -> SnmpFailed:
        """Return what it means that no answer came, with so many datagrams of the device that were none."""
        credential = self._target.credential
        if heard and isinstance(credential, User) and not self.is_proven:
            if credential.context:
                return SnmpFailed(
                    "access", f"it says who it is, but answers nothing in the context {credential.context!r}"
                )
            if credential.priv:
                return SnmpFailed(*PRIV)
        if heard and (self.is_proven or not isinstance(credential, User)):
            return SnmpFailed(*FORMAT)
        if self._wire.stranger:
            return SnmpFailed("address", f"{self._wire.stranger} answered in its place")
        return SnmpFailed(
            "timeout", f"no answer in {self._target.timeout_s:g} s, asked {self._target.retries + 1} times"
        )

    def _fail(self, failed: SnmpFailed) -> None:
        if not self._waiting.done():
            self._waiting.set_exception(failed)


def _answered(
    engine: object, handle: object, indication: Any, status: Any, culprit: Any, bindings: Any, waiting: Any
) -> None:
    """Hand what pysnmp has to who waits for it."""
    del engine, handle
    if not waiting.done():
        waiting.set_result((indication, status, culprit, bindings))


def _names(oids: Sequence[Oid]) -> list[tuple[Any, Any]]:
    return [(v2c.ObjectIdentifier(oid), v2c.null) for oid in oids]
