from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.polls.secret import read_secret

if TYPE_CHECKING:
    from pathlib import Path


def why(reference: str) -> str:
    with pytest.raises(Failed) as failed:
        read_secret(reference)
    assert failed.value.reason == "secret"
    return failed.value.detail


def test_a_secret_comes_from_the_environment_or_a_file_without_its_line_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAKE_SECRET", "not-a-secret")
    (tmp_path / "fake").write_text("not-a-secret either\r\n")
    assert read_secret("env:FAKE_SECRET") == "not-a-secret"
    assert read_secret(f"file:{tmp_path / 'fake'}") == "not-a-secret either"


def test_a_variable_that_is_not_there_is_another_fault_than_one_that_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FAKE_SECRET", raising=False)
    assert why("env:FAKE_SECRET") == "env:FAKE_SECRET: there is no such variable in the environment"
    monkeypatch.setenv("FAKE_SECRET", "")
    assert why("env:FAKE_SECRET") == "env:FAKE_SECRET holds nothing that can be sent"


def test_the_words_never_hold_what_was_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FAKE_SECRET", "not-a-secret\x1b")
    (tmp_path / "fake").write_bytes(b"not-a-secret\xff")
    assert "not-a-secret" not in why("env:FAKE_SECRET")
    assert "not-a-secret" not in why(f"file:{tmp_path / 'fake'}")
    assert why(f"file:{tmp_path / 'nothing'}").endswith(": No such file or directory")


def test_a_service_reads_what_it_was_handed_and_never_the_folder_of_root(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "secrets_fake").write_text("not-a-secret\n")
    (tmp_path / "secrets_folder_fake").write_text("not-a-secret either\n")
    assert read_secret("file:/etc/regiowacht/secrets/fake") == "not-a-secret"
    assert read_secret("file:/etc/regiowacht//secrets/x/../folder/fake") == "not-a-secret either"
    assert why("file:/etc/regiowacht/secretsfake").endswith(": No such file or directory")


def test_a_secret_that_came_after_the_service_started_takes_another_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    late = "file:/etc/regiowacht/secrets/late"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert why(late) == f"{late} was not there when this service started; restart it"
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert why(late).endswith(": No such file or directory")
