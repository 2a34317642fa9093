"""Secrets by reference, where they are read at once: by audits, alerts and the collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.errors import Unavailable
from regiowacht_contract.secret import resolve

if TYPE_CHECKING:
    from pathlib import Path

PLACE = "file:/etc/regiowacht/secrets/fake"


def test_a_service_reads_what_it_was_handed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "secrets_fake").write_text("not-a-secret\n")
    assert resolve(PLACE) == "not-a-secret"


def test_a_secret_that_came_after_the_service_started_takes_another_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    with pytest.raises(Unavailable) as late:
        resolve(PLACE)
    assert late.value.message("nl").endswith("leg het bestand daar neer en herstart hem")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(Unavailable) as missing:
        resolve(PLACE)
    assert "No such file" in missing.value.message("nl")
