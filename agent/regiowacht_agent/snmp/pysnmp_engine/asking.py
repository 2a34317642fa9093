"""One device asked through pysnmp, for an event loop that asks many."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.habits import Habits
from regiowacht_agent.snmp.place import ask_system
from regiowacht_agent.snmp.pysnmp_engine.engine import Engine
from regiowacht_agent.snmp.pysnmp_engine.holding import hold
from regiowacht_agent.snmp.scalars import get
from regiowacht_agent.snmp.session import Columns, Effort, Scalars
from regiowacht_agent.snmp.walk import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from regiowacht_agent.snmp.dialogue import OpenDialogue
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Target

    Told = TypeVar("Told")

ANEW = frozenset({"engine", "clock", "format"})
"""Failures after which pysnmp is to forget what it knows of the device, which may be another one now: it drops what a
device with another engine identifier reports."""

REPETITIONS_MAX = 25
"""Rows asked for at once: half of what the fast engine asks for, so that a device whose answers depend on their number
gives itself away when both are compared."""


class Asker:
    """Asks one device, one thing after the other.

    Attributes:
        effort: what it cost so far.
        habits: what the device bears, as far as it is known now.
    """

    def __init__(self, target: Target) -> None:
        self.effort = Effort()
        is_v1 = isinstance(target.credential, Community) and target.credential.version == "1"
        self.habits = Habits(target.size_max_bytes, is_v1=is_v1)
        self.habits.repetitions = REPETITIONS_MAX
        self._target = target
        self._engine: Engine | None = None
        self._turn = asyncio.Lock()

    async def get(self, oids: Sequence[Oid]) -> Scalars:
        """Return single objects.

        Raises:
            SnmpFailed: the device as a whole does not answer, or not us.
        """
        return await self._ask(lambda: get(oids, self.habits))

    async def columns(self, wanted: Sequence[Oid], rows_max: int) -> Columns:
        """Return whole columns, of any tables.

        Raises:
            SnmpFailed: the device as a whole does not answer, or not us.
        """
        return await self._ask(lambda: columns(wanted, self.habits, rows_max))

    async def close(self) -> None:
        """Let go of the socket."""
        async with self._turn:
            await self._forget()

    async def _ask(self, begin: Callable[[], OpenDialogue[Told]]) -> Told:
        async with self._turn:
            engine = await self._opened()
            try:
                return await hold(begin(), engine)
            except SnmpFailed as failed:
                if failed.reason not in ANEW or isinstance(self._target.credential, Community):
                    raise
            await self._forget()
            return await hold(begin(), await self._opened())

    async def _opened(self) -> Engine:
        if self._engine is None:
            find = asyncio.get_running_loop().run_in_executor
            found = await find(None, ask_system, self._target.host, self._target.port)
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
