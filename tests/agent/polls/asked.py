"""Asks once with the settings of a test, and reads what was told as a scraper would."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.config import Config
from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.polls.page import Page
from regiowacht_agent.polls.poll import Poll
from regiowacht_agent.polls.schedule import take
from regiowacht_agent.polls.settings import Probe, Relay
from regiowacht_agent.probes.runner import runner
from regiowacht_agent.relay.fetch import Fetch

if TYPE_CHECKING:
    from regiowacht_agent.polls.outcome import Outcome, Taken

TIMEOUT_S = 20.0
PROBED = Polled("zandbeke", "stadhuis", "thing", "probe", "connectiviteit")
RELAYED = Polled("zandbeke", "stadhuis", "srv-dc", "relay", "infrastructuur")


class Asked(NamedTuple):
    """What one asking came to: the outcome, the page, and on it value by name and own labels."""

    outcome: Outcome
    page: str
    values: dict[tuple[str, ...], float]

    def value(self, name: str, *labels: str) -> float:
        """Return a value by the metric's name and its own labels' values."""
        return self.values[name, *labels]


def probe(kind: str, target: str, timeout_s: float = TIMEOUT_S, **settings: object) -> Asked:
    """Probe once."""
    wanted = Probe("thing", "stadhuis", "connectiviteit", kind, target, **settings)  # type: ignore[arg-type]
    ask = runner(PROBED, wanted, timeout_s)
    return _asked(Poll(PROBED, kind, target, 15, timeout_s, wanted, ask))


def relay(url: str, timeout_s: float = TIMEOUT_S, **settings: object) -> Asked:
    """Fetch a page once, bounded as the defaults are unless ``size_max`` and ``series_max`` say otherwise."""
    bounds = Config().polls
    size_max = int(str(settings.pop("size_max", bounds.size_max_bytes)))
    series_max = int(str(settings.pop("series_max", bounds.series_max)))
    wanted = Relay("srv-dc", "stadhuis", url=url, **settings)  # type: ignore[arg-type]
    ask = Fetch(RELAYED, wanted, timeout_s, size_max, series_max)
    return _asked(Poll(RELAYED, "relay", url, 15, timeout_s, wanted, ask))


def read(page: str) -> dict[tuple[str, ...], float]:
    """Return value by name and the own labels' values of a page, which a scraper has to understand."""
    target = {"gemeente", "scope", "site", "instance", "job"}
    return {
        (sample.name, *(value for name, value in sorted(sample.labels.items()) if name not in target)): sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
    }


def _asked(poll: Poll) -> Asked:
    taken: Taken = take(poll)
    page = Page().render([(poll, taken)]).decode()
    return Asked(taken.outcome, page, read(page))
