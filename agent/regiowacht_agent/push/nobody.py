"""What stands in for a push while nobody is to be sent anything: agents that are scraped load nothing more."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from regiowacht_agent.block import Block
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Sample
    from regiowacht_agent.polls.nobody import Nobody
    from regiowacht_agent.polls.schedule import Schedule
    from regiowacht_agent.push.pushing import Pushing
    from regiowacht_agent.snmp.devices import Devices
    from regiowacht_agent.snmp.nobody import NoDevices


class NoPush:
    """A push, where there is none."""

    is_on = False

    def start(self) -> None:
        """Send nothing."""

    def stop(self, polls: Schedule | Nobody, devices: Devices | NoDevices) -> None:
        """Go on sending nothing."""

    def take_last(self, polls: Schedule | Nobody, devices: Devices | NoDevices) -> None:
        """Go on taking nothing."""

    def wait_s(self) -> float:
        """Return that there is never anything to do."""
        return float("inf")

    def turn(self, take: Callable[[], Sequence[Block]], polls: Schedule | Nobody, devices: Devices | NoDevices) -> None:
        """Do nothing."""

    def samples(self) -> Iterator[Sample]:
        """Yield nothing."""
        return iter(())

    def renewed(self, config: Config) -> Pushing | NoPush:
        """Return what pushes as another configuration says, begun."""
        made = push_of(config)
        made.start()
        return made


def push_of(config: Config) -> Pushing | NoPush:
    """Return what pushes as a configuration says."""
    if not config.push.url:
        return NoPush()
    from regiowacht_agent.push.pushing import Pushing  # noqa: PLC0415 - only where something is sent

    return Pushing(config)
