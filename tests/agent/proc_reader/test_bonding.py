"""Bonds of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.family import NoData
from tests.agent.proc_reader.turns import turns

if TYPE_CHECKING:
    from pathlib import Path

NET = "class/net"
BONDS = {
    f"{NET}/bonding_masters": "bond0 bond1 empty",
    f"{NET}/bond0/bonding/slaves": "eth0 eth1",
    f"{NET}/bond0/lower_eth0/bonding_slave/mii_status": "up",
    f"{NET}/bond0/lower_eth1/bonding_slave/mii_status": "down",
    f"{NET}/bond1/bonding/slaves": "eth2",
    f"{NET}/bond1/slave_eth2/bonding_slave/mii_status": "up",
    f"{NET}/empty/bonding/slaves": "",
}
TOLD = """\
node_bonding_active{master="bond0"} 1
node_bonding_active{master="bond1"} 1
node_bonding_active{master="empty"} 0
node_bonding_slaves{master="bond0"} 2
node_bonding_slaves{master="bond1"} 1
node_bonding_slaves{master="empty"} 0
"""


def test_bonds_tell_their_interfaces_and_those_that_work(tmp_path: Path) -> None:
    bonds = turns("bonding", tmp_path, BONDS)
    assert bonds.told() == TOLD
    bonds.write(f"{NET}/bond0/lower_eth1/bonding_slave/mii_status", "up")
    assert 'node_bonding_active{master="bond0"} 2' in bonds.told()


def test_a_bond_that_went_away_costs_only_itself(tmp_path: Path) -> None:
    bonds = turns("bonding", tmp_path, {**BONDS, f"{NET}/bonding_masters": "gone bond1"})
    assert bonds.told() == 'node_bonding_active{master="bond1"} 1\nnode_bonding_slaves{master="bond1"} 1\n'


def test_a_slave_without_a_state_does_not_work(tmp_path: Path) -> None:
    bonds = turns("bonding", tmp_path, {**BONDS, f"{NET}/bond1/slave_eth2/bonding_slave/mii_status": None})
    assert 'node_bonding_active{master="bond1"} 0' in bonds.told()


def test_renamed_bonds_do_not_tell_each_others_states(tmp_path: Path) -> None:
    bonds = turns("bonding", tmp_path, BONDS)
    bonds.told()
    net = tmp_path / "sys" / NET
    for old, new in (("bond0", "other"), ("bond1", "bond0"), ("other", "bond1")):
        (net / old).rename(net / new)
    assert set(bonds.told().splitlines()) == {
        'node_bonding_active{master="bond0"} 1',
        'node_bonding_active{master="bond1"} 1',
        'node_bonding_active{master="empty"} 0',
        'node_bonding_slaves{master="bond0"} 1',
        'node_bonding_slaves{master="bond1"} 2',
        'node_bonding_slaves{master="empty"} 0',
    }


def test_without_the_module_there_is_no_data_and_with_it_alone_nothing_to_tell(tmp_path: Path) -> None:
    bonds = turns("bonding", tmp_path, {f"{NET}/lo/mtu": "1"})
    with pytest.raises(NoData):
        bonds.told()
    bonds.write(f"{NET}/bonding_masters", "")
    assert bonds.told() == ""
