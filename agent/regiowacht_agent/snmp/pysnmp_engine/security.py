"""Credentials as pysnmp takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pysnmp.entity import config

from regiowacht_agent.snmp.credential import Community
from regiowacht_agent.snmp.failure import SnmpFailed

if TYPE_CHECKING:
    from pysnmp.entity.engine import SnmpEngine

    from regiowacht_agent.snmp.credential import Credential, User

NAME = "device"
PARAMETERS = "parameters"

AUTH = {
    "": config.USM_AUTH_NONE,
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha224": config.USM_AUTH_HMAC128_SHA224,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha384": config.USM_AUTH_HMAC256_SHA384,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
PRIV = {
    "": config.USM_PRIV_NONE,
    "des": config.USM_PRIV_CBC56_DES,
    "3des": config.USM_PRIV_CBC168_3DES,
    "aes128": config.USM_PRIV_CFB128_AES,
    "aes192": config.USM_PRIV_CFB192_AES,
    "aes256": config.USM_PRIV_CFB256_AES,
    "aes192-blumenthal": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256-blumenthal": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}
VERSIONS = {"1": 0, "2c": 1}


def configure(engine: SnmpEngine, credential: Credential) -> None:
    """Make a credential known to pysnmp, under ``PARAMETERS``.

    Raises:
        SnmpFailed: it is none that can be tried.
    """
    if isinstance(credential, Community):
        config.add_v1_system(engine, NAME, credential.community, securityName=NAME)
        config.add_target_parameters(engine, PARAMETERS, NAME, "noAuthNoPriv", VERSIONS[credential.version])
        return
    level = _level(credential)
    try:
        _add_user(engine, credential)
    except ValueError as error:  # a machine in FIPS mode has no MD5, for one
        raise SnmpFailed("algorithm", f"this machine refuses {credential.auth}: {error}") from None
    config.add_target_parameters(engine, PARAMETERS, credential.name, level, 3)


def _add_user(engine: SnmpEngine, user: User) -> None:
    secrets: list[Any] = [user.auth_secret or None, user.priv_secret or None]
    config.add_v3_user(engine, user.name, AUTH[user.auth], secrets[0], PRIV[user.priv], secrets[1])


def _level(user: User) -> str:
    """Return the security level (RFC 3411, 3.4.3).

    Raises:
        SnmpFailed: there is no such one, or a passphrase is missing.
    """
    if user.priv and not user.auth:
        raise SnmpFailed("level", "encryption needs a protocol for authentication too (RFC 3411, 3.4.3)")
    if (user.auth and not user.auth_secret) or (user.priv and not user.priv_secret):
        raise SnmpFailed("secret", "the passphrase is empty")
    return "authPriv" if user.priv else "authNoPriv" if user.auth else "noAuthNoPriv"
