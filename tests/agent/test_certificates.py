"""The family certificates on certificates that are made here, by openssl and by hand."""

from __future__ import annotations

import datetime
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.host import Host
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from regiowacht_agent.x509 import parse

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


def _made(subject: str, *, days: int = 90, begin: datetime.datetime = NOW, serial: int = 4242) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Zandbeke")]
    if subject:
        names.append(x509.NameAttribute(NameOID.COMMON_NAME, subject))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(names))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(begin)
        .not_valid_after(begin + days * DAY)
        .sign(key, hashes.SHA256())
    )


def _pem(*made: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in made)


class Server:
    """A server whose certificates are declared."""

    def __init__(self, *files: str, interval_s: float = 1) -> None:
        config = load(
            None, {"disable_defaults": True, "certificates.files": list(files), "certificates.interval_s": interval_s}
        )
        self.now = 0.0
        host = Host(clock=NOW.timestamp, monotonic=lambda: self.now)
        self.readings = Readings(open_reader(config, host))

    def told(self) -> str:
        """Return what a reading tells an interval later, without the reading's own metrics."""
        self.now += 60
        rows = render(self.readings.take()).decode().splitlines()
        return "\n".join(row for row in rows if not row.startswith(("#", "node_scrape")))


def test_every_certificate_of_a_chain_is_told(tmp_path: Path) -> None:
    path = tmp_path / "chain.pem"
    key = b"-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----\n"
    path.write_bytes(key + _pem(_made("www.zandbeke.example"), _made("Test CA", days=8, begin=NOW - 9 * DAY)))
    told = Server(str(tmp_path / "*.pem")).told()
    who = 'serial_number="4242",subject_CN="www.zandbeke.example",issuer_CN="Test CA"'
    labels = f'{who},filename="chain.pem",filepath="{path}"'
    end = int((NOW + 90 * DAY).timestamp())
    assert f"x509_cert_not_after{{{labels}}} {end}\n" in told
    assert f"x509_cert_not_before{{{labels}}} {int(NOW.timestamp())}\n" in told
    assert f"x509_cert_expired{{{labels}}} 0" in told
    assert told.count("x509_cert_not_after{") == 2
    assert 'subject_CN="Test CA",issuer_CN="Test CA"' in told
    assert "regiowacht_certificate_problem_info" not in told


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


@pytest.mark.parametrize("form", ["PEM", "DER"])
def test_what_openssl_makes_is_read(tmp_path: Path, form: str) -> None:
    path = tmp_path / "made.crt"
    _openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", str(tmp_path / "key"), "-days", "20000"),
        *("-subj", "/C=BE/O=Zandbeke/CN=mäil.zandbeke.example", "-utf8", "-out", str(tmp_path / "made.pem")),
    )
    _openssl("x509", "-in", str(tmp_path / "made.pem"), "-outform", form, "-out", str(path))
    oracle = x509.load_pem_x509_certificate((tmp_path / "made.pem").read_bytes())
    told = Server(str(path)).told()
    assert f'serial_number="{oracle.serial_number}",subject_CN="mäil.zandbeke.example"' in told
    assert f"{int(oracle.not_valid_after_utc.timestamp())}\n" in told
    assert oracle.not_valid_after_utc.year > 2050  # so that both forms of a time are read


def test_a_new_certificate_in_place_of_the_old_one_is_told_at_the_next_look(tmp_path: Path) -> None:
    path = tmp_path / "site.pem"
    path.write_bytes(_pem(_made("old.example", serial=1)))
    server = Server(str(path))
    assert 'serial_number="1"' in server.told()
    new = tmp_path / "new"
    new.write_bytes(_pem(_made("new.example", serial=2)))
    new.rename(path)
    told = server.told()
    assert 'serial_number="2"' in told
    assert 'serial_number="1"' not in told


def test_nothing_is_read_between_two_looks(tmp_path: Path) -> None:
    path = tmp_path / "site.pem"
    path.write_bytes(_pem(_made("one.example")))
    server = Server(str(path), interval_s=3600)
    before = server.told()
    path.unlink()
    assert server.told() == before
    server.now += 3600
    assert 'reason="not-found"' in server.told()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no-certificate"),
        (b"-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n", "no-certificate"),
        (b"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n", "bad-certificate"),
        (b"-----BEGIN CERTIFICATE-----\nQ\n-----END CERTIFICATE-----\n", "bad-certificate"),
        (b"\x30\x82\x05", "bad-certificate"),
        (b"x" * ((1 << 20) + 1), "too-large"),
    ],
)
def test_what_is_no_certificate_costs_only_itself(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "bad.pem").write_bytes(content)
    (tmp_path / "good.pem").write_bytes(_pem(_made("good.example")))
    told = Server(str(tmp_path / "*.pem")).told()
    path = tmp_path / "bad.pem"
    assert f'regiowacht_certificate_problem_info{{filepath="{path}",reason="{reason}"}} 1' in told
    assert 'subject_CN="good.example"' in told


def test_a_cut_certificate_is_refused_wherever_it_is_cut() -> None:
    der = _made("cut.example").public_bytes(serialization.Encoding.DER)
    assert parse(der).subject_cn == "cut.example"
    for length in range(len(der)):
        with pytest.raises(ValueError, match="no certificate"):
            parse(der[:length])


@given(st.binary(max_size=300))
def test_no_bytes_make_it_stumble(content: bytes) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        parse(b"\x30" + content)


def test_other_things_than_files_have_their_reason(tmp_path: Path) -> None:
    (tmp_path / "folder.pem").mkdir()
    os.mkfifo(tmp_path / "pipe.pem")
    (tmp_path / "gone.pem").symlink_to("nowhere")
    told = Server(str(tmp_path / "*.pem"), str(tmp_path / "none-*.crt")).told()
    for name, reason in (
        ("folder.pem", "no-ordinary-file"),
        ("pipe.pem", "no-ordinary-file"),
        ("gone.pem", "not-found"),
        ("none-*.crt", "not-found"),
    ):
        assert f'filepath="{tmp_path / name}",reason="{reason}"' in told


def test_a_subject_without_a_common_name_is_told_as_empty(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_bytes(_pem(_made("")))
    assert 'subject_CN="",issuer_CN="Test CA"' in Server(str(tmp_path / "a.pem")).told()


def test_nothing_declared_is_off_and_declared_is_on() -> None:
    assert "certificates" not in open_reader(load(None)).families
    assert "certificates" in open_reader(load(None, {"certificates.files": ["/x"]})).families
    off = {"certificates.files": ["/x"], "families.certificates": False}
    assert "certificates" not in open_reader(load(None, off)).families
