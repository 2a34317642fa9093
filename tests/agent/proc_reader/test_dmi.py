"""What the maker wrote into a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.family import NoData
from tests.agent.proc_reader.turns import turns

if TYPE_CHECKING:
    from pathlib import Path

ID = "class/dmi/id"
TEXTS = {
    f"{ID}/bios_date": "04/12/2021",
    f"{ID}/chassis_asset_tag": " ",
    f"{ID}/chassis_type": "23",
    f"{ID}/modalias": "dmi:bvnAcme",
    f"{ID}/product_name": 'Kast "19\\"',
    f"{ID}/sys_vendor": "Acme Inc.",
}
TOLD = (
    'node_dmi_info{bios_date="04/12/2021",chassis_asset_tag="",product_name="Kast \\"19\\\\\\"",'
    'system_vendor="Acme Inc."} 1\n'
)


def test_the_texts_that_are_there_are_labels(tmp_path: Path) -> None:
    machine = turns("dmi", tmp_path, TEXTS)
    assert machine.told() == TOLD
    machine.write(f"{ID}/bios_date", "01/01/2030")
    assert machine.told() == TOLD, "nobody can change it while the machine runs"


def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    machine = turns("dmi", tmp_path, TEXTS)
    (tmp_path / "sys" / ID / "sys_vendor").write_bytes(b"\xfd[\xff\n")
    assert 'system_vendor="\ufffd[\ufffd"' in machine.told()


def test_a_machine_without_texts_has_no_data(tmp_path: Path) -> None:
    machine = turns("dmi", tmp_path, {f"{ID}/modalias": "dmi:"})
    for _ in range(2):
        with pytest.raises(NoData):
            machine.told()
