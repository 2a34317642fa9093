"""Encryption of what a message asks: DES (RFC 3414, 8), 3DES (draft-reeder-snmpv3-usm-3desede), AES (RFC 3826).

``cryptography`` is loaded with the first user who encrypts. AES with 192 and 256 bits works as with 128 but for its key
(draft-blumenthal-aes-usm, 3.1.2).
"""

from __future__ import annotations

import os

from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_contract.light import Protocol, import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from regiowacht_agent.snmp.credential import PrivProtocol

KEY_OCTETS: dict[PrivProtocol, int] = {
    "des": 16, "3des": 32, "aes128": 16, "aes192": 24, "aes256": 32, "aes192-blumenthal": 24, "aes256-blumenthal": 32,
}  # fmt: skip
"""How long a device's key is; that of DES and 3DES ends with eight octets that no message ever carries."""

SALT_OCTETS = 8
NEEDED = "cryptography is not installed, which encryption needs: pip install 'regiowacht[snmp]'"


class Cipher(Protocol):
    """Encrypts and decrypts with one device's key."""

    def encrypt(self, data: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """Return the salt that goes with a message of these boots and this time, and what was encrypted."""

    def decrypt(self, data: bytes, salt: bytes, boots: int, time: int) -> bytes:
        """Return what stands in an answer, perhaps with padding after it.

        Args:
            data: what was encrypted.
            salt: eight octets, of the answer.
            boots: of the device's engine, as the answer says; what is thought here does not matter.
            time: likewise.

        Raises:
            Malformed: it cannot have been encrypted so.
        """


def cipher(protocol: PrivProtocol, key: bytes) -> Cipher:
    """Return the cipher of a protocol with a key of ``KEY_OCTETS``.

    Raises:
        SnmpFailed: ``cryptography`` is not installed, or cannot do it on this system.
    """
    try:
        return _Des(key) if protocol in {"des", "3des"} else _Aes(key)
    except ImportError:
        raise SnmpFailed("algorithm", NEEDED) from None
    except Exception as error:  # noqa: BLE001 - whatever OpenSSL of a system in FIPS mode says to DES
        raise SnmpFailed("algorithm", f"{protocol} does not work on this system: {type(error).__name__}") from None


def _ciphers() -> Any:
    return import_module("cryptography.hazmat.primitives.ciphers")


def _moved(kind: str, name: str) -> Any:
    """Return an algorithm or a mode from where it stands: 3DES moved with cryptography 43, CFB with 47."""
    try:
        return getattr(import_module(f"cryptography.hazmat.decrepit.ciphers.{kind}"), name)
    except (ImportError, AttributeError):
        return getattr(import_module(f"cryptography.hazmat.primitives.ciphers.{kind}"), name)


class _Aes:
    """AES in CFB mode with blocks of 128 bits; the first is boots, time and a number that never comes again."""

    __slots__ = ("_cfb", "_cipher", "_key", "_salt")

    def __init__(self, key: bytes) -> None:
        self._cipher = _ciphers().Cipher
        self._key = _ciphers().algorithms.AES(key)
        self._cfb = _moved("modes", "CFB")
        self._salt = int.from_bytes(os.urandom(SALT_OCTETS), "big")

    def encrypt(self, data: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        self._salt = self._salt + 1 & 0xFFFF_FFFF_FFFF_FFFF
        salt = self._salt.to_bytes(SALT_OCTETS, "big")
        first = (boots << 32 | time).to_bytes(8, "big") + salt
        encrypted: bytes = self._cipher(self._key, self._cfb(first)).encryptor().update(data)
        return salt, encrypted

    def decrypt(self, data: bytes, salt: bytes, boots: int, time: int) -> bytes:
        first = (boots << 32 | time).to_bytes(8, "big") + salt
        decrypted: bytes = self._cipher(self._key, self._cfb(first)).decryptor().update(data)
        return decrypted


class _Des:
    """DES, alone or three times, in CBC mode; the salt is boots and a number, hidden by the key's last octets."""

    __slots__ = ("_cbc", "_cipher", "_count", "_first", "_key")

    def __init__(self, key: bytes) -> None:
        self._cipher = _ciphers().Cipher
        self._cbc = _ciphers().modes.CBC
        # DES is 3DES with three times the same key.
        self._key = _moved("algorithms", "TripleDES")(key[:8] * 3 if len(key) == KEY_OCTETS["des"] else key[:24])
        self._first = int.from_bytes(key[-8:], "big")
        self._count = int.from_bytes(os.urandom(4), "big")
        self._mode(bytes(8)).encryptor()

    def encrypt(self, data: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        del time
        self._count = self._count + 1 & 0xFFFF_FFFF
        salt = (boots << 32 | self._count).to_bytes(SALT_OCTETS, "big")
        encrypted: bytes = self._mode(salt).encryptor().update(data + bytes(-len(data) % 8))
        return salt, encrypted

    def decrypt(self, data: bytes, salt: bytes, boots: int, time: int) -> bytes:
        del boots, time
        if len(data) % 8:
            raise Malformed("encrypted data that ends within a block")
        decrypted: bytes = self._mode(salt).decryptor().update(data)
        return decrypted

    def _mode(self, salt: bytes) -> Any:
        first = (int.from_bytes(salt, "big") ^ self._first).to_bytes(8, "big")
        return self._cipher(self._key, self._cbc(first))
