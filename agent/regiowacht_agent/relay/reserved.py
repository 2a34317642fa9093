"""Names that a relayed page may not say, as somebody else tells them and states or alerts are made of them."""

from __future__ import annotations

from regiowacht_agent.relay.known import names

OF_A_SCRAPE = frozenset(
    {
        "up",
        "scrape_body_size_bytes",
        "scrape_duration_seconds",
        "scrape_sample_limit",
        "scrape_samples_post_metric_relabeling",
        "scrape_samples_scraped",
        "scrape_series_added",
        "scrape_timeout_seconds",
    }
)
"""What the agent tells of an asset as Prometheus would, or the collector's own Prometheus of its scrapes.

Source: "Jobs and instances", section "Automatically generated labels and time series", in Prometheus' documentation.
"""

OF_ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""What Prometheus keeps of alerts, its own evaluation of rules included. Source: "Alerting rules" there."""

OF_OTHERS = frozenset({"audit", "polls", "prometheus", "recorded", "region"})
"""Families of the catalogue that tell of an asset and never come from it."""

OURS = ("regiowacht_", "snmp_poll_")
"""How names begin that the catalogue hands out: one that it does not know is nobody's yet."""


def is_reserved(name: str) -> bool:
    """Return whether a metric or a family of that name is not a page's to say.

    A page of another regiowacht agent may say what an agent tells of its own server. ``probe_*`` is carried, for
    blackbox_exporter has such pages; it stands under the job ``relay``, and the state of what the agent probes is made
    of ``up`` alone.
    """
    if ":" in name or name in OF_A_SCRAPE or name in OF_ALERTS:
        return True
    known = names().get(name)
    return known[0] in OF_OTHERS if known is not None else name.startswith(OURS)
