"""How an engine proves to a device who asks; its secrets are read from their references and never shown."""

from __future__ import annotations

from regiowacht_contract.light import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Version = Literal["1", "2c"]
    AuthProtocol = Literal["md5", "sha", "sha224", "sha256", "sha384", "sha512"]
    PrivProtocol = Literal["des", "3des", "aes128", "aes192", "aes256", "aes192-blumenthal", "aes256-blumenthal"]

AUTH_PROTOCOLS: tuple[AuthProtocol, ...] = ("md5", "sha", "sha224", "sha256", "sha384", "sha512")
PRIV_PROTOCOLS: tuple[PrivProtocol, ...] = (
    "des", "3des", "aes128", "aes192", "aes256", "aes192-blumenthal", "aes256-blumenthal",
)  # fmt: skip
"""``aes192`` and ``aes256`` stretch their key as Cisco does (draft-reeder-snmpv3-usm-3desede), as most gear and
net-snmp's AES-192-C and AES-256-C do; with ``-blumenthal`` as draft-blumenthal-aes-usm and net-snmp's AES-192."""


@dataclass(frozen=True, slots=True)
class Community:
    """A community: SNMP 1 (RFC 1157) or 2c (RFC 1901)."""

    version: Version
    community: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class User:
    """A user of the user-based security model: SNMP 3 (RFC 3414).

    Attributes:
        name: the user.
        auth: protocol that proves who asks, or "" for noAuthNoPriv.
        auth_secret: its passphrase, of 8 octets or more.
        priv: protocol that encrypts, or "".
        priv_secret: its passphrase.
        context: context name (RFC 3411, 3.3.1); nearly always empty.
    """

    name: str
    auth: AuthProtocol | Literal[""] = ""
    auth_secret: bytes = field(default=b"", repr=False)
    priv: PrivProtocol | Literal[""] = ""
    priv_secret: bytes = field(default=b"", repr=False)
    context: str = ""


Credential = Community | User
