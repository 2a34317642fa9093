"""Certificate and key of the agent's server: files that change while it runs, and files that are wrong."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from regiowacht_agent.http.tls import LOOK_EVERY_S, Tls
from regiowacht_contract.errors import ConfigInvalid, RegiowachtError, Unavailable
from tests.agent.certificates import CERT, KEY, NOW, YEAR, certificate, make_key, private, write_pair

if TYPE_CHECKING:
    from pathlib import Path


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def presented(tls: Tls) -> bytes:
    """Return the certificate that a new connection is given."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        here = socket.create_connection(listener.getsockname())
        there, _ = listener.accept()
    there.setblocking(False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    served = tls.wrap(there)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            with contextlib.suppress(BlockingIOError):
                served.recv(16_384)
            time.sleep(0.005)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with context.wrap_socket(here) as client:
            found = client.getpeercert(binary_form=True)
            assert found is not None
            return found
    finally:
        over.set()
        thread.join()
        served.close()


def test_changed_files_are_taken_once_both_are_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    clock = _Clock()
    cert, key = write_pair(tmp_path)
    tls = Tls(str(cert), str(key), monotonic=clock)

    def look(times: int = 1) -> None:
        for _ in range(times):
            clock.now += LOOK_EVERY_S
            tls.look()

    before = presented(tls)
    look(3)
    assert presented(tls) == before
    new_key = make_key()
    new = certificate(new_key, NOW + 2 * YEAR)
    cert.write_bytes(new)
    look()
    key.write_bytes(private(new_key))
    look()
    assert presented(tls) == before, "what has just changed may change again"
    look()
    assert presented(tls) == ssl.PEM_cert_to_DER_cert(new.decode())
    assert tls.not_after == (NOW + 2 * YEAR).timestamp()
    assert [record.getMessage().split()[0] for record in caplog.records] == ["event=certificate-taken"]


def test_files_that_changed_a_while_ago_are_taken_at_the_first_look(tmp_path: Path) -> None:
    clock, day = _Clock(), _Clock()
    cert, key = write_pair(tmp_path)
    tls = Tls(str(cert), str(key), monotonic=clock, clock=day)
    write_pair(tmp_path, until=NOW + 2 * YEAR)
    day.now = time.time() + 2 * LOOK_EVERY_S
    clock.now += LOOK_EVERY_S
    tls.look()
    assert tls.not_after == (NOW + 2 * YEAR).timestamp()


@pytest.mark.parametrize("break_it", ["other", "gone", "empty"])
def test_changed_files_that_are_wrong_leave_the_old_ones_in_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, break_it: str
) -> None:
    clock = _Clock()
    cert, key = write_pair(tmp_path)
    tls = Tls(str(cert), str(key), monotonic=clock)
    before = presented(tls)
    good = key.read_bytes()
    if break_it == "gone":
        key.unlink()
    else:
        key.write_bytes(private(make_key()) if break_it == "other" else b"")
    for _ in range(5):
        clock.now += LOOK_EVERY_S
        tls.look()
    assert presented(tls) == before
    assert not tls.reload_worked
    assert len(caplog.records) == 1, "told once"
    assert "event=certificate-refused" in caplog.records[0].getMessage()
    key.write_bytes(good)
    for _ in range(3):
        clock.now += LOOK_EVERY_S
        tls.look()
    assert tls.reload_worked


def test_an_expired_certificate_is_used_and_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = _Clock()
    cert, key = write_pair(tmp_path, until=datetime(2020, 2, 29, 12, 0, 5, tzinfo=UTC))
    tls = Tls(str(cert), str(key), monotonic=clock)
    for _ in range(3):
        clock.now += LOOK_EVERY_S
        tls.look()
    assert [record.getMessage() for record in caplog.records] == [
        f"event=certificate-expired file={cert} valid_until=2020-02-29T12:00:05Z"
    ]
    assert tls.reload_worked


def test_one_that_expires_while_the_agent_runs_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock, day = _Clock(), _Clock()
    day.now = NOW.timestamp()
    cert, key = write_pair(tmp_path, until=NOW + YEAR)
    tls = Tls(str(cert), str(key), monotonic=clock, clock=day)
    assert not caplog.records
    day.now += YEAR.total_seconds()
    clock.now += LOOK_EVERY_S
    tls.look()
    assert "event=certificate-expired" in caplog.text


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        (CERT, None, Unavailable, "cannot read .*cert.pem: No such file"),
        (KEY, None, Unavailable, "cannot read .*key.pem: No such file"),
        (CERT, b"", ConfigInvalid, "cert.pem holds no certificate in PEM"),
        (CERT, b"\x30\x82\x01", ConfigInvalid, "cert.pem holds no certificate in PEM"),
        (CERT, "der", ConfigInvalid, "cert.pem holds no certificate in PEM"),
        (CERT, "key", ConfigInvalid, "cert.pem holds no certificate in PEM"),
        (CERT, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ConfigInvalid, "no certificate"),
        (KEY, b"", ConfigInvalid, "key.pem holds no key in PEM"),
        (KEY, "cert", ConfigInvalid, "key.pem holds no key in PEM"),
        (KEY, "other", ConfigInvalid, "key in .*key.pem does not belong to the certificate in .*cert.pem"),
        (KEY, "passphrase", ConfigInvalid, "key in .*key.pem has a passphrase.*openssl pkey"),
        (KEY, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", ConfigInvalid, "cannot be used"),
    ],
)
def test_wrong_files_are_told_by_name(
    tmp_path: Path, name: str, content: bytes | str | None, error: type[RegiowachtError], says: str
) -> None:
    cert, key = write_pair(tmp_path)
    told = {
        "key": key.read_bytes(),
        "cert": cert.read_bytes(),
        "der": ssl.PEM_cert_to_DER_cert(cert.read_text()),
        "other": private(make_key()),
        "passphrase": private(make_key(), b"not-a-real-passphrase"),
    }
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(told[content] if isinstance(content, str) else content)
    with pytest.raises(error, match=says):
        Tls(str(cert), str(key))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    cert, key = write_pair(tmp_path)
    key.unlink()
    os.mkfifo(key)
    with pytest.raises(Unavailable, match="not an ordinary file") as caught:
        Tls(str(cert), str(key))
    assert "dat is geen gewoon bestand" in caught.value.message("nl")


def test_an_old_key_of_1024_bits_is_refused_in_words(tmp_path: Path) -> None:
    cert, key = tmp_path / CERT, tmp_path / KEY
    old = rsa.generate_private_key(65537, 1024)
    cert.write_bytes(certificate(old))
    key.write_bytes(private(old))
    with pytest.raises(ConfigInvalid, match="the key is too short") as caught:
        Tls(str(cert), str(key))
    assert "de sleutel is te kort; RSA vraagt minstens 2048 bits" in caught.value.message("nl")
