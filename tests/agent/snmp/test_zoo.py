"""The zoo: agents that misbehave x tables x versions; no cell may be missing or wrong without a word.

The fast engine goes through all of it, pysnmp through one table and version of each case: it takes ten times as long.
``tests/benchmarks/snmp_zoo.py`` has both go through all of it.
"""

from __future__ import annotations

import random
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.fast_session import FastSession
from regiowacht_agent.snmp.pysnmp_engine.session import PysnmpSession
from regiowacht_agent.snmp.session import Target
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.fake_agent import UPTIME, Agent, Objects, Quirks, serving

if TYPE_CHECKING:
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.session import Columns, Trouble

CASES = tomllib.loads(Path(__file__).with_name("zoo.toml").read_text(encoding="utf-8"))["case"]
ROWS_MAX = 150
INTERFACES: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
MORE: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
NEIGHBOURS: Oid = (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1)
WANTED: tuple[Oid, ...] = (
    *((*INTERFACES, column) for column in range(1, 5)),
    *((*MORE, column) for column in (1, 6)),
    (*NEIGHBOURS, 9),
)


def _table(rows: list[int]) -> Objects:
    """Return interfaces with 64-bit counters, neighbours with longer indexes, and scalars."""
    found: Objects = {UPTIME: Value(tags.TICKS, 100_000), (1, 3, 6, 1, 4, 1, 8072, 1, 0): Value(tags.INTEGER, 1)}
    for row in rows:
        found[*INTERFACES, 1, row] = Value(tags.INTEGER, row)
        found[*INTERFACES, 2, row] = Value(tags.OCTETS, f"port {row}, éé\0".encode("latin-1"))
        found[*INTERFACES, 3, row] = Value(tags.GAUGE32, row * 1_000_000 % 2**32)
        found[*INTERFACES, 4, row] = Value(tags.COUNTER32, (2**32 - 200_000 - row * 77_777) % 2**32)
        found[*MORE, 1, row] = Value(tags.OCTETS, b"%d" % row)
        found[*MORE, 6, row] = Value(tags.COUNTER64, 2**60 + row * 77_777)
        found[*NEIGHBOURS, 9, 0, row, 3] = Value(tags.OCTETS, b"switch-%d" % row)
    return found


TABLES = {
    "7 rows": _table(list(range(1, 8))),
    "52 rows": _table(list(range(1, 53))),
    "rows far apart": _table([*range(1, 8), *range(10101, 10125), 2**31 - 9, 2**31 - 3]),
}


class Cell(NamedTuple):
    """A cell that is not as it should be."""

    column: Oid
    row: Oid
    what: str


def _is_right(wanted: Value, came: Value, case: dict[str, Any]) -> bool:
    if case.get("quirks", {}).get("counting") and wanted.tag in {tags.COUNTER32, tags.COUNTER64}:
        # It was read before the agent was asked for the last time, and runs by one with each question.
        return came.tag == wanted.tag and 0 <= int(wanted.number or 0) - int(came.number or 0) < 5000
    return came == wanted


def _wrong(agent: Agent, found: Columns, version: str, case: dict[str, Any]) -> list[Cell]:
    """Return the cells that are not as the agent has them."""
    wanted: dict[Oid, dict[Oid, Value]] = {column: {} for column in WANTED}
    for oid, value in agent.objects.items():
        column = next((one for one in WANTED if oid[: len(one)] == one), None)
        if column is not None and not (version == "1" and value.tag == tags.COUNTER64):
            wanted[column][oid[len(column) :]] = value
    assert found.cells.keys() == wanted.keys()
    cells = []
    for column, rows in wanted.items():
        came = found.cells[column]
        cells += [Cell(column, index, "missing") for index in rows if index not in came]
        cells += [Cell(column, index, "invented") for index in came if index not in rows]
        cells += [
            Cell(column, index, "wrong")
            for index, value in rows.items()
            if index in came and not _is_right(value, came[index], case)
        ]
    return cells


def _is_told(cell: Cell, troubles: tuple[Trouble, ...]) -> bool:
    """Return whether a trouble is about a cell: its own, its column, its table where rows moved, or the device."""
    return any(
        trouble.oid in {(), cell.column, cell.column + cell.row}
        or (trouble.reason == "moved" and trouble.oid[:-1] == cell.column[:-1])
        for trouble in troubles
    )


def _visits() -> list[tuple[str, dict[str, Any], str, str]]:
    """Return who reads which case in which version with which table; the same at each run."""
    found = []
    chance = random.Random(2026)
    for case in CASES:
        places = [
            (case, one, table) for one in case.get("versions", ("1", "2c")) for table in case.get("tables", TABLES)
        ]
        found += [("fast", *place) for place in places]
        found.append(("pysnmp", *chance.choice(places)))
    return found


@pytest.mark.parametrize(
    ("engine", "case", "version", "table"),
    [pytest.param(*visit, id=f"{visit[1]['name']}-{visit[2]}-{visit[3]}-{visit[0]}") for visit in _visits()],
)
def test_nothing_is_lost_in_silence(engine: str, case: dict[str, Any], version: str, table: str) -> None:
    quirks = Quirks(**case.get("quirks", {}))
    is_waiting = bool(case.get("fails") or quirks.drop or quirks.bulk == "ignore")
    quick_s = 0.3 if engine == "fast" or case.get("fails") else 0.8  # pysnmp is slow to hear, too
    retries = 1 if case.get("fails") or quirks.bulk == "ignore" else 6
    credential = Community("1" if version == "1" else "2c", b"public")
    with serving(TABLES[table], quirks) as (agent, server):
        timeout_s = quick_s if is_waiting else 30.0
        target = Target(server.host, credential, server.port, timeout_s=timeout_s, retries=retries)
        session = FastSession(target) if engine == "fast" else PysnmpSession(target)
        try:
            if "fails" in case:
                with pytest.raises(SnmpFailed) as caught:
                    session.columns(WANTED, ROWS_MAX)
                assert caught.value.reason == case["fails"]
                return
            found = session.columns(WANTED, ROWS_MAX)
        finally:
            session.close()
    wrong = _wrong(agent, found, version, case)
    assert [cell for cell in wrong if not _is_told(cell, found.troubles)] == []
    assert {trouble.reason for trouble in found.troubles} <= set(case.get("may", ()))
    assert {trouble.reason for trouble in found.troubles} >= set(case.get("must", ()))
    if case.get("whole"):
        assert wrong == []
