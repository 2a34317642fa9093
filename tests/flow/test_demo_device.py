"""With snmpd on the PATH the demo has live network gear; without it, it says so and goes on."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.states import AssetState
from tests.agent.snmp.snmpd import lab_program
from tests.flow.demo_process import ALONE, is_alive, running_demo, wait_for
from tests.parts import need, need_engine, need_uplot

if TYPE_CHECKING:
    from tests.flow.demo_process import Demo

pytestmark = [pytest.mark.tools, pytest.mark.snmp]

DEVICE = 'gemeente="zandbeke",instance="sw-stadhuis-1"'


@pytest.fixture
def path_with_snmpd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the lab's snmpd on the PATH, as if this machine had it."""
    need_engine()
    need_uplot()
    need("lab")
    words = " ".join(f"'{word}'" for word in lab_program("usr/sbin/snmpd"))
    program = tmp_path / "snmpd"
    program.write_text(f'#!/bin/sh\nMIBS= exec {words} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")


def state(demo: Demo) -> list[float]:
    return [float(one["value"][1]) for one in demo.query(f"regiowacht:asset_state{{{DEVICE}}}")]


def snmpds(demo: Demo) -> list[int]:
    return [pid for pid, command in demo.children().items() if "usr/sbin/snmpd" in command]


@pytest.mark.usefixtures("path_with_snmpd")
def test_a_device_is_live_and_red_when_it_is_gone() -> None:
    with running_demo([ALONE, "--lang", "nl"]) as demo:
        assert any("snmpd speelt zandbeke/sw-stadhuis-1" in line for line in demo.err)
        wait_for(lambda: state(demo) == [AssetState.GOED], "the device to be well")
        (info,) = demo.query(f"snmp_device_info{{{DEVICE}}}")
        assert info["metric"]["sys_name"] == "sw-stadhuis-1"
        assert info["metric"]["job"] == "snmp"
        assert demo.query(f'ifOperStatus{{{DEVICE},ifName="lo"}}')
        assert len(demo.query(f"ifOperStatus{{{DEVICE}}}")) == len(socket.if_nameindex())
        (pid,) = snmpds(demo)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: any("snmpd is gestopt" in line for line in demo.err), "the demo to say so")
        wait_for(lambda: state(demo) == [AssetState.NEER], "the device to be down")


@pytest.mark.usefixtures("path_with_snmpd")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_of_it_is_left_however_the_demo_ends(how: signal.Signals) -> None:
    with running_demo([ALONE]) as demo:
        (pid,) = snmpds(demo)
        demo.process.send_signal(how)
        demo.process.wait()
    wait_for(lambda: not is_alive(pid), "snmpd to end")


def test_without_it_the_demo_says_what_brings_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_engine()
    need_uplot()
    for name in ("prometheus", "promtool"):
        (tmp_path / name).symlink_to(Path(need("prometheus")).with_name(name))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{Path(sys.executable).parent}")
    with running_demo([ALONE, "--lang", "nl"]) as demo:
        assert any("apt install snmpd" in line for line in demo.err)
        wait_for(lambda: state(demo) == [AssetState.NOG_NIET_AANGESLOTEN], "the device to be declared")
