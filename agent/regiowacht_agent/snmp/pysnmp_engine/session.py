"""A session with a device through pysnmp, in this process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from regiowacht_agent.snmp.pysnmp_engine.asking import Asker
from regiowacht_agent.snmp.session import ROWS_MAX, Columns, Effort, Scalars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Target


class PysnmpSession:
    """Asks one device through pysnmp (``session.Session``), with an event loop of its own.

    Attributes:
        engine: ``pysnmp``.
    """

    engine = "pysnmp"

    def __init__(self, target: Target) -> None:
        self._loop = asyncio.new_event_loop()
        self._asker = Asker(target)

    @property
    def effort(self) -> Effort:
        """What it cost so far."""
        return self._asker.effort

    def get(self, oids: Sequence[Oid]) -> Scalars:
        """Return single objects."""
        return self._loop.run_until_complete(self._asker.get(oids))

    def columns(self, columns: Sequence[Oid], rows_max: int = ROWS_MAX) -> Columns:
        """Return whole columns, of any tables."""
        return self._loop.run_until_complete(self._asker.columns(columns, rows_max))

    def close(self) -> None:
        """Let go of sockets."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._asker.close())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
