"""What signs and encrypts for a user on each device."""

from __future__ import annotations

from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.usm import keys
from regiowacht_agent.snmp.usm.auth import Authenticator
from regiowacht_agent.snmp.usm.priv import KEY_OCTETS, cipher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.credential import User
    from regiowacht_agent.snmp.usm.priv import Cipher


class Keyring:
    """A user's means.

    Raises:
        SnmpFailed: a protocol is not known or cannot be used on this system, a passphrase is missing, or it would
            encrypt what nobody signs (RFC 3411, 3.4.3).
    """

    __slots__ = ("_user",)

    def __init__(self, user: User) -> None:
        self._user = user
        if user.priv and not user.auth:
            raise SnmpFailed("algorithm", "SNMP does not encrypt what is not signed: the user has priv without auth")
        if user.priv and user.priv not in KEY_OCTETS:
            raise SnmpFailed("algorithm", f"no encryption protocol {user.priv!r}")
        if (user.auth and not user.auth_secret) or (user.priv and not user.priv_secret):
            raise SnmpFailed("secret", "a passphrase is empty")
        if user.auth:
            keys.hash_of(user.auth)
        if user.priv:
            cipher(user.priv, bytes(KEY_OCTETS[user.priv]))

    def of(self, engine: bytes) -> tuple[Authenticator | None, Cipher | None]:
        """Return what signs and what encrypts, for the device of that engine; None for what its level is without."""
        user = self._user
        if not user.auth:
            return None, None
        auth = Authenticator(user.auth, keys.device_key(user.auth, user.auth_secret, engine))
        if not user.priv:
            return auth, None
        key = keys.device_key(user.auth, user.priv_secret, engine)
        is_blumenthal = user.priv.endswith("-blumenthal")
        key = keys.stretched(user.auth, key, engine, KEY_OCTETS[user.priv], blumenthal=is_blumenthal)
        return auth, cipher(user.priv, key)
