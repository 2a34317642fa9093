"""Proof of who sent a message: HMAC over the whole of it (RFC 3414, 6 and 7; RFC 7860, 4)."""

from __future__ import annotations

from hmac import compare_digest

from regiowacht_agent.snmp.usm.keys import hash_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.credential import AuthProtocol

DIGEST_OCTETS: dict[AuthProtocol, int] = {
    "md5": 12, "sha": 12, "sha224": 16, "sha256": 24, "sha384": 32, "sha512": 48,
}  # fmt: skip
"""How much of the digest goes into a message."""

INNER = bytes(octet ^ 0x36 for octet in range(256))
OUTER = bytes(octet ^ 0x5C for octet in range(256))


class Authenticator:
    """Signs and checks messages with one device's key.

    Both hashes of HMAC (RFC 2104) are taken as far as they depend on the key once; a message costs half of what
    ``hmac.digest`` does.

    Attributes:
        octets: of a digest in a message.
    """

    __slots__ = ("_inner", "_outer", "octets")

    def __init__(self, protocol: AuthProtocol, key: bytes) -> None:
        self.octets = DIGEST_OCTETS[protocol]
        make = hash_of(protocol)
        block = key.ljust(make(usedforsecurity=False).block_size, b"\0")
        self._inner = make(block.translate(INNER), usedforsecurity=False)
        self._outer = make(block.translate(OUTER), usedforsecurity=False)

    def digest(self, message: bytes) -> bytes:
        """Return the digest of a message whose own digest is zeros."""
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()[: self.octets]

    def signed(self, message: bytes, at: int) -> bytes:
        """Return a message whose digest, zeros so far, begins there."""
        return message[:at] + self.digest(message) + message[at + self.octets :]

    def is_proven(self, message: bytes, at: int) -> bool:
        """Return whether the digest that begins there is that of the message; takes as long whatever it is."""
        end = at + self.octets
        zeroed = message[:at] + bytes(self.octets) + message[end:]
        return compare_digest(self.digest(zeroed), message[at:end])
