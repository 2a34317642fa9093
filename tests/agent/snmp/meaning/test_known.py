"""A running agent gets its tables from another process, and knows as much as that one without what it took to read."""

from __future__ import annotations

import json
import marshal
import subprocess
import sys
from pathlib import Path

from regiowacht_agent import plan
from regiowacht_agent.config_file import load
from regiowacht_agent.snmp import settings
from regiowacht_agent.snmp.meaning import loader
from regiowacht_agent.snmp.oid import oid_text
from tests.agent.snmp.meaning.readings import known_book

HEAVY = Path(__file__).parents[2].joinpath("heavy_modules.txt").read_text(encoding="ascii").split()

RUN = """
import marshal, sys
told = marshal.load(sys.stdin.buffer)
sys.path[:] = told["path"]
from regiowacht_agent import family
from regiowacht_agent.snmp.meaning import known
family.KNOWN.update(told["metrics"])
known.PACKED.update(told["tables"])
book, metrics = known.book(), known.metrics()
column, row = (1, 3, 6, 1, 2, 1, 1, 3), (0,)
from regiowacht_agent.snmp.value import TICKS, Value
layout = book.lay_out({column: {row: Value(TICKS, 7)}}, book.anchors(), metrics)
anchors = [".".join(map(str, one)) for one in book.anchors()]
loaded = sorted(sys.modules)
import json
print(json.dumps([anchors, sorted(metrics), [one.metric.name for one in layout.series], loaded]))
"""

FILE = """
[asset]
gemeente = "zandbeke"
[[device]]
instance = "sw-1"
site = "hall"
laag = "connectiviteit"
address = "192.0.2.1"
version = "2c"
community = "env:COMMUNITY"
"""


def test_a_light_process_knows_all_tables(tmp_path: Path) -> None:
    (tmp_path / "agent.toml").write_text(FILE)
    made = plan.make(load(tmp_path / "agent.toml", {"reader": "proc"}))
    told = {"path": sys.path, "metrics": made["metrics"], "tables": made["tables"]}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUN], input=marshal.dumps(told), capture_output=True, check=True, timeout=60
    )
    anchors, metrics, series, loaded = json.loads(done.stdout)
    assert anchors == list(map(oid_text, known_book().anchors()))
    assert metrics == sorted(loader.metrics())
    assert series == ["sysUpTime"]
    assert sorted(set(loaded).intersection(HEAVY)) == []


def test_a_plan_without_devices_has_no_tables() -> None:
    assert "tables" not in plan.make(load(None, {"reader": "proc"}))


def test_groups_of_ports_are_on_as_the_settings_say() -> None:
    file, _table = known_book().tables(known_book().anchors(["if_mib"]))[0]
    assert tuple(name for name, is_on in file.groups.items() if is_on) == settings.DEFAULT_GROUPS
    told = {series.metric for table in file.tables for series in table.series if file.groups.get(series.group, True)}
    assert len(told) == 19
