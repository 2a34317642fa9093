"""Interrupts of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

INTERRUPTS = """\
           CPU0       CPU2
  0:         18          0  IR-IO-APIC-edge      timer
 16:     328511     322879  IR-IO-APIC-fasteoi   ehci_hcd:usb1, mmc0
 17:          3          4  IR-PCI-MSI
NMI:         47       5031   Non-maskable interrupts
IPI0:5  6       Rescheduling interrupts
ERR:          0
MIS:          0
"""
EXPECTED = """\
node_interrupts_total{cpu="0",type="0",info="IR-IO-APIC-edge",devices="timer"} 18
node_interrupts_total{cpu="2",type="0",info="IR-IO-APIC-edge",devices="timer"} 0
node_interrupts_total{cpu="0",type="16",info="IR-IO-APIC-fasteoi",devices="ehci_hcd:usb1, mmc0"} 328511
node_interrupts_total{cpu="2",type="16",info="IR-IO-APIC-fasteoi",devices="ehci_hcd:usb1, mmc0"} 322879
node_interrupts_total{cpu="0",type="17",info="IR-PCI-MSI",devices=""} 3
node_interrupts_total{cpu="2",type="17",info="IR-PCI-MSI",devices=""} 4
node_interrupts_total{cpu="0",type="NMI",info="Non-maskable interrupts",devices=""} 47
node_interrupts_total{cpu="2",type="NMI",info="Non-maskable interrupts",devices=""} 5031
node_interrupts_total{cpu="0",type="IPI0",info="Rescheduling interrupts",devices=""} 5
node_interrupts_total{cpu="2",type="IPI0",info="Rescheduling interrupts",devices=""} 6
"""


def test_every_source_and_processor_is_a_series(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path, {"interrupts": INTERRUPTS}).exposition("interrupts", reader="proc") == EXPECTED


def test_zeros_can_be_left_out_until_they_are_none(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"interrupts": INTERRUPTS})
    reader = host.reader("interrupts", reader="proc", **{"interrupts.include_zeros": False})
    family = reader.families["interrupts"]
    zero = 'node_interrupts_total{cpu="2",type="0",info="IR-IO-APIC-edge",devices="timer"}'
    assert zero not in family.read(reader.host).text()
    (tmp_path / "proc/interrupts").write_text(INTERRUPTS.replace("18          0", "18          1"))
    assert f"{zero} 1\n" in family.read(reader.host).text()


@pytest.mark.parametrize(
    ("choice", "types"),
    [
        ({"interrupts.name_include": "^16;"}, {"16"}),
        ({"interrupts.name_include": ";ehci_hcd|^NMI"}, {"16", "NMI"}),
        ({"interrupts.name_exclude": "^(NMI|IPI.*|1.);"}, {"0"}),
    ],
)
def test_sources_are_chosen_by_number_kind_and_devices(tmp_path: Path, choice: dict[str, str], types: set[str]) -> None:
    host = FakeHost.write(tmp_path, {"interrupts": INTERRUPTS})
    told = host.exposition("interrupts", reader="proc", **choice)
    assert {row.split('"')[3] for row in told.splitlines()} == types


def test_more_than_a_page_is_read_whole_and_a_new_device_is_followed(tmp_path: Path) -> None:
    header = "".join(f" CPU{cpu:<6}" for cpu in range(64))
    rows = [f"{number:>4}: {'1 ' * 64} PCI-MSI eth{number}\n" for number in range(200)]
    reader = FakeHost.write(tmp_path, {"interrupts": f"{header}\n{''.join(rows)}"}).reader("interrupts", reader="proc")
    family = reader.families["interrupts"]
    assert len(family.read(reader.host).values) == 64 * 200
    rows[7] = rows[7].replace("eth7", "lan\\7")
    (tmp_path / "proc/interrupts").write_text(f"{header}\n{''.join(rows)}")
    told = family.read(reader.host).text()
    assert 'cpu="63",type="7",info="PCI-MSI",devices="lan\\\\7"} 1\n' in told
    assert 'devices="eth7"' not in told
