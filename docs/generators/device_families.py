"""The page of families of devices: what is recognised, and what of its health is told, from their files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_agent.snmp.meaning import families, files, loader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.snmp.meaning.recognise import Family
    from regiowacht_agent.snmp.meaning.rule import SeriesRule

PATH = "reference/device-families.md"
HEADER = """# Families of devices

Every device that speaks SNMP tells its interfaces, what it is, and what the standard MIBs know of it. Of the families
below the agent knows more: which objects of the maker tell what. What is not recognised has `family="unknown"`. How to
add one: [Add a family of devices](../how-to/add-a-device-family.md).

**Checked** says whether the file was tried on what a real device answered, or written by the maker's documentation
alone. A mark says that the family has a table of its own for it; standard tables come on top: HOST-RESOURCES-MIB,
ENTITY-SENSOR-MIB, ENTITY-STATE-MIB, UPS-MIB, Printer-MIB, POWER-ETHERNET-MIB and UCD-SNMP-MIB.

"""
KINDS = {
    "cpu": ("snmp_cpu_",), "memory": ("snmp_memory_",), "storage": ("snmp_storage_",),
    "temp.": ("snmp_temperature_", "snmp_humidity_"), "fans": ("snmp_fan_",), "states": ("snmp_component_state",),
    "power": ("snmp_voltage_", "snmp_current_", "snmp_power_", "snmp_frequency_", "snmp_energy_"),
    "ups": ("snmp_ups_",),
    "printer": ("snmp_printer_",), "wi-fi": ("snmp_wifi_",), "poe": ("snmp_poe_",),
    "firewall": ("snmp_firewall_", "snmp_vpn_"),
}  # fmt: skip


def page() -> str:
    """Return the page."""
    known = loader.metrics()
    found = families.together([families.read(name, text, known) for name, text in files.texts("families").items()])
    head = ["| family | devices | checked |", *(f" {kind} |" for kind in KINDS)]
    rule = "| --- | --- | --- |" + " --- |" * len(KINDS)
    rows = [_row(family) for family in sorted(found, key=lambda one: one.file.title.casefold())]
    sources = [f"| `{one.file.name}` | {' '.join(one.file.source.split())} |" for one in found]
    table = "\n".join(["".join(head), rule, *rows])
    return f"{HEADER}{table}\n\n## Where the objects stand\n\n| family | source |\n| --- | --- |\n" + "\n".join(sources)


def _row(family: Family) -> str:
    told = {series.metric for series in _series(family)} | {
        "snmp_fan_state" for series in _series(family) if ("kind", ((("fan", ""),),)) in series.labels
    }
    marks = ["✓" if any(name.startswith(begins) for name in told) else "" for begins in KINDS.values()]
    cells = [f"`{family.file.name}`", family.file.title, family.file.checked, *marks]
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def _series(family: Family) -> Iterator[SeriesRule]:
    for table in family.file.tables:
        yield from table.series
