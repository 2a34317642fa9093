"""Software RAID of a recorded host."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path

MDSTAT = """Personalities : [raid1]
md127 : active raid1 sdc1[2](S) sdb1[1](F) sda1[0]
      1000 blocks super 1.2 [2/1] [U_]
      [=>...................]  recovery =  8.5% (85/1000) finish=17.0min speed=259783K/sec

unused devices: <none>
"""
SYS: dict[str, str | None] = {
    "block/md127/md/raid_disks": "2\n",
    "block/md127/md/degraded": "1\n",
    "block/md5/md/raid_disks": "4 (3)\n",
    "block/md6/size": "0\n",
    "block/sda/size": "1\n",
}
FROM_MDSTAT = """\
node_md_blocks{device="md127"} 1000
node_md_blocks_synced{device="md127"} 85
"""
DISKS = """\
node_md_disks{device="md127",state="active"} 1
node_md_disks{device="md127",state="failed"} 1
node_md_disks{device="md127",state="spare"} 1
node_md_disks_required{device="md127"} 2
"""
STATES = """\
node_md_state{device="md127",state="active"} 0
node_md_state{device="md127",state="inactive"} 0
node_md_state{device="md127",state="recovering"} 1
node_md_state{device="md127",state="resync"} 0
node_md_state{device="md127",state="check"} 0
"""
DEGRADED = """\
node_md_degraded{device="md127"} 1
node_md_degraded{device="md5"} 0
"""
RAID_DISKS = """\
node_md_raid_disks{device="md127"} 2
node_md_raid_disks{device="md5"} 4
"""


def test_arrays_are_told_by_both_sources(tmp_path: Path) -> None:
    told = FakeHost.write(tmp_path, {"mdstat": MDSTAT}, SYS).exposition("mdadm", reader="proc")
    assert told == FROM_MDSTAT + DEGRADED + DISKS + RAID_DISKS + STATES


def test_without_sys_the_file_is_told(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"mdstat": MDSTAT})
    told = host.exposition("mdadm", reader="proc", **{"paths.sysfs": str(tmp_path / "none")})
    assert told == FROM_MDSTAT + DISKS + STATES


def test_an_array_that_is_made_stopped_and_repaired(tmp_path: Path) -> None:
    host = FakeHost.write(tmp_path, {"mdstat": "Personalities : [raid1]\nunused devices: <none>\n"})
    readings = Readings(host.reader("mdadm", reader="proc"))
    readings.take()
    assert [(outcome.state, outcome.samples) for outcome in readings.outcomes] == [("ok", 0)]
    (tmp_path / "proc/mdstat").write_text(MDSTAT)
    assert "".join(block.text() for block in readings.take()).count('state="recovering"} 1\n') == 1
    (tmp_path / "proc/mdstat").write_text(MDSTAT.replace("85/1000", "900/1000"))
    assert 'node_md_blocks_synced{device="md127"} 900\n' in "".join(block.text() for block in readings.take())


def test_of_arrays_that_are_gone_no_descriptor_stays(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, {"mdstat": MDSTAT}, SYS).reader("mdadm", reader="proc")
    family, files = reader.families["mdadm"], reader.host.files
    family.read(reader.host)
    before = len(files)
    shutil.rmtree(tmp_path / "sys/block/md127")
    assert 'node_md_raid_disks{device="md127"}' not in family.read(reader.host).text()
    assert len(files) == before - 2


def test_a_machine_without_software_raid_has_no_data(tmp_path: Path) -> None:
    readings = Readings(FakeHost.write(tmp_path).reader("mdadm", reader="proc"))
    readings.take()
    assert readings.outcomes[0].state == "no-data"
