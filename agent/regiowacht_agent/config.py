"""Everything the agent can be told, as one frozen object with its defaults."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_agent.extra.settings import Backups, Certificates, Helper, Namedprocess
from regiowacht_agent.polls.settings import Polls, Probe, Relay
from regiowacht_agent.push.settings import Push
from regiowacht_agent.reader import DEFAULT, READERS
from regiowacht_agent.settings import (
    Address,
    Choice,
    Directory,
    FilePath,
    Flag,
    Number,
    Places,
    Regex,
    Setting,
    Text,
    setting,
    settings_of,
)
from regiowacht_agent.snmp.settings import Device, Poller, Snmp
from regiowacht_contract.defaults import AGENT_PORT, METRICS_SERIES_MAX
from regiowacht_contract.texts import LANGS, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_contract.texts import Lang

MOUNT_POINTS_EXCLUDE = r"^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)"
FS_TYPES_EXCLUDE = (
    r"^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|erofs|fusectl|hugetlbfs|iso9660|mqueue|nsfs"
    r"|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$"
)
DISKS_EXCLUDE = r"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$"
NETSTAT_FIELDS = (
    r"^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)"
    r"|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)"
    r"|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab|MaxConn)"
    r"|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$"
)
"""node_exporter's fields, and ``Tcp_MaxConn``, which the public dashboard 1860 asks for."""

TEXTFILE_SERIES_MAX = METRICS_SERIES_MAX * 3 // 5
"""What scripts may tell leaves room on the page for what the agent measures, and for what it says of their files."""

UNITS_EXCLUDE = r".+\.(automount|device|mount|scope|slice)"
VMSTAT_FIELDS = "^(oom_kill|pgpg|pswp|pg.*fault).*"


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the host's own trees are mounted, for an agent inside a container."""

    procfs: str = setting("/proc", Directory(), "--path.procfs")
    sysfs: str = setting("/sys", Directory(), "--path.sysfs")
    rootfs: str = setting("/", Directory(), "--path.rootfs")
    udev_data: str = setting("/run/udev/data", Directory(), "--path.udev.data")


@dataclass(frozen=True, slots=True)
class Arp:
    """Settings of the family ``arp``."""

    device_exclude: str = setting("", Regex(), "--collector.arp.device-exclude")
    device_include: str = setting("", Regex(), "--collector.arp.device-include")
    netlink: bool = setting(False, Flag(), "--collector.arp.netlink")


@dataclass(frozen=True, slots=True)
class Cpu:
    """Settings of the family ``cpu``."""

    guest: bool = setting(True, Flag(), "--collector.cpu.guest")
    info: bool = setting(False, Flag(), "--collector.cpu.info")
    flags_include: str = setting("", Regex(), "--collector.cpu.info.flags-include")
    bugs_include: str = setting("", Regex(), "--collector.cpu.info.bugs-include")

    @property
    def tells_info(self) -> bool:
        """Whether /proc/cpuinfo is asked for: wanting flags or bugs is wanting the rest."""
        return self.info or bool(self.flags_include or self.bugs_include)


@dataclass(frozen=True, slots=True)
class Stat:
    """Settings of the family ``stat``."""

    softirq: bool = setting(False, Flag(), "--collector.stat.softirq")


@dataclass(frozen=True, slots=True)
class Interrupts:
    """Settings of the family ``interrupts``."""

    name_exclude: str = setting("", Regex(), "--collector.interrupts.name-exclude")
    name_include: str = setting("", Regex(), "--collector.interrupts.name-include")
    include_zeros: bool = setting(True, Flag(), "--collector.interrupts.include-zeros")


@dataclass(frozen=True, slots=True)
class Filesystem:
    """Settings of the family ``filesystem``."""

    mount_points_exclude: str = setting(MOUNT_POINTS_EXCLUDE, Regex(), "--collector.filesystem.mount-points-exclude")
    mount_points_include: str = setting("", Regex(), "--collector.filesystem.mount-points-include")
    fs_types_exclude: str = setting(FS_TYPES_EXCLUDE, Regex(), "--collector.filesystem.fs-types-exclude")
    fs_types_include: str = setting("", Regex(), "--collector.filesystem.fs-types-include")
    mount_timeout_s: float = setting(2.0, Number(0.1, 5, "seconds"), "--collector.filesystem.mount-timeout")


@dataclass(frozen=True, slots=True)
class Diskstats:
    """Settings of the family ``diskstats``."""

    device_exclude: str = setting(DISKS_EXCLUDE, Regex(), "--collector.diskstats.device-exclude")
    device_include: str = setting("", Regex(), "--collector.diskstats.device-include")


@dataclass(frozen=True, slots=True)
class Netdev:
    """Settings of the family ``netdev``."""

    device_exclude: str = setting("", Regex(), "--collector.netdev.device-exclude")
    device_include: str = setting("", Regex(), "--collector.netdev.device-include")
    netlink: bool = setting(True, Flag(), "--collector.netdev.netlink")
    address_info: bool = setting(False, Flag(), "--collector.netdev.address-info")
    enable_detailed_metrics: bool = setting(False, Flag(), "--collector.netdev.enable-detailed-metrics")
    label_ifalias: bool = setting(False, Flag(), "--collector.netdev.label-ifalias")


@dataclass(frozen=True, slots=True)
class Netclass:
    """Settings of the family ``netclass``."""

    ignored_devices: str = setting("^$", Regex(), "--collector.netclass.ignored-devices")
    ignore_invalid_speed: bool = setting(False, Flag(), "--collector.netclass.ignore-invalid-speed")


@dataclass(frozen=True, slots=True)
class Hwmon:
    """Settings of the family ``hwmon``."""

    chip_exclude: str = setting("", Regex(), "--collector.hwmon.chip-exclude")
    chip_include: str = setting("", Regex(), "--collector.hwmon.chip-include")
    sensor_exclude: str = setting("", Regex(), "--collector.hwmon.sensor-exclude")
    sensor_include: str = setting("", Regex(), "--collector.hwmon.sensor-include")


@dataclass(frozen=True, slots=True)
class Powersupplyclass:
    """Settings of the family ``powersupplyclass``."""

    ignored_supplies: str = setting("^$", Regex(), "--collector.powersupply.ignored-supplies")


@dataclass(frozen=True, slots=True)
class Netstat:
    """Settings of the family ``netstat``."""

    fields: str = setting(NETSTAT_FIELDS, Regex(), "--collector.netstat.fields")


@dataclass(frozen=True, slots=True)
class Vmstat:
    """Settings of the family ``vmstat``."""

    fields: str = setting(VMSTAT_FIELDS, Regex(), "--collector.vmstat.fields")


@dataclass(frozen=True, slots=True)
class Systemd:
    """Settings of the family ``systemd``: a unit is told when include matches its whole name and exclude does not."""

    unit_include: str = setting(".+", Regex(), "--collector.systemd.unit-include")
    unit_exclude: str = setting(UNITS_EXCLUDE, Regex(), "--collector.systemd.unit-exclude")
    enable_restarts_metrics: bool = setting(False, Flag(), "--collector.systemd.enable-restarts-metrics")
    enable_start_time_metrics: bool = setting(False, Flag(), "--collector.systemd.enable-start-time-metrics")
    enable_task_metrics: bool = setting(False, Flag(), "--collector.systemd.enable-task-metrics")


@dataclass(frozen=True, slots=True)
class WindowsService:
    """Settings of the family ``windows_service``, which Windows has."""

    include: str = setting("", Regex())


@dataclass(frozen=True, slots=True)
class Textfile:
    """Settings of the family ``textfile``."""

    directory: tuple[str, ...] = setting((), Places(), "--collector.textfile.directory")
    file_max_bytes: int = setting(1 << 20, Number(1024, 3 << 20))
    series_max: int = setting(10_000, Number(1, TEXTFILE_SERIES_MAX))


@dataclass(frozen=True, slots=True)
class Http:
    """Bounds of the small HTTP server, and its certificate."""

    connections_max: int = setting(32, Number(2, 512))
    header_timeout_s: float = setting(5.0, Number(0.1, 60, "seconds"))
    idle_timeout_s: float = setting(5.0, Number(0.1, 60, "seconds"))
    write_timeout_s: float = setting(10.0, Number(0.1, 60, "seconds"))
    header_max_bytes: int = setting(8192, Number(512, 65536))
    tls_cert: str = setting("", FilePath())
    tls_key: str = setting("", FilePath())


@dataclass(frozen=True, slots=True)
class Asset:
    """Who this agent is in the region; information, the collector decides by the credential."""

    gemeente: str = setting("", Text(may_be_empty=True))
    site: str = setting("", Text(may_be_empty=True))
    instance: str = setting("", Text(may_be_empty=True))


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the agent is told.

    Attributes:
        families: families switched on (True) or off (False) against the reader's own default.
        disable_defaults: families that nobody switched on stay off.
        probe: what is asked for others at the site, ``[[probe]]``.
        relay: pages that are carried for others, ``[[relay]]``.
        device: network gear that is asked over SNMP, ``[[device]]``.
        poller: agents of other servers whose devices are asked while those are silent, ``[[poller]]``.
    """

    listen: str = setting(f"127.0.0.1:{AGENT_PORT}", Address(), "--listen")
    reader: str = setting(DEFAULT, Choice(words=tuple(READERS)), "--reader")
    language: str = setting("nl", Choice(words=LANGS))
    disable_defaults: bool = setting(False, Flag(), "--collector.disable-defaults")
    families: Mapping[str, bool] = field(default_factory=dict)
    asset: Asset = field(default_factory=Asset)
    paths: Paths = field(default_factory=Paths)
    arp: Arp = field(default_factory=Arp)
    cpu: Cpu = field(default_factory=Cpu)
    stat: Stat = field(default_factory=Stat)
    interrupts: Interrupts = field(default_factory=Interrupts)
    filesystem: Filesystem = field(default_factory=Filesystem)
    diskstats: Diskstats = field(default_factory=Diskstats)
    netdev: Netdev = field(default_factory=Netdev)
    netclass: Netclass = field(default_factory=Netclass)
    hwmon: Hwmon = field(default_factory=Hwmon)
    powersupplyclass: Powersupplyclass = field(default_factory=Powersupplyclass)
    netstat: Netstat = field(default_factory=Netstat)
    windows_service: WindowsService = field(default_factory=WindowsService)
    vmstat: Vmstat = field(default_factory=Vmstat)
    systemd: Systemd = field(default_factory=Systemd)
    textfile: Textfile = field(default_factory=Textfile)
    certificates: Certificates = field(default_factory=Certificates)
    backups: Backups = field(default_factory=Backups)
    namedprocess: Namedprocess = field(default_factory=Namedprocess)
    helper: Helper = field(default_factory=Helper)
    http: Http = field(default_factory=Http)
    push: Push = field(default_factory=Push)
    polls: Polls = field(default_factory=Polls)
    snmp: Snmp = field(default_factory=Snmp)
    probe: tuple[Probe, ...] = ()
    relay: tuple[Relay, ...] = ()
    device: tuple[Device, ...] = ()
    poller: tuple[Poller, ...] = ()

    @property
    def lang(self) -> Lang:
        """The language of the agent's own page."""
        return "en" if self.language == "en" else "nl"

    @property
    def words(self) -> tuple[str, str]:
        """Title and text of the agent's own page."""
        return say("agent.page-title", self.lang), say("agent.page-what", self.lang)

    @property
    def hash(self) -> str:
        """Eight digits that differ between two configurations (CRC-32, no proof against intent)."""
        return f"{zlib.crc32(repr(self).encode()):08x}"

    def is_on(self, family: str, default: bool) -> bool:
        """Return whether a family is to be read; one that something is declared for needs no switch."""
        return self.families.get(family, family in self.declared or (default and not self.disable_defaults))

    @property
    def declared(self) -> frozenset[str]:
        """Families that are off until something is declared for them, and for which something is."""
        declared = {
            "certificates": self.certificates.files,
            "backups": self.backups.files,
            "namedprocess": self.namedprocess.groups,
        }
        return frozenset(name for name, told in declared.items() if told)


def settings() -> tuple[Setting, ...]:
    """Return every setting there is, in the order of the file; ``families.NAME`` stands apart."""
    return tuple(settings_of(Config))
