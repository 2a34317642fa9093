"""What stands in for a schedule while nobody is to be asked: most agents, for whom nothing more is loaded."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.polls.outcome import Taken
    from regiowacht_agent.polls.poll import Poll
    from regiowacht_agent.polls.schedule import Schedule


class Nobody:
    """A schedule without polls.

    Attributes:
        polls: none.
    """

    polls: tuple[Poll, ...] = ()

    def start(self) -> None:
        """Ask nobody."""

    def stop(self) -> None:
        """Go on asking nobody."""

    def latest(self) -> dict[Poll, Taken]:
        """Return no results."""
        return {}

    def told(self) -> list[tuple[Poll, Taken]]:
        """Return no results."""
        return []

    def untaken(self) -> list[tuple[Poll, Taken]]:
        """Return no results."""
        return []


def schedule_of(config: Config, before: Schedule | Nobody | None = None) -> Schedule | Nobody:
    """Return what asks as a configuration says, with the results of the one before that still hold."""
    if not (config.probe or config.relay):
        return Nobody()
    from regiowacht_agent.polls.made import polls_of  # noqa: PLC0415 - only where somebody is asked
    from regiowacht_agent.polls.schedule import Schedule  # noqa: PLC0415 - likewise

    return Schedule(polls_of(config), config.polls.workers_max, before, keeps_all=bool(config.push.url))


def page_of(schedule: Schedule | Nobody) -> bytes:
    """Return the exposition of what was asked."""
    told = schedule.told()
    if not told:
        return b""
    from regiowacht_agent.polls.page import render  # noqa: PLC0415 - only where somebody is asked

    return render(told)
