"""``regiowacht dashboards preview`` as a person starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.ports import free_port
from regiowacht_inventory import example_path

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-m", "regiowacht", "dashboards", "preview"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_and_ends_when_told(uplot: Path, trial_folder: Path, how: signal.Signals) -> None:
    del uplot
    options = ["--dir", str(trial_folder), "--port", "0", "--lang", "nl"]
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        word, url = process.stdout.readline().split()
        with urllib.request.urlopen(f"{url}/d/proef", timeout=10) as page:
            assert b"Proef" in page.read()
        process.send_signal(how)
        _, talk = process.communicate(timeout=20)
    assert (word, process.returncode, talk) == ("dashboards", 0, "Ctrl-C stopt de dashboards\n")


def test_with_a_region_it_builds_first(uplot: Path) -> None:
    del uplot
    options = ["--region", str(example_path()), "--port", "0"]
    with subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[1]
        with urllib.request.urlopen(f"{url}/d/rw-regio", timeout=10) as page:
            assert b"rw-server" in page.read()
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        (["--dir", "/nowhere", "--port", "0"], 2, "/nowhere"),
        (["--dir", ".", "--region", "."], 2, "niet allebei"),
        (["--dir", ".", "--port", "0", "--prometheus", "nonsense"], 2, "nonsense"),
        (["--region", "/nowhere", "--port", "0"], 2, "/nowhere"),
    ],
)
def test_mistakes_are_one_line(options: list[str], code: int, text: str) -> None:
    environ = {**os.environ, "LANG": "nl_BE.UTF-8"}
    done = subprocess.run(
        [*COMMAND, *options, "--lang", "nl"], capture_output=True, text=True, timeout=60, env=environ, check=False
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert text in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_taken_port_says_what_to_do(uplot: Path, trial_folder: Path) -> None:
    del uplot
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = str(taken.getsockname()[1])
        options = ["--dir", str(trial_folder), "--port", port, "--lang", "nl"]
        done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3
    assert f"poort {port} is bezet" in done.stderr
