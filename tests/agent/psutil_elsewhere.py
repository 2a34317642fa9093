"""What psutil says on Windows and on macOS, with the fields that its tuples have there (psutil 7)."""

from __future__ import annotations

from collections import namedtuple
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

snetio = namedtuple("snetio", "bytes_sent bytes_recv packets_sent packets_recv errin errout dropin dropout")
snicstats = namedtuple("snicstats", "isup duplex speed mtu flags")
snicaddr = namedtuple("snicaddr", "family address netmask broadcast ptp")
sdiskio = namedtuple("sdiskio", "read_count write_count read_bytes write_bytes read_time write_time")
sdiskpart = namedtuple("sdiskpart", "device mountpoint fstype opts")
sdiskusage = namedtuple("sdiskusage", "total used free percent")
sswap = namedtuple("sswap", "total used free percent sin sout")
scpustats = namedtuple("scpustats", "ctx_switches interrupts soft_interrupts syscalls")
WindowsTimes = namedtuple("WindowsTimes", "user system idle interrupt dpc")
WindowsMemory = namedtuple("WindowsMemory", "total available percent used free")
MacTimes = namedtuple("MacTimes", "user nice system idle")
MacMemory = namedtuple("MacMemory", "total available percent used free active inactive wired")
pcputimes = namedtuple("pcputimes", "user system children_user children_system")
pmem = namedtuple("pmem", "rss vms num_page_faults peak_wset wset")

GB = 1 << 30
AF_LINK = -1


class Error(Exception):
    """psutil's own."""


class AccessDenied(Error):
    """What may not be asked."""


class Service:
    """A service of Windows; ``refused`` ones may not be asked."""

    def __init__(self, name: str, start: str, status: str, pid: int | None = None, *, refused: bool = False) -> None:
        self._name = name
        self._told = {
            "display_name": f"The {name}", "binpath": f"C:\\{name}.exe", "username": "LocalSystem",
            "start_type": start, "status": status, "pid": pid, "name": name, "description": "",
        }  # fmt: skip
        self._refused = refused

    def name(self) -> str:
        return self._name

    def as_dict(self) -> dict[str, Any]:
        if self._refused:
            raise AccessDenied
        return self._told


class Process:
    """A process of Windows; this one where no number is given."""

    def __init__(self, pid: int | None = None) -> None:
        self.pid = pid or 4321

    @contextmanager
    def oneshot(self) -> Iterator[None]:
        yield

    def name(self) -> str:
        return {4321: "regiowacht.exe", 900: "spoolsv.exe"}.get(self.pid, "System")

    def cmdline(self) -> list[str]:
        return [self.name()]

    def status(self) -> str:
        return "running"

    def create_time(self) -> float:
        return 1_700_000_100.5

    def cpu_times(self) -> Any:
        return pcputimes(1.5, 0.5, 0.0, 0.0)

    def memory_info(self) -> Any:
        return pmem(20 * 1024 * 1024, 30 * 1024 * 1024, 1, 1, 1)

    def num_threads(self) -> int:
        return 3

    def num_handles(self) -> int:
        return 77

    def num_ctx_switches(self) -> Any:
        return SimpleNamespace(voluntary=5, involuntary=0)

    def io_counters(self) -> Any:
        raise AccessDenied


def windows() -> Any:
    """Return psutil as it is on a Windows server with two processors."""

    def disk_usage(path: str) -> Any:
        if path == "E:\\":
            raise PermissionError(22, "the volume is locked by BitLocker")
        return sdiskusage(100 * GB, 60 * GB, 40 * GB, 60.0)

    return SimpleNamespace(
        Error=Error,
        AF_LINK=AF_LINK,
        Process=Process,
        cpu_times=lambda percpu: [
            WindowsTimes(100.5, 50.25, 1000.0, 2.5, 1.25), WindowsTimes(1.0, 2.0, 3.0, 0.5, 0.25),
        ],
        cpu_stats=lambda: scpustats(123_456, 999, 0, 888),
        boot_time=lambda: 1_700_000_000.0,
        pids=lambda: [0, 4, 900, 4321],
        process_iter=lambda: [Process(4), Process(900), Process(4321)],
        virtual_memory=lambda: WindowsMemory(16 * GB, 9 * GB, 43.8, 7 * GB, 9 * GB),
        swap_memory=lambda: sswap(4 * GB, GB, 3 * GB, 25.0, 0, 0),
        disk_partitions=lambda all: [
            sdiskpart("C:\\", "C:\\", "NTFS", "rw,compressed,fixed"),
            sdiskpart("C:\\", "C:\\mount\\data\\", "NTFS", "rw,fixed"),
            sdiskpart("D:\\", "D:\\", "", "cdrom"),
            sdiskpart("E:\\", "E:\\", "NTFS", "rw,fixed"),
            sdiskpart("F:\\", "F:\\", "ReFS", "ro,fixed"),
        ],
        disk_usage=disk_usage,
        disk_io_counters=lambda perdisk, nowrap: {"PhysicalDrive0": sdiskio(10, 20, 4096, 8192, 1, 2)},
        net_io_counters=lambda pernic, nowrap: {
            "Ethernet 2": snetio(1000, 2000, 10, 20, 1, 2, 3, 4),
            "Loopback Pseudo-Interface 1": snetio(0, 0, 0, 0, 0, 0, 0, 0),
        },
        net_if_stats=lambda: {
            "Ethernet 2": snicstats(True, 2, 1000, 1500, ""),
            "Loopback Pseudo-Interface 1": snicstats(True, 2, 1073, 1500, ""),
            "Wi-Fi": snicstats(False, 2, 0, 1500, ""),
        },
        net_if_addrs=lambda: {
            "Ethernet 2": [snicaddr(AF_LINK, "00-15-5D-00-0a-01", None, None, None),
                           snicaddr(2, "10.12.0.11", "255.255.255.0", None, None)],
        },
        win_service_iter=lambda: iter([
            Service("Spooler", "automatic", "running", 900),
            Service("W32Time", "automatic", "stopped"),
            Service("AppMgmt", "manual", "stopped"),
            Service("Odd", "automatic", "continue_pending"),
            Service("Secret", "automatic", "running", refused=True),
        ]),
    )  # fmt: skip


REGISTRY: dict[str, object] = {
    "CurrentBuildNumber": "20348", "CurrentMajorVersionNumber": 10, "CurrentMinorVersionNumber": 0, "UBR": 2340,
    "ProductName": "Windows Server 2022 Standard", "InstallationType": "Server", "InstallDate": 1_650_000_000,
    "Hostname": "SRV-DC", "Domain": "zandbeke.local",
}  # fmt: skip


def registry(_key: str, name: str) -> object:
    """Return a value of the registry of that server."""
    return REGISTRY.get(name, "")


def macos() -> Any:
    """Return psutil as it is on a Mac with two processors."""
    return SimpleNamespace(
        Error=Error,
        cpu_times=lambda percpu: [MacTimes(100.0, 0.0, 50.0, 900.0), MacTimes(10.0, 1.0, 5.0, 90.0)],
        cpu_stats=lambda: scpustats(123, 456, 7, 8),
        boot_time=lambda: 1_700_000_000.0,
        virtual_memory=lambda: MacMemory(16 * GB, 9 * GB, 43.8, 7 * GB, 2 * GB, 5 * GB, 6 * GB, 3 * GB),
        swap_memory=lambda: sswap(2 * GB, GB, GB, 50.0, 4096, 8192),
        disk_partitions=lambda all: [
            sdiskpart("/dev/disk3s1s1", "/", "apfs", "ro,local,rootfs,dovolfs,journaled,multilabel"),
            sdiskpart("devfs", "/dev", "devfs", "rw,local,dovolfs,dontbrowse,multilabel"),
        ],
        disk_io_counters=lambda perdisk, nowrap: {"disk0": sdiskio(10, 20, 4096, 8192, 1500, 2500)},
        net_io_counters=lambda pernic, nowrap: {"en0": snetio(1000, 2000, 10, 20, 1, 2, 3, 0)},
        net_connections=lambda kind: [SimpleNamespace(status="ESTABLISHED")],
    )
