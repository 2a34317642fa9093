"""Certificates and keys for tests, made anew each time."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

if TYPE_CHECKING:
    from pathlib import Path

CERT, KEY = "cert.pem", "key.pem"
NOW = datetime.now(UTC).replace(microsecond=0)
YEAR = timedelta(days=365)


Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def make_key() -> ec.EllipticCurvePrivateKey:
    """Return a new key."""
    return ec.generate_private_key(ec.SECP256R1())


def certificate(key: Key, until: datetime = NOW + YEAR, begin: datetime | None = None) -> bytes:
    """Return a certificate of 127.0.0.1 that vouches for itself, in PEM."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "srv-1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin or until - 3 * YEAR)
        .not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def private(key: Key, passphrase: bytes = b"") -> bytes:
    """Return a key in PEM."""
    how: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)


def write_pair(folder: Path, until: datetime = NOW + YEAR) -> tuple[Path, Path]:
    """Write a certificate and its key into a folder and return their paths."""
    key = make_key()
    cert_path, key_path = folder / CERT, folder / KEY
    cert_path.write_bytes(certificate(key, until))
    key_path.write_bytes(private(key))
    return cert_path, key_path
