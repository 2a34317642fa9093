"""A /proc and /sys of a large server in plain files: many processors, interfaces, disks and sensors.

What grows with the machine is made up; what every kernel tells alike is copied from this machine's own /proc.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    Files = Iterator[tuple[str, str]]

COPIED = (
    *("loadavg", "meminfo", "vmstat", "net/netstat", "net/snmp", "net/snmp6", "net/sockstat", "net/sockstat6"),
    *("net/udp", "net/udp6", "sys/fs/file-nr", "sys/kernel/random/entropy_avail", "sys/kernel/random/poolsize"),
    *("sys/kernel/pid_max", "sys/kernel/threads-max", "pressure/cpu", "pressure/io", "pressure/memory"),
)
CORES_A_PACKAGE = 32
MOUNTS = 30
NEIGHBOURS = 200
DISKS = [f"sd{letter}" for letter in "abcdefghijklmnopqrstuvwx"]
SOFTIRQ = "softirq 55 1 2 3 4 5 6 7 8 9 10"
CONNTRACK = (
    "entries searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error"
    " expect_new expect_create expect_delete search_restart"
)
CLOCKS = {
    "cpuinfo_max_freq": "3600000",
    "cpuinfo_min_freq": "800000",
    "cpuinfo_transition_latency": "0",
    "scaling_available_governors": "performance powersave",
    "scaling_driver": "intel_pstate",
    "scaling_governor": "powersave",
    "scaling_max_freq": "3600000",
    "scaling_min_freq": "800000",
    "scaling_setspeed": "<unsupported>",
}
PROCESSOR = {
    "vendor_id": "GenuineIntel",
    "cpu family": "6",
    "model": "106",
    "model name": "Xeon",
    "stepping": "6",
    "microcode": "0xd0003a5",
    "cache size": "49152 KB",
    "flags": " ".join(f"flag{number}" for number in range(40)),
    "bugs": "swapgs",
}
INTERFACE = {
    "addr_assign_type": "0",
    "addr_len": "6",
    "broadcast": "ff:ff:ff:ff:ff:ff",
    "carrier": "1",
    "carrier_changes": "2",
    "carrier_down_count": "1",
    "carrier_up_count": "1",
    "dev_id": "0x0",
    "dormant": "0",
    "duplex": "full",
    "flags": "0x1003",
    "ifalias": "",
    "link_mode": "0",
    "mtu": "1500",
    "name_assign_type": "4",
    "netdev_group": "0",
    "operstate": "up",
    "phys_port_id": "",
    "phys_port_name": "",
    "phys_switch_id": "",
    "speed": "10000",
    "tx_queue_len": "1000",
    "type": "1",
}


def write(folder: Path, cpus: int, nics: int) -> None:
    """Write ``proc``, ``sys`` and ``root`` below the folder."""
    packages = cpus // CORES_A_PACKAGE or 1
    parts = (_copied(), _processors(cpus), _network(cpus, nics), _disks(), _sensors(cpus, packages), _rest())
    for name, text in (file for part in parts for file in part):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for nic in range(nics):
        _link(folder / f"sys/class/net/eth{nic}", f"../../devices/pci0000:00/net/eth{nic}")
    for package in range(packages):
        chip = f"devices/platform/coretemp.{package}/hwmon/hwmon{package}"
        _link(folder / f"sys/{chip}/device", "../..")
        _link(folder / f"sys/class/hwmon/hwmon{package}", f"../../{chip}")


def _copied() -> Files:
    for name in COPIED:
        source = Path("/proc", name)
        if source.exists():
            yield f"proc/{name}", source.read_text(encoding="utf-8", errors="replace")


def _processors(cpus: int) -> Files:
    times = (f"cpu{cpu} {1000 + cpu} 4 40 400000 20 0 3 1 8 1" for cpu in range(cpus))
    counts = ("intr 123456 9 8", "ctxt 654321", "btime 1700000000", "processes 4242", "procs_running 2")
    yield "proc/stat", _rows("cpu 300 10 120 9000 40 0 6 2 8 1", *times, *counts, "procs_blocked 0", SOFTIRQ)
    yield "proc/cpuinfo", "\n".join(_processor(number) for number in range(cpus))
    waits = (f"cpu{cpu} 0 0 0 0 0 0 2045936778163039 343796328169361 4767485306" for cpu in range(cpus))
    yield "proc/schedstat", _rows("version 15", "timestamp 15819019232", *waits)
    yield "sys/devices/system/cpu/online", f"0-{cpus - 1}\n"
    yield "sys/devices/system/cpu/offline", "\n"
    yield "sys/devices/system/cpu/isolated", "\n"
    for cpu in range(cpus):
        at = f"sys/devices/system/cpu/cpu{cpu}"
        package, core = divmod(cpu, CORES_A_PACKAGE)
        yield from _of(at, {"online": "1"})
        yield from _of(f"{at}/cpufreq", {**CLOCKS, "scaling_cur_freq": f"{1200000 + cpu}", "related_cpus": str(cpu)})
        yield from _of(f"{at}/topology", {"core_id": str(core), "physical_package_id": str(package)})
        yield from _of(f"{at}/thermal_throttle", {"core_throttle_count": "0", "package_throttle_count": "0"})
        yield f"sys/devices/system/cpu/cpufreq/policy{cpu}/scaling_cur_freq", f"{1200000 + cpu}\n"


def _processor(number: int) -> str:
    package, core = divmod(number, CORES_A_PACKAGE)
    places = {"processor": number, "physical id": package, "core id": core, "cpu MHz": 2400.0 + number}
    return _rows(*(f"{name}\t: {value}" for name, value in {**places, **PROCESSOR}.items()))


def _network(cpus: int, nics: int) -> Files:
    traffic = (f"  eth{nic}: {nic + 1}000000 4000 3 2 0 0 0 1 {nic}600 50 7 6 0 0 0 0" for nic in range(nics))
    yield "proc/net/dev", _rows("Inter-|   Receive  |  Transmit", " face |bytes packets |bytes packets", *traffic)
    neighbours = (
        f"10.0.{at // 250}.{at % 250 + 1} 0x1 0x2 00:00:5e:00:53:{at % 256:02x} * eth{at % nics}"
        for at in range(NEIGHBOURS)
    )
    yield "proc/net/arp", _rows("IP address HW type Flags HW address Mask Device", *neighbours)
    softnet = (f"0000ffff {'00000000 ' * 11}{cpu:08x} 00000000 00000000" for cpu in range(cpus))
    yield "proc/net/softnet_stat", _rows(*softnet)
    tracked = ("0000007b " + "00000000 " * 16 for _cpu in range(cpus))
    yield "proc/net/stat/nf_conntrack", _rows(CONNTRACK, *tracked)
    yield "proc/sys/net/netfilter/nf_conntrack_count", "123\n"
    yield "proc/sys/net/netfilter/nf_conntrack_max", "65536\n"
    for nic in range(nics):
        own = {"address": f"00:00:5e:00:53:{nic:02x}", "ifindex": str(nic + 2), "iflink": str(nic + 2)}
        yield from _of(f"sys/devices/pci0000:00/net/eth{nic}", {**INTERFACE, **own})


def _disks() -> Files:
    numbers = "100 10 2000 1500 200 20 4000 2500 1 3500 4000 0 0 0 0 5 6"
    yield "proc/diskstats", _rows(*(f"   8  {16 * at} {disk} {numbers}" for at, disk in enumerate(DISKS)))
    mounted = [(at, f"/dev/{DISKS[at % len(DISKS)]}", f"/srv/data{at}") for at in range(MOUNTS)]
    for owner in ("1", "self"):
        yield f"proc/{owner}/mounts", _rows(*(f"{disk} {place} ext4 rw,relatime 0 0" for _at, disk, place in mounted))
        told = (f"{at + 20} 1 8:{at} / {place} rw,relatime shared:{at} - ext4 {disk} rw" for at, disk, place in mounted)
        yield f"proc/{owner}/mountinfo", _rows(*told)
    for disk in DISKS:
        yield from _of(f"sys/block/{disk}/queue", {"rotational": "0", "logical_block_size": "512"})


def _sensors(cpus: int, packages: int) -> Files:
    chip = {"name": "coretemp"}
    for core in range(1, CORES_A_PACKAGE + 2):
        chip |= {f"temp{core}_input": f"{40000 + core * 250}", f"temp{core}_label": f"Core {core - 2}"}
        chip |= {f"temp{core}_max": "84000", f"temp{core}_crit": "100000", f"temp{core}_crit_alarm": "0"}
    zone = {"type": "x86_pkg_temp", "temp": "45000", "policy": "step_wise", "mode": "enabled"}
    for package in range(packages):
        yield from _of(f"sys/devices/platform/coretemp.{package}/hwmon/hwmon{package}", chip)
        yield from _of(f"sys/class/thermal/thermal_zone{package}", zone)
    for cpu in range(cpus):
        cooler = {"type": "Processor", "cur_state": "0", "max_state": "10"}
        yield from _of(f"sys/class/thermal/cooling_device{cpu}", cooler)


def _rest() -> Files:
    yield from _of("sys/class/dmi/id", {"sys_vendor": "Acme", "product_name": "Rack", "bios_date": "01/01/2026"})
    memory = dict.fromkeys(("ce_count", "ue_count", "ce_noinfo_count", "ue_noinfo_count"), "0")
    yield from _of("sys/devices/system/edac/mc/mc0", memory)
    yield "root/etc/os-release", _rows('NAME="Debian GNU/Linux"', 'VERSION_ID="13"', "ID=debian")


def _of(folder: str, attributes: dict[str, str]) -> Files:
    return ((f"{folder}/{name}", f"{value}\n") for name, value in attributes.items())


def _rows(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
