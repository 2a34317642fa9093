"""How large the spool of an agent may become, where its configuration does not say it.

A server's own readings last for two weeks and more in the least; a poller gets as much as three days of what it asks
come to, by rough numbers of series.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.config import Config

LEAST_MB = 512
LASTS_S = 3 * 86_400
BYTES_A_SAMPLE = 1.5
"""What a sample takes on disk, rather more than less (``tests/benchmarks/spool.py``)."""

OWN_SERIES, DEVICE_SERIES, RELAY_SERIES, PROBE_SERIES = 600, 1_500, 1_000, 15
MB = 1_000_000


def samples_a_second(config: Config, own_series: int = OWN_SERIES) -> float:
    """Return about how many samples an agent has to send in a second.

    Args:
        config: what it measures and asks.
        own_series: series of its own server.
    """
    of_polls = len(config.relay) * RELAY_SERIES + len(config.probe) * PROBE_SERIES
    return (
        own_series / config.push.interval_s
        + of_polls / config.polls.interval_s
        + len(config.device) * DEVICE_SERIES / config.snmp.interval_s
    )


def size_max_mb(config: Config) -> int:
    """Return how many megabytes its spool may have."""
    if config.push.spool_max_mb:
        return config.push.spool_max_mb
    return max(LEAST_MB, round(samples_a_second(config) * BYTES_A_SAMPLE * LASTS_S / MB))


def holds_s(config: Config, own_series: int) -> float:
    """Return about how many seconds the line may be down until the oldest is let go of."""
    by_size = size_max_mb(config) * MB / (samples_a_second(config, own_series) * BYTES_A_SAMPLE)
    return min(by_size, config.push.spool_max_days * 86_400.0)
