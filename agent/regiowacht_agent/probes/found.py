"""Gathers what one probe finds out, so that one that fails half-way still tells what it knows."""

from __future__ import annotations

from regiowacht_agent.family import Metrics, Sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.network import Address


class Found:
    """Samples of one asking, under the names of the probe's families of the catalogue.

    Args:
        families: families of the catalogue that the probe's names stand in.
    """

    def __init__(self, *families: str) -> None:
        self._families = [Metrics.of(family) for family in families]
        self._samples: dict[tuple[str, tuple[str, ...]], Sample] = {}

    def tell(self, name: str, value: float, *labels: str) -> None:
        """Keep a value; one that was kept before under the same labels is replaced."""
        family = next((known for known in self._families if name in known), self._families[0])
        self._samples[name, labels] = Sample(family[name], labels, value)

    def tell_address(self, address: Address, lookup_s: float) -> None:
        """Keep what every probe tells of the address that it asked."""
        self.tell("probe_dns_lookup_time_seconds", round(lookup_s, 6))
        self.tell("probe_ip_protocol", address.protocol)
        self.tell("probe_ip_addr_hash", address.hash)

    @property
    def samples(self) -> list[Sample]:
        """Everything that was kept."""
        return list(self._samples.values())
