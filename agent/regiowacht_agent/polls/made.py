"""Makes the polls that a configuration asks for."""

from __future__ import annotations

from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.polls.poll import Poll

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.polls.settings import Probe, Relay


def polls_of(config: Config) -> tuple[Poll, ...]:
    """Return a poll for every probe and every relayed page; what none of them needs is not imported."""
    return (
        *(_probe(config, wanted) for wanted in config.probe),
        *(_relay(config, wanted) for wanted in config.relay),
    )


def _probe(config: Config, wanted: Probe) -> Poll:
    from regiowacht_agent.probes.runner import runner  # noqa: PLC0415 - see polls_of

    asset = Polled(config.asset.gemeente, wanted.site, wanted.instance, "probe", wanted.laag)
    interval_s, timeout_s = _times(config, wanted)
    ask = runner(asset, wanted, timeout_s)
    return Poll(asset, wanted.kind, wanted.target, interval_s, timeout_s, wanted, ask)


def _relay(config: Config, wanted: Relay) -> Poll:
    from regiowacht_agent.relay.fetch import Fetch  # noqa: PLC0415 - see polls_of

    asset = Polled(config.asset.gemeente, wanted.site, wanted.instance, "relay", wanted.laag)
    interval_s, timeout_s = _times(config, wanted)
    bounds = (config.polls.size_max_bytes, config.polls.series_max)
    ask = Fetch(asset, wanted, timeout_s, *bounds)
    return Poll(asset, "relay", wanted.url, interval_s, timeout_s, (wanted, bounds), ask)


def _times(config: Config, wanted: Probe | Relay) -> tuple[float, float]:
    return wanted.interval_s or config.polls.interval_s, wanted.timeout_s or config.polls.timeout_s
