"""Takes readings out of a file so that those of the same time that are left make room for newer ones."""

from __future__ import annotations

import os

from regiowacht_agent.spool.disk import open_binary, remove, sync, sync_folder, write_all
from regiowacht_agent.spool.encoder import Encoder
from regiowacht_agent.spool.reading import Reading
from regiowacht_agent.spool.summary import Summary, written
from regiowacht_contract.wire.staleness import STALE_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.push.scrape import Scrape
    from regiowacht_agent.spool.segment import Segment
    from regiowacht_agent.spool.shapes import Shapes

KEPT_OF = 4
"""Of so many readings of a source one stays."""

APART_MAX_MS = 240_000
"""No gap becomes longer, as long as there are readings: Prometheus takes a series for ended after five minutes."""

BESIDE = ".thin"
FLUSH_BYTES = 1 << 16


def thin(segment: Segment, shapes: Shapes) -> Iterator[None]:
    """Rewrite a file with fewer readings, a little at each step; the file is replaced at the last.

    Raises:
        OSError: the disk does not take it, or cannot read it; the file is as it was.
    """
    beside = segment.path + BESIDE
    descriptor = open_binary(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    try:
        encoder, chooser, reading = Encoder(segment.first), _Chooser(), Reading(segment, shapes)
        summary, held, size = Summary(is_thinned=True), bytearray(), 0
        for number, scrape in reading.more():
            if chooser.stays(scrape):
                shape = shapes.number_of(scrape.shape)
                frames = encoder.add(number, shape, scrape.at_ms, scrape.values)
                summary = summary.plus(number - segment.first, len(scrape.values), scrape.at_ms, shape)
                held += frames
            if len(held) >= FLUSH_BYTES:
                write_all(descriptor, held)
                size += len(held)
                held.clear()
            yield
        reading.end()
        summary = summary._replace(span=segment.summary.span)
        held += encoder.end() + written(summary, segment.first)
        write_all(descriptor, held)
        sync(descriptor)
    except BaseException:
        os.close(descriptor)
        remove(beside)
        raise
    os.close(descriptor)
    _put_in_place(segment, beside)
    segment.replaced(summary, size + len(held))


def _put_in_place(segment: Segment, beside: str) -> None:
    # What arrived is not in the new file, so what tells of it goes first: after a cut between the two, some is sent
    # once more, while the other way round readings that still wait would be taken for arrived.
    if not segment.forget_arrived():
        remove(beside)
        raise OSError(f"{segment.path}: what arrived cannot be forgotten")
    os.replace(beside, segment.path)  # noqa: PTH105 - without pathlib
    sync_folder(os.path.dirname(segment.path))  # noqa: PTH120 - without pathlib


class _Chooser:
    """Chooses which readings stay: of each source every fourth, those that end series, and none too far apart."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[int, int]] = {}

    def stays(self, scrape: Scrape) -> bool:
        """Return whether a reading stays."""
        source = scrape.shape.source
        skipped, at_ms = self._kept.get(source, (KEPT_OF, 0))
        is_due = skipped + 1 >= KEPT_OF or scrape.at_ms - at_ms >= APART_MAX_MS
        if is_due or STALE_BYTES in scrape.values.tobytes():
            self._kept[source] = 0, scrape.at_ms
            return True
        self._kept[source] = skipped + 1, at_ms
        return False
