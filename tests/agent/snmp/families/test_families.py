"""Each family's file on devices that are written down here: it is recognised, says what it is, and tells its health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from regiowacht_agent.snmp.meaning.recognise import probes
from regiowacht_agent.snmp.meaning.rule import columns_of
from tests.agent.snmp.families.cases import identity, polled, read, series, told
from tests.agent.snmp.meaning.readings import known_book

if TYPE_CHECKING:
    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.value import Value

CASES = tuple(told())
MOVING = (
    "snmp_cpu_", "snmp_temperature_", "snmp_humidity_", "snmp_fan_", "snmp_voltage_", "snmp_current_", "snmp_power_",
    "snmp_frequency_", "snmp_ups_", "snmp_wifi_", "snmp_firewall_", "snmp_vpn_", "snmp_memory_usage_",
    "snmp_storage_usage_",
)  # fmt: skip
"""Metrics whose values are others at each poll."""

PROBES_MAX = 24
"""Objects that a device is asked for at most to know what it is: one question."""

SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SYS_OBJECT_ID: Oid = (*SYSTEM, 2, 0)


@pytest.mark.parametrize(("family", "name", "case"), CASES, ids=[f"{family}-{name}" for family, name, _case in CASES])
def test_a_device_of_a_family(family: str, name: str, case: dict[str, Any]) -> None:
    del name
    wanted = read(family, case)
    device, took = polled(wanted)
    assert device.recognised.family == family
    assert device.recognised.why
    assert not device.recognised.rivals
    assert identity(took) == {"family": family, **wanted.identity}
    assert series(took) == wanted.expected
    assert [trouble for trouble in took.troubles if trouble.reason != "value"] == []


@pytest.mark.parametrize("family", known_book().families)
def test_what_moves_does_not_decide_which_series_there_are(family: str) -> None:
    """Else the device would be learnt anew at each change: ``require`` decides at each poll, ``when`` once."""
    book = known_book().family(family)
    for _file, table in book.tables(book.anchors([family])):
        for one in table.series:
            if one.metric.startswith(MOVING):
                shaping = {name for name, _test in (*one.when, *one.unless)}
                assert not shaping & set(columns_of(one.value)) - set(table.fixed), (table.name, one.metric)


@pytest.mark.parametrize("family", known_book().families)
def test_each_family_has_a_case(family: str) -> None:
    assert family in {one for one, _name, _case in CASES}


def test_each_case_has_a_family() -> None:
    assert {one for one, _name, _case in CASES} <= set(known_book().families)


@pytest.mark.parametrize("family", known_book().families)
def test_a_family_is_found_by_what_it_says_or_with_few_questions(family: str) -> None:
    ways = known_book().ways()
    own = [way for way in ways if way.family == family]
    assert own
    for way in own:
        open_ways = [other for other in ways if other.prefix in {way.prefix, ()}]
        assert len(probes(open_ways)) <= PROBES_MAX


def test_what_a_device_is_costs_few_octets() -> None:
    """All families together are held compressed by every agent that asks devices."""
    packed = known_book().packed
    count = len(known_book().families)
    assert len(packed["ways"]) < 200 * count + 1000
    assert sum(map(len, packed["families"].values())) < 4000 * count


def test_a_device_that_does_not_say_what_it_is_is_unknown() -> None:
    family, _name, case = CASES[0]
    wanted = read(family, case)
    objects: dict[Oid, Value] = {oid: one for oid, one in wanted.objects.items() if oid[:7] == SYSTEM}
    del objects[SYS_OBJECT_ID]
    device, _took = polled(wanted._replace(objects=objects))
    assert device.recognised.family in {"", family}
