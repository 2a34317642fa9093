"""The gateway's certificate is read again when its files have changed, and kept while they are not right."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.tls import LOOK_EVERY_S, Certificate
from regiowacht_contract.errors import Unavailable
from tests.agent.certificates import NOW, YEAR, write_pair
from tests.collector.authority import Authority

if TYPE_CHECKING:
    from pathlib import Path


class Files:
    """A certificate and its key at one place, and a clock that a test turns."""

    def __init__(self, folder: Path) -> None:
        self.certificate, self.key = folder / "gateway.crt", folder / "gateway.key"
        self.now_s = 0.0

    def put(self, certificate: str, key: str) -> None:
        """Replace both, as who renews them does."""
        self.put_one(certificate, self.certificate)
        self.put_one(key, self.key)

    @staticmethod
    def put_one(new: str, place: Path) -> None:
        beside = place.with_suffix(".new")
        shutil.copy(new, beside)
        beside.replace(place)

    def later(self) -> None:
        self.now_s += LOOK_EVERY_S

    def read(self) -> Certificate:
        return Certificate(self.certificate, self.key, lambda: self.now_s)


def shown(certificate: Certificate) -> str:
    """Return the name in the certificate that the next connection is shown."""
    here, there = socket.socketpair()
    client = ssl.create_default_context()
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    with here, there:

        def greet() -> None:
            with certificate.context().wrap_socket(there, server_side=True) as secure:
                secure.recv(1)

        thread = threading.Thread(target=greet)
        thread.start()
        with client.wrap_socket(here) as secure:
            found = secure.getpeercert(binary_form=True)
            secure.sendall(b"x")
        thread.join()
    assert found
    return next(name for name in ("one.example", "two.example") if name.encode() in found)


def test_new_files_serve_the_next_connection(tmp_path: Path) -> None:
    authority, files = Authority(tmp_path), Files(tmp_path)
    files.put(*authority.issue("one.example"))
    certificate = files.read()
    files.put(*authority.issue("two.example"))
    assert shown(certificate) == "one.example"
    files.later()
    assert shown(certificate) == "two.example"


def test_when_it_ends_is_known_though_nobody_connects(tmp_path: Path) -> None:
    files = Files(tmp_path)
    (tmp_path / "made").mkdir()
    files.put(*map(str, write_pair(tmp_path / "made")))
    certificate = files.read()
    assert certificate.ends_s == (NOW + YEAR).timestamp()
    files.put(*map(str, write_pair(tmp_path / "made", NOW + 2 * YEAR)))
    files.later()
    assert certificate.ends_s == (NOW + 2 * YEAR).timestamp()


def test_what_is_not_whole_yet_leaves_the_old_one_in_its_place(tmp_path: Path) -> None:
    authority, files = Authority(tmp_path), Files(tmp_path)
    files.put(*authority.issue("one.example"))
    certificate = files.read()
    new, key = authority.issue("two.example")
    files.put_one(new, files.certificate)  # its key not yet
    files.later()
    assert shown(certificate) == "one.example"
    files.certificate.unlink()
    files.later()
    assert shown(certificate) == "one.example"
    files.put(new, key)
    files.later()
    assert shown(certificate) == "two.example"


def test_files_that_cannot_be_used_are_told_at_the_start(tmp_path: Path) -> None:
    authority, files = Authority(tmp_path), Files(tmp_path)
    with pytest.raises(Unavailable) as missing:
        files.read()
    assert missing.value.key == "gateway.no-certificate"
    files.put(authority.issue("one.example")[0], authority.issue("two.example")[1])
    with pytest.raises(Unavailable) as foreign:
        files.read()
    assert foreign.value.key == "gateway.bad-certificate"
    assert foreign.value.message("nl")
