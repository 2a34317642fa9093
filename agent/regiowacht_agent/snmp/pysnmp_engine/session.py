"""A session with a device through pysnmp."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.place import ask_system
from regiowacht_agent.snmp.pysnmp_engine.engine import Engine
from regiowacht_agent.snmp.pysnmp_engine.getting import get
from regiowacht_agent.snmp.pysnmp_engine.tables import Tables
from regiowacht_agent.snmp.session import ROWS_MAX, Columns, Effort, Scalars

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any, TypeVar

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Target

    Told = TypeVar("Told")

ANEW = frozenset({"engine", "clock"})
"""Failures after which pysnmp is to forget what it knows of the device, which may be another one now."""


class PysnmpSession:
    """Asks one device through pysnmp (``session.Session``).

    Attributes:
        engine: ``pysnmp``.
        effort: what it cost so far.
    """

    engine = "pysnmp"

    def __init__(self, target: Target) -> None:
        self.effort = Effort()
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._engine: Engine | None = None
        self._tables = Tables(target)

    def get(self, oids: Sequence[Oid]) -> Scalars:
        """Return single objects."""
        return self._run(lambda engine: get(engine, oids))

    def columns(self, columns: Sequence[Oid], rows_max: int = ROWS_MAX) -> Columns:
        """Return whole columns, of any tables."""
        return self._run(lambda engine: self._tables.read(engine, columns, rows_max))

    def close(self) -> None:
        """Let go of sockets."""
        if self._loop.is_closed():
            return
        self._loop.run_until_complete(self._forget())
        self._loop.close()

    def _run(self, ask: Callable[[Engine], Coroutine[Any, Any, Told]]) -> Told:
        return self._loop.run_until_complete(self._asked(ask))

    async def _asked(self, ask: Callable[[Engine], Coroutine[Any, Any, Told]]) -> Told:
        for is_last in (False, True):
            try:
                return await ask(await self._opened())
            except SnmpFailed as failed:
                if failed.reason not in ANEW or is_last:
                    raise
                await self._forget()
        raise AssertionError

    async def _opened(self) -> Engine:
        if self._engine is None:
            found = ask_system(self._target.host, self._target.port)
            if isinstance(found, SnmpFailed):
                raise found
            engine = Engine(self._target, found[0], self.effort)
            try:
                await engine.open()
            except BaseException:
                engine.close()
                raise
            self._engine = engine
        return self._engine

    async def _forget(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None
            await asyncio.sleep(0)  # transports close in the loop's next turn
