"""Asks everything once, for a person who looks."""

from __future__ import annotations

import threading

from regiowacht_agent.polls.made import polls_of
from regiowacht_agent.polls.schedule import take

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.polls.outcome import Taken
    from regiowacht_agent.polls.poll import Poll


def ask_all(config: Config) -> list[tuple[Poll, Taken]]:
    """Return what every poll comes to, asked side by side, in the order of the configuration."""
    polls = polls_of(config)
    results: dict[Poll, Taken] = {}
    left = iter(polls)

    def work() -> None:
        for poll in iter(lambda: next(left, None), None):
            results[poll] = take(poll)

    threads = [threading.Thread(target=work) for _ in range(min(config.polls.workers_max, len(polls)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [(poll, results[poll]) for poll in polls]
