"""NVMe controllers of a recorded host."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.devices import ROUND
from regiowacht_agent.family import NoData
from tests.agent.proc_reader.turns import turns

if TYPE_CHECKING:
    from pathlib import Path

NVME0 = "class/nvme/nvme0"
DISKS: dict[str, str | None] = {
    f"{NVME0}/firmware_rev": "1B2QEXP7",
    f"{NVME0}/model": "Schijf van het raadhuis        ",
    f"{NVME0}/serial": "S000EXAMPLE",
    f"{NVME0}/state": "live",
    f"{NVME0}/cntlid": "5",
    f"{NVME0}/nvme0n1/size": "1000",
    f"{NVME0}/nvme0n1/nuse": "250",
    f"{NVME0}/nvme0n1/queue/logical_block_size": "512",
    f"{NVME0}/nvme0c3n2/ana_state": "optimized",
    f"{NVME0}/nvme0c3n2/size": "10",
    f"{NVME0}/nvme0c3n2/nuse": "10",
    f"{NVME0}/nvme0c3n2/queue/logical_block_size": "4096",
    f"{NVME0}/ng0n1/dev": "1:1",
}
TOLD = """\
node_nvme_info{device="nvme0",firmware_revision="1B2QEXP7",model="Schijf van het raadhuis",serial="S000EXAMPLE",\
state="live",cntlid="5"} 1
node_nvme_namespace_capacity_bytes{device="nvme0",nsid="2"} 40960
node_nvme_namespace_capacity_bytes{device="nvme0",nsid="1"} 512000
node_nvme_namespace_info{device="nvme0",nsid="2",ana_state="optimized"} 1
node_nvme_namespace_info{device="nvme0",nsid="1",ana_state="unknown"} 1
node_nvme_namespace_logical_block_size_bytes{device="nvme0",nsid="2"} 4096
node_nvme_namespace_logical_block_size_bytes{device="nvme0",nsid="1"} 512
node_nvme_namespace_size_bytes{device="nvme0",nsid="2"} 40960
node_nvme_namespace_size_bytes{device="nvme0",nsid="1"} 512000
node_nvme_namespace_used_bytes{device="nvme0",nsid="2"} 40960
node_nvme_namespace_used_bytes{device="nvme0",nsid="1"} 128000
"""


def test_controllers_and_namespaces_are_told(tmp_path: Path) -> None:
    disks = turns("nvme", tmp_path, DISKS)
    assert disks.told() == TOLD
    disks.write(f"{NVME0}/state", "resetting")
    assert 'state="resetting"' in disks.told()


def test_a_namespace_comes_within_a_round_and_goes_at_once(tmp_path: Path) -> None:
    disks = turns("nvme", tmp_path, {**DISKS, f"{NVME0}/nvme0c3n2/size": None})
    assert 'nsid="2"' not in disks.told(), "it tells no size"
    disks.write(f"{NVME0}/nvme0n3/nuse", "0")
    disks.write(f"{NVME0}/nvme0n3/size", "1")
    disks.write(f"{NVME0}/nvme0n3/queue/logical_block_size", "512")
    assert 'node_nvme_namespace_size_bytes{device="nvme0",nsid="3"} 512\n' in disks.after(ROUND)


def test_another_disk_in_its_place_is_another_disk(tmp_path: Path) -> None:
    disks = turns("nvme", tmp_path, DISKS)
    disks.told()
    (tmp_path / "sys/class/nvme/nvme0").rename(tmp_path / "gone")
    disks.write(f"{NVME0}/serial", "S111EXAMPLE")
    assert disks.told() == (
        'node_nvme_info{device="nvme0",firmware_revision="",model="",serial="S111EXAMPLE",state="",cntlid=""} 1\n'
    )
    shutil.rmtree(tmp_path / "sys/class/nvme/nvme0")
    assert disks.told() == ""


def test_no_controller_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(NoData):
        turns("nvme", tmp_path, {}).told()
