"""Both readers tell the same of the same host: whatever psutil's tells, the proc reader's tells too, with its value.

The proc reader tells more. A family that both readers have is compared from the day it stands in both tables.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent import proc_reader, psutil_reader
from regiowacht_agent.config_file import load
from regiowacht_agent.family import NoData
from regiowacht_agent.reader import open_reader
from tests.agent.fake_host import FakeHost, samples

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.reader import Reader

Values = dict[tuple[str, tuple[str, ...]], float]

BOTH = sorted({entry.name for entry in psutil_reader.FAMILIES} & {entry.name for entry in proc_reader.FAMILIES})
OF_THIS_MACHINE = {"cpufreq", "hwmon", "loadavg", "netclass", "powersupplyclass", "processes", "tcpstat", "time"}
"""Families that psutil reads from this machine wherever its /proc is said to be."""

ROUNDED = {"loadavg": 0.0101}
"""What psutil rounds otherwise than the kernel: it gets the load in parts of 65,536, not as text."""

TRIES = 40
"""Readings within which every value must once have lain between two of psutil's; most do at the first."""


def told(reader: Reader, family: str) -> Values:
    """Return one reading of a family, by name and labels; skips the test where the host has nothing of the kind."""
    try:
        block = reader.families[family].read(reader.host)
    except NoData as nothing:
        pytest.skip(f"{family}: {nothing}")
    return {(one.metric.name, one.labels): one.value for one in samples([block])}


def kinds(reader: Reader, family: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return type and labels of every metric that a family tells now; skips like ``told``."""
    told(reader, family)
    block = reader.families[family].read(reader.host)
    return {metric.name: (metric.exposition_type, metric.labels) for metric, _labels in block.layout.series}


def _mounts(*mounts: tuple[str, str, str]) -> dict[str, str | None]:
    """Return the files of /proc that tell mounts, given device, place and options, in the kernel's two ways."""
    short = "".join(f"/dev/{device} {place} ext4 {options},noatime 0 0\n" for device, place, options in mounts)
    full = "".join(
        f"{number} 1 8:{number} / {place} {options},noatime - ext4 /dev/{device} {options}\n"
        for number, (device, place, options) in enumerate(mounts, start=20)
    )
    return {f"{who}/{name}": text for who in ("self", "1") for name, text in (("mounts", short), ("mountinfo", full))}


def readers(family: str) -> tuple[Reader, Reader]:
    """Return psutil's and the proc reader of this machine."""
    on = {"disable_defaults": True, f"families.{family}": True}
    return open_reader(load(None, {**on, "reader": "psutil"})), open_reader(load(None, {**on, "reader": "proc"}))


def wrong(psutils: Reader, procs: Reader, family: str) -> Values:
    """Return what the proc reader told last of every series that never lay between two of psutil's readings."""
    now: Values = {}
    missed: set[tuple[str, tuple[str, ...]]] | None = None
    told(procs, family)
    for _ in range(TRIES):
        before = told(psutils, family)
        now = told(procs, family)
        after = told(psutils, family)
        outside = {
            key
            for key in before.keys() & after.keys()
            if key not in now or not lies(before[key], now[key], after[key], ROUNDED.get(family, 0))
        }
        missed = outside if missed is None else missed & outside
        if not missed:
            break
    procs.host.files.close()
    return {key: now.get(key, math.nan) for key in missed or ()}


def lies(before: float, now: float, after: float, slack: float) -> bool:
    """Return whether a value lies between two others, or is one of them but for the last bit of a division."""
    between = min(before, after) - slack <= now <= max(before, after) + slack
    return between or math.isclose(now, before, rel_tol=1e-12)


@pytest.mark.parametrize("family", [name for name in BOTH if name not in OF_THIS_MACHINE])
def test_of_a_recorded_host_both_tell_the_same(family: str, tmp_path: Path) -> None:
    (tmp_path / "root/data").mkdir(parents=True)
    host = FakeHost.write(
        tmp_path, _mounts(("sda1", f"{tmp_path}/root", "rw"), ("sdb1", f"{tmp_path}/root/data", "ro"))
    )
    by_psutil, by_proc = host.reader(family, reader="psutil"), host.reader(family, reader="proc")
    assert told(by_psutil, family)
    assert wrong(by_psutil, by_proc, family) == {}


@pytest.mark.parametrize("family", BOTH)
def test_on_this_machine_the_proc_readers_values_lie_between_two_of_psutils(family: str) -> None:
    assert wrong(*readers(family), family) == {}


@pytest.mark.parametrize("family", BOTH)
def test_both_call_a_metric_the_same_kind_with_the_same_labels(family: str) -> None:
    psutils, procs = readers(family)
    by_psutil, by_proc = kinds(psutils, family), kinds(procs, family)
    procs.host.files.close()
    common = by_psutil.keys() & by_proc.keys()
    assert {name: by_proc[name] for name in common} == {name: by_psutil[name] for name in common}
