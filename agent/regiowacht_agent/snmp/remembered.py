"""What is remembered of devices over restarts, in the agent's state folder; a folder that fails is said once."""

from __future__ import annotations

import os

from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.snmp.proofs import Proofs
from regiowacht_agent.snmp.usm.store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from regiowacht_agent.snmp.settings import Snmp


class Remembered:
    """Engines of SNMP 3 and proofs of the fast engine.

    Args:
        folder: where its files lie; "" keeps nothing on disk.

    Attributes:
        folder: see there.
        engines: ids and clocks.
        proofs: on which devices the fast engine was proven.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.engines = Store(folder)
        self.proofs = Proofs(folder)
        self._said = ""

    def keep(self, places: Collection[tuple[str, int]]) -> None:
        """Forget all devices but these, by host and port."""
        kept = set(places)
        self.engines.keep(kept)
        self.proofs.keep(kept)

    def save(self) -> None:
        """Write what changed; say what went wrong when that is another thing than before."""
        self.engines.save()
        trouble = self.engines.trouble or self.proofs.trouble
        if trouble and trouble != self._said:
            LOGGER.warning(line("snmp-state", reason=trouble))
        self._said = trouble


def remembered_of(snmp: Snmp, before: Remembered | None = None) -> Remembered:
    """Return what is remembered where a configuration says; the same as before where that is the same folder."""
    folder = snmp.state_directory or os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return before if before is not None and before.folder == folder else Remembered(folder)
