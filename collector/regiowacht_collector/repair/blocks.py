"""Makes blocks of a storage out of samples, by an engine for a moment."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector.repair.scratch import scratch_engine
from regiowacht_collector.samples import bodies, encoded
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_collector.client import Client
    from regiowacht_collector.engine import Engine
    from regiowacht_collector.samples import Rows

SLICE_MS = 2 * 3_600_000
"""What a block holds, as the engine's own do that have not been compacted."""

HINT = "from-out-of-order"
"""Mark of a block that covers times that are still in memory. Without it the engine takes the block's end for the
beginning of what it has to read of its journal after a restart, and everything in between is lost."""


class Maker:
    """Takes samples of one slice, in the order of time, and makes a block of them."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.has_samples = False

    def add(self, rows: Rows) -> None:
        """Take samples.

        Raises:
            Found, Unreachable: the engine refuses them, or does not answer.
        """
        for body in bodies(encoded(rows)):
            self._client.write(body)
            self.has_samples = True


@contextmanager
def block_maker(engine: Engine, work: Path, into: Path) -> Iterator[Maker]:
    """Yield what takes the samples of a slice; when that ends well, ``into`` has one more block, or none of nothing.

    Args:
        engine: makes it.
        work: a folder that is not there yet.
        into: folder that takes the block, on the same disk.

    Raises:
        ProcessDied, Unavailable: the engine does not run; the disk is full.
    """
    with scratch_engine(engine, work) as client:
        maker = Maker(client)
        yield maker
        try:
            if maker.has_samples:
                for made in (work / "storage/snapshots" / client.snapshot()).iterdir():
                    _mark(made / "meta.json")
                    made.rename(into / made.name)
        except OSError as error:
            raise Unavailable("collector.cannot-write", path=error.filename, reason=error.strerror) from None
    shutil.rmtree(work, ignore_errors=True)


def _mark(meta: Path) -> None:
    told = json.loads(meta.read_bytes())
    told["compaction"]["hints"] = [HINT]
    meta.write_text(json.dumps(told, indent="\t") + "\n", encoding="utf-8")
