"""Root reads and writes a state folder whose owner may have laid links in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.joining.folder import Membership, StateFolder
from regiowacht_contract.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    (tmp_path / "shadow").write_text("geheim\n")
    made = StateFolder(tmp_path / "state")
    made.make()
    return made


def test_another_configuration_keeps_the_one_before(folder: StateFolder) -> None:
    folder.take(b"one")
    assert not folder.config_before.exists()
    folder.take(b"two")
    assert (folder.config_before.read_bytes(), folder.config.read_bytes()) == (b"one", b"two")


def test_what_a_link_leads_to_is_not_copied_into_the_folder(folder: StateFolder, tmp_path: Path) -> None:
    folder.config.symlink_to(tmp_path / "shadow")
    folder.take(b"one")
    assert not folder.config_before.exists()
    assert folder.config.read_bytes() == b"one"
    assert (tmp_path / "shadow").read_text() == "geheim\n"


def test_what_a_link_leads_to_is_not_sent_as_the_token(folder: StateFolder, tmp_path: Path) -> None:
    folder.credential.symlink_to(tmp_path / "shadow")
    with pytest.raises(UsageError, match="credential"):
        folder.token()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads for another user")
@pytest.mark.parametrize("reference", ["file:/etc/shadow", "file:/etc/regiowacht/secrets/../../shadow", "env:PATH"])
def test_root_does_not_read_what_the_service_remembered_as_a_login(folder: StateFolder, reference: str) -> None:
    member = Membership("https://c.example", "c-1", "zandbeke", "srv-app", proxy="http://p:1", proxy_login=reference)
    assert folder.proxy_login(member) == reference, "root's own folder"
    os.chown(folder.path, 61_200, 61_200)
    with pytest.raises(UsageError, match="proxy-login"):
        folder.proxy_login(member)
    own = Membership("u", "c-1", "z", "s", proxy_login="file:/etc/regiowacht/secrets/proxy")
    assert folder.proxy_login(own) == own.proxy_login
