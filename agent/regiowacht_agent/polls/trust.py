"""Whom a probe of the collector itself trusts: as deliveries to it do, where it names nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regiowacht_agent.polls.url import parse_url

if TYPE_CHECKING:
    from regiowacht_agent.config import Config
    from regiowacht_agent.polls.settings import Probe


def trusting(config: Config) -> Config:
    """Return a configuration whose probes of the place of ``push.url`` trust ``push.ca``.

    Only a server knows what it was told to trust when it joined, so no bundle of a region can say it. Probes of other
    places, and those with a ``ca`` of their own, are left as they are.
    """
    if not (config.push.ca and config.push.url and config.probe):
        return config
    place = _place(config.push.url)
    return replace(config, probe=tuple(_trusting(one, place, config.push.ca) for one in config.probe))


def _trusting(probe: Probe, place: tuple[str, int] | None, ca: str) -> Probe:
    asks_it = probe.kind == "http" and not probe.ca and place is not None and _place(probe.target) == place
    return replace(probe, ca=ca) if asks_it else probe


def _place(text: str) -> tuple[str, int] | None:
    """Return host and port of an https URL."""
    url = parse_url(text)
    return (url.host.lower(), url.port) if url is not None and url.scheme == "https" else None
