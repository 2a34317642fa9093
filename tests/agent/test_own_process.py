"""What the agent tells of its own process is what the kernel says."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil

from regiowacht_agent.files import Files
from regiowacht_agent.own_process import usage


def test_open_files_are_as_many_as_a_listing_has() -> None:
    files = Files(0)
    before = usage(files).open_files
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
    try:
        listed = len(list(Path("/proc/self/fd").iterdir())) - 1  # the listing holds one itself
        assert usage(files).open_files == before + 3 == listed
    finally:
        for one in held:
            os.close(one)


def test_memory_and_time_are_the_kernels() -> None:
    files = Files(0)
    begin = time.process_time()
    told = usage(files)
    assert begin <= told.cpu_s <= time.process_time()
    memory = psutil.Process().memory_info()
    assert abs(told.resident_bytes - memory.rss) < memory.rss / 4
    assert abs(told.virtual_bytes - memory.vms) < memory.vms / 4
