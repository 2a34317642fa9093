from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp.credential import AUTH_PROTOCOLS, PRIV_PROTOCOLS, User
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.usm import keys
from regiowacht_agent.snmp.usm.auth import DIGEST_OCTETS, Authenticator
from regiowacht_agent.snmp.usm.keyring import Keyring
from regiowacht_agent.snmp.usm.priv import KEY_OCTETS
from tests.agent.snmp.usm import oracle

if TYPE_CHECKING:
    from regiowacht_agent.snmp.credential import AuthProtocol, PrivProtocol

SECRET = b"maplesyrup"
ENGINE = bytes(11) + b"\2"


@pytest.mark.parametrize(
    ("protocol", "of_user", "of_device"),
    [
        ("md5", "9faf3283884e92834ebc9847d8edd963", "526f5eed9fcce26f8964c2930787d82b"),
        ("sha", "9fb5cc0381497b3793528939ff788d5d79145211", "6695febc9288e36282235fc7151f128497b38f3f"),
    ],
)
def test_keys_are_those_of_rfc_3414_a_3(protocol: AuthProtocol, of_user: str, of_device: str) -> None:
    assert keys.user_key(protocol, SECRET).hex() == of_user
    assert keys.device_key(protocol, SECRET, ENGINE).hex() == of_device


@pytest.mark.parametrize("secret", [b"maplesyrup", b"x", b"0123456789" * 100, b"a" * 20_000, "geheim é".encode()])
@pytest.mark.parametrize("auth", AUTH_PROTOCOLS)
@pytest.mark.parametrize("priv", PRIV_PROTOCOLS)
def test_keys_of_encryption_are_those_of_pysnmp(auth: AuthProtocol, priv: PrivProtocol, secret: bytes) -> None:
    own = keys.device_key(auth, secret, ENGINE)
    octets = KEY_OCTETS[priv]
    own = keys.stretched(auth, own, ENGINE, octets, blumenthal=priv.endswith("-blumenthal"))
    assert own == oracle.key(auth, priv, secret, ENGINE)[:octets]
    assert len(own) == octets


@pytest.mark.parametrize(
    ("protocol", "digest"),
    [
        ("md5", "750c783e6ab0b503eaa86e310a5db738"),
        ("sha", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ("sha224", "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
        ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "sha384",
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
        ),
        (
            "sha512",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaea"
            "b1a34d4a6b4b636e070a38bce737",
        ),
    ],
)
def test_digests_are_those_of_rfc_2202_and_4231_cut_as_usm_wants(protocol: AuthProtocol, digest: str) -> None:
    octets = {"md5": 12, "sha": 12, "sha224": 16, "sha256": 24, "sha384": 32, "sha512": 48}[protocol]
    found = Authenticator(protocol, b"Jefe").digest(b"what do ya want for nothing?")
    assert found == bytes.fromhex(digest)[:octets]
    assert DIGEST_OCTETS[protocol] == octets


def test_a_changed_octet_or_digest_proves_nothing() -> None:
    auth = Authenticator("sha256", b"k" * 32)
    message = auth.signed(b"head" + bytes(24) + b"data", 4)
    assert auth.is_proven(message, 4)
    for at in range(len(message)):
        changed = message[:at] + bytes((message[at] ^ 0x40,)) + message[at + 1 :]
        assert not auth.is_proven(changed, 4)


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (User("u", "sha1", b"x" * 8), "algorithm"),  # type: ignore[arg-type] # from a file
        (User("u", "sha", b"x" * 8, "aes512", b"x" * 8), "algorithm"),  # type: ignore[arg-type] # likewise
        (User("u", "", b"", "aes128", b"x" * 8), "algorithm"),
        (User("u", "sha", b""), "secret"),
        (User("u", "sha", b"x" * 8, "aes128", b""), "secret"),
    ],
)
def test_a_user_who_cannot_be_is_refused_at_once(user: User, reason: str) -> None:
    with pytest.raises(SnmpFailed) as failed:
        Keyring(user)
    assert failed.value.reason == reason


def test_no_key_shows_in_words() -> None:
    with pytest.raises(SnmpFailed) as failed:
        keys.user_key("rot13", b"hidden")
    assert "hidden" not in str(failed.value)
