"""Which wheels of a folder a server gets."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from regiowacht_collector.gateway.installing.wheels import has_wheels, wheels_of
from regiowacht_contract.errors import Unavailable
from tests.collector.gateway.installing.folder import product, wheel

if TYPE_CHECKING:
    from pathlib import Path

NEEDS = (
    "Psutil>=7.0; extra == 'agent'",
    'jeepney >=0.8 ; sys_platform == "linux" and extra == "agent"',
    "pysnmp[crypto]>=7 ; extra == 'snmp'",
    "netmiko; extra == 'audit'",
    "regiowacht[agent,snmp]; extra == 'all'",
    "always_needed",
)


def filled(folder: Path) -> Path:
    product(folder, needs=NEEDS)
    for name in ("psutil-7.2-cp36-abi3-manylinux_2_12_x86_64", "psutil-7.2-cp36-abi3-manylinux_2_17_aarch64",
                 "psutil-6.9-cp36-abi3-manylinux_2_12_x86_64", "jeepney-0.9-py3-none-any", "netmiko-4-py3-none-any",
                 "cryptography-43-cp311-abi3-manylinux_2_28_x86_64", "cffi-2.1-cp311-cp311-manylinux_2_17_x86_64",
                 "Always.Needed-1-py3-none-any", "idna-1-py3-none-any"):  # fmt: skip
        wheel(folder, f"{name}.whl", ("cffi>=2",) if name.startswith("cryptography") else ())
    wheel(folder, "pysnmp-7.10-py3-none-any.whl", ("cryptography; extra == 'crypto'", "idna; extra == 'other'"))
    wheel(folder, "pysnmp-7.9-py3-none-any.whl")
    (folder / "SHA256SUMS").write_text("")
    return folder


def test_what_is_needed_is_taken_in_its_latest_version_for_every_machine(tmp_path: Path) -> None:
    taken = wheels_of(filled(tmp_path))
    assert [one.name for one in taken] == [
        "Always.Needed-1-py3-none-any.whl",
        "cffi-2.1-cp311-cp311-manylinux_2_17_x86_64.whl",
        "cryptography-43-cp311-abi3-manylinux_2_28_x86_64.whl",
        "jeepney-0.9-py3-none-any.whl",
        "psutil-7.2-cp36-abi3-manylinux_2_12_x86_64.whl",
        "psutil-7.2-cp36-abi3-manylinux_2_17_aarch64.whl",
        "pysnmp-7.10-py3-none-any.whl",
        "regiowacht-1.0-py3-none-any.whl",
    ]
    for one in taken:
        content = (tmp_path / one.name).read_bytes()
        assert (one.size_bytes, one.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_an_extra_that_is_not_asked_for_brings_nothing(tmp_path: Path) -> None:
    names = [one.name.partition("-")[0] for one in wheels_of(filled(tmp_path), ())]
    assert names == ["Always.Needed", "regiowacht"]


def test_a_folder_without_the_product_says_how_to_fill_it(tmp_path: Path) -> None:
    assert not has_wheels(tmp_path)
    assert not has_wheels(tmp_path / "none")
    wheel(tmp_path, "psutil-7.2-py3-none-any.whl")
    with pytest.raises(Unavailable, match="make wheelhouse"):
        wheels_of(tmp_path)
    with pytest.raises(Unavailable, match="none"):
        wheels_of(tmp_path / "none")


@pytest.mark.parametrize("content", [b"", b"PK no archive"])
def test_a_file_that_is_no_wheel_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "regiowacht-1.0-py3-none-any.whl").write_bytes(content)
    with pytest.raises(Unavailable, match=str(tmp_path)):
        wheels_of(tmp_path)
