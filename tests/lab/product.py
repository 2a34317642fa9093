"""The agent's own code as a folder that lab hosts see: what a wheel would put on them, until one is installed there."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab.errors import LabError

if TYPE_CHECKING:
    from tests.lab.host import Host
    from tests.lab.machine import Machine

PLACE = "/opt/regiowacht"
PACKAGES = ("regiowacht", "regiowacht_contract", "regiowacht_agent", "psutil", "jeepney", "cramjam")
"""What `regiowacht agent run` needs; psutil's compiled part is of the stable ABI, so any Python 3 loads it.

cramjam's is of one Python alone: :func:`require_push` says whether the hosts' own loads it.
"""

COMMAND = ("/usr/bin/python3", "-P", "-m", "regiowacht", "agent")
ENVIRONMENT = {"PYTHONPATH": PLACE, "PYTHONDONTWRITEBYTECODE": "1"}


def environment() -> list[str]:
    """Return the words before a command that have a host find the product."""
    return ["env", *(f"{name}={value}" for name, value in ENVIRONMENT.items())]


def require_push(host: Host | Machine) -> None:
    """See that an agent there can pack what it pushes.

    Raises:
        LabError: it cannot: this checkout runs on another Python than the lab's hosts.
    """
    try:
        host.run(*environment(), COMMAND[0], "-P", "-c", "import cramjam")
    except LabError as error:
        version = host.run(COMMAND[0], "--version").stdout.strip()
        raise LabError(f"{error}; hosts have {version}: make .venv with the same one to try pushing there") from None


def copy_to(folder: Path) -> None:
    """Copy the packages of this checkout, and psutil from its environment, into ``folder``.

    Raises:
        LabError: a package is not installed here, or the folder has no room.
    """
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        if found is None or not found.submodule_search_locations:
            raise LabError(f"{name} is not installed here; run make test, which sets up all it needs")
        source = Path(next(iter(found.submodule_search_locations)))
        try:
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        except shutil.Error as error:  # one line of what may be a hundred files
            raise LabError(f"{folder}: {error.args[0][0][2].partition(': ')[0]}") from None
        except OSError as error:
            raise LabError(f"{folder}: {error.strerror}") from None
