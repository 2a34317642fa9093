"""A small /proc, /sys and / in a folder, as a server of a town hall might have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_agent.block import render
from regiowacht_agent.config_file import load
from regiowacht_agent.family import Sample
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from regiowacht_agent.block import Block
    from regiowacht_agent.reader import Reader

PROC = {
    "stat": """cpu  300 10 120 9000 40 0 6 2 8 1
cpu0 100 4 40 4000 20 0 3 1 8 1
cpu2 200 6 80 5000 20 0 3 1 0 0
intr 123456 9 8 7
ctxt 654321
btime 1700000000
processes 4242
procs_running 2
procs_blocked 0
softirq 999 1 2 3
""",
    "cpuinfo": "processor : 0\n\nprocessor : 2\n",
    "meminfo": """MemTotal:       16000000 kB
MemFree:         4000000 kB
MemAvailable:    9000000 kB
Buffers:          200000 kB
Cached:          3000000 kB
SwapCached:            0 kB
Active:          5000000 kB
Inactive:        2500000 kB
SwapTotal:       2000000 kB
SwapFree:        1500000 kB
Shmem:            120000 kB
Slab:             400000 kB
SReclaimable:     250000 kB
SUnreclaim:       150000 kB
""",
    "vmstat": "nr_free_pages 1\npswpin 12\npswpout 34\n",
    "diskstats": """   7       0 loop0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17
   8       0 sda 100 10 2000 1500 200 20 4000 2500 1 3500 4000 0 0 0 0 5 6
   8       1 sda1 90 9 1800 1400 190 19 3800 2400 0 3400 3900 0 0 0 0 0 0
 259       0 nvme0n1 7 0 56 8 9 0 72 10 0 11 18 0 0 0 0 0 0
""",
    "net/dev": """Inter-|   Receive                                                |  Transmit
 face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed
    lo: 1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0
eno1: 5000000000 4000 3 2 0 0 0 1 600 50 7 6 0 0 0 0
""",
    "self/mounts": "",
    "sys/kernel/domainname": "(none)\n",
    "sys/kernel/pid_max": "4194304\n",
    "sys/kernel/threads-max": "127000\n",
}
SYS = {"devices/system/cpu/online": "0,2\n"}
ROOT = {
    "etc/os-release": """# comment
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME='Debian GNU/Linux'
VERSION_ID="12"
ID=debian
SUPPORT_END=2028-06-30
BROKEN="no end
"""
}


def samples(blocks: Iterable[Block]) -> list[Sample]:
    """Return what blocks tell, one by one."""
    return [Sample(*told) for block in blocks for told in block.samples()]


@dataclass(frozen=True, slots=True)
class FakeHost:
    """The folder with ``proc``, ``sys`` and ``root`` in it."""

    folder: Path

    @classmethod
    def write(
        cls,
        folder: Path,
        proc: Mapping[str, str | None] | None = None,
        sys: Mapping[str, str | None] | None = None,
        root: Mapping[str, str | None] | None = None,
    ) -> FakeHost:
        """Write the host; ``proc``, ``sys`` and ``root`` replace files of those trees, or leave them out (None)."""
        trees = (("proc", PROC | dict(proc or {})), ("sys", SYS | dict(sys or {})), ("root", ROOT | dict(root or {})))
        for below, files in trees:
            for name, text in files.items():
                if text is not None:
                    path = folder / below / name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
        return cls(folder)

    @property
    def switches(self) -> dict[str, object]:
        """The settings that point an agent at this host; what it asks by netlink is always the machine it runs on."""
        return {
            "paths.procfs": str(self.folder / "proc"),
            "paths.sysfs": str(self.folder / "sys"),
            "paths.rootfs": str(self.folder / "root"),
            "netdev.netlink": False,
        }

    def reader(self, *families: str, **more: object) -> Reader:
        """Return a reader of these families of this host: psutil's, or with ``reader="proc"`` the other."""
        on: dict[str, object] = {f"families.{name}": True for name in families}
        plain: dict[str, object] = {"reader": "psutil", "disable_defaults": True}
        return open_reader(load(None, {**self.switches, **plain, **on, **more}))

    def exposition(self, *families: str, **more: object) -> str:
        """Return one reading of these families, without the lines of comment and those about the reading itself."""
        text = render(Readings(self.reader(*families, **more)).take()).decode()
        return "".join(
            row for row in text.splitlines(keepends=True) if not row.startswith(("#", "node_scrape_collector_"))
        )
