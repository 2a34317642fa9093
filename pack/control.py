"""The control files of a Debian package (deb-control(5), Debian Policy chapters 5 and 6)."""

from __future__ import annotations

import hashlib
import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from pack.target import MACHINES
from regiowacht.services import units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pack.kinds import Kind
    from pack.target import Target

SCRIPTS = Path(__file__).with_name("debian")
SYSTEM = "libc6 (>= 2.34), libgcc-s1"
"""What the compiled parts of the wheels are linked against."""


def maintainer(environ: Mapping[str, str] = os.environ) -> str:
    """Return who makes the package, as Debian's tools are told: DEBFULLNAME and DEBEMAIL."""
    name = environ.get("DEBFULLNAME", "Regiowacht maintainers")
    return f"{name} <{environ.get('DEBEMAIL', 'maintainers@regiowacht.invalid')}>"


def control(kind: Kind, target: Target, version: str, installed_bytes: int, who: str) -> str:
    """Return the control file."""
    major, minor = map(int, target.python.split("."))
    fields = {
        "Package": kind.name,
        "Version": version,
        "Architecture": MACHINES[target.machine],
        "Maintainer": who,
        "Installed-Size": str(-(-installed_bytes // 1024)),
        "Section": "net",
        "Priority": "optional",
        "Depends": f"python3 (>= {major}.{minor}), python3 (<< {major}.{minor + 1}), {SYSTEM}",
        **{name: value.format(version=version) for name, value in kind.beside.items()},
        "Description": "\n ".join((kind.synopsis, *textwrap.wrap(kind.description, 78))),
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def scripts(kind: Kind) -> dict[str, str]:
    """Return the maintainer scripts by name."""
    own = [name for room in kind.rooms for name in units.names(room)]
    words = {
        "@UNITS@": " ".join(kind.started),
        "@STOPPED@": " ".join(sorted({*own, *kind.started})),
        "@FOLDERS@": " ".join(kind.folders),
        "@OTHER@": kind.other,
    }
    found = {}
    for path in sorted(SCRIPTS.iterdir()):
        text = path.read_text(encoding="utf-8")
        for word, value in words.items():
            text = text.replace(word, value)
        found[path.name] = text
    return found


def md5sums(top: Path) -> str:
    """Return what ``dpkg --verify`` compares with (deb-md5sums(5))."""
    lines = []
    for path in sorted(top.rglob("*")):
        name = path.relative_to(top)
        if path.is_file() and not path.is_symlink() and name.parts[0] != "DEBIAN":
            lines.append(f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {name}\n")
    return "".join(lines)


def size_bytes(top: Path) -> int:
    """Return the room a package takes, as Debian counts it: whole kibibytes a file, one for whatever else."""
    return sum(-(-(path.stat().st_size if path.is_file() and not path.is_symlink() else 1) // 1024) * 1024
               for path in top.rglob("*"))  # fmt: skip
