"""What a spool holds, and what it had to let go of."""

from __future__ import annotations

from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Status(NamedTuple):
    """A spool at one moment. Counts are of samples, since the spool was opened unless it says otherwise.

    Attributes:
        size_bytes: what its files take on disk.
        size_max_bytes: what they may take: the bound, or less where the disk has less.
        waiting: samples that are still to be sent.
        oldest_ms: time of the oldest reading that is still to be sent, in milliseconds since 1970; None: there is none.
        newest_ms: likewise of the newest.
        holds_s: how long a line may be down before anything is dropped, at the rate of late; None: not known yet.
        dropped: let go of to make room, by why: ``size`` or ``age`` by the bounds, ``full`` by the disk.
        thinned: let go of so that the rest of the same time could stay.
        not_kept: that the disk did not take, by why (``full``, ``read-only``, ``failed``).
        damaged: readings (not samples: nobody knows) that could not be read any more.
        set_aside: that nobody will take, by the reason that the sender gave.
        trouble: why the disk takes nothing now, in the system's words; "": it does.
    """

    size_bytes: int = 0
    size_max_bytes: int = 0
    waiting: int = 0
    oldest_ms: int | None = None
    newest_ms: int | None = None
    holds_s: float | None = None
    dropped: Mapping[str, int] = {}
    thinned: int = 0
    not_kept: Mapping[str, int] = {}
    damaged: int = 0
    set_aside: Mapping[str, int] = {}
    trouble: str = ""

    @property
    def held_s(self) -> float:
        """Seconds between the oldest and the newest reading that are still to be sent."""
        if self.oldest_ms is None or self.newest_ms is None:
            return 0.0
        return (self.newest_ms - self.oldest_ms) / 1000
