"""What was declared and cannot be looked at is said by check, in the reader's language."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from regiowacht.main import main
from regiowacht_contract.texts import keys

EXTRA = Path(__file__).resolve().parents[2] / "agent/regiowacht_agent/extra"


def _file(folder: Path) -> Path:
    certificates, backups = f'["{folder}/*.pem", "{folder}/gone.crt"]', f'["db={folder}/db-*.tar"]'
    (folder / "agent.toml").write_text(f"[certificates]\nfiles = {certificates}\n[backups]\nfiles = {backups}\n")
    (folder / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\n")
    (folder / "folder.pem").mkdir()
    return folder / "agent.toml"


def test_check_names_certificates_and_backups_that_are_not_there(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["agent", "check", "--lang", "nl", "--config", str(_file(tmp_path))]) == 1
    said = [row.strip() for row in capfd.readouterr().out.splitlines()]
    backup = said.index("db: er is geen zo'n bestand")
    assert said[backup - 1].startswith("backups ")
    certificate = said.index(f"{tmp_path}/folder.pem: geen gewoon bestand")
    assert said[certificate - 1].startswith("certificates ")
    assert f"{tmp_path}/gone.crt: er is geen zo'n bestand" in said
    assert f"{tmp_path}/key.pem: er staat geen certificaat in" in said


def test_check_tells_programs_what_was_declared_and_is_not_there(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = _file(tmp_path)
    assert main(["agent", "check", "--json", "--config", str(config)]) == 1
    told = json.loads(capfd.readouterr().out)["declared_problems"]
    assert {"family": "backups", "what": "db", "reason": "not-found"} in told
    assert {"family": "certificates", "what": f"{tmp_path}/key.pem", "reason": "no-certificate"} in told
    (tmp_path / "db-1.tar").touch()
    config.write_text(f'[backups]\nfiles = ["db={tmp_path}/db-*.tar"]\n')
    assert main(["agent", "check", "--json", "--config", str(config)]) == 0
    assert json.loads(capfd.readouterr().out)["declared_problems"] == []


@pytest.mark.parametrize(
    "path", [EXTRA / "certificates/__init__.py", EXTRA / "backups.py"], ids=["certificates", "backups"]
)
def test_every_reason_in_the_code_has_its_text(path: Path) -> None:
    words = {
        node.value for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)
    }
    reasons = {word for word in words if isinstance(word, str) and "-" in word and word.replace("-", "").isalpha()}
    assert "not-found" in reasons
    assert {reason for reason in reasons if f"agent.declared-{reason}" not in keys()} == set()
