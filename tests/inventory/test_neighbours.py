"""Which declared asset a neighbour is, and which uplinks that tells, with what real networks get wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_inventory.neighbours import Edge, Key, compare, match
from regiowacht_inventory.neighbours.names import is_address, is_same, normal
from tests.inventory.neighbours import device, hears, link, told

if TYPE_CHECKING:
    from regiowacht_inventory import Asset

RT, SW1, SW2, SW3 = (("aa", name) for name in ("rt-1", "sw-1", "sw-2", "sw-3"))
REGION = (device("rt-1", "router"), device("sw-1"), device("sw-2"), device("sw-3"), link("rt-1"))


def only(edges: tuple[Edge, ...]) -> Edge:
    (edge,) = edges
    return edge


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        ("SW-1", "sw-1"),
        (" sw-1.Town.example. ", "sw-1.town.example"),
        ("sw-1(FOX0001A001)", "sw-1"),
        ("(only)", "(only)"),
        ("02:AA:BB:CC:DD:EE", "02aabbccddee"),
        ("02aa.bbcc.ddee", "02aabbccddee"),
        ("", ""),
    ],
)
def test_names_are_compared_in_one_way(name: str, compared: str) -> None:
    assert normal(name) == compared


@pytest.mark.parametrize(
    "name", ["02:AA:BB:CC:DD:EE", "02aa.bbcc.ddee", "02-aa-bb-cc-dd-ee", "02aabb-ccddee", "192.0.2.1", "2001:db8::1"]
)
def test_addresses_are_no_names(name: str) -> None:
    assert is_address(name)


@pytest.mark.parametrize("name", ["sw-1", "sw-1.town.example", "cafe", "10-huis"])
def test_names_are_no_addresses(name: str) -> None:
    assert not is_address(name)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("sw-1", "sw-1.town.example", True),
        ("sw-1.town", "sw-1.town.example", False),  # a domain that was cut is no domain left out
        ("sw-1.a.example", "sw-1.b.example", False),
        ("sw-1", "sw-10", False),
        ("10.0", "10.0.0.1", False),
        ("192.0.2.1", "192.0.2.1", True),
    ],
)
def test_a_domain_may_be_left_out(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) == is_same(other, one) == same


@pytest.mark.parametrize("name", ["sw-1", "SW-1", "sw-1.town.example", "sw-1.", "Sw-1(FOX0001A001)"])
def test_a_neighbour_is_found_by_the_name_that_it_was_declared_by(name: str) -> None:
    edge = only(match(REGION, told(hears("rt-1", name))))
    assert (edge.status, edge.remote, edge.is_one_sided) == ("matched", SW1, False)


def test_what_a_device_calls_itself_goes_before_its_declared_name() -> None:
    edges = match(REGION, told(hears("rt-1", "SW-1.town.example"), hears("rt-1", "core"), sw_2="sw-1", sw_3="Core.x"))
    assert [edge.remote for edge in edges] == [SW2, SW3]


@pytest.mark.parametrize("name", ["sw-9", "02:AA:BB:CC:DD:EE", "", "10.0.0.1", "sw"])
def test_a_neighbour_that_nobody_declared(name: str) -> None:
    assert only(match(REGION, told(hears("rt-1", name)))).status == "unmatched"


def test_a_neighbour_that_tells_just_its_address_is_the_one_that_has_it() -> None:
    edge = only(match(REGION, told(hears("rt-1", "02:AA:BB:CC:DD:EE"), sw_2="02-aa-bb-cc-dd-ee")))
    assert (edge.status, edge.remote) == ("matched", SW2)


def test_the_own_gemeente_goes_before_all_others() -> None:
    region = (*REGION, device("sw-1", gemeente="bb"), device("sw-b", gemeente="bb"))
    edges = match(region, told(hears("rt-1", "sw-1"), hears("rt-1", "sw-b"), hears("sw-b", "sw-1", gemeente="bb")))
    assert [edge.remote for edge in edges] == [SW1, ("bb", "sw-b"), ("bb", "sw-1")]


def test_two_of_one_name_are_ambiguous_until_one_answers() -> None:
    names = {"sw_1": "switch", "sw_2": "switch"}
    edge = only(match(REGION, told(hears("rt-1", "switch"), **names)))
    assert (edge.status, edge.candidates) == ("ambiguous", (SW1, SW2))
    edges = match(REGION, told(hears("rt-1", "switch"), hears("sw-2", "rt-1"), **names))
    assert [edge.remote for edge in edges] == [SW2, RT]
    assert not any(edge.is_one_sided for edge in edges)


def test_two_of_one_name_that_both_answer_are_told_apart_by_their_ports() -> None:
    heard = (
        hears("rt-1", "switch", "ge-1"),
        hears("rt-1", "switch", "ge-2"),
        hears("sw-1", "rt-1", remote_port="ge-2"),
        hears("sw-2", "rt-1", remote_port="ge-1"),
    )
    edges = match(REGION, told(*heard, sw_1="switch", sw_2="switch"))
    assert [edge.remote for edge in edges] == [SW2, SW1, RT, RT]


def test_a_device_that_hears_its_own_name_is_never_sure() -> None:
    edge = only(match(REGION, told(hears("sw-1", "sw-1"))))
    assert (edge.status, edge.candidates) == ("ambiguous", (SW1,))


def test_a_name_that_was_cut_short_needs_an_answer() -> None:
    region = (*REGION, device("sw-gemeentehuis-kelder"))
    cut = hears("rt-1", "sw-gemeentehuis")
    edge = only(match(region, told(cut)))
    assert (edge.status, edge.candidates) == ("ambiguous", (("aa", "sw-gemeentehuis-kelder"),))
    edges = match(region, told(cut, hears("sw-gemeentehuis-kelder", "rt-1")))
    assert edges[0].remote == ("aa", "sw-gemeentehuis-kelder")


def test_a_side_that_hears_others_and_not_this_one_is_told() -> None:
    edges = match(REGION, told(hears("rt-1", "sw-1"), hears("sw-1", "sw-2")))
    assert [(edge.remote, edge.is_one_sided) for edge in edges] == [(SW1, True), (SW2, False)]


def uplinks_of(region: tuple[Asset, ...], *pairs: tuple[str, str]) -> tuple[dict[Key, Key], dict[Key, object]]:
    """Return what is proposed, and what can be chosen, where each first of a pair hears the second."""
    heard = told(*(hears(one, other) for one, other in pairs))
    found = compare(region, heard, match(region, heard))
    return dict(found.proposed), dict(found.choices)


def test_devices_hang_on_the_one_that_is_nearer_to_the_line() -> None:
    proposed, choices = uplinks_of(REGION, ("rt-1", "sw-1"), ("sw-2", "sw-1"), ("sw-2", "sw-3"))
    assert proposed == {SW1: RT, SW2: SW1, SW3: SW2}
    assert choices == {}


def test_two_ways_up_are_for_a_person_to_choose() -> None:
    proposed, choices = uplinks_of(REGION, ("rt-1", "sw-1"), ("rt-1", "sw-2"), ("sw-1", "sw-3"), ("sw-2", "sw-3"))
    assert proposed == {SW1: RT, SW2: RT}
    assert choices == {SW3: (SW1, SW2)}


def test_what_carries_nothing_hangs_on_what_hears_it() -> None:
    region = (device("sw-1"), device("ap-1", "access_point"), device("ap-2", "access_point"))
    proposed, _ = uplinks_of(region, ("sw-1", "ap-1"), ("ap-2", "ap-1"))
    assert proposed == {("aa", "ap-1"): SW1}


def test_switches_without_a_way_to_a_line_propose_nothing() -> None:
    assert uplinks_of((device("sw-1"), device("sw-2")), ("sw-1", "sw-2")) == ({}, {})


def test_without_a_line_a_router_is_the_top() -> None:
    proposed, _ = uplinks_of((device("rt-1", "router"), device("sw-1")), ("sw-1", "rt-1"))
    assert proposed == {SW1: RT}


def test_a_declared_uplink_stays_and_carries_on() -> None:
    region = (device("rt-1", "router"), device("sw-1", uplink="rt-1"), device("sw-2"), link("rt-1"))
    proposed, _ = uplinks_of(region, ("sw-1", "sw-2"))
    assert proposed == {SW2: SW1}


def test_no_circle_is_proposed() -> None:
    region = (device("rt-1", "router"), device("sw-1"), device("sw-2", uplink="sw-1"), link("rt-1"))
    proposed, choices = uplinks_of(region, ("rt-1", "sw-2"), ("sw-1", "sw-2"))
    assert (proposed, choices) == ({}, {})


def test_neighbours_of_another_gemeente_are_no_uplink() -> None:
    region = (*REGION, device("sw-b", gemeente="bb"))
    assert uplinks_of(region, ("rt-1", "sw-b")) == ({}, {})


def test_declared_and_heard_are_laid_side_by_side() -> None:
    region = (device("rt-1", "router"), device("sw-1", uplink="rt-1"), device("sw-2", uplink="sw-1"), device("sw-3"))
    heard = told(hears("sw-1", "rt-1"), hears("sw-2", "sw-3"), hears("sw-2", "printer"))
    found = compare(region, heard, match(region, heard))
    assert found.unheard == {SW2: SW1}
    assert found.undeclared == ((SW2, SW3),)
