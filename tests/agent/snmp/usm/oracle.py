"""pysnmp's own protocols, as a second opinion on keys and encryption."""

from __future__ import annotations

from typing import Any

import pysnmp.hlapi.v3arch.asyncio  # noqa: F401 - before its protocols, which import each other in a circle
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.proto.secmod.eso.priv import aes192, aes256, des3
from pysnmp.proto.secmod.rfc3414.auth import hmacmd5, hmacsha
from pysnmp.proto.secmod.rfc3414.priv import des
from pysnmp.proto.secmod.rfc3826.priv import aes
from pysnmp.proto.secmod.rfc7860.auth import hmacsha2

AUTHS = {
    "md5": hmacmd5.HmacMd5.SERVICE_ID,
    "sha": hmacsha.HmacSha.SERVICE_ID,
    "sha224": hmacsha2.HmacSha2.SHA224_SERVICE_ID,
    "sha256": hmacsha2.HmacSha2.SHA256_SERVICE_ID,
    "sha384": hmacsha2.HmacSha2.SAH384_SERVICE_ID,  # its name there
    "sha512": hmacsha2.HmacSha2.SHA512_SERVICE_ID,
}
PRIVS: dict[str, Any] = {
    "des": des.Des(),
    "3des": des3.Des3(),
    "aes128": aes.Aes(),
    "aes192": aes192.Aes192(),
    "aes256": aes256.Aes256(),
    "aes192-blumenthal": aes192.AesBlumenthal192(),
    "aes256-blumenthal": aes256.AesBlumenthal256(),
}


def key(auth: str, priv: str, secret: bytes, engine: bytes) -> bytes:
    """Return a device's key of encryption."""
    service = PRIVS[priv]
    stretched = service.hash_passphrase(AUTHS[auth], OctetString(secret))
    return bytes(service.localize_key(AUTHS[auth], stretched, OctetString(engine)))


def encrypt(priv: str, key: bytes, data: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
    """Return salt and what was encrypted."""
    encrypted, salt = PRIVS[priv].encrypt_data(OctetString(key), (boots, time, None), data)
    return bytes(salt), bytes(encrypted)


def decrypt(priv: str, key: bytes, data: bytes, salt: bytes, boots: int, time: int) -> bytes:
    """Return what was encrypted."""
    return bytes(PRIVS[priv].decrypt_data(OctetString(key), (boots, time, OctetString(salt)), OctetString(data)))
