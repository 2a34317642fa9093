"""Makes a reading fit what the collector takes of one server, by leaving out the families that tell most.

The collector refuses a page that is too large whole: better that the 70,000 series of 10,000 mounts are missing, with
the reason, than all that the server tells.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_agent.block import Block
    from regiowacht_agent.reading import Outcome


def make_room(
    outcomes: Sequence[Outcome], blocks: Iterable[Block], most: int
) -> tuple[tuple[Outcome, ...], list[Block]]:
    """Return outcomes and blocks with no more than ``most`` series; a family that is left out has failed.

    Args:
        outcomes: how each family fared.
        blocks: what those tell that have something to tell, in the same order.
        most: series that all may have together.
    """
    over = sum(outcome.samples for outcome in outcomes) - most
    out = set()
    for outcome in sorted(outcomes, key=lambda one: one.samples, reverse=True):
        if over <= 0:
            break
        over -= outcome.samples
        out.add(outcome.family)
    telling = [outcome for outcome in outcomes if outcome.samples]
    kept = [block for outcome, block in zip(telling, blocks, strict=True) if outcome.family not in out]
    reason = f"too many series: the collector takes {most} of all families together"
    fared = [one._replace(state="failed", reason=reason, samples=0) if one.family in out else one for one in outcomes]
    return tuple(fared), kept
