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
    """AES in CFB mode with blocks of 128 bits; the first is boots, time and a number that never comes again.

    Making a context costs four times what encrypting a question does, so both contexts serve for ever: CFB goes on from
    the last encrypted block, which is brought to be the message's first one.
    """

    __slots__ = ("_decrypt", "_encrypt", "_last", "_salt")

    def __init__(self, key: bytes) -> None:
        ciphers = _ciphers()
        made = ciphers.Cipher(ciphers.algorithms.AES(key), _moved("modes", "CFB")(bytes(16)))
        self._encrypt, self._decrypt = made.encryptor().update, made.decryptor().update
        self._last = bytes(16)
        self._salt = int.from_bytes(os.urandom(SALT_OCTETS), "big")

    def encrypt(self, data: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        self._salt = salt = self._salt + 1 & 0xFFFF_FFFF_FFFF_FFFF
        # What would be added to the last encrypted block; with the first block it encrypts to the first block.
        mask = int.from_bytes(self._decrypt(self._last + bytes(16))[16:], "big")
        first = (boots << 96 | time << 64 | salt) ^ mask
        encrypted: bytes = self._encrypt(first.to_bytes(16, "big") + data + bytes(-len(data) % 16))
        self._last = encrypted[-16:]
        return salt.to_bytes(SALT_OCTETS, "big"), encrypted[16 : 16 + len(data)]

    def decrypt(self, data: bytes, salt: bytes, boots: int, time: int) -> bytes:
        first = (boots << 32 | time).to_bytes(8, "big") + salt
        decrypted: bytes = self._decrypt(first + data + bytes(-len(data) % 16))
        return decrypted[16 : 16 + len(data)]


class _Des:
    """DES, alone or three times, in CBC mode; the salt is boots and a number, hidden by the key's last octets.

    The contexts serve for ever, as those of AES.
    """

    __slots__ = ("_count", "_decrypt", "_encrypt", "_first", "_last")

    def __init__(self, key: bytes) -> None:
        ciphers = _ciphers()
        # DES is 3DES with three times the same key.
        triple = _moved("algorithms", "TripleDES")(key[:8] * 3 if len(key) == KEY_OCTETS["des"] else key[:24])
        made = ciphers.Cipher(triple, ciphers.modes.CBC(bytes(8)))
        self._encrypt, self._decrypt = made.encryptor().update, made.decryptor().update
        self._first = int.from_bytes(key[-8:], "big")
        self._last = 0
        self._count = int.from_bytes(os.urandom(4), "big")

    def encrypt(self, data: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        del time
        self._count = self._count + 1 & 0xFFFF_FFFF
        salt = boots << 32 | self._count
        data += bytes(-len(data) % 8)
        # The last encrypted block is added to it; the message's first one should be.
        block = int.from_bytes(data[:8], "big") ^ salt ^ self._first ^ self._last
        encrypted: bytes = self._encrypt(block.to_bytes(8, "big") + data[8:])
        self._last = int.from_bytes(encrypted[-8:], "big")
        return salt.to_bytes(SALT_OCTETS, "big"), encrypted

    def decrypt(self, data: bytes, salt: bytes, boots: int, time: int) -> bytes:
        del boots, time
        if len(data) % 8:
            raise Malformed("encrypted data that ends within a block")
        first = int.from_bytes(salt, "big") ^ self._first
        decrypted: bytes = self._decrypt(first.to_bytes(8, "big") + data)
        return decrypted[8:]
