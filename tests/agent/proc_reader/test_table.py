"""The proc reader's families together: all of them on, on this machine and on one that tells nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.family import Metrics
from regiowacht_agent.proc_reader import FAMILIES
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from regiowacht_contract import catalogue
from regiowacht_contract.errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import FamilyEntry

NAMES = [entry.name for entry in FAMILIES]
OPT_IN = {"interrupts", "processes", "tcpstat"}
"""Families that cost with every interrupt, process or connection; node_exporter has them off as well."""

NAMED_BY_KERNEL = {"netstat", "sockstat", "vmstat"}
"""Families whose names come from the kernel, and are looked up when it tells them."""


def readings(**settings: object) -> Readings:
    """Return readings with every family on."""
    on = {f"families.{name}": True for name in NAMES}
    return Readings(open_reader(load(None, {"reader": "proc", **on, **settings})))


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - only their number


def test_every_family_has_its_module_its_catalogue_and_its_place_in_the_table() -> None:
    assert sorted(NAMES) == NAMES
    made = readings().reader.families
    assert [name for name in made if name in NAMES] == NAMES
    assert {entry.name for entry in FAMILIES if not entry.default} == OPT_IN


def test_on_this_machine_none_fails_and_no_series_is_told_twice() -> None:
    taken = readings()
    text = render(taken.take()).decode()
    taken.reader.host.files.close()
    assert taken.failing == {}
    told = [
        (one.name, tuple(sorted(one.labels.items())))
        for kind in text_string_to_metric_families(text)
        for one in kind.samples
    ]
    assert len(told) == len(set(told)) > 100
    assert text.count("# TYPE ") == len({row.split()[2] for row in text.splitlines() if row.startswith("# TYPE ")})


def test_a_host_that_tells_nothing_gives_reasons_and_no_series(tmp_path: Path) -> None:
    for name in ("proc", "sys", "root"):
        (tmp_path / name).mkdir()
    stat = tmp_path / "proc/stat"
    stat.touch()
    paths = {f"paths.{name}fs": str(tmp_path / name) for name in ("proc", "sys", "root")}
    taken = readings(**paths, **{"paths.udev_data": str(tmp_path / "udev")})
    stat.unlink()  # without it from the start, psutil would read
    blocks = taken.take()
    states = {outcome.family: outcome.state for outcome in taken.outcomes}
    assert all(outcome.reason for outcome in taken.outcomes if outcome.state != "ok")
    assert {states[name] for name in ("cpu", "loadavg", "meminfo", "stat", "vmstat")} == {"failed"}
    assert {states[name] for name in ("pressure", "schedstat", "watchdog", "os", "hwmon", "nvme")} == {"no-data"}
    assert {states[name] for name in ("time", "uname")} == {"ok"}
    assert list(text_string_to_metric_families(render(blocks).decode()))


def test_descriptors_stay_as_many_as_after_the_first_readings() -> None:
    taken = readings()
    taken.take()
    taken.take()
    before = descriptors()
    for _ in range(30):
        taken.take()
    # A device of this machine may come or go meanwhile, a descriptor a reading may not.
    assert descriptors() < before + 15
    taken.reader.host.files.close()


@pytest.mark.parametrize("entry", FAMILIES, ids=lambda entry: entry.name)
def test_a_metric_renamed_in_the_catalogue_alone_stops_the_agent(entry: FamilyEntry) -> None:
    config = load(None, {"reader": "proc", "disable_defaults": True, f"families.{entry.name}": True})

    def without(gone: str) -> Callable[[str], Metrics]:
        return lambda family: Metrics(family, (one for one in catalogue.family(family) if one.name != gone))

    refused = [metric.name for metric in catalogue.family(entry.name) if _is_refused(config, without(metric.name))]
    assert refused or entry.name in NAMED_BY_KERNEL


def _is_refused(config: Config, metrics_of: Callable[[str], Metrics]) -> bool:
    try:
        open_reader(config, metrics_of=metrics_of)
    except CatalogueError:
        return True
    return False
