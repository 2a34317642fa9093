"""The installer as text, and the line that fetches it."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from regiowacht_collector.gateway.installing.line import pasted_line
from regiowacht_collector.gateway.installing.script import Asked, installer, machines, read_authority
from regiowacht_collector.gateway.installing.wheels import Wheel, wheels_of
from regiowacht_contract.errors import Unavailable
from regiowacht_contract.join_code import new_code
from tests.collector.authority import Authority
from tests.collector.gateway.installing.folder import product
from tests.parts import need

PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
ASKED = Asked("i-0123456789", "srv-app", "https://regiowacht.voorbeeld.be", "", "nl")
OWN = Asked("i-0123456789", "srv-app", "https://regiowacht.voorbeeld.be", PEM, "en")
CODE = new_code()


@pytest.fixture
def wheels(tmp_path: Path) -> tuple[Wheel, ...]:
    product(tmp_path / "wheels")
    return wheels_of(tmp_path / "wheels")


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("asked", [ASKED, OWN], ids=["public", "own"])
def test_it_is_a_script_for_any_shell_without_an_open_place(
    shell: str, asked: Asked, wheels: tuple[Wheel, ...], tmp_path: Path
) -> None:
    need(shell)
    script = installer(asked, wheels)
    (tmp_path / "script").write_text(script)
    assert subprocess.run([shell, "-n", tmp_path / "script"], capture_output=True, text=True, check=False).stderr == ""
    assert re.findall(r"@[a-z-]+@", script) == []
    assert script == installer(asked, wheels)
    assert wheels[0].sha256 in script
    assert ("AAAA" in script) == bool(asked.authority)
    assert CODE not in script


def test_it_speaks_the_language_of_who_runs_it(wheels: tuple[Wheel, ...]) -> None:
    assert "plak de regel" in installer(ASKED, wheels)
    assert "paste the line" in installer(OWN, wheels)


def test_a_name_or_url_cannot_become_a_command(wheels: tuple[Wheel, ...], tmp_path: Path) -> None:
    strange = Asked("i-1", "a'$(touch pwned)", "https://a/;touch pwned", "", "nl")
    (tmp_path / "shown/bin").mkdir(parents=True)
    (tmp_path / "shown/bin/regiowacht").write_text('#!/bin/sh\nprintf "<%s>" "$@"')
    (tmp_path / "shown/bin/regiowacht").chmod(0o755)
    script = installer(strange, wheels).replace("target=/opt/regiowacht\n", "target=shown\n")
    run = script.replace('main "$@"\nexit', "authority= code=1\njoin_region x")
    done = subprocess.run(["sh", "-c", run], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "<agent><join><https://a/;touch pwned><--install><--lang><nl>", done.stderr
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize(("told", "words"), [
    ({"HTTPS_PROXY": "http://proxy.example:3128"}, ["env", "HTTPS_PROXY=http://proxy.example:3128", "sh"]),
    ({"https_proxy": "http://proxy.example:3128"}, ["env", "HTTPS_PROXY=http://proxy.example:3128", "sh"]),
    ({}, ["sh"]),
])  # fmt: skip
def test_sudo_takes_the_proxy_along(
    told: dict[str, str], words: list[str], wheels: tuple[Wheel, ...], tmp_path: Path
) -> None:
    for name, text in {"id": "echo 1000", "sudo": 'printf "%s\\n" "$@"'}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    own_path = installer(ASKED, wheels).replace("\nPATH=", f"\nPATH={tmp_path}:", 1)
    (tmp_path / "script").write_text(own_path)
    script = str(tmp_path / "script")
    done = subprocess.run(
        ["sh", script], env={"PATH": "/usr/bin:/bin", **told}, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == [*words, script], done.stderr


def wheel(name: str) -> Wheel:
    return Wheel(name, 1, "0")


def test_it_serves_the_processors_that_every_package_is_there_for() -> None:
    both = [wheel(f"psutil-7-cp36-abi3-manylinux_2_17_{one}.whl") for one in ("x86_64", "aarch64")]
    anyone = wheel("jeepney-1-py3-none-any.whl")
    assert machines([*both, anyone]) == ("x86_64", "aarch64")
    assert machines([*both, anyone, wheel("cffi-1-cp311-cp311-manylinux_2_17_x86_64.whl")]) == ("x86_64",)


@pytest.mark.parametrize("asked", [ASKED, OWN], ids=["public", "own"])
def test_the_line_survives_a_mail(asked: Asked) -> None:
    line = pasted_line(asked, "script", CODE)
    assert len(line) <= 300
    assert line.isascii()
    assert "\n" not in line
    assert not set("\"'`!\\<>") & set(line), "signs that mail programs turn into others, or shells into history"
    assert asked.authority or "--" not in line
    assert hashlib.sha256(b"script").hexdigest() in line


@pytest.fixture
def fetches(tmp_path: Path) -> Path:
    """A folder of commands in which ``curl`` fetches what stands in ``answer``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "curl").write_text(f'#!/bin/sh\ncat {tmp_path}/answer >"${{2##*/}}"\n')
    (folder / "curl").chmod(0o755)
    return folder


def paste(line: str, fetches: Path, shell: str = "sh") -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PATH": f"{fetches}:{os.environ['PATH']}", "TMPDIR": str(fetches.parent), "LC_ALL": "C"}
    return subprocess.run(
        [shell, "-c", line], env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


SCRIPT = "read -r code || :\nprintf 'ran with %s\\n' \"$code\"\nexit 7\n"


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_the_line_runs_what_has_its_checksum_with_the_code_on_standard_input(
    fetches: Path, tmp_path: Path, shell: str
) -> None:
    need(shell)
    (tmp_path / "answer").write_text(SCRIPT)
    done = paste(pasted_line(ASKED, SCRIPT, CODE), fetches, shell)
    assert f"ran with {CODE}\n" in done.stdout
    assert done.returncode == 7


@pytest.mark.parametrize("answer", [SCRIPT[:-9], SCRIPT + "rm x\n", "", "deze code is verlopen\n"])
def test_what_has_another_checksum_never_runs_and_a_refusal_is_shown(
    fetches: Path, tmp_path: Path, answer: str
) -> None:
    (tmp_path / "answer").write_text(answer)
    done = paste(pasted_line(ASKED, SCRIPT, CODE), fetches)
    assert "ran with" not in done.stdout
    assert done.returncode != 0
    assert ("verlopen" in done.stdout) == ("verlopen" in answer)


@pytest.mark.parametrize("space", range(15))
def test_a_line_that_a_mail_program_folded_does_it_or_does_nothing(fetches: Path, tmp_path: Path, space: int) -> None:
    (tmp_path / "answer").write_text(SCRIPT)
    line = pasted_line(ASKED, SCRIPT, CODE)
    spaces = [found.start() for found in re.finditer(" ", line)]
    assert len(spaces) <= 15
    at = spaces[space % len(spaces)]
    before = set(Path.cwd().iterdir())
    done = paste(line[:at] + "\n" + line[at + 1 :], fetches)
    assert done.stdout.count("ran with") <= 1
    assert "ran with" not in done.stdout or f"ran with {CODE}\n" in done.stdout or "ran with \n" in done.stdout
    assert set(Path.cwd().iterdir()) == before


def test_an_authority_is_read_without_what_stands_around_it(tmp_path: Path) -> None:
    pem = Authority(tmp_path).ca.read_text().strip()
    (tmp_path / "told.pem").write_text(f"subject: a $(thing)\n{pem}\nBEGIN\n{pem}\n")
    assert read_authority(tmp_path / "told.pem") == f"{pem}\n{pem}\n"
    (tmp_path / "empty.pem").write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    (tmp_path / "broken.pem").write_text(PEM)
    for name in ("empty.pem", "broken.pem", "none.pem"):
        with pytest.raises(Unavailable, match=name):
            read_authority(tmp_path / name)
