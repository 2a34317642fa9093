"""What the files of a sensor chip are called as metrics, and in which unit they are told."""

from __future__ import annotations

import os
import re

from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.files import Files

KINDS = frozenset(
    ("vrm", "beep_enable", "update_interval", "in", "cpu", "fan", "pwm", "temp", "curr", "power", "energy", "humidity")
) | {"intrusion", "freq"}
FILE = re.compile(r"(?P<kind>[^0-9]+)(?P<number>[0-9]*)(?:_(?P<element>.+))?")
NOT_OF_A_NAME = re.compile(r"[^a-z0-9:_]")

MILLI = 0.001
MICRO = 1_000_000.0
LONE = {
    "beep_enable": ("node_hwmon_beep_enabled", ""),
    "vrm": ("node_hwmon_voltage_regulator_version", ""),
    "update_interval": ("node_hwmon_update_interval_seconds", "milli"),
}
"""Kinds that have no elements."""

OF_ANY = {"fault": ("", ""), "alarm": ("", ""), "beep": ("_enabled", "")}
OF_ONE = {
    ("temp", "type"): ("", ""),
    ("power", "accuracy"): ("", "micro"),
    ("power", "average_interval"): ("_seconds", "milli"),
    ("power", "average_interval_min"): ("_seconds", "milli"),
    ("power", "average_interval_max"): ("_seconds", "milli"),
    ("fan", "input"): ("_rpm", ""),
    ("fan", "min"): ("_rpm", ""),
    ("fan", "max"): ("_rpm", ""),
    ("fan", "target"): ("_rpm", ""),
    ("freq", "input"): ("_freq_mhz", "micro"),
}
OF_KIND = {
    "in": ("_volts", "milli"),
    "cpu": ("_volts", "milli"),
    "temp": ("_celsius", "milli"),
    "curr": ("_amps", "milli"),
    "energy": ("_joule_total", "micro"),
    "power": ("_watt", "micro"),
    "humidity": ("", "micro"),
}
"""End of the name and what the file counts: of an element of any kind, of one kind, of every other of a kind."""

STEADY = ("", "input", "average", "alarm", "fault", "output", "target", "enable")
"""Elements that change by themselves; what others tell somebody has set, and every ``_alarm`` changes too."""


class Told(NamedTuple):
    """How one file of a sensor is told: the metric's name, and ``milli``, ``micro`` or "" for what it counts."""

    name: str
    counts: str


def of_file(name: str) -> tuple[str, int, str] | None:
    """Return kind, number and element of a file such as ``temp1_max``; None for one that is of no sensor."""
    match = FILE.fullmatch(name)
    if match is None or match["kind"] not in KINDS:
        return None
    return match["kind"], int(match["number"] or 0), match["element"] or ""


def told(kind: str, element: str, *, beside_plain: bool) -> Told:
    """Return how an element of a sensor is told (node_exporter's names; hwmon/sysfs-interface.rst of the kernel).

    Args:
        kind: what it measures, such as ``temp``.
        element: what of it, such as ``input`` or ``max``; "" for a file that is named after the sensor alone.
        beside_plain: the sensor also has such a file.
    """
    if kind in LONE:
        return Told(*LONE[kind])
    name = f"node_hwmon_{kind}"
    if element and (element != "input" or beside_plain):
        name += f"_{clean(element)}"
    unit, counts = OF_ANY.get(element) or OF_ONE.get((kind, element)) or OF_KIND.get(kind, ("", ""))
    return Told(name + unit, counts)


def changes_by_itself(element: str) -> bool:
    """Return whether the element is a reading, not a limit or a choice."""
    return element in STEADY or element.endswith("_alarm")


def clean(name: str) -> str:
    """Return a name as node_exporter writes it: small letters, digits, colons and underscores."""
    return NOT_OF_A_NAME.sub("_", name.lower()).strip("_")


def chip(files: Files, path: str) -> tuple[str, str]:
    """Return what a chip is called by where it sits, and what its driver calls it ("" where that says nothing).

    Where it sits stays the same when modules are loaded in another order; its number does not.
    """
    driver = files.attributes((f"{path}/name",), keep=False)[0].decode("utf-8", "surrogateescape").strip()
    try:
        device = os.path.realpath(f"{path}/device", strict=True)
    except OSError:
        return clean(driver) or clean(os.path.basename(os.path.realpath(path))), driver  # noqa: PTH119
    bus, name = (clean(part) for part in device.rsplit("/", 2)[1:])
    return f"{bus}_{name}" if bus and name else name or clean(driver), driver
