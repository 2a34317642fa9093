"""Memory that is handed back once everything has begun."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.push.memory import code, let_go_of_code

if TYPE_CHECKING:
    from pathlib import Path

SMAPS = """\
00400000-00500000 r-xp 00000000 08:01 12 /usr/lib/libone.so
Rss:                 900 kB
Anonymous:             0 kB
00500000-00600000 r--p 00000000 08:01 12 /usr/lib/libone.so
Anonymous:             0 kB
00600000-00700000 r-xp 00000000 08:01 13 /usr/lib/relocated.so
Anonymous:             4 kB
00700000-00800000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
00800000-00900000 r-xp 00000000 00:00 0
Anonymous:             0 kB
"""


def test_only_code_of_files_that_nobody_changed_may_go() -> None:
    assert list(code(SMAPS.splitlines(keepends=True))) == [(0x400000, 0x500000)]


def test_where_nothing_says_what_is_mapped_nothing_goes(tmp_path: Path) -> None:
    assert let_go_of_code(str(tmp_path / "smaps")) == 0


PROGRAM = """
import json, ssl, zlib
from regiowacht_agent.push.memory import let_go_of_code, share_one_heap
def file_kb():
    return next(int(row.split()[1]) for row in open("/proc/self/status") if row.startswith("RssFile"))
context = ssl.create_default_context()
before, heap, gone, after = file_kb(), share_one_heap(), let_go_of_code(), file_kb()
assert zlib.decompress(zlib.compress(b"works on")) == b"works on"
print(json.dumps([before, heap, gone, after, len(ssl.create_default_context().get_ciphers())]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is handed back")
def test_a_process_works_on_without_the_code_that_it_began_with() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=60)
    before, heap, gone, after, ciphers = json.loads(done.stdout)
    assert heap
    assert gone > 1_000_000
    assert after < before * 0.9
    assert ciphers > 0
