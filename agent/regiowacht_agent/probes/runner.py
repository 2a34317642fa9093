"""Runs one probe, and turns what it finds or fails on into the series of its asset."""

from __future__ import annotations

from regiowacht_agent.polls.lines import tell
from regiowacht_agent.polls.network import Deadline
from regiowacht_agent.polls.outcome import Failed, Outcome
from regiowacht_agent.probes import KINDS
from regiowacht_agent.probes.found import Found
from regiowacht_contract.light import Protocol, dataclass, import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.polls.settings import Probe


class Ask(Protocol):
    """What a probe's module makes: asks once."""

    def __call__(self, deadline: Deadline, found: Found) -> None:
        """Ask, and keep what there is to tell in ``found``; raises ``Failed`` when the asset is not well."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Asks one asset in one way.

    Args:
        asset: whom it is about.
        timeout_s: seconds that an asking may take.
        ask: the probe.
        families: families of the catalogue that it tells.
    """

    asset: Polled
    timeout_s: float
    ask: Ask
    families: tuple[str, ...]

    def __call__(self) -> Outcome:
        """Ask once; a probe that fails still tells what it found."""
        found = Found("probe", *self.families)
        deadline = Deadline(self.timeout_s)
        begin = deadline.now()
        failure = None
        try:
            self.ask(deadline, found)
        except Failed as failed:
            failure = failed
        found.tell("probe_success", int(failure is None))
        found.tell("probe_duration_seconds", round(deadline.now() - begin, 6))
        told = tell(self.asset, found.samples)
        if failure is not None:
            return Outcome.failed(failure, told, len(found.samples))
        return Outcome(up=True, told=told, samples=len(found.samples))


def runner(asset: Polled, wanted: Probe, timeout_s: float) -> Runner:
    """Return what asks in the wanted way."""
    module = import_module(KINDS[wanted.kind])
    make: Callable[[Probe], Ask] = module.make
    return Runner(asset, timeout_s, make(wanted), module.FAMILIES)
