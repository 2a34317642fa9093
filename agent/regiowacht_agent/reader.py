"""The ways to read a host: each is a package with a table of families.

A reader package has ``FAMILIES: tuple[FamilyEntry, ...]`` and ``open_host(config, mounts) -> Host``, and beside them
one module for each family, named after it, with ``make(config, metrics)``. The psutil reader's families tell sample by
sample; the proc reader's tell a block, which costs less. Adding a reader is a package and a line in each table here.
The families of ``regiowacht_agent.extra`` are every reader's.
"""

from __future__ import annotations

import errno
import os

from regiowacht_agent.family import Blocks, FamilyEntry, Metrics
from regiowacht_agent.files import open_file
from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.system import LINUX, MACOS, WINDOWS, platform
from regiowacht_contract.light import dataclass, import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, MakeFamily
    from regiowacht_agent.host import Host
    from regiowacht_agent.mounts import MountAsker

READERS = {"proc": "regiowacht_agent.proc_reader", "psutil": "regiowacht_agent.psutil_reader"}
"""Package of each reader, by the name that the setting ``reader`` gives."""

PLATFORMS = {
    MACOS: {"psutil": "regiowacht_agent.macos_reader"},
    WINDOWS: {"psutil": "regiowacht_agent.windows_reader"},
}
"""Where a reader's package is another one on other operating systems than Linux."""

EXTRA = "regiowacht_agent.extra"
"""Package of the families that every reader has; it has a table of its own, and its families tell blocks."""

DEFAULT = "proc" if platform() == LINUX else "psutil"
"""The reader of this operating system unless the configuration names one."""

NEEDS_PROC = frozenset({"proc"})
"""Readers that tell nothing without /proc."""

FALLBACK = "psutil"
"""What reads where one of those cannot: of what it tells, it still has what comes from system calls."""

TELLS_SAMPLES = frozenset({"psutil"})
"""Readers whose families tell sample by sample."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The families that are on, ready to read, and the host they read.

    Attributes:
        name: of the reader in force, as the setting ``reader`` names them.
        host: the outside world.
        families: by name, in the order of the table.
    """

    name: str
    host: Host
    families: Mapping[str, Family]

    def close(self) -> None:
        """Close every descriptor that reading opened; families that hold others have a ``close`` of their own."""
        self.host.files.close()
        for family in self.families.values():
            getattr(family, "close", _nothing)()


def _nothing() -> None:
    """Close nothing: most families hold no descriptor."""


def package_of(reader: str, on: str) -> str:
    """Return the package of a reader on an operating system."""
    return PLATFORMS.get(on, {}).get(reader, READERS[reader])


def why_not(config: Config) -> str:
    """Return why the configured reader cannot read here, or "".

    Every /proc has ``stat``, which anybody may read. Where that is not so, none is mounted at ``path.procfs``. Anything
    else that is missing fails its own family and no other. So does a pipe of that name: psutil would wait for it.
    """
    if config.reader in NEEDS_PROC:
        try:
            os.close(open_file(f"{config.paths.procfs}/stat"))
        except OSError as error:
            if error.errno == errno.EINVAL:
                return ""
            return f"{error.strerror}: {error.filename}"
    return ""


def in_force(config: Config) -> str:
    """Return the name of the reader that reads: the configured one, or psutil where that one cannot read."""
    return FALLBACK if why_not(config) else config.reader


def entries(reader: str, on: str = "") -> tuple[FamilyEntry, ...]:
    """Return the families of a reader, sorted by name, those that every reader has included; none of an unknown one.

    Args:
        reader: its name.
        on: the operating system, by default this one.
    """
    return tuple(_packages(reader, on or platform()))


def _packages(reader: str, on: str) -> dict[FamilyEntry, str]:
    """Return the package of each family of a reader."""
    if reader not in READERS:
        return {}
    packages = (package_of(reader, on), EXTRA)
    found = {entry: package for package in packages for entry in import_module(package).FAMILIES}
    return dict(sorted(found.items(), key=lambda one: one[0].name))


def open_reader(
    config: Config,
    host: Host | None = None,
    metrics_of: Callable[[str], Metrics] = Metrics.of,
    mounts: MountAsker | None = None,
    on: str = "",
) -> Reader:
    """Return the configured reader, or the one that stands in for it, with the families that are on.

    Args:
        config: the agent's configuration.
        host: the outside world; by default the one that the configuration points at.
        metrics_of: looks a family up in the catalogue.
        mounts: the asker of the reader that this one takes the place of, with the mounts that it waits for.
        on: the operating system, by default this one.

    Raises:
        CatalogueError: a family emits a name that the catalogue does not hold.
    """
    on = on or platform()
    name = config.reader
    if reason := why_not(config):
        name = FALLBACK
        LOGGER.warning(line("reader-replaced", wanted=config.reader, used=name, reason=reason))
    package = import_module(package_of(name, on))
    families: dict[str, Family] = {}
    for entry, place in _packages(name, on).items():
        if config.is_on(entry.name, entry.default):
            make: MakeFamily = import_module(entry.module or f"{place}.{entry.name}").make
            made: Any = make(config, metrics_of(entry.name))
            tells_samples = name in TELLS_SAMPLES and place != EXTRA
            families[entry.name] = Blocks(made) if tells_samples else made
    return Reader(name, host or package.open_host(config, mounts), families)
