"""What the agent's own process uses: from /proc where there is one, else from psutil."""

from __future__ import annotations

import os
import time

from regiowacht_agent.system import files_max, resource
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from regiowacht_agent.files import Files

SELF = "/proc/self"
UNLIMITED = 2**64 - 1
"""What Prometheus's clients tell of a limit that there is not."""


class Usage(NamedTuple):
    """Processor time and begin in seconds, memory in bytes, and files; 0 where the system does not tell."""

    cpu_s: float
    virtual_bytes: int
    resident_bytes: int
    open_files: int


def usage(files: Files) -> Usage:
    """Return what this process uses now.

    Args:
        files: reads /proc.

    Raises:
        OSError: no descriptor is free.
    """
    try:
        # Since Linux 6.2 the folder's size is how many there are (proc_pid_fd(5)).
        open_files = os.stat(f"{SELF}/fd").st_size or len(os.listdir(f"{SELF}/fd")) - 1  # noqa: PTH116, PTH208
    except FileNotFoundError:
        return _of_psutil()
    pages = files.raw_piece(f"{SELF}/statm").split()
    page_bytes = resource.getpagesize()
    return Usage(time.process_time(), int(pages[0]) * page_bytes, int(pages[1]) * page_bytes, open_files)


def process_start() -> float:
    """Return when this process started, in seconds since 1970. Source: proc(5), ``stat`` field 22 and ``btime``."""
    if not os.path.exists(SELF):  # noqa: PTH110 - without pathlib
        started: float = _psutil().create_time()
        return started
    after_name = _text(f"{SELF}/stat").rpartition(")")[2].split()
    boot = next(row for row in _text("/proc/stat").splitlines() if row.startswith("btime "))
    return int(boot.split()[1]) + int(after_name[19]) / os.sysconf("SC_CLK_TCK")


def open_max() -> int:
    """Return how many files this process may have open."""
    return files_max()


def virtual_max() -> int | None:
    """Return how many bytes of address space this process may ask for (getrlimit(2)); None where none can say."""
    if resource is None:
        return None
    limit: int = resource.getrlimit(resource.RLIMIT_AS)[0]
    return UNLIMITED if limit == resource.RLIM_INFINITY else limit


def _text(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        return file.read()


def _psutil() -> Any:
    import psutil  # noqa: PLC0415 - only where there is no /proc

    return psutil.Process()


def _of_psutil() -> Usage:
    process = _psutil()
    cpu, memory = process.cpu_times(), process.memory_info()
    open_files = process.num_fds() if hasattr(process, "num_fds") else process.num_handles()
    return Usage(cpu.user + cpu.system, memory.vms, memory.rss, open_files)
