"""The program ``regiowacht`` that services start: which one this is, and what would keep a service from starting it."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from regiowacht_agent.version import version
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

VENV = Path("/opt/regiowacht")
PACKAGED = Path("/usr/bin/regiowacht")
PACKAGED_CODE = (Path("/usr/lib/regiowacht"), Path("/usr/lib/python3/dist-packages"))
ON_PATH = "/usr/local/bin/regiowacht"
"""Where the command of an environment is linked to, so that people can type it."""

VENV_MARK = "made-by-regiowacht-installer"
"""A file in a virtual environment that an installer made: leaving takes that environment away too."""

UNSEEN = ("/tmp", "/var/tmp")  # noqa: S108 - named because a service has its own there
"""Folders of which every service sees its own alone (PrivateTmp=, systemd.exec(5))."""

Way = Literal["venv", "package", "other"]


@dataclass(frozen=True, slots=True)
class Program:
    """An installed ``regiowacht``.

    Attributes:
        command: absolute path that a unit starts.
        way: in a virtual environment, by a Debian package, or in another way.
        version: of the distribution.
        build: what tells its code from that of any other installation.
        venv: its virtual environment, where an installer made one; None: leaving does not touch it.
    """

    command: str
    way: Way
    version: str
    build: str
    venv: Path | None = None


def this_program() -> Program:
    """Return the program that runs now.

    Raises:
        Unavailable: it runs from code that was not installed.
    """
    command, way = _command()
    if not os.access(command, os.X_OK):
        raise Unavailable("install.no-program", command=command)
    venv = Path(sys.prefix) if way == "venv" and (Path(sys.prefix) / VENV_MARK).exists() else None
    return Program(str(command), way, version(), _build(), venv)


def require_startable(program: Program) -> None:
    """See that a service that is not root can read the program and its Python.

    Raises:
        Unavailable: it cannot; names the path in the way and what to do.
    """
    interpreter = Path(os.path.realpath(sys.executable))
    code = Path(__file__).resolve()
    for path in (Path(program.command), Path(os.path.realpath(program.command)), code, interpreter):
        if path.is_relative_to(UNSEEN[0]) or path.is_relative_to(UNSEEN[1]):
            raise Unavailable("install.unseen", path=path)
        for folder in reversed(path.parents):
            if not folder.stat().st_mode & stat.S_IXOTH:
                raise Unavailable("install.unreadable", path=folder)
        if not path.stat().st_mode & stat.S_IROTH:
            raise Unavailable("install.unreadable", path=path)


def others(program: Program) -> Iterator[Path]:
    """Yield other installations of this product on this server."""
    for path in (VENV / "bin/regiowacht", PACKAGED):
        if path.exists() and not _is_same(path, Path(program.command)):
            yield path


def require_alone(program: Program) -> None:
    """See that no second version stands beside this one.

    Raises:
        Unavailable: one does; says where, and how to remove either.
    """
    for path in others(program):
        remedies = {VENV / "bin/regiowacht": f"rm -r {VENV}", PACKAGED: "apt remove 'regiowacht-*'"}
        own = remedies.get(Path(program.command), "-")
        raise Unavailable(
            "install.two-versions", ours=program.command, other=path, remove_other=remedies[path], remove_ours=own
        )


def _command() -> tuple[Path, Way]:
    """Return the program that was started, and how it was installed."""
    code = Path(__file__).resolve()
    if PACKAGED.exists() and any(code.is_relative_to(folder) for folder in PACKAGED_CODE):
        return PACKAGED, "package"
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "bin/regiowacht", "venv"
    said = Path(sys.argv[0])
    if said.name == "regiowacht":
        return said.absolute(), "other"
    return Path(shutil.which("regiowacht") or "regiowacht").absolute(), "other"


def _build() -> str:
    """Return what changes with every installation of other code, and with another Python."""
    try:
        record = metadata.distribution("regiowacht").read_text("RECORD") or ""
    except metadata.PackageNotFoundError:
        record = ""
    told = f"{version()} {sys.version} {record}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _is_same(one: Path, other: Path) -> bool:
    return one == other or (other.exists() and one.samefile(other))
