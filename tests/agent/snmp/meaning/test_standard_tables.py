"""Each standard table on readings written by hand, with what real agents get wrong in it."""

from __future__ import annotations

import pytest

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.meaning import loader
from regiowacht_agent.snmp.meaning.lay_out import Options
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.meaning.readings import MIB2, Told, health, known_book, lay_out, oid_value, present, told

IF, IFX = f"{MIB2}.2.2.1", f"{MIB2}.31.1.1.1"
EVERYTHING = Options(frozenset({"all"}))
RAM, VIRTUAL, DISK = (oid_value(f"{MIB2}.25.2.1.{kind}") for kind in (2, 3, 4))


def port(index: str = "7", **changed: Told) -> dict[str, dict[str, Told]]:
    """Return one port's row, with columns left out that are given as ""."""
    columns: dict[str, Told] = {
        f"{IF}.1": int(index),
        f"{IF}.2": "GigabitEthernet0/7",
        f"{IF}.3": 6,
        f"{IF}.5": 1_000_000_000,
        f"{IF}.6": bytes.fromhex("0edf01020304"),
        f"{IF}.7": 1,
        f"{IF}.8": 1,
        f"{IF}.10": Value(tags.COUNTER32, 12),
        f"{IF}.14": Value(tags.COUNTER32, 3),
        f"{IFX}.1": "Gi0/7",
        f"{IFX}.6": Value(tags.COUNTER64, 2**40 + 1),
        f"{IFX}.15": 1000,
        f"{IFX}.18": "uplink",
    }
    columns |= {name.replace("if_", f"{IF}.").replace("x_", f"{IFX}."): one for name, one in changed.items()}
    return {column: {index: one} for column, one in columns.items() if one != ""}


LABELS = "ifAlias=uplink,ifDescr=GigabitEthernet0/7,ifIndex=7,ifName=Gi0/7"


def test_a_port_is_told_as_snmp_exporter_tells_it() -> None:
    found = told(port())
    assert found[f"ifHCInOctets{{{LABELS}}}"] == 2**40 + 1
    assert found[f"ifOperStatus{{{LABELS}}}"] == 1
    assert found[f"ifHighSpeed{{{LABELS}}}"] == 1000
    assert found[f"ifType_info{{{LABELS},ifType=ethernetCsmacd}}"] == 1
    assert not [key for key in found if key.startswith(("ifInOctets", "ifSpeed", "ifPhysAddress"))]


def test_everything_on_request_tells_both_counters_and_addresses() -> None:
    found = told(port(), EVERYTHING)
    assert found[f"ifInOctets{{{LABELS}}}"] == 12
    assert found[f"ifPhysAddress{{{LABELS},ifPhysAddress=0E:DF:01:02:03:04}}"] == 1
    assert found[f"ifIndex{{{LABELS}}}"] == 7
    assert found[f"ifSpeed{{{LABELS}}}"] == 1_000_000_000


def test_everything_is_the_forty_metrics_of_snmp_exporter() -> None:
    names = {
        rule.metric for _file, table in known_book().tables(known_book().anchors(["if_mib"])) for rule in table.series
    }
    assert len(names) == 39  # and sysUpTime
    names_of_catalogue = {name for name, metric in loader.metrics().items() if metric.family == "if_mib"}
    assert names == names_of_catalogue


def test_each_row_has_the_counter_that_it_has() -> None:
    narrow = port("8", x_6="", x_15="", x_1="", x_18="")
    columns = port()
    for column, rows in narrow.items():
        columns[column] = columns[column] | rows
    found = told(columns)
    assert found[f"ifHCInOctets{{{LABELS}}}"] == 2**40 + 1
    assert found["ifInOctets{ifAlias=,ifDescr=GigabitEthernet0/7,ifIndex=8,ifName=}"] == 12
    assert len([key for key in found if key.startswith(("ifInOctets", "ifHCInOctets"))]) == 2
    assert found["ifSpeed{ifAlias=,ifDescr=GigabitEthernet0/7,ifIndex=8,ifName=}"] == 1_000_000_000


@pytest.mark.parametrize(("speed", "is_told"), [(100_000_000, True), (4_294_967_295, False)])
def test_a_port_without_a_high_speed_tells_its_speed(speed: int, is_told: bool) -> None:
    found = told(port(x_15=0, if_5=speed))
    assert found[f"ifHighSpeed{{{LABELS}}}"] == 0
    assert (f"ifSpeed{{{LABELS}}}" in found) == is_told


def test_ports_with_equal_names_stay_apart_by_their_index() -> None:
    columns = port("1")
    for column, rows in port("2").items():
        columns[column] = columns[column] | rows
    found = [key for key in told(columns) if key.startswith("ifOperStatus")]
    assert len(found) == 2
    assert not lay_out(columns).troubles


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("Loket één".encode(), "Loket één"),
        ("Loket één".encode("latin-1"), "Loket één"),
        (b"a\x00b", "a\x00b"),
        (b"eth0\x00\x00", "eth0"),
        (b"two\r\nlines", "two\r\nlines"),
    ],
)
def test_names_of_ports_keep_their_characters(octets: bytes, text: str) -> None:
    assert any(f"ifAlias={text}," in key for key in told(port(x_18=octets)))


@pytest.mark.parametrize(
    ("octets", "text"),
    [(b"", "00:00:00:00:00:00"), (b"\x01\x02", "01:02:00:00:00:00"), (bytes(range(8)), "00:01:02:03:04:05")],
)
def test_addresses_have_six_octets(octets: bytes, text: str) -> None:
    assert any(key.endswith(f"ifPhysAddress={text}}}") for key in told(port(if_6=octets), EVERYTHING))


def test_a_counter_wraps_where_prometheus_would_lose_digits() -> None:
    assert told(port(x_6=Value(tags.COUNTER64, 2**53 + 5)))[f"ifHCInOctets{{{LABELS}}}"] == 5


def test_ports_not_in_use_tell_their_state_alone_on_request() -> None:
    layout = lay_out(port(if_8=2), Options(idle=False))
    assert {series.metric.name for series in layout.series} == {"ifAdminStatus", "ifOperStatus"}
    assert layout.idle == 1
    assert lay_out(port(if_8=2)).idle == 0


def test_a_text_where_a_number_should_be_costs_that_series_alone() -> None:
    layout = lay_out(port(if_14="many"))
    assert [(trouble.reason, trouble.rows) for trouble in layout.troubles] == [("value", 1)]
    assert "ifInErrors" not in {series.metric.name for series in layout.series}
    assert "ifHCInOctets" in {series.metric.name for series in layout.series}


def test_the_system_group_is_who_the_device_is() -> None:
    found = told(
        {
            f"{MIB2}.1.1": {"0": b"Switch\x00 OS\r\n v1 "},
            f"{MIB2}.1.2": {"0": oid_value("1.3.6.1.4.1.9.1.5")},
            f"{MIB2}.1.3": {"0": Value(tags.TICKS, 4200)},
            f"{MIB2}.1.5": {"0": "sw-1"},
            f"{MIB2}.47.1.1.1.1.5": {"1": 9, "2": 3, "3": 3},
            f"{MIB2}.47.1.1.1.1.11": {"1": "module", "2": "", "3": "SER1"},
            f"{MIB2}.47.1.1.1.1.13": {"1": "module", "2": "WS-1", "3": "WS-2"},
        }
    )
    assert found["sysUpTime{}"] == 4200
    identity = next(key for key in found if key.startswith("snmp_device_info"))
    assert "vendor=,family=unknown,model=WS-1," in identity
    assert "serial=SER1,sys_object_id=1.3.6.1.4.1.9.1.5,sys_descr=Switch OS v1,sys_name=sw-1,sys_location=" in identity


def sensor(kind: int, scale: int, precision: int, raw: Told, status: int = 1) -> dict[str, dict[str, Told]]:
    entry = f"{MIB2}.99.1.1.1"
    return {
        f"{entry}.1": {"9": kind},
        f"{entry}.2": {"9": scale},
        f"{entry}.3": {"9": precision},
        f"{entry}.4": {"9": raw},
        f"{entry}.5": {"9": status},
        f"{MIB2}.47.1.1.1.1.7": {"9": "Inlet"},
    }


@pytest.mark.parametrize(
    ("kind", "scale", "precision", "raw", "name", "number"),
    [
        (8, 9, 0, 23, "snmp_temperature_celsius", 23),
        (8, 9, 1, 234, "snmp_temperature_celsius", 23.4),
        (8, 8, 0, 23400, "snmp_temperature_celsius", 23.4),
        (8, 8, 2, 2340000, "snmp_temperature_celsius", 23.4),
        (4, 7, 0, 3_300_000, "snmp_voltage_volts", 3.3),
        (3, 9, 0, 230, "snmp_voltage_volts", 230),
        (6, 10, 0, 2, "snmp_power_watts", 2000),
        (9, 9, 0, 41, "snmp_humidity_ratio", 0.41),
        (10, 9, 0, 4200, "snmp_fan_speed_rpm", 4200),
        (5, 8, 0, 1500, "snmp_current_amperes", 1.5),
        (7, 9, 1, 501, "snmp_frequency_hertz", 50.1),
    ],
)
def test_a_sensor_is_in_base_units(kind: int, scale: int, precision: int, raw: int, name: str, number: float) -> None:
    assert health(sensor(kind, scale, precision, raw)) == {f"{name}{{index=9,name=Inlet}}": number}


@pytest.mark.parametrize("status", [2, 3])
def test_a_sensor_that_is_not_ok_has_no_value(status: int) -> None:
    assert health(sensor(8, 9, 0, 23, status)) == {}


@pytest.mark.parametrize(("scale", "precision"), [(9, 2**31 - 1), (2**31 - 1, 0), (9, -(2**31))])
def test_a_scale_that_cannot_be_is_no_work(scale: int, precision: int) -> None:
    assert health(sensor(8, scale, precision, 23)) == {}


def test_a_temperature_that_cannot_be_is_counted() -> None:
    columns = sensor(8, 9, 0, 5000)
    layout = lay_out(columns)
    (series,) = layout.series
    assert series.convert is not None
    assert series.convert(5000, 1) is None
    assert layout.refused.count == 1
    assert series.convert(50, 1) == 50


def test_components_tell_their_state() -> None:
    entry = f"{MIB2}.131.1.1.1"
    found = health(
        {
            f"{entry}.3": {"1": 3, "2": 2, "3": 3, "4": 1, "5": 3},
            f"{entry}.5": {"1": b"\x00", "2": b"\x00", "3": b"\x04", "4": b"\x20"},
            f"{MIB2}.47.1.1.1.1.5": {"1": 7, "2": 7, "3": 6, "4": 6, "5": 7},
            f"{MIB2}.47.1.1.1.1.7": {"1": "Fan 1", "2": "Fan 2", "3": "PSU 1", "4": "PSU 2", "5": "Fan 3"},
        }
    )
    assert found == {
        "snmp_component_state{index=1,name=Fan 1,kind=fan}": 0,
        "snmp_component_state{index=2,name=Fan 2,kind=fan}": 2,
        "snmp_component_state{index=3,name=PSU 1,kind=psu}": 1,
        "snmp_component_state{index=5,name=Fan 3,kind=fan}": 0,
    }


def storage(kind: Value, descr: str, units: int, size: int, used: int) -> dict[str, dict[str, Told]]:
    entry = f"{MIB2}.25.2.3.1"
    return {
        f"{entry}.2": {"31": kind},
        f"{entry}.3": {"31": descr},
        f"{entry}.4": {"31": units},
        f"{entry}.5": {"31": size},
        f"{entry}.6": {"31": used},
    }


def test_a_volume_has_bytes() -> None:
    assert health(storage(DISK, "/home", 4096, 1000, 250)) == {
        "snmp_storage_used_bytes{index=31,name=/home}": 1_024_000,
        "snmp_storage_size_bytes{index=31,name=/home}": 4_096_000,
    }


def test_a_size_that_ran_into_the_sign_is_large() -> None:
    found = health(storage(DISK, "/", 4096, -1_000_000_000, 10))
    assert found["snmp_storage_size_bytes{index=31,name=/}"] == (2**32 - 1_000_000_000) * 4096


@pytest.mark.parametrize(
    ("descr", "size", "used"),
    [
        ("/", 0, 0),
        ("snapshot", 100, 297),
        ("/proc", 100, 100),
        ("/dev", 1, 1),
        ("devfs: x", 1, 1),
        ("/var/dhcpd/dev", 1, 1),
        ("/snap/core/17200", 100, 100),
        ("/opt/x/conf/server.xml", 100, 30),
        ("/chroot, type: devfs, dev: devfs", 1, 1),
    ],
)
def test_what_is_no_volume_is_left_out(descr: str, size: int, used: int) -> None:
    assert health(storage(DISK, descr, 1024, size, used)) == {}


def test_buffers_and_cache_are_not_memory_in_use() -> None:
    entry = f"{MIB2}.25.2.3.1"
    columns: dict[str, dict[str, Told]] = {
        f"{entry}.2": {"1": RAM, "3": VIRTUAL, "6": oid_value(f"{MIB2}.25.2.1.1"), "7": oid_value(f"{MIB2}.25.2.1.1")},
        f"{entry}.3": {"1": "Physical memory", "3": "Virtual memory", "6": "Memory buffers", "7": "Cached memory"},
        f"{entry}.4": {"1": 1024, "3": 1024, "6": 1024, "7": 1024},
        f"{entry}.5": {"1": 1000, "3": 2000, "6": 1000, "7": 400},
        f"{entry}.6": {"1": 900, "3": 950, "6": 100, "7": 400},
        "1.3.6.1.4.1.2021.4.5": {"0": 1000},
        "1.3.6.1.4.1.2021.4.6": {"0": 100},
    }
    assert health(columns) == {
        "snmp_memory_used_bytes{index=1,name=Physical memory}": 400 * 1024,
        "snmp_memory_used_bytes{index=3,name=Virtual memory}": 950 * 1024,
        "snmp_memory_size_bytes{index=1,name=Physical memory}": 1000 * 1024,
        "snmp_memory_size_bytes{index=3,name=Virtual memory}": 2000 * 1024,
    }


@pytest.mark.parametrize("descr", ["Real Memory Metrics", "UMA: mbuf", "MALLOC: x", "procfs: x, mounted on: /proc"])
def test_what_a_bsd_counts_otherwise_leaves_the_memory_to_ucd(descr: str) -> None:
    columns = storage(RAM, descr, 1024, 100, 50)
    columns |= {"1.3.6.1.4.1.2021.4.5": {"0": 1000}, "1.3.6.1.4.1.2021.4.6": {"0": 100}}
    assert health(columns) == {
        "snmp_memory_used_bytes{index=0,name=Memory}": 900 * 1024,
        "snmp_memory_size_bytes{index=0,name=Memory}": 1000 * 1024,
    }


def test_cores_tell_more_than_the_whole_machine() -> None:
    columns: dict[str, dict[str, Told]] = {
        f"{MIB2}.25.3.3.1.2": {"196608": 12, "196609": 101},
        f"{MIB2}.25.3.2.1.3": {"196608": "Core A"},
        "1.3.6.1.4.1.2021.11.11": {"0": 88},
    }
    assert health(columns) == {"snmp_cpu_usage_ratio{index=196608,name=Core A}": 0.12}
    del columns[f"{MIB2}.25.3.3.1.2"]
    assert health(columns) == {"snmp_cpu_usage_ratio{index=0,name=CPU}": 0.12}


def test_memory_and_disks_of_net_snmp_alone() -> None:
    ucd = "1.3.6.1.4.1.2021"
    found = health(
        {
            f"{ucd}.4.3": {"0": 0},
            f"{ucd}.4.4": {"0": 0},
            f"{ucd}.4.5": {"0": 1000},
            f"{ucd}.4.6": {"0": 300},
            f"{ucd}.4.15": {"0": 200},
            f"{ucd}.9.1.2": {"1": "/", "2": "/data", "3": "/var/dhcpd/dev"},
            f"{ucd}.9.1.3": {"1": "/dev/da0", "3": "devfs"},
            f"{ucd}.9.1.6": {"1": 500, "2": 2147483647, "3": 1},
            f"{ucd}.9.1.8": {"1": 50, "2": 2147483647, "3": 1},
            f"{ucd}.9.1.11": {"2": 5},
            f"{ucd}.9.1.12": {"2": 2},
            f"{ucd}.9.1.15": {"2": 7},
            f"{ucd}.9.1.16": {"2": 1},
        }
    )
    assert found == {
        "snmp_memory_used_bytes{index=0,name=Memory}": 500 * 1024,
        "snmp_memory_size_bytes{index=0,name=Memory}": 1000 * 1024,
        "snmp_storage_used_bytes{index=1,name=/}": 50 * 1024,
        "snmp_storage_used_bytes{index=2,name=/data}": (2**32 + 7) * 1024,
        "snmp_storage_size_bytes{index=1,name=/}": 500 * 1024,
        "snmp_storage_size_bytes{index=2,name=/data}": (2 * 2**32 + 5) * 1024,
    }


def ups(**changed: Told) -> dict[str, dict[str, Told]]:
    columns: dict[str, Told] = {"2.1": 2, "2.3": 24, "2.4": 97, "2.5": 545, "2.6": 0, "2.7": 25, "4.1": 3, "4.2": 499}
    columns |= {"5.1": 500, "6.1": 0, "7.3": 1}
    columns |= {name.strip("_").replace("_", "."): one for name, one in changed.items()}
    scalars = {f"{MIB2}.33.1.{name}": {"0": one} for name, one in columns.items()}
    return scalars | {
        f"{MIB2}.33.1.3.3.1.3": {"1": 231},
        f"{MIB2}.33.1.4.4.1.2": {"1": 230},
        f"{MIB2}.33.1.4.4.1.3": {"1": 16},
        f"{MIB2}.33.1.4.4.1.5": {"1": 104},
    }


def test_a_ups_on_the_mains() -> None:
    assert health(ups()) == {
        "snmp_component_state{index=0,name=Alarms,kind=ups}": 0,
        "snmp_component_state{index=0,name=Battery test,kind=battery}": 0,
        "snmp_component_state{index=0,name=Battery,kind=battery}": 0,
        "snmp_component_state{index=0,name=Output,kind=ups}": 0,
        "snmp_current_amperes{index=0,name=Battery}": 0,
        "snmp_current_amperes{index=1,name=Output 1}": 1.6,
        "snmp_frequency_hertz{index=0,name=Bypass}": 50,
        "snmp_frequency_hertz{index=0,name=Output}": 49.9,
        "snmp_temperature_celsius{index=0,name=Battery}": 25,
        "snmp_ups_charge_ratio{index=0,name=Battery}": 0.97,
        "snmp_ups_load_ratio{index=1,name=Output 1}": 1.04,
        "snmp_ups_on_battery{index=0,name=Output}": 0,
        "snmp_ups_runtime_seconds{index=0,name=Battery}": 1440,
        "snmp_voltage_volts{index=0,name=Battery}": 54.5,
        "snmp_voltage_volts{index=1,name=Input 1}": 231,
        "snmp_voltage_volts{index=1,name=Output 1}": 230,
    }


def test_a_ups_on_its_battery_that_knows_little() -> None:
    found = health(ups(_4_1=5, _2_1=3, _2_3=65535, _2_4=65535))
    assert found["snmp_ups_on_battery{index=0,name=Output}"] == 1
    assert found["snmp_component_state{index=0,name=Output,kind=ups}"] == 1
    assert found["snmp_component_state{index=0,name=Battery,kind=battery}"] == 2
    assert not [key for key in found if "charge" in key or "runtime" in key]


def test_a_ups_that_complains() -> None:
    found = health(ups(_6_1=2, _7_3=3))
    assert found["snmp_component_state{index=0,name=Alarms,kind=ups}"] == 1
    assert found["snmp_component_state{index=0,name=Battery test,kind=battery}"] == 2


def test_a_source_that_nobody_knows_is_no_mains() -> None:
    found = health(ups(_4_1=1))
    assert "snmp_ups_on_battery{index=0,name=Output}" not in found
    assert found["snmp_component_state{index=0,name=Output,kind=ups}"] == 3


def test_no_power_beside_a_current_is_a_power_that_nobody_measures() -> None:
    power, output = f"{MIB2}.33.1.4.4.1.4", "snmp_power_watts{index=1,name=Output 1}"
    assert output not in health(ups() | {power: {"1": 0}})
    assert health(ups() | {power: {"1": 350}})[output] == 350
    assert health(ups() | {power: {"1": 0}, f"{MIB2}.33.1.4.4.1.3": {"1": 0}})[output] == 0


def test_what_flows_through_a_bypass_is_told_while_it_flows() -> None:
    bypass, name = f"{MIB2}.33.1.5.3.1", "{index=1,name=Bypass 1}"
    columns: dict[str, dict[str, Told]] = {f"{bypass}.2": {"1": 230}, f"{bypass}.3": {"1": 0}, f"{bypass}.4": {"1": 0}}
    found = health(columns)
    assert found == {f"snmp_voltage_volts{name}": 230}
    found = health(columns | {f"{bypass}.3": {"1": 31}, f"{bypass}.4": {"1": 700}})
    assert found[f"snmp_current_amperes{name}"] == pytest.approx(3.1)
    assert found[f"snmp_power_watts{name}"] == 700


def supply(unit: int, capacity: int, level: int) -> dict[str, dict[str, Told]]:
    entry = f"{MIB2}.43.11.1.1"
    return {
        f"{entry}.6": {"1.2": "Black"},
        f"{entry}.7": {"1.2": unit},
        f"{entry}.8": {"1.2": capacity},
        f"{entry}.9": {"1.2": level},
    }


@pytest.mark.parametrize(
    ("unit", "capacity", "level", "ratio"),
    [(19, 100, 63, 0.63), (7, 30000, 28407, 0.9469), (19, -2, 63, 0.63), (7, -2, 63, None), (19, 100, -1, None),
     (19, 100, -2, None), (19, 100, -3, None), (19, 100, 140, None), (7, 0, 0, None)],
)  # fmt: skip
def test_what_is_left_of_a_supply(unit: int, capacity: int, level: int, ratio: float | None) -> None:
    expected = {} if ratio is None else {"snmp_printer_supply_ratio{index=1.2,name=Black}": ratio}
    assert health(supply(unit, capacity, level)) == expected


@pytest.mark.parametrize(("octets", "state"), [(b"\x00", 0), (b"", 0), (b"\x20", 1), (b"\x40", 2), (b"\x04\x00", 2)])
def test_what_a_printer_wants(octets: bytes, state: int) -> None:
    found = health({f"{MIB2}.25.3.5.1.2": {"1": octets}, f"{MIB2}.25.3.2.1.3": {"1": "Laser"}})
    assert found == {"snmp_component_state{index=1,name=Laser,kind=other}": state}


def test_power_over_ethernet() -> None:
    entry = f"{MIB2}.105.1.3.1.1"
    found = health({f"{entry}.2": {"1": 370, "2": 0}, f"{entry}.3": {"1": 3, "2": 2}, f"{entry}.4": {"1": 41, "2": 0}})
    assert found == {
        "snmp_poe_power_watts{index=1,name=PoE 1,pse=1}": 41,
        "snmp_poe_budget_watts{index=1,name=PoE 1}": 370,
        "snmp_component_state{index=1,name=PoE 1,kind=other}": 2,
    }


def test_neighbours_of_every_kind() -> None:
    remote, local = "1.0.8802.1.1.2.1.4.1.1", "1.0.8802.1.1.2.1.3.7.1"
    found = health(
        {
            f"{local}.2": {"3": 5, "4": 3, "5": 7},
            f"{local}.3": {"3": "Gi0/3", "4": bytes(6), "5": "5"},
            f"{local}.4": {"4": "port four"},
            f"{remote}.4": {"0.3.1": 4, "90.4.2": 4, "0.5.1": 5, "0.6.1": 4},
            f"{remote}.5": {k: bytes.fromhex("02aabbccddee") for k in ("0.3.1", "90.4.2", "0.5.1", "0.6.1")},
            f"{remote}.6": {"0.3.1": 5, "90.4.2": 3, "0.5.1": 7, "0.6.1": 3},
            f"{remote}.7": {
                "0.3.1": "1/1/1",
                "90.4.2": bytes.fromhex("020000000001"),
                "0.5.1": "24",
                "0.6.1": "02:00:00:00:00:0a",
            },
            f"{remote}.9": {"0.3.1": "core", "0.5.1": "printer"},
        }
    )
    mac = "02:AA:BB:CC:DD:EE"
    edges = (
        ("Gi0/3", "core", "1/1/1"),
        ("port four", mac, "02:00:00:00:00:01"),
        ("5", "printer", "24"),
        ("6", mac, "02:00:00:00:00:0A"),
    )
    assert found == {
        f"snmp_neighbor_info{{local_port={here},remote_sys_name={name},remote_port={there},protocol=lldp}}": 1
        for here, name, there in edges
    }


def test_needs_of_a_switch_split_what_moves_from_what_stays() -> None:
    columns = port()
    book = known_book()
    anchors = present(book, {tuple(map(int, column.split("."))): {(1,): Value(tags.INTEGER, 1)} for column in columns})
    needs = book.needs(anchors)
    moving, staying = (tuple(map(int, name.split("."))) for name in (f"{IFX}.6", f"{IFX}.18"))
    assert moving in needs.fast
    assert staying in needs.slow
    assert staying not in needs.fast
    assert not needs.scalars
    assert len(book.needs(anchors, EVERYTHING).fast) > len(needs.fast)
