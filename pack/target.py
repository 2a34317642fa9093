"""A Python on a kind of machine: which wheels run there, best first."""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

if TYPE_CHECKING:
    from packaging.tags import Tag

GLIBC = (34, 17)
"""glibc 2.34 is what RHEL 9 has, the oldest of the servers with Python 3.11 that are served; 2.17 is manylinux2014."""
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
"""Machines as Linux names them, and as Debian does."""


@dataclass(frozen=True, slots=True)
class Target:
    """CPython ``python`` (``3.11``) on Linux with ``machine`` (``x86_64``)."""

    python: str
    machine: str

    def __str__(self) -> str:
        return f"CPython {self.python}, {self.machine}"

    def platforms(self) -> list[str]:
        """Return the platform tags that run there (PEP 600), the newest first."""
        newest, oldest = GLIBC
        return [
            *(f"manylinux_2_{minor}_{self.machine}" for minor in range(newest, oldest - 1, -1)),
            f"manylinux2014_{self.machine}",
            *(f"manylinux_2_{minor}_{self.machine}" for minor in range(oldest - 1, 4, -1)),
            *(f"{old}_{self.machine}" for old in ("manylinux2010", "manylinux1")),
        ]

    def tags(self) -> dict[Tag, int]:
        """Return every tag that runs there, with its place: the best has 0."""
        version = tuple(map(int, self.python.split(".")))
        cpython = cpython_tags(version, platforms=self.platforms())
        rest = compatible_tags(version, f"cp{version[0]}{version[1]}", self.platforms())
        return {tag: place for place, tag in enumerate((*cpython, *rest))}

    def takes(self, wheel: str) -> bool:
        """Return whether a wheel of this file name runs there."""
        return not parse_wheel_filename(wheel)[3].isdisjoint(self.tags())

    def environment(self) -> dict[str, str]:
        """Return what markers are judged by (PEP 508)."""
        return {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_system": "Linux",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "linux",
        }


def this_machine() -> Target:
    """Return what runs this program."""
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}", platform.machine())
