"""The page of everything that the agent asked for others, with the labels that its series keep."""

from __future__ import annotations

import functools

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.polls.lines import tell
from regiowacht_agent.polls.outcome import Failed, Outcome
from regiowacht_contract.defaults import ASSETS_SERIES_MAX
from regiowacht_contract.light import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_agent.polls.outcome import Taken, Told
    from regiowacht_agent.polls.poll import Poll

HEALTH_SERIES = 10
"""Series that one asset's health has at most."""

SIZE_MAX_BYTES = 24_000_000
"""Of series and their heads; with every asset's health a page stays below what the collector takes."""


@functools.cache
def _page() -> Page:
    return Page()


def render(results: Iterable[tuple[Poll, Taken]]) -> bytes:
    """Return the results as one exposition."""
    return _page().render(results)


class Page:
    """Writes results as one exposition, the series of one name together whatever asset they are about."""

    def __init__(self) -> None:
        self._of = Metrics.of("polls")
        scrape = Metrics.of("prometheus")
        self._up = scrape["up"]
        self._duration = scrape["scrape_duration_seconds"]
        self._samples = scrape["scrape_samples_scraped"]

    def render(self, results: Iterable[tuple[Poll, Taken]]) -> bytes:
        """Return the exposition of the results, sorted by name.

        The collector refuses a page that is too large whole; what would make it so is left out, and fails by itself.
        """
        heads: dict[str, str] = {}
        lines: dict[str, list[str]] = {}
        series = size = 0
        for poll, whole in results:
            taken = whole
            length = sum(_bytes(told.head) + _bytes(told.lines) for told in taken.outcome.told)
            if series + taken.outcome.samples + HEALTH_SERIES > ASSETS_SERIES_MAX or size + length > SIZE_MAX_BYTES:
                full = Failed("series", "with what else this agent carries, there is no room for it")
                taken, length = replace(taken, outcome=Outcome.failed(full)), 0
            series, size = series + taken.outcome.samples + HEALTH_SERIES, size + length
            for name, head, rows in (*taken.outcome.told, *self._about(poll, taken)):
                heads.setdefault(name, head)
                lines.setdefault(name, []).append(rows)
        return "".join([heads[name] + "".join(lines[name]) for name in sorted(lines)]).encode()

    def _about(self, poll: Poll, taken: Taken) -> tuple[Told, ...]:
        return tell(poll.asset, self._health(poll, taken))

    def _health(self, poll: Poll, taken: Taken) -> Iterator[Sample]:
        """Yield how the poll fared: what Prometheus says of a target, and why it failed."""
        outcome = taken.outcome
        if outcome.is_about_asset:
            yield Sample(self._up, (), int(outcome.up))
        yield Sample(self._duration, (), round(taken.duration_s, 6))
        yield Sample(self._samples, (), outcome.samples)
        yield Sample(self._of["regiowacht_agent_poll_timestamp_seconds"], (), round(taken.at, 3))
        if outcome.reason:
            yield Sample(self._of["regiowacht_agent_poll_failed"], (poll.kind, outcome.reason), 1)
        for why in sorted(outcome.refused):
            yield Sample(self._of["regiowacht_agent_relay_refused_lines"], (why,), outcome.refused[why])


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())
