"""Software RAID as /proc/mdstat tells it (md(4) and md_seq_show in the kernel's drivers/md/md.c)."""

from __future__ import annotations

import re

from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

DISKS = re.compile(r"\[(\d+)/(\d+)\] \[[U_]+\]")
"""How many disks an array needs, how many work, and which."""

DONE = re.compile(r"\((\d+)/\d+\)")
"""Blocks that are done, of all."""

WORK = {"recovery": "recovering", "resync": "resync", "check": "check", "reshape": "reshape"}
"""What an array may be at, by the word on its line; without such a line it is active or inactive."""

WITHOUT_SPARE_COPIES = ("raid0", "linear")
"""Levels that need every disk they have, and so do not say how many."""


class Array(NamedTuple):
    """One array.

    Attributes:
        name: of its device.
        state: ``active``, ``inactive`` or what it is at.
        active: disks that work.
        failed: disks marked as faulty.
        spare: disks that stand by.
        required: disks it needs.
        blocks: its size, in KiB.
        synced: of these, what the work it is at has done; all where it is at none.
    """

    name: str
    state: str
    active: int
    failed: int
    spare: int
    required: int
    blocks: int
    synced: int


def arrays(text: str) -> list[Array]:
    """Return the arrays of the file in its order; one that it tells in a way not known here is left out."""
    return [found for head, lines in _sections(text) if (found := _array(head, lines))]


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the first line of each array, which begins with its name, and the lines after it."""
    head = ""
    lines: list[str] = []
    for line in [*text.splitlines(), "end :"]:
        if line[:1].strip():
            if head:
                yield head, lines
            is_array = not line.startswith(("Personalities", "unused", "read_ahead"))
            head, lines = (line, []) if is_array else ("", [])
        elif line:
            lines.append(line)


def _array(head: str, lines: list[str]) -> Array | None:
    words = head.split()
    size = lines[0].split() if lines else []
    if len(words) < 3 or words[1] != ":" or not size or not size[0].isdecimal():
        return None
    blocks = int(size[0])
    required, active = _disks(head, lines[0])
    if required is None or active is None:
        return None
    state, synced = words[2], blocks
    for line in lines[1:]:
        work = next((told for word, told in WORK.items() if word in line), None)
        if work:
            done = DONE.search(line)
            # A line without numbers says that the work waits for its turn.
            state, synced = work, int(done[1]) if done else 0
    return Array(words[0], state, active, head.count("(F)"), head.count("(S)"), required, blocks, synced)


def _disks(head: str, line: str) -> tuple[int | None, int | None]:
    """Return how many disks an array needs and how many of them work, or None where it does not say."""
    words = head.split()
    if any(level in words for level in WITHOUT_SPARE_COPIES):
        disks = sum("[" in word for word in words)
        return disks, disks
    if words[2] == "inactive":
        return 0, 0
    found = DISKS.search(line)
    return (int(found[1]), int(found[2])) if found else (None, None)
