"""One thing that the agent asks again and again."""

from __future__ import annotations

from regiowacht_contract.light import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.polls.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Poll:
    """One thing that is asked; two are equal when they ask the same in the same way.

    Attributes:
        asset: whom it is about.
        kind: ``icmp``, ``tcp``, ``http``, ``dns``, ``ntp`` or ``relay``.
        target: what is asked, as a person reads it.
        interval_s: seconds between two askings.
        timeout_s: seconds that one may take.
        settings: everything else that decides what is asked.
        ask: asks once, within ``timeout_s`` wherever the system lets it; raises ``Failed``.
    """

    asset: Polled
    kind: str
    target: str
    interval_s: float
    timeout_s: float
    settings: object
    ask: Callable[[], Outcome] = field(compare=False, repr=False)
