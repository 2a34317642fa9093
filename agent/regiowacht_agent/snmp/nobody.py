"""What stands in for devices while none is to be asked: most agents, for whom nothing more is loaded."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Sample
    from regiowacht_agent.http.packed import Piece
    from regiowacht_agent.snmp.asked import Asked, Latest
    from regiowacht_agent.snmp.devices import Devices


class NoDevices:
    """Devices, where there are none."""

    asked: tuple[Asked, ...] = ()

    def start(self) -> None:
        """Ask nobody."""

    def stop(self) -> None:
        """Go on asking nobody."""

    def told(self) -> list[tuple[Asked, Latest]]:
        """Return no results."""
        return []

    def age_s(self) -> float | None:
        """Return None: nobody was asked."""
        return None

    def samples(self) -> Iterator[Sample]:
        """Yield nothing."""
        return iter(())


def devices_of(config: Config, before: Devices | NoDevices | None = None) -> Devices | NoDevices:
    """Return what asks devices as a configuration says; what was learnt of those that stay the same is kept."""
    if not config.device:
        return NoDevices()
    from regiowacht_agent.snmp.devices import Devices  # noqa: PLC0415 - only where somebody is asked
    from regiowacht_agent.snmp.meaning import known  # noqa: PLC0415 - likewise

    return Devices(config, known.book(), known.metrics(), before if isinstance(before, Devices) else None)


def chunks_of(devices: Devices | NoDevices, *, packs: bool = False) -> Iterator[Piece]:
    """Return the page of what devices told, in pieces; they may be compressed ones if ``packs``."""
    told = devices.told()
    if not told:
        return iter(())
    from regiowacht_agent.snmp.device_page import chunks  # noqa: PLC0415 - only where somebody is asked

    return chunks(told, packs=packs)
