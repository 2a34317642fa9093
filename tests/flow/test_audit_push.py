"""From an audit at the shared service to the region's Prometheus: every gemeente under its own scope."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from regiowacht_inventory import example_path
from tests.audit.fetch.dialogues import AOSS, IOS
from tests.collector.gateway.test_serving import LISTEN, Run, run
from tests.collector.live import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.tools, pytest.mark.timeout(600)]

DEVICES = {"oosthove": "sw-oost-1", "zandbeke": "sw-stadhuis-1"}
TEXTS = {"oosthove": IOS, "zandbeke": AOSS}
WITHIN_S = 60


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Run]:
    with run(tmp_path / "data", *LISTEN) as started:
        yield started


def audit(folder: Path, gateway: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Audit one device of each gemeente from files, and push."""
    for gemeente, device in DEVICES.items():
        (folder / "files" / gemeente).mkdir(parents=True, exist_ok=True)
        (folder / "files" / gemeente / f"{device}.cfg").write_text(TEXTS[gemeente])
    command = [sys.executable, "-m", "regiowacht", "audit", "run", "--region", str(example_path())]
    command += [f"{gemeente}/{device}" for gemeente, device in DEVICES.items()]
    command += ["--from-dir", str(folder / "files"), "--push", str(folder / "tokens"), "--push-url", gateway]
    secrets = {"AUDIT_KEY": "key-not-a-secret"}
    return subprocess.run(
        [*command, "--lang", "en", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **secrets},
    )


def tokens(running: Run, folder: Path, **of: str) -> dict[str, str]:
    """Write the tokens, each of the gemeente that is said, else of its own."""
    (folder / "tokens").mkdir()
    made = {gemeente: running.token_of("audit", gemeente) for gemeente in DEVICES}
    for gemeente in DEVICES:
        (folder / "tokens" / f"{gemeente}.token").write_text(made[of.get(gemeente, gemeente)] + "\n")
    return made


def _is_told(running: Run, of: str) -> bool:
    return running.values(f"regiowacht_audit_score_ratio{{{of}}}") != {}


def test_each_gemeente_is_told_under_its_own_scope(running: Run, tmp_path: Path) -> None:
    made = tokens(running, tmp_path)
    done = audit(tmp_path, running.gateway, "--json")
    assert done.returncode == 1, done.stderr
    assert "metrics of 2 gemeenten pushed" in done.stderr
    assert not [token for token in made.values() if token in done.stdout + done.stderr]
    devices = {one["gemeente"]: one for one in json.loads(done.stdout)["devices"]}
    for gemeente, device in DEVICES.items():
        of = f'gemeente="{gemeente}",scope="{gemeente}/connectiviteit",site!="",job="audit"'
        until(partial(_is_told, running, of), within_s=WITHIN_S)
        scores = running.values(f"regiowacht_audit_score_ratio{{{of}}}")
        assert scores == {device: pytest.approx(devices[gemeente]["score"])}
        found = running.values(f"regiowacht_audit_findings{{{of}}}", "severity")
        failed = [one["severity"] for one in devices[gemeente]["findings"] if one["status"] == "fail"]
        assert found == {grade: failed.count(grade) for grade in ("critical", "high", "medium", "low")}
        assert list(running.values(f"regiowacht_audit_last_success_timestamp_seconds{{{of}}}")) == [device]
    assert running.values('count by (scope) ({job="audit"})', "scope").keys() == {
        f"{gemeente}/connectiviteit" for gemeente in DEVICES
    }


def test_one_gemeente_cannot_be_written_with_the_token_of_another(running: Run, tmp_path: Path) -> None:
    tokens(running, tmp_path, oosthove="zandbeke")
    done = audit(tmp_path, running.gateway)
    assert done.returncode == 3, done.stderr
    assert "nothing of oosthove was pushed" in done.stderr
    assert "foreign-gemeente" in done.stderr
    until(partial(_is_told, running, 'job="audit"'), within_s=WITHIN_S)
    assert list(running.values("regiowacht_audit_score_ratio", "gemeente")) == ["zandbeke"]


def test_a_token_that_is_missing_or_unknown_keeps_no_other_back(running: Run, tmp_path: Path) -> None:
    tokens(running, tmp_path)
    file = tmp_path / "tokens" / "oosthove.token"
    file.unlink()
    for said in ("collector invite oosthove --client audit", "holds no token", "does not know the token"):
        done = audit(tmp_path, running.gateway)
        assert done.returncode == 3, done.stderr
        assert said in done.stderr
        assert "metrics of 1 gemeenten pushed" in done.stderr
        assert "RW-SEC-01" in done.stdout
        file.write_text("\n" if said.startswith("collector") else "nobody-knows-this-token\n")
