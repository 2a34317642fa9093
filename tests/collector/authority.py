"""An authority of a test's own, and the certificates that it issues."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.agent.certificates import NOW, YEAR, make_key, private

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric import ec


class Authority:
    """An authority.

    Attributes:
        folder: where everything stands.
        ca: the file with its own certificate.
    """

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder = folder
        self.ca = folder / f"{name}.pem"
        self._key = make_key()
        self._name = _named(name)
        own = _builder(self._name, self._name, self._key.public_key())
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.ca.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))

    def issue(self, name: str) -> tuple[str, str]:
        """Write a certificate of a name or address, and its key; return the paths of both."""
        key = make_key()
        alternative: x509.GeneralName = x509.DNSName(name)
        with suppress(ValueError):
            alternative = x509.IPAddress(ipaddress.ip_address(name))
        made = _builder(_named(name), self._name, key.public_key())
        made = made.add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        cert_path, key_path = (self.folder / f"{self.ca.stem}-{name}.{end}" for end in ("crt", "key"))
        cert_path.write_bytes(made.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        key_path.write_bytes(private(key))
        return str(cert_path), str(key_path)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - YEAR)
        .not_valid_after(NOW + YEAR)
    )
