"""The reader psutil as it is on Windows and macOS, on what psutil says there; no real Windows or Mac was asked."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections import namedtuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.family import NoData
from regiowacht_agent.host import Host
from regiowacht_agent.reader import PLATFORMS, READERS, entries, open_reader, package_of
from regiowacht_agent.reading import Readings
from regiowacht_agent.system import MACOS, WINDOWS
from regiowacht_contract.catalogue import family
from tests.agent import psutil_elsewhere
from tests.agent.fake_host import samples

if TYPE_CHECKING:
    from regiowacht_agent.reader import Reader

DARWIN_PLIST = """<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict>
<key>ProductBuildVersion</key><string>24E248</string>
<key>ProductName</key><string>macOS</string>
<key>ProductVersion</key><string>15.4</string>
</dict></plist>
"""
Uname = namedtuple("Uname", "sysname nodename release version machine")


def _windows(**settings: Any) -> Reader:
    host = Host(psutil=psutil_elsewhere.windows(), registry=psutil_elsewhere.registry)
    told = {"reader": "psutil", **{key.replace("__", "."): value for key, value in settings.items()}}
    return open_reader(load(None, told), host, on=WINDOWS)


def _rows(reader: Reader) -> list[str]:
    return [row for row in render(Readings(reader).take()).decode().splitlines() if not row.startswith("#")]


WANTED = """
windows_cpu_logical_processor 2
windows_cpu_time_total{core="0,0",mode="idle"} 1000.0
windows_cpu_time_total{core="0,0",mode="privileged"} 50.25
windows_cpu_time_total{core="0,0",mode="interrupt"} 2.5
windows_cpu_time_total{core="0,1",mode="dpc"} 0.25
windows_cpu_time_total{core="0,1",mode="user"} 1.0
windows_logical_disk_free_bytes{volume="C:"} 42949672960
windows_logical_disk_size_bytes{volume="C:\\\\mount\\\\data"} 107374182400
windows_logical_disk_readonly{volume="C:"} 0
windows_logical_disk_readonly{volume="F:"} 1
windows_memory_physical_total_bytes 17179869184
windows_memory_available_bytes 9663676416
windows_memory_commit_limit 21474836480
windows_net_bytes_received_total{nic="Ethernet 2"} 2000
windows_net_bytes_total{nic="Ethernet 2"} 3000
windows_net_packets_received_discarded_total{nic="Ethernet 2"} 3
windows_net_packets_outbound_errors_total{nic="Ethernet 2"} 2
windows_net_current_bandwidth_bytes{nic="Ethernet 2"} 125000000
windows_net_nic_info{nic="Ethernet 2",friendly_name="Ethernet 2",mac="00:15:5D:00:0A:01"} 1
windows_net_nic_operation_status{nic="Wi-Fi",status="up"} 0
windows_net_nic_operation_status{nic="Wi-Fi",status="down"} 1
windows_os_info{product="Windows Server 2022 Standard",version="10.0.20348",major_version="10",minor_version="0",\
build_number="20348",revision="2340",installation_type="Server"} 1
windows_os_hostname{domain="zandbeke.local",fqdn="SRV-DC.zandbeke.local",hostname="SRV-DC"} 1
windows_os_install_time_timestamp_seconds 1650000000
windows_physical_disk_reads_total{disk="0"} 10
windows_physical_disk_write_bytes_total{disk="0"} 8192
windows_service_info{name="Spooler",display_name="The Spooler",run_as="",path_name=""} 1
windows_service_state{name="Spooler",state="running"} 1
windows_service_state{name="Spooler",state="stopped"} 0
windows_service_state{name="W32Time",state="running"} 0
windows_service_state{name="Odd",state="continue pending"} 1
windows_service_start_mode{name="Spooler",start_mode="auto"} 1
windows_service_start_mode{name="Spooler",start_mode="manual"} 0
windows_service_process{name="Spooler",process_id="900"} 1700000100
windows_system_boot_time_timestamp 1700000000
windows_system_context_switches_total 123456
windows_system_system_calls_total 888
windows_system_processes 4
"""


@pytest.mark.parametrize("row", WANTED.strip().splitlines())
def test_windows_is_told_as_windows_exporter_tells_it(row: str) -> None:
    assert row in _rows(_windows())


def test_every_family_of_windows_goes_well_and_nothing_is_told_twice() -> None:
    readings = Readings(_windows())
    rows = [row for row in render(readings.take()).decode().splitlines() if not row.startswith("#")]
    assert {one.family for one in readings.outcomes if one.state == "ok"} >= {
        entry.name for entry in entries("psutil", WINDOWS) if entry.name.startswith("windows_")
    }
    assert not [one for one in readings.outcomes if one.state == "failed"]
    assert len({row.rpartition(" ")[0] for row in rows}) == len(rows)


def test_a_locked_volume_and_a_closed_service_cost_only_themselves() -> None:
    rows = "\n".join(_rows(_windows()))
    assert 'volume="E:"' not in rows
    assert 'volume="D:"' not in rows
    assert 'name="Secret"' not in rows
    assert "LocalSystem" not in rows
    assert ".exe" not in rows


def test_services_by_name_also_those_that_nobody_starts() -> None:
    rows = _rows(_windows(windows_service__include="AppMgmt|W32.*"))
    assert 'windows_service_state{name="AppMgmt",state="stopped"} 1' in rows
    assert {row.split('name="')[1].split('"')[0] for row in rows if row.startswith("windows_service_state")} == {
        "AppMgmt",
        "W32Time",
    }


def test_windows_11_is_called_so() -> None:
    values = {"CurrentBuildNumber": "22631", "ProductName": "Windows 10 Pro", "InstallationType": "Client"}
    host = Host(psutil=psutil_elsewhere.windows(), registry=lambda _key, name: values.get(name, ""))
    told = _rows(open_reader(load(None, {"reader": "psutil"}), host, on=WINDOWS))
    assert any(row.startswith('windows_os_info{product="Windows 11 Pro"') for row in told)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("windows_os", {"registry": lambda _key, _name: ""}),
        ("windows_net", {"net_io_counters": lambda **_: {}}),
        ("windows_physical_disk", {"disk_io_counters": lambda **_: {}}),
    ],
)
def test_what_windows_does_not_tell_is_no_failure(name: str, change: dict[str, Any]) -> None:
    told = psutil_elsewhere.windows()
    for key, value in change.items():
        setattr(told, key, value)
    host = Host(psutil=told, registry=change.get("registry", psutil_elsewhere.registry))
    reader = open_reader(load(None, {"reader": "psutil"}), host, on=WINDOWS)
    with pytest.raises(NoData):
        list(reader.families[name].read(host).samples())


@pytest.mark.parametrize("entry", [entry for entry in entries("psutil", WINDOWS) if "windows" in entry.name], ids=str)
def test_windows_series_come_from_an_agent_or_by_relay(entry: Any) -> None:
    assert {metric.jobs for metric in family(entry.name)} == {("node", "relay")}


@pytest.mark.parametrize("on", PLATFORMS)
def test_every_operating_system_has_a_sorted_table(on: str) -> None:
    names = [entry.name for entry in entries("psutil", on)]
    assert names == sorted(names)
    assert package_of("proc", on) == READERS["proc"]


MAC = """
node_cpu_seconds_total{cpu="0",mode="user"} 100.0
node_cpu_seconds_total{cpu="1",mode="idle"} 90.0
node_memory_wired_bytes 3221225472
node_memory_free_bytes 2147483648
node_memory_swap_used_bytes 1073741824
node_memory_swapped_out_bytes_total 8192
node_disk_reads_completed_total{device="disk0"} 10
node_disk_read_time_seconds_total{device="disk0"} 1.5
node_network_receive_bytes_total{device="en0"} 2000
node_boot_time_seconds 1700000000
node_load1 1.25
node_os_info{build_id="24E248",id="",id_like="",image_id="",image_version="",name="macOS",pretty_name="",variant="",\
variant_id="",version="15.4",version_codename="",version_id="15.4"} 1
node_os_version{id="",id_like="",name="macOS"} 15.4
node_uname_info{sysname="Darwin",release="24.4.0",version="Darwin Kernel",machine="arm64",nodename="mac",\
domainname="zandbeke.example"} 1
node_filesystem_readonly{device="/dev/disk3s1s1",mountpoint="/",fstype="apfs"} 1
"""


@pytest.fixture(scope="module")
def mac(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    root = tmp_path_factory.mktemp("mac")
    plist = root / "System/Library/CoreServices/SystemVersion.plist"
    plist.parent.mkdir(parents=True)
    plist.write_text(DARWIN_PLIST)
    host = Host(
        procfs=str(root / "no-proc"),
        sysfs=str(root / "no-sys"),
        psutil=psutil_elsewhere.macos(),
        getloadavg=lambda: (1.25, 1.0, 0.5),
        uname=lambda: Uname("Darwin", "mac.zandbeke.example", "24.4.0", "Darwin Kernel", "arm64"),  # type: ignore[arg-type,return-value] # as on a Mac
    )
    rows = _rows(open_reader(load(None, {"reader": "psutil", "families.os": False}), host, on=MACOS))
    at_root = Host(rootfs=str(root), psutil=host.psutil)
    only = {"reader": "psutil", "disable_defaults": True, "families.os": True}
    return [*rows, *_rows(open_reader(load(None, only), at_root, on=MACOS))]


@pytest.mark.parametrize("row", MAC.strip().splitlines())
def test_a_mac_is_told_as_node_exporter_tells_it(mac: list[str], row: str) -> None:
    assert row in mac


def test_devfs_of_a_mac_is_left_out(mac: list[str]) -> None:
    assert not [row for row in mac if "devfs" in row]


def test_this_machine_has_what_the_tables_of_windows_ask_psutil_for() -> None:
    """What psutil has under one name everywhere is asked for real, so that a wrong name or argument shows."""
    host = Host(psutil=psutil)
    only = {f"families.windows_{name}": True for name in ("memory", "physical_disk", "net", "system")}
    reader = open_reader(load(None, {"reader": "psutil"}), host, on=WINDOWS)
    for name in only:
        found = samples([reader.families[name.removeprefix("families.")].read(host)])
        assert found, name
        assert all(one.value >= 0 for one in found)


LACKING = """
import builtins, os, signal, socket, sys
sys.path.insert(0, {here!r})
import asyncio, http.client, importlib.metadata, logging, select, selectors, ssl, subprocess, tempfile, tomllib
from tests.agent import psutil_elsewhere
import regiowacht, regiowacht.main, argparse, json

GONE_MODULES = {{"resource", "fcntl", "pwd", "grp", "termios"}}
real_import = builtins.__import__
for name in GONE_MODULES:
    sys.modules.pop(name, None)

def refuse(name, *rest, **more):
    if name in GONE_MODULES:
        raise ImportError(f"no module {{name}} on Windows")
    return real_import(name, *rest, **more)

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name in GONE_MODULES:
            raise ImportError(f"no module {{name}} on Windows")
        return None

sys.meta_path.insert(0, Finder())
for module, names in (
    (os, ("getloadavg", "uname", "statvfs", "pread", "fork", "setsid", "getuid", "geteuid", "sysconf", "killpg",
          "O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY", "O_NOFOLLOW", "fchmod", "mkfifo")),
    (signal, ("SIGHUP", "SIGKILL", "SIGALRM")),
    (socket, ("AF_UNIX",)),
    (select, ("epoll", "poll")),
):
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
selectors.DefaultSelector = selectors.SelectSelector

def socketpair():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        one = socket.create_connection(listener.getsockname())
        return one, listener.accept()[0]

socket.socketpair = socketpair
builtins.__import__ = refuse
sys.modules["psutil"] = psutil_elsewhere.windows()
class Winreg:
    HKEY_LOCAL_MACHINE = 0
    class OpenKey:
        def __init__(self, *_): pass
        def __enter__(self): return self
        def __exit__(self, *_): pass
    @staticmethod
    def QueryValueEx(key, name):
        if name not in psutil_elsewhere.REGISTRY:
            raise FileNotFoundError(name)
        return psutil_elsewhere.REGISTRY[name], 1
sys.modules["winreg"] = Winreg
import regiowacht_agent.system
for name in [name for name in sys.modules if name.startswith("regiowacht")]:
    del sys.modules[name]
import regiowacht_agent.system as system
system.platform = lambda: "win32"
import regiowacht_agent.own_process as own_process, pathlib
own_process.SELF = pathlib.Path("/no/proc")
from regiowacht.main import main
"""


def _script(rest: str) -> list[str]:
    root = Path(__file__).resolve().parents[2]
    return [sys.executable, "-c", LACKING.format(here=str(root)) + rest]


def test_an_agent_measures_where_windows_lacks_what_linux_has() -> None:
    words = ["agent", "once", "--reader", "psutil", "--lang", "en"]
    done = subprocess.run(_script(f"sys.exit(main({words!r}))"), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 'windows_service_state{name="Spooler",state="running"} 1\n' in done.stdout
    assert 'windows_os_hostname{domain="zandbeke.local"' in done.stdout
    assert "node_cpu_seconds_total" not in done.stdout
    assert done.stderr == ""


def test_an_agent_serves_where_windows_lacks_what_linux_has() -> None:
    words = ["agent", "run", "--reader", "psutil", "--listen", "127.0.0.1:0", "--lang", "en"]
    environ = {key: value for key, value in os.environ.items() if key != "NOTIFY_SOCKET"}
    process = subprocess.Popen(_script(f"sys.exit(main({words!r}))"), stderr=subprocess.PIPE, text=True, env=environ)
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert "agent listening on " in said, said + process.stderr.read()
        url = said.strip().rpartition(" ")[2]
        with urllib.request.urlopen(f"{url}/metrics", timeout=60) as answer:  # loopback, our own
            told = answer.read().decode()
        assert "\nwindows_memory_physical_total_bytes 17179869184\n" in told
        assert "\nprocess_resident_memory_bytes 20971520\n" in told
        assert "\nprocess_open_fds 77\n" in told
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.communicate()


def test_process_groups_of_windows() -> None:
    reader = _windows(namedprocess__groups=["spoolsv.exe"])
    found: dict[str, float] = {}
    for _ in range(200):
        found = {one.metric.name: one.value for one in samples([reader.families["namedprocess"].read(reader.host)])}
        if found:
            break
    assert found["namedprocess_namegroup_num_procs"] == 1
    assert found["namedprocess_namegroup_open_filedesc"] == 77
    assert "namedprocess_namegroup_read_bytes_total" not in found
