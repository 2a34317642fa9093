"""Keys out of passphrases: one for a user, and of it one for each device (RFC 3414, 2.6 and A.2; RFC 7860, 9).

Nothing of it is kept on disk. What a passphrase is made into first is the same for every device, takes 1 to 2 ms, and
is remembered as long as the process runs; a digest to tell by whether the passphrase is still the same would have to
be as slow as that, or be a shorter way to the passphrase than the keys are.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from regiowacht_agent.snmp.failure import SnmpFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.snmp.credential import AuthProtocol

    Hash = Callable[..., "hashlib._Hash"]  # noqa: SLF001 - the name that type checkers have for it

HASHES: dict[str, str] = {
    "md5": "md5", "sha": "sha1", "sha224": "sha224", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512",
}  # fmt: skip
"""Names in hashlib."""

STRETCHED_OCTETS = 1_048_576
CHUNK_OCTETS = 16_384
KEPT_USERS = 64


def hash_of(protocol: str) -> Hash:
    """Return what makes a hash of that protocol.

    Raises:
        SnmpFailed: there is no such protocol, or this system's OpenSSL refuses it.
    """
    name = HASHES.get(protocol, "")
    found: Hash | None = getattr(hashlib, name, None) if name else None
    if found is None:
        raise SnmpFailed("algorithm", f"no authentication protocol {protocol!r}")
    try:
        found(b"", usedforsecurity=False)
    except ValueError:
        raise SnmpFailed("algorithm", f"OpenSSL of this system refuses {protocol}") from None
    return found


@lru_cache(maxsize=KEPT_USERS)
def user_key(protocol: AuthProtocol, secret: bytes) -> bytes:
    """Return the key of a passphrase before it is a device's: a hash of 2**20 octets of it (RFC 3414, A.2).

    Raises:
        SnmpFailed: the passphrase is empty, or there is no such protocol.
    """
    if not secret:
        raise SnmpFailed("secret", "a passphrase is empty")
    chunk = secret * (CHUNK_OCTETS // len(secret) + 1)
    whole, rest = divmod(STRETCHED_OCTETS, len(chunk))
    made = hash_of(protocol)(usedforsecurity=False)
    for _ in range(whole):
        made.update(chunk)
    made.update(chunk[:rest])
    return made.digest()


def localised(protocol: AuthProtocol, key: bytes, engine: bytes) -> bytes:
    """Return the key for one device, by its engine's id (RFC 3414, 2.6)."""
    return hash_of(protocol)(key + engine + key, usedforsecurity=False).digest()


def device_key(protocol: AuthProtocol, secret: bytes, engine: bytes) -> bytes:
    """Return the key for one device out of a passphrase.

    Raises:
        SnmpFailed: as ``user_key`` does.
    """
    return localised(protocol, user_key(protocol, secret), engine)


def stretched(protocol: AuthProtocol, key: bytes, engine: bytes, octets: int, *, blumenthal: bool) -> bytes:
    """Return a device's key made as long as a cipher needs it.

    A key that is too short is followed by the key of itself as if it were a passphrase
    (draft-reeder-snmpv3-usm-3desede, 2.1), or by its own hash (draft-blumenthal-aes-usm, 3.1.2.1).
    """
    while len(key) < octets:
        if blumenthal:
            key += hash_of(protocol)(key, usedforsecurity=False).digest()
        else:
            key += localised(protocol, user_key.__wrapped__(protocol, key), engine)
    return key[:octets]
