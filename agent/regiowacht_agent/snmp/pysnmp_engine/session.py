"""A session with a device through pysnmp, in this process."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from regiowacht_agent.snmp.pysnmp_engine.asking import Asker
from regiowacht_agent.snmp.session import ROWS_MAX, Columns, Effort, Scalars

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Target


Told = TypeVar("Told")


class PysnmpSession:
    """Asks one device through pysnmp (``session.Session``), with an event loop and a thread of its own.

    The thread is there since whoever asks may itself be run by an event loop, and a thread has room for one.

    Attributes:
        engine: ``pysnmp``.
    """

    engine = "pysnmp"

    def __init__(self, target: Target) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pysnmp")
        self._asker = Asker(target)

    @property
    def effort(self) -> Effort:
        """What it cost so far."""
        return self._asker.effort

    def get(self, oids: Sequence[Oid]) -> Scalars:
        """Return single objects."""
        return self._run(self._asker.get(oids))

    def columns(self, columns: Sequence[Oid], rows_max: int = ROWS_MAX) -> Columns:
        """Return whole columns, of any tables."""
        return self._run(self._asker.columns(columns, rows_max))

    def close(self) -> None:
        """Let go of sockets."""
        if not self._loop.is_closed():
            self._run(self._asker.close())
            self._run(self._loop.shutdown_default_executor())
            self._thread.shutdown()
            self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Told]) -> Told:
        return self._thread.submit(self._loop.run_until_complete, work).result()
