"""What devices do that no manual tells: each ends in a configuration or in a sentence, never in a traceback."""

from __future__ import annotations

import random
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import paramiko
import pytest

from regiowacht_audit.fetch import paged
from regiowacht_audit.fetch.session import read
from regiowacht_audit.fetch.target import Login, Target
from regiowacht_audit.fetch.whole import cleaned
from regiowacht_audit.platform import find_platform
from regiowacht_audit.trust import show
from regiowacht_contract.errors import RegiowachtError
from tests.audit.fetch.dialogues import DIALOGUES, FORTIOS, IOS, SECRET
from tests.audit.fetch.fake_device import PASSWORD, USER, Dialogue, FakeDevice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning:paramiko"), pytest.mark.timeout(300)]

XE = DIALOGUES["cisco_xe"]
SEED = 8


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_TEST_PASSWORD", PASSWORD)
    monkeypatch.setattr(paged, "QUIET_S", 5.0)


def target(port: int, platform: str = "cisco_xe") -> Target:
    login = Login("ssh-audit", USER, "env:RW_TEST_PASSWORD")
    return Target("zandbeke", "sw-1", "127.0.0.1", find_platform(platform), login, port=port)


def read_from(dialogue: Dialogue, folder: Path, platform: str = "cisco_xe") -> str:
    with FakeDevice(dialogue) as device:
        (folder / "known_hosts").write_text(device.known_hosts())
        return read(target(device.port, platform), folder / "known_hosts").text


def saying(text: str) -> Dialogue:
    return replace(XE, answers={**XE.answers, "show running-config": text})


def test_a_banner_of_ten_megabytes_is_no_obstacle(tmp_path: Path) -> None:
    banner = "Alleen voor wie hier werkt.\n" * (10 * 1024 * 1024 // 28)
    assert read_from(replace(XE, banner=banner), tmp_path) == cleaned(IOS)


def test_a_prompt_that_changes_is_told(tmp_path: Path) -> None:
    with pytest.raises(RegiowachtError) as caught:
        read_from(replace(XE, prompt="sw-{n}#"), tmp_path)
    assert caught.value.key in {"fetch.stopped", "fetch.no-prompt", "fetch.other-prompt"}


def test_a_prompt_with_a_mark_of_unsaved_changes_is_the_same_prompt(tmp_path: Path) -> None:
    assert "configure snmp" in read_from(DIALOGUES["extreme_exos"], tmp_path, "extreme_exos")


def test_thirty_five_thousand_rows_come_whole(tmp_path: Path) -> None:
    policies = "".join(
        f'    edit {n}\n        set name "regel {n}"\n        set action accept\n    next\n' for n in range(8740)
    )
    text = FORTIOS.replace('    edit 1\n        set name "uit"\n    next\n', policies)
    assert text.count("\n") > 34_900
    dialogue = replace(DIALOGUES["fortinet"], answers={"show": text}, page=0)
    got = read_from(dialogue, tmp_path, "fortinet")
    assert got == cleaned(text)


@pytest.mark.parametrize("size", [300, 200_000])
def test_noise_is_no_configuration(size: int, tmp_path: Path) -> None:
    noise = random.Random(SEED).randbytes(size).replace(b"\r", b"").decode("utf-8", "surrogateescape")
    with pytest.raises(RegiowachtError) as caught:
        read_from(saying(noise), tmp_path)
    assert caught.value.key in {"fetch.binary", "fetch.incomplete", "fetch.too-short", "fetch.stopped", "fetch.paged"}
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("cisco_xe", "juniper_junos"),
        ("cisco_xe", "mikrotik_routeros"),
        ("cisco_xe", "fortinet"),
        ("cisco_xe", "paloalto_panos"),
        ("cisco_xe", "hp_comware"),
        ("cisco_xe", "aruba_aoscx"),
        ("cisco_xe", "dell_os6"),
        ("huawei", "hp_comware"),
        ("hp_comware", "huawei"),
        ("cisco_xe", "arista_eos"),
        ("juniper_junos", "cisco_xe"),
        ("aruba_osswitch", "cisco_xe"),
        ("fortinet", "cisco_xe"),
        ("linux", "cisco_xe"),
    ],
)
def test_another_vendor_than_declared_is_told_and_never_judged(declared: str, real: str, tmp_path: Path) -> None:
    with pytest.raises(RegiowachtError) as caught:
        read_from(replace(DIALOGUES[real], user=USER), tmp_path, declared)
    said = caught.value.message("en")
    assert find_platform(declared).title in said, f"{caught.value.key}: {said}"
    assert SECRET not in said


@contextmanager
def outdated() -> Iterator[int]:
    """A server that offers the key exchange and the ciphers of twenty years ago; yields its port."""
    offer = paramiko.Message()
    offer.add_byte(b"\x14")  # SSH_MSG_KEXINIT (RFC 4253, section 7.1)
    offer.add_bytes(bytes(16))
    names = (
        "diffie-hellman-group1-sha1",
        "ssh-dss",
        "des-cbc",
        "des-cbc",
        "hmac-md5-96",
        "hmac-md5-96",
        "none",
        "none",
    )
    for name in (*names, "", ""):
        offer.add_string(name)
    offer.add_boolean(False)
    offer.add_int(0)
    payload = offer.asbytes()
    padding = 8 - (len(payload) + 5) % 8 + 8
    packet = struct.pack(">IB", len(payload) + 1 + padding, padding) + payload + bytes(padding)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                wire, _ = listener.accept()
                with wire:
                    wire.sendall(b"SSH-2.0-Old_1.0\r\n" + packet)
                    while wire.recv(4096):
                        pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(20)


def test_ssh_of_long_ago_is_told_as_such(tmp_path: Path) -> None:
    with outdated() as port:
        for ask in (show, read):
            with pytest.raises(RegiowachtError) as caught:
                ask(target(port), tmp_path / "known_hosts")
            assert caught.value.key == "fetch.old-ssh"


def test_what_speaks_no_ssh_is_told(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                wire, _ = listener.accept()
                with wire:
                    wire.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with pytest.raises(RegiowachtError) as caught:
        read(target(listener.getsockname()[1]), tmp_path / "known_hosts")
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(20)
    assert caught.value.key in {"fetch.broke-off", "fetch.unreachable"}
