"""Interfaces of a real kernel that change names while their descriptors stay open."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.lab

ROOT = Path(__file__).parents[3]
WITHIN_S = 90
ALONE = 'mount -t sysfs none /sys && exec "$@"'

SCRIPT = """
import json, subprocess
from regiowacht_agent.config_file import load
from regiowacht_agent.reader import open_reader

def ip(*words):
    subprocess.run(("ip", *words), check=True)

def read():
    reader.host.files.begin("/sys")
    assert reader.host.files.events
    block = reader.families["netclass"].read(reader.host)
    reader.host.files.end()
    told.append([[metric.name, labels[0], value] for metric, labels, value in block.samples()])

told = []
reader = open_reader(load(None, {"reader": "proc", "disable_defaults": True, "families.netclass": True}))
for name, mtu in (("eno1", "1400"), ("eno2", "1300")):
    ip("tuntap", "add", name, "mode", "tap")
    ip("link", "set", name, "mtu", mtu)
read()
for old, new in (("eno1", "other"), ("eno2", "eno1"), ("other", "eno2")):
    ip("link", "set", old, "name", new)
read()
ip("link", "del", "eno1")
read()
ip("tuntap", "add", "eno1", "mode", "tap")
ip("link", "set", "eno1", "up")
read()
print(json.dumps(told))
"""


Told = dict[tuple[str, str], float]


@pytest.fixture(name="readings", scope="module")
def _readings() -> list[Told]:
    """Return what four readings told: two interfaces, their names swapped, one gone, another of its name."""
    words = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--propagation", "private"]
    done = subprocess.run(
        [*words, "sh", "-euc", ALONE, "sh", sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [{(name, device): value for name, device, value in told} for told in json.loads(done.stdout)]


def test_no_interface_tells_the_values_of_the_one_that_had_had_its_name(readings: list[Told]) -> None:
    before, swapped, gone, another = readings
    mtu = [
        [told.get(("node_network_mtu_bytes", name)) for name in ("eno1", "eno2")] for told in (before, swapped, gone)
    ]
    assert mtu == [[1400, 1300], [1300, 1400], [None, 1400]]
    number = "node_network_iface_id"
    assert before[number, "eno1"] == swapped[number, "eno2"]
    assert before[number, "eno2"] == swapped[number, "eno1"]
    assert another[number, "eno1"] not in (before[number, "eno1"], before[number, "eno2"])
    assert another["node_network_mtu_bytes", "eno1"] == 1500


def test_an_interface_that_is_down_has_no_carrier_to_tell(readings: list[Told]) -> None:
    before, *_others, another = readings
    assert ("node_network_carrier", "eno1") not in before
    assert another["node_network_carrier", "eno1"] == 0, "up, with nobody at the other end"
