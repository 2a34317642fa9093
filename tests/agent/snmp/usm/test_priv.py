from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.credential import PRIV_PROTOCOLS
from regiowacht_agent.snmp.failure import SnmpFailed
from regiowacht_agent.snmp.usm.priv import KEY_OCTETS, cipher
from tests.agent.snmp.usm import oracle

if TYPE_CHECKING:
    from regiowacht_agent.snmp.credential import PrivProtocol

BOOTS, TIME = 2**31 - 2, 123_456_789


@pytest.mark.parametrize("size", [1, 8, 15, 16, 17, 1400])
@pytest.mark.parametrize("protocol", PRIV_PROTOCOLS)
def test_pysnmp_decrypts_ours_and_we_decrypt_pysnmps(protocol: PrivProtocol, size: int) -> None:
    key = bytes(range(7, 7 + KEY_OCTETS[protocol]))
    data = bytes(at * 7 & 0xFF for at in range(size))
    own = cipher(protocol, key)
    salt, encrypted = own.encrypt(data, BOOTS, TIME)
    assert data not in encrypted or size == 1
    assert oracle.decrypt(protocol, key, encrypted, salt, BOOTS, TIME)[:size] == data
    salt, encrypted = oracle.encrypt(protocol, key, data, BOOTS, TIME)
    assert own.decrypt(encrypted, salt, BOOTS, TIME)[:size] == data


@pytest.mark.parametrize("protocol", PRIV_PROTOCOLS)
def test_no_salt_comes_twice(protocol: PrivProtocol) -> None:
    own = cipher(protocol, bytes(KEY_OCTETS[protocol]))
    salts = {own.encrypt(b"data", 1, 1)[0] for _ in range(1000)}
    assert len(salts) == 1000
    assert {len(salt) for salt in salts} == {8}


@pytest.mark.parametrize("protocol", ["des", "3des"])
def test_a_cut_block_is_malformed(protocol: PrivProtocol) -> None:
    with pytest.raises(Malformed):
        cipher(protocol, bytes(KEY_OCTETS[protocol])).decrypt(b"1234567", bytes(8), 1, 1)


def test_without_cryptography_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers", None)
    with pytest.raises(SnmpFailed, match="pip install") as failed:
        cipher("aes128", bytes(16))
    assert failed.value.reason == "algorithm"


@pytest.mark.parametrize("protocol", PRIV_PROTOCOLS)
def test_each_message_stands_alone_whatever_went_before(protocol: PrivProtocol) -> None:
    dice = random.Random(3826)
    key = dice.randbytes(KEY_OCTETS[protocol])
    own = cipher(protocol, key)
    for at in range(300):
        data = dice.randbytes(dice.randrange(1, 90))
        if dice.random() < 0.5:
            salt, encrypted = own.encrypt(data, BOOTS, at)
            assert oracle.decrypt(protocol, key, encrypted, salt, BOOTS, at)[: len(data)] == data
        else:
            salt, encrypted = oracle.encrypt(protocol, key, data, BOOTS, at)
            if dice.random() < 0.2:
                own.decrypt(dice.randbytes(8 * dice.randrange(9)), bytes(8), 0, 0)
            assert own.decrypt(encrypted, salt, BOOTS, at)[: len(data)] == data
