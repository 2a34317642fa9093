"""Every dashboard, in both languages, is what Grafana's own types say a dashboard is."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.dashboards.built import UIDS, dashboard
from tests.dashboards.oracle.install import node
from tests.dashboards.oracle.literals import source
from tests.parts import need

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

pytestmark = pytest.mark.oracle

FOUND = re.compile(r"\((\d+),\d+\): error (TS\d+): (.*)")


def faults(boards: Mapping[str, Mapping[str, Any]], folder: Path) -> list[str]:
    """Return what the compiler says, each with the dashboard and panel that it is about."""
    installed = need("oracle")
    text, about = source(boards, folder / "node_modules/@grafana/schema")
    (folder / "node_modules").symlink_to(f"{installed}/node_modules")
    (folder / "boards.ts").write_text(text, encoding="utf-8")
    compiler = f"{installed}/node_modules/typescript/bin/tsc"
    command = [node(), compiler, "--strict", "--noEmit", "--skipLibCheck", "--pretty", "false", "boards.ts"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    found = [FOUND.search(line) for line in done.stdout.splitlines()]
    said = [f"{about[int(one[1]) - 1]}: {one[3]}" for one in found if one]
    assert (done.returncode == 0) == (not said), done.stdout + done.stderr
    return said


@pytest.mark.timeout(300)
def test_grafanas_types_find_nothing_in_the_set(tmp_path: Path) -> None:
    boards = {f"{uid} {lang}": dashboard(uid, lang) for uid in UIDS for lang in ("nl", "en")}
    assert faults(boards, tmp_path) == []


def _of(raw: dict[str, Any], panel: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in raw["panels"] if one["type"] == panel)
    return found


PLANTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "an unknown key of a dashboard": lambda raw: raw.update(hideControls=True),
    "a word that is not in the enum": lambda raw: _of(raw, "stat")["options"].update(textMode="shout"),
    "an unknown option": lambda raw: _of(raw, "table")["options"].update(fontSize="100%"),
    "a text for a number": lambda raw: _of(raw, "gauge")["gridPos"].update(x="0"),
    "an unknown key of fields": lambda raw: _of(raw, "timeseries")["fieldConfig"]["defaults"]["custom"].update(lines=1),
    "a query of another kind": lambda raw: _of(raw, "stat")["targets"][0].update(format="xml"),
    "a null where none may be": lambda raw: _of(raw, "bargauge").update(title=None),
}


@pytest.mark.timeout(300)
def test_each_planted_fault_is_found(tmp_path: Path) -> None:
    boards = {}
    for name, change in PLANTED.items():
        raw = {
            **dashboard("rw-server"),
            "panels": [*dashboard("rw-regio")["panels"], *dashboard("rw-server")["panels"]],
        }
        change(raw)
        boards[name] = raw
    said = faults(boards, tmp_path)
    assert [name for name in PLANTED if not any(line.startswith(f"{name}: ") for line in said)] == []
