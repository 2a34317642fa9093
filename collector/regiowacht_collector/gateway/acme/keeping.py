"""The account's key and the certificate, as files of the data folder that their owner alone may read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from regiowacht_collector.gateway.acme.failed import Failed
from regiowacht_collector.gateway.acme.settings import FOLDER
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

RENEW_AT = 1 / 3
ROOM_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Kept:
    """The certificate that is kept.

    Attributes:
        issued_by: the directory that gave it.
        domains: the names in it.
        begins_s: when it begins, seconds since 1970.
        ends_s: when it ends.
    """

    issued_by: str
    domains: frozenset[str]
    begins_s: float
    ends_s: float

    @property
    def renew_s(self) -> float:
        """When a third of its life is left, seconds since 1970."""
        return self.ends_s - (self.ends_s - self.begins_s) * RENEW_AT


class Keeping:
    """The folder ``acme`` in the data folder.

    Attributes:
        path: certificate, those that lead to its authority, and its key, in one file: so one rename swaps all.

    Raises:
        OSError: the folder cannot be made.
    """

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self.path = self._folder / "certificate.pem"

    def check_room(self) -> None:
        """Look whether a new certificate can be kept.

        Raises:
            OSError: it could not be written.
        """
        path = self._folder / "room.pem"
        _write(path, bytes(ROOM_BYTES))
        path.unlink()

    def account_key(self) -> ec.EllipticCurvePrivateKey:
        """Return the account's key, made at the first call.

        Raises:
            OSError: it cannot be read or written.
            Failed: the file holds another thing.
        """
        path = self._folder / "account-key.pem"
        if not path.exists():
            _write(path, pem_of(ec.generate_private_key(ec.SECP256R1())))
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise Failed("disk", "acme.bad-key", path=path)
        return key

    def kept(self) -> Kept | None:
        """Return what is told of the certificate; None where there is none, or none that can be read."""
        try:
            content = self.path.read_bytes()
            found = x509.load_pem_x509_certificate(content)
            names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except (OSError, ValueError, x509.ExtensionNotFound):
            return None
        first = content.split(b"\n", 1)[0].decode(errors="replace")
        return Kept(
            issued_by=first.removeprefix("# ") if first.startswith("# ") else "",
            domains=frozenset(names.get_values_for_type(x509.DNSName)),
            begins_s=found.not_valid_before_utc.timestamp(),
            ends_s=found.not_valid_after_utc.timestamp(),
        )

    def keep(self, issued_by: str, chain: str, key: ec.EllipticCurvePrivateKey) -> None:
        """Put a new certificate in the place of the old one.

        Raises:
            OSError: it cannot be written.
        """
        _write(self.path, f"# {issued_by}\n{chain.strip()}\n".encode() + pem_of(key))


def keeping_in(data: Path) -> Keeping:
    """Return where the certificate is kept below the collector's data folder.

    Raises:
        Unavailable: the folder cannot be made.
    """
    try:
        return Keeping(data)
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename, reason=error.strerror) from None


def pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a private key in PEM, PKCS 8, without a password: nobody sits there to type it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """Write beside and rename, so that a reader sees the old file or the new one, whole."""
    beside = path.with_suffix(".new")
    try:
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        # Those of a write do not say which file it was.
        raise OSError(error.errno, error.strerror, str(path)) from None
