"""What one poll of an asset came to."""

from __future__ import annotations

from regiowacht_contract.light import NamedTuple, dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Reason = Literal[
        "name", "unreachable", "timeout", "tls", "protocol", "status", "body", "redirects", "size", "series", "format",
        "secret", "rights", "answer", "internal",
    ]  # fmt: skip

REASONS: tuple[Reason, ...] = (
    "name", "unreachable", "timeout", "tls", "protocol", "status", "body", "redirects", "size", "series", "format",
    "secret", "rights", "answer", "internal",
)  # fmt: skip
"""Why a poll failed, one word each: what ``regiowacht_agent_poll_failed`` carries."""


OUR_OWN = frozenset({"secret", "rights", "internal"})
"""Reasons that say nothing of the asset: it was not asked."""


class Failed(Exception):
    """A poll that did not work: one of ``REASONS``, and words for a person that hold no secret."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail


class Told(NamedTuple):
    """The series of one metric of one asset.

    Attributes:
        name: the metric's family, under which its series stand together on a page.
        head: its HELP and TYPE lines.
        lines: the series with all their labels, a line each.
    """

    name: str
    head: str
    lines: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one poll came to.

    Attributes:
        up: whether the asset is well.
        reason: one of ``REASONS`` when it is not, else "".
        detail: the reason in words, for people.
        told: the series it gave.
        samples: how many those are.
        refused: lines of a relayed page that were not taken, by why.
    """

    up: bool
    reason: Reason | Literal[""] = ""
    detail: str = ""
    told: tuple[Told, ...] = ()
    samples: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def is_about_asset(self) -> bool:
        """Whether it tells how the asset is; else the agent could not ask."""
        return self.reason not in OUR_OWN

    @classmethod
    def failed(cls, failure: Failed, told: tuple[Told, ...] = (), samples: int = 0) -> Outcome:
        """Return the outcome of a failure, with what it told nevertheless."""
        return cls(up=False, reason=failure.reason, detail=failure.detail, told=told, samples=samples)


@dataclass(frozen=True, slots=True)
class Taken:
    """An outcome, when it was taken and how long that took.

    Attributes:
        outcome: what the poll came to.
        at: when it ended, in seconds since 1970.
        ended: the same on the monotonic clock.
        duration_s: how long it took.
    """

    outcome: Outcome
    at: float
    ended: float
    duration_s: float
