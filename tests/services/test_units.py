"""The units as text: complete, in the packages, and started by the command that is there."""

from __future__ import annotations

import shlex
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from regiowacht.services.units import COMMAND, UNITS, collector_dropins, dropins, names, render
from regiowacht.services.words import quoted
from regiowacht_agent.config_file import load

if TYPE_CHECKING:
    from pathlib import Path

PING = """
[asset]
gemeente = "zandbeke"
site = "stadhuis"
instance = "srv"
[[probe]]
instance = "lijn"
site = "stadhuis"
laag = "connectiviteit"
kind = "icmp"
target = "192.0.2.1"
"""

ALL = [(room, name) for room, units in UNITS.items() for name in units]


def config_of(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "agent.toml"
    path.write_text(text)
    return path


def kernel(tmp_path: Path, ping_range: str = "0\t2147483647\n", namespaces: str = "31000\n") -> Path:
    for name, text in (("net/ipv4/ping_group_range", ping_range), ("user/max_user_namespaces", namespaces)):
        path = tmp_path / "proc/sys" / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(("room", "name"), ALL)
def test_a_unit_starts_the_command_that_it_is_given(room: str, name: str) -> None:
    assert COMMAND not in render(name, "/usr/bin/regiowacht")
    assert render(name, "/usr/bin/regiowacht").replace("/usr/bin/regiowacht", COMMAND) == render(name)
    assert name in names(room)


@pytest.mark.parametrize("room", UNITS)
def test_every_unit_file_of_a_package_is_told_of(room: str) -> None:
    there = {one.name for one in resources.files(f"regiowacht_{room}").joinpath("units").iterdir()}
    assert {name for name in there if name.endswith((".service", ".timer"))} == set(names(room))


def test_an_agent_that_pings_gets_the_right_to_where_the_kernel_gives_it_to_few(tmp_path: Path) -> None:
    config = load(config_of(tmp_path, PING))
    assert set(dropins(config, root=kernel(tmp_path, "1\t0\n"))) == {"regiowacht-agent.service.d/icmp.conf"}
    assert dropins(load(None), root=tmp_path) == {}


@pytest.mark.parametrize("namespaces", ["0\n", ""])
def test_a_kernel_without_user_namespaces_gets_a_service_without(tmp_path: Path, namespaces: str) -> None:
    name, text = dropins(load(None), root=kernel(tmp_path, namespaces=namespaces)).popitem()
    assert name == "regiowacht-agent.service.d/no-user-namespaces.conf"
    assert text.endswith("[Service]\nPrivateUsers=no\n")


def test_an_agent_that_pings_needs_no_right_where_the_kernel_lets_everybody(tmp_path: Path) -> None:
    assert dropins(load(config_of(tmp_path, PING)), root=kernel(tmp_path)) == {}


def test_an_agent_on_a_low_port_may_listen_there(tmp_path: Path) -> None:
    (name,) = dropins(load(None, {"listen": "127.0.0.1:80"}), root=kernel(tmp_path))
    assert name == "regiowacht-agent.service.d/low-port.conf"


def test_a_server_that_did_not_join_is_told_its_configuration(tmp_path: Path) -> None:
    told = dropins(load(None), "/usr/bin/regiowacht", has_joined=False, root=kernel(tmp_path))
    agent, helper = (text for name, text in sorted(told.items()))
    assert "ExecStart=\nExecStart=/usr/bin/regiowacht agent run --config /etc/regiowacht/agent.toml" in agent
    assert "ExecStart=\nExecStart=/usr/bin/regiowacht agent helper --config /etc/regiowacht/agent.toml" in helper


def test_a_collector_is_told_its_options_and_where_nothing_else_was_said_the_usual_places() -> None:
    ((name, text),) = collector_dropins(["--gateway-name", "a b", "--region", "/srv/r"], ports=[9781]).items()
    assert name == "regiowacht-collector.service.d/options.conf"
    words = shlex.split(text.splitlines()[-1].removeprefix("ExecStart="))
    assert words[3:] == ["--data", "/var/lib/regiowacht-collector", "--gateway-name", "a b", "--region", "/srv/r"]
    assert "regiowacht-collector.service.d/low-port.conf" in collector_dropins([], ports=[9781, 443])


def test_what_a_collector_runs_is_looked_for_before_it_starts_and_may_be_missing_then() -> None:
    told = ["--engine", "/opt/p p", "--no-alerts", "--gateway-name", "a"]
    (text,) = collector_dropins(told, "/usr/bin/regiowacht").values()
    assert 'ExecStartPre=\nExecStartPre=-/usr/bin/regiowacht collector fetch --engine "/opt/p p" --no-alerts\n' in text


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("a", "a"),
        ("", '""'),
        ("a b", '"a b"'),
        ("50%", "50%%"),
        ("$HOME", "$$HOME"),
        ('"', '"\\""'),
        ("a\\b", "a\\\\b"),
    ],
)
def test_a_word_is_written_as_systemd_reads_it(word: str, written: str) -> None:
    assert quoted(word) == written


def test_a_word_of_two_lines_is_none() -> None:
    with pytest.raises(ValueError, match="a\nb"):
        quoted("a\nb")
