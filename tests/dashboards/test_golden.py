"""What is committed under dashboards/generated is what the code builds, byte for byte.

``REGIOWACHT_UPDATE_GOLDEN=1 pytest tests/dashboards/test_golden.py`` writes the files anew.
"""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from regiowacht_contract.texts import LANGS, Lang
from tests.dashboards.built import UIDS, text

GENERATED = Path(__file__).resolve().parents[2] / "dashboards" / "generated"
UPDATE = os.environ.get("REGIOWACHT_UPDATE_GOLDEN") == "1"
LINES_SHOWN = 60

RENDER = """
import sys
from regiowacht_dashboards.boards import BOARDS
from regiowacht_dashboards.build import render
from regiowacht_dashboards.settings import Settings
for lang in ("nl", "en"):
    for uid in BOARDS:
        sys.stdout.write(render(uid, Settings(lang=lang, timezone="Europe/Brussels")))
"""


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("uid", UIDS)
def test_generated_file_is_what_the_code_builds(uid: str, lang: Lang) -> None:
    path = GENERATED / lang / f"{uid}.json"
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(uid, lang), encoding="utf-8")
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    diff = list(
        difflib.unified_diff(
            committed.splitlines(), text(uid, lang).splitlines(), str(path), "what the code builds", lineterm="", n=5
        )
    )
    hint = "if this is meant: REGIOWACHT_UPDATE_GOLDEN=1 pytest tests/dashboards/test_golden.py"
    assert committed == text(uid, lang), "\n".join([*diff[:LINES_SHOWN], hint])


def test_nothing_else_lies_among_the_generated_files() -> None:
    found = {str(path.relative_to(GENERATED)) for path in GENERATED.rglob("*") if path.is_file()}
    assert found == {f"{lang}/{uid}.json" for lang in LANGS for uid in UIDS}


def test_two_processes_build_the_same_bytes() -> None:
    built = {
        subprocess.run(
            [sys.executable, "-W", "error", "-c", RENDER],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(built) == 1
    assert b'"schemaVersion": 41' in built.pop()
