"""Control groups of the lab's servers, each its own, so that no systemd finds another's (cgroups(7)).

They lie at the top of cgroup2, also on a machine that keeps version 1 beside it. A group's name begins with its lab's,
so what a killed lab leaves can be found and removed.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tests.lab.errors import LabError
from tests.lab.reaper import remove_cgroup
from tests.lab.waiting import until

ROOT = Path("/sys/fs/cgroup")
EMPTY_WITHIN_S = 10


def hierarchy(root: Path = ROOT) -> Path:
    """Return where this machine has cgroup2 mounted.

    Raises:
        LabError: nowhere.
    """
    for place in (root, root / "unified"):
        if (place / "cgroup.controllers").exists():
            return place
    raise LabError(f"no cgroup2 at {root} or {root}/unified; mount -t cgroup2 cgroup2 {root}/unified")


def make_cgroup(name: str, root: Path = ROOT) -> Path:
    """Make a group and return it; one that is left of an earlier boot is made anew.

    Raises:
        LabError: not allowed, or a process still lives in it.
    """
    group = hierarchy(root) / name
    try:
        remove_cgroup(group)
        group.mkdir()
    except OSError as error:
        raise LabError(f"no control group {group}: {error.strerror}") from None
    return group


def cgroups_of(lab: str, root: Path = ROOT) -> list[Path]:
    """Return the groups whose name is ``lab`` or begins with ``lab`` and a dash, for example ``regio-lab-1a2b``."""
    found = [group for group in hierarchy(root).iterdir() if group.is_dir() and f"{group.name}-".startswith(f"{lab}-")]
    return sorted(found)


def remove_cgroups(lab: str, root: Path = ROOT) -> None:
    """Remove every group of a lab once its processes are gone; they may take a moment to go.

    Raises:
        LabError: a process lives on in one.
    """

    def are_removed() -> bool:
        for group in cgroups_of(lab, root):
            with suppress(OSError):
                remove_cgroup(group)
        return not cgroups_of(lab, root)

    until(are_removed, EMPTY_WITHIN_S, f"the control groups of {lab} to be empty")
