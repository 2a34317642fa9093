"""Both readers tell the same of the same host: whatever psutil's tells, the proc reader's tells too, with its value.

The proc reader tells more. A family that both readers have is compared from the day it stands in both tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.config_file import load
from regiowacht_agent.family import NoData
from regiowacht_agent.reader import entries, open_reader
from tests.agent.fake_host import FakeHost, samples

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_agent.reader import Reader

Values = dict[tuple[str, tuple[str, ...]], float]

BOTH = sorted({entry.name for entry in entries("psutil")} & {entry.name for entry in entries("proc")})
OF_THIS_MACHINE = {"cpufreq", "hwmon", "loadavg", "netclass", "powersupplyclass", "processes", "tcpstat", "time"}
"""Families that psutil reads from this machine wherever its /proc is said to be."""

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


@pytest.mark.parametrize("family", [name for name in BOTH if name not in OF_THIS_MACHINE])
def test_of_a_recorded_host_both_tell_the_same(family: str, tmp_path: Path) -> None:
    (tmp_path / "root/data").mkdir(parents=True)
    host = FakeHost.write(
        tmp_path, _mounts(("sda1", f"{tmp_path}/root", "rw"), ("sdb1", f"{tmp_path}/root/data", "ro"))
    )
    by_psutil = told(host.reader(family, reader="psutil"), family)
    by_proc = told(host.reader(family, reader="proc"), family)
    assert by_psutil
    assert {key: by_proc.get(key) for key in by_psutil} == pytest.approx(by_psutil)


@pytest.mark.parametrize("family", BOTH)
def test_on_this_machine_the_proc_readers_values_lie_between_two_of_psutils(family: str) -> None:
    psutils, procs = readers(family)
    told(procs, family)
    missed: set[tuple[str, tuple[str, ...]]] = set()
    wrong: Values = {}
    for attempt in range(TRIES):
        before = told(psutils, family)
        now = told(procs, family)
        after = told(psutils, family)
        lasting = before.keys() & after.keys()
        between = {
            key
            for key in lasting & now.keys()
            if min(before[key], after[key]) <= now[key] <= max(before[key], after[key])
        }
        missed = lasting - between if attempt == 0 else missed & (lasting - between)
        wrong = {key: now.get(key, float("nan")) for key in missed}
        if not missed:
            break
    procs.host.files.close()
    assert wrong == {}


@pytest.mark.parametrize("family", BOTH)
def test_both_call_a_metric_the_same_kind_with_the_same_labels(family: str) -> None:
    psutils, procs = readers(family)
    by_psutil, by_proc = kinds(psutils, family), kinds(procs, family)
    procs.host.files.close()
    common = by_psutil.keys() & by_proc.keys()
    assert {name: by_proc[name] for name in common} == {name: by_psutil[name] for name in common}
