"""The lock is read whole, and an extra brings what it needs on the Python that it is for."""

from __future__ import annotations

import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pack.errors import PackError
from pack.lock import LOCK, PROJECT, of_extras, read_lock
from pack.target import MACHINES, PYTHONS, Target
from tests.flow.test_packaging import closure

HERE = Target("3.11", "x86_64")
ROOMS = ("agent", "snmp", "inventory", "collector", "audit", "dashboards")
ONE = (
    f"one==1.0 \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\n    # via\n    #   other\n    #   two"
)
TWO = f"two==2.0 ; sys_platform == 'linux' \\\n    --hash=sha256:{'c' * 64}\n    # via regiowacht (pyproject.toml)"


def test_a_pin_has_its_version_hashes_marker_and_who_asked_for_it() -> None:
    one, two = read_lock(f"{ONE}\n{TWO}\n")
    assert (one.name, one.version, one.marker) == ("one", "1.0", "")
    assert one.hashes == {"a" * 64, "b" * 64}
    assert one.wanted_by == {"other", "two"}
    assert two.marker == "sys_platform == 'linux'"
    assert two.wanted_by == {"regiowacht"}


def test_every_pin_of_the_lock_is_read() -> None:
    text = LOCK.read_text()
    assert len(read_lock(text)) == sum(line[0].isalnum() for line in text.splitlines())
    assert all(pin.wanted_by for pin in read_lock(text))


@pytest.mark.parametrize("line", ["one>=1.0", "-e .", "one @ https://example.test/one.whl"])
def test_a_line_that_pins_nothing_is_refused(line: str) -> None:
    with pytest.raises(PackError, match="a line that pins nothing"):
        read_lock(f"{ONE}\n{line}\n")


def test_a_pin_without_a_hash_is_refused() -> None:
    with pytest.raises(PackError, match="pins bare without a hash"):
        read_lock(f"{ONE}\nbare==1.0\n    # via one\n")


@pytest.mark.parametrize("extras", [("agent",), ("agent", "snmp"), ("all",)])
def test_an_extra_brings_what_pip_would_install(extras: tuple[str, ...]) -> None:
    pins = {pin.name for pin in of_extras(extras, HERE.environment())}
    asked = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]
    rooms = {room for extra in extras for room in (ROOMS if extra == "all" else (extra,))}
    named = [Requirement(text) for room in rooms for text in asked[room]]
    brought = {name for one in named for name in (one.name, *closure(one.name, frozenset(one.extras)))}
    assert pins == {canonicalize_name(name) for name in brought} - {"regiowacht"}


def test_what_a_marker_excludes_stays_out() -> None:
    environment = {**HERE.environment(), "sys_platform": "win32"}
    assert "jeepney" in {pin.name for pin in of_extras(("agent",), HERE.environment())}
    assert "jeepney" not in {pin.name for pin in of_extras(("agent",), environment)}


@pytest.mark.parametrize(
    ("wheel", "python", "machine"),
    [
        ("a-1.0-py3-none-any.whl", "3.13", "aarch64"),
        ("a-1.0-cp36-abi3-manylinux2010_x86_64.manylinux_2_12_x86_64.whl", "3.12", "x86_64"),
        ("a-1.0-cp312-cp312-manylinux_2_28_aarch64.whl", "3.12", "aarch64"),
    ],
)
def test_a_wheel_runs_on_its_own_python_and_machine(wheel: str, python: str, machine: str) -> None:
    assert Target(python, machine).takes(wheel)


@pytest.mark.parametrize(
    "wheel",
    [
        "a-1.0-cp312-cp312-manylinux_2_28_x86_64.whl",
        "a-1.0-cp312-abi3-manylinux_2_28_x86_64.whl",
        "a-1.0-cp311-cp311-manylinux_2_28_aarch64.whl",
        "a-1.0-cp311-cp311-musllinux_1_2_x86_64.whl",
        "a-1.0-cp311-cp311-manylinux_2_39_x86_64.whl",
        "a-1.0-cp311-cp311-win_amd64.whl",
    ],
)
def test_a_wheel_of_another_python_machine_or_c_library_does_not(wheel: str) -> None:
    assert not HERE.takes(wheel)


def test_targets_are_what_the_servers_have() -> None:
    assert (PYTHONS, set(MACHINES)) == (("3.11", "3.12", "3.13"), {"x86_64", "aarch64"})
