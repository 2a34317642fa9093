"""Devices of families as files tell them: the objects that each has, and what must come of it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.oid import parse_oid
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.fake_agent import UPTIME, Agent
from tests.agent.snmp.poll.switch import device, hold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from regiowacht_agent.snmp.oid import Oid
    from regiowacht_agent.snmp.poll.device import Device
    from regiowacht_agent.snmp.poll.took import Took

FOLDER = Path(__file__).parent
KINDS = {"counter": tags.COUNTER32, "counter64": tags.COUNTER64, "gauge": tags.GAUGE32, "ticks": tags.TICKS}
TARGET = re.compile(r'(?:gemeente|gemeente_code|site|instance|job|laag|scope)="[^"]*",?')
IDENTITY = ("vendor", "model", "os", "version", "serial")


class Case(NamedTuple):
    """One device.

    Attributes:
        family: that it is to be recognised as.
        objects: what it has.
        identity: labels of ``snmp_device_info``; one that is not named is empty.
        expected: every other ``snmp_*`` series, with its value.
    """

    family: str
    objects: dict[Oid, Value]
    identity: dict[str, str]
    expected: dict[str, float]


def told() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what stands in the files: the family, the name of a device, and what it says of it."""
    for path in sorted(FOLDER.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield path.stem, case["name"], case


def read(family: str, case: dict[str, Any]) -> Case:
    """Return a device of which a file tells."""
    unknown = case.keys() - {"name", "objects", "identity", "expected"}
    assert not unknown
    objects = {parse_oid(oid): _value(one) for oid, one in case["objects"].items()}
    expected = dict(map(_line, case.get("expected", "").strip().splitlines()))
    return Case(family, objects, case["identity"], expected)


def polled(case: Case) -> tuple[Device, Took]:
    """Return a case's device after one poll, and what that came to."""
    one = device()
    return one, hold(one.poll(), Agent({UPTIME: Value(tags.TICKS, 1), **case.objects}))


def series(took: Took) -> dict[str, float]:
    """Return the ``snmp_*`` series of a poll but what the device is, without labels of the asset."""
    return {key: number for key, number in _series(took).items() if not key.startswith("snmp_device_info")}


def identity(took: Took) -> dict[str, str]:
    """Return what a poll says that the device is: labels that are not empty."""
    (info,) = [key for key in _series(took) if key.startswith("snmp_device_info")]
    labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', info))
    return {label: labels[label] for label in ("family", *IDENTITY) if labels[label]}


def _series(took: Took) -> dict[str, float]:
    assert took.sheet is not None
    page = "".join(one.lines.decode() for one in took.sheet.write() if one.name.startswith("snmp_"))
    found = [_line(TARGET.sub("", line)) for line in page.splitlines()]
    assert len(dict(found)) == len(found)
    return dict(found)


def _line(text: str) -> tuple[str, float]:
    key, _, number = text.strip().rpartition(" ")
    return key, float(number)


def _value(told: Any) -> Value:
    """Return a value: a number is an INTEGER, text is octets, anything else a table that names its type."""
    if isinstance(told, int):
        return Value(tags.INTEGER, told)
    if isinstance(told, str):
        return Value(tags.OCTETS, told.encode())
    return _typed(told)


def _typed(told: Mapping[str, Any]) -> Value:
    ((kind, one),) = told.items()
    match kind:
        case "oid":
            return Value(tags.OBJECT, parse_oid(one))
        case "hex":
            return Value(tags.OCTETS, bytes.fromhex(one))
        case "opaque":
            return Value(tags.OPAQUE, bytes.fromhex(one))
        case "ip":
            return Value(tags.IP, bytes(map(int, one.split("."))))
        case _:
            return Value(KINDS[kind], one)
