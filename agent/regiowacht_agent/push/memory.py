"""Hands memory back that an agent which pushes needed only to begin.

The libraries of TLS and compression are 8 MB of code, of which starting up touches most and sending a fraction. What is
touched stays in the process until the system is short of memory. On Linux the agent says that it may go: what is needed
again is mapped again from the system's cache, a page fault each.

Source: madvise(2), mallopt(3), proc_pid_smaps(5).
"""

from __future__ import annotations

import ctypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SMAPS = "/proc/self/smaps"
MADV_DONTNEED = 4
M_ARENA_MAX = -8


def share_one_heap() -> bool:
    """Have threads that are still to begin take memory from where the first one does; return whether they will.

    The C library gives each thread a heap of its own, which pays where threads fight for one; ours wait.
    """
    mallopt = getattr(_libc(), "mallopt", None)
    return bool(mallopt is not None and mallopt(M_ARENA_MAX, 1))


def let_go_of_code(smaps: str = SMAPS) -> int:
    """Let go of code that is mapped from files and was never written to; return how many bytes may go."""
    madvise = getattr(_libc(), "madvise", None)
    if madvise is None:
        return 0
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    try:
        with open(smaps, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - without pathlib
            found = list(code(file))
    except OSError:
        return 0
    return sum(end - begin for begin, end in found if madvise(begin, end - begin, MADV_DONTNEED) == 0)


def code(rows: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield where code of files lies of which the process has changed nothing, from the rows of smaps."""
    place: tuple[int, int] | None = None
    for row in rows:
        words = row.split()
        if len(words) > 1 and "-" in words[0] and not words[0].endswith(":"):
            begin, _, end = words[0].partition("-")
            is_code = words[1] == "r-xp" and len(words) > 5 and words[5].startswith("/")
            place = (int(begin, 16), int(end, 16)) if is_code else None
        elif place is not None and words[:2] == ["Anonymous:", "0"]:
            yield place


def _libc() -> object | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no library that is everybody's
        return None
