"""Reads the kernel's lists of numbers, such as ``0-3,5`` in /sys/devices/system/cpu/online."""

from __future__ import annotations


def expand(ranges: str) -> list[str]:
    """Return the numbers of a kernel list such as ``0-3,5``; none of a text that is no such list."""
    numbers: list[str] = []
    for part in ranges.split(","):
        first, _, last = part.strip().partition("-")
        if not (first.isdecimal() and (last or first).isdecimal()):
            return []
        numbers.extend(str(number) for number in range(int(first), int(last or first) + 1))
    return numbers
