"""What is known of a block device beside its counters: its make, the filesystem on it, its place in a volume group."""

from __future__ import annotations

from regiowacht_agent.udev import Udev
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_agent.block import Series, Value
    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Metrics
    from regiowacht_agent.host import Host

SERIALS = ("SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL")
"""Where udev keeps the number on the disk's label; the first one that it knows counts."""

FILESYSTEM = ("ID_FS_TYPE", "ID_FS_USAGE", "ID_FS_UUID", "ID_FS_VERSION")
MAPPER = ("DM_NAME", "DM_UUID", "DM_VG_NAME", "DM_LV_NAME", "DM_LV_LAYER")
ATA = {
    "ata_write_cache": "ID_ATA_WRITE_CACHE",
    "ata_write_cache_enabled": "ID_ATA_WRITE_CACHE_ENABLED",
    "ata_rotation_rate_rpm": "ID_ATA_ROTATION_RATE_RPM",
}


class Info(NamedTuple):
    """What is told of one device.

    Attributes:
        device: its name.
        series: metric and labels of each thing told.
        values: of these series.
    """

    device: str
    series: tuple[Series, ...]
    values: tuple[Value, ...]


class _Known(NamedTuple):
    """What an Info was made of, to see whether it still holds."""

    properties: Mapping[str, str]
    number: tuple[str, str]
    rotational: str
    info: Info


class DiskInfo:
    """``node_disk_info``, ``node_disk_filesystem_info``, ``node_disk_device_mapper_info`` and ``node_disk_ata_*``."""

    def __init__(self, config: Config, metrics: Metrics) -> None:
        self._block = f"{config.paths.sysfs}/block"
        self._udev = Udev(config.paths.udev_data)
        self._info = metrics["node_disk_info"]
        self._filesystem = metrics["node_disk_filesystem_info"]
        self._mapper = metrics["node_disk_device_mapper_info"]
        self._ata = {metrics[f"node_disk_{name}"]: source for name, source in ATA.items()}
        self._known: dict[str, _Known] = {}

    def read(self, host: Host, major: str, minor: str, device: str) -> Info:
        """Return what is told of a device, the same object as before while nothing changed."""
        properties = self._udev.properties(f"{major}:{minor}")
        # A partition has no queue, and so says nothing of turning.
        rotational = host.files.attribute_or(f"{self._block}/{device}/queue/rotational", "0")
        known = self._known.get(device)
        if (
            known is None
            or known.properties is not properties
            or known.rotational != rotational
            or known.number != (major, minor)
        ):
            series = tuple(self._series(major, minor, device, rotational, properties))
            info = Info(device, tuple(one for one, _ in series), tuple(value for _, value in series))
            known = self._known[device] = _Known(properties, (major, minor), rotational, info)
        return known.info

    def forget(self, host: Host) -> None:
        """Let go of what is known of every device: there are others now."""
        for device in self._known:
            host.files.forget(f"{self._block}/{device}/queue/")
        self._known.clear()
        self._udev.forget()

    def _series(
        self, major: str, minor: str, device: str, rotational: str, properties: Mapping[str, str]
    ) -> Iterator[tuple[Series, Value]]:
        get = properties.get
        serial = next((properties[name] for name in SERIALS if get(name)), "")
        names = ("ID_PATH", "ID_WWN", "ID_MODEL")
        about = (*(get(name, "") for name in names), serial, get("ID_REVISION", ""))
        yield (self._info, (device, major, minor, *about, rotational)), 1
        if get(FILESYSTEM[0]):
            yield (self._filesystem, (device, *(get(name, "") for name in FILESYSTEM))), 1
        if get(MAPPER[0]):
            yield (self._mapper, (device, *(get(name, "") for name in MAPPER))), 1
        if get("ID_ATA"):
            for metric, source in self._ata.items():
                if _is_number(get(source, "")):
                    yield (metric, (device,)), properties[source]


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
