"""Waiting until the region has seen a server gives up in time, and says why."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from regiowacht.services.beforehand import require_port
from regiowacht.services.seen import NotSeen, wait_seen
from regiowacht.services.systemd import NoSystemd, Systemd
from regiowacht_agent.config_file import load
from regiowacht_contract.errors import Unavailable
from regiowacht_contract.texts import LANGS

if TYPE_CHECKING:
    from pathlib import Path


class Silent(Systemd):
    """A systemd whose agent said two lines."""

    def journal(self, unit: str, lines: int = 5) -> tuple[str, ...]:
        return ("first", "second")


def test_an_agent_that_does_not_answer_is_given_up_on_with_its_last_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    config = tmp_path / "agent.toml"
    config.write_text(f'listen = "127.0.0.1:{port}"\n')
    moments = iter([0.0, 1.0, 61.0])
    slept: list[float] = []
    with pytest.raises(NotSeen) as told:
        wait_seen(load(config), Silent(tmp_path), now=lambda: next(moments), sleep=slept.append)
    assert len(slept) == 1
    for lang in LANGS:
        said = told.value.message(lang)
        assert "Connection refused" in said
        assert "    first\n    second\n" in said


def test_without_systemd_it_says_what_to_do_instead(tmp_path: Path) -> None:
    with pytest.raises(NoSystemd, match=r"does not run systemd .* --no-run"):
        Systemd(tmp_path).require()


def test_an_address_of_another_server_is_told_with_the_own_ones(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"the region folder says that this server has the address 192\.0\.2\.77"):
        require_port(Systemd(tmp_path), "192.0.2.77:9780")
