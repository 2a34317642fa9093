"""The command that boots a server of the lab: systemd-nspawn with nothing of this machine's own."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

from tests.lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def command(name: str, place: Path, binds: Mapping[Path, str], *, in_network: bool) -> list[str]:
    """Return the command that boots a server.

    Args:
        name: its host name.
        place: folder of its disk (``root``) and of the network to live in (``network``).
        binds: folders of this machine that it sees read-only, and where.
        in_network: whether it lives in that network; else in one of its own without a way out.
    """
    shown = [f"--bind-ro={_escaped(str(source))}:{_escaped(target)}" for source, target in binds.items()]
    network = f"--network-namespace-path={place}/network" if in_network else "--private-network"
    return [
        *("systemd-nspawn", "--quiet", "--settings=no", "--register=no", "--keep-unit", "--boot"),
        *(f"--directory={place}/root", f"--machine={name}", "--console=pipe"),
        *("--resolv-conf=off", "--timezone=off", "--link-journal=no", network, *shown),
        "--system-call-filter=adjtimex clock_adjtime",  # services ask how the clock fares; setting it takes a right
    ]


def require(name: str) -> None:
    """Check that a server of that name can be booted here.

    Raises:
        LabError: it cannot; says why.
    """
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", name):
        raise LabError(f"no server can be called {name!r}: small letters, digits and dashes, 63 at most")
    if os.geteuid() != 0:
        raise LabError("a server with systemd needs root; sudo make test")
    if shutil.which("systemd-nspawn") is None:
        raise LabError("systemd-nspawn is not installed; apt install systemd-container")


def _escaped(path: str) -> str:
    return path.replace("\\", "\\\\").replace(":", "\\:")
