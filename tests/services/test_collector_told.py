"""Whoever started the collector is told how it fares: systemd waits for that, and starts a silent one again."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.ports import free_port
from regiowacht_inventory import example_path
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.tools, pytest.mark.slow]
DEADLINE_S = 100


def test_systemd_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notify"
    words = [sys.executable, "-m", "regiowacht", "collector", "run", "--region", str(example_path())]
    words += ["--data", str(tmp_path / "data"), "--engine", need("prometheus"), "--no-alerts"]
    words += ["--port", str(free_port()), "--exporter-port", "0"]
    told = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "1000000"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(path))
        systemd.settimeout(DEADLINE_S)
        with subprocess.Popen(words, env={"PATH": "/usr/bin:/bin", **told}, stdout=subprocess.DEVNULL) as process:
            try:
                assert systemd.recv(1000).startswith(b"READY=1\nSTATUS=http://127.0.0.1:")
                assert [systemd.recv(1000) for _ in range(2)] == [b"WATCHDOG=1"] * 2
                process.send_signal(signal.SIGHUP)
                heard = [systemd.recv(1000)]
                while not heard[-1].startswith(b"RELOADING=1\nMONOTONIC_USEC="):
                    heard.append(systemd.recv(1000))
                while not heard[-1].startswith(b"READY=1"):
                    heard.append(systemd.recv(1000))
                process.terminate()
                while heard[-1] != b"STOPPING=1":
                    heard.append(systemd.recv(1000))
                assert process.wait(DEADLINE_S) == 0
            finally:
                process.kill()
