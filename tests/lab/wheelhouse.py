"""A wheelhouse for lab servers, which have no network: the product's wheel of this checkout, and all it needs.

The wheels of others are kept in the user's cache, under a name that changes with the lock; the product's own is built
once for each state of the source. Servers see the folder by a bind mount, or get a copy of it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from pack import wheel
from pack.errors import PackError
from pack.lock import LOCK, of_extras
from pack.target import Target, this_machine
from pack.wheelhouse import AGENT, EVERYTHING, third_party, write_sums
from tests.lab.errors import LabError
from tests.lab.store import alone

if TYPE_CHECKING:
    from pack.fetch import Tell

LAB = Target("3.11", "x86_64")
"""The Python of the lab's root file system."""
KEPT_UNUSED_S = 86400.0


def wheelhouse(target: Target = LAB, *, tell: Tell = print) -> Path:
    """Return a folder with wheels for ``target``: the product's, of the agent with SNMP, and of every extra.

    The folder is shared and never written to again: copy it before changing anything in it.

    Raises:
        LabError: a wheel is not in the cache and cannot be had, or the product's own cannot be built.
    """
    top = _top(target)
    with alone(top):
        third = top / "others"
        done = top / f"with-{wheel.digest()}"
        try:
            if not (top / "complete").exists():
                for extras in (AGENT, EVERYTHING):
                    third_party(extras, target, third, tell)
                (top / "complete").touch()
            if not done.exists():
                _fill(done, third)
        except PackError as error:
            raise LabError(str(error)) from None
        os.utime(done)
        _prune(top, done)
    return done


def is_here(target: Target = LAB) -> bool:
    """Return whether the wheels of others for ``target`` are in the cache."""
    return (_top(target) / "complete").exists()


def ensure(tell: Tell) -> None:
    """Get what tests need: wheels for the lab's servers and for this machine's own Python."""
    for target in dict.fromkeys((LAB, this_machine())):
        wheelhouse(target, tell=tell)


def _top(target: Target) -> Path:
    wanted = " ".join(pin.name for pin in of_extras(EVERYTHING, target.environment()))
    what = hashlib.sha256(LOCK.read_bytes() + wanted.encode()).hexdigest()[:12]
    return platformdirs.user_cache_path("regiowacht") / f"wheels-cp{target.python}-{target.machine}-{what}"


def _fill(folder: Path, third: Path) -> None:
    """Make ``folder`` in one step: the wheels of others as hard links, and the product's own."""
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".with-"))
    try:
        for path in third.glob("*.whl"):
            os.link(path, work / path.name)
        wheel.build(work)
        write_sums(work)
        work.chmod(0o755)
        work.rename(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _prune(top: Path, kept: Path) -> None:
    """Remove what nobody took for a day: other states of the source, and what other locks wanted."""
    for path in (*top.glob("with-*"), *top.glob(".with-*"), *top.parent.glob("wheels-*")):
        if path not in (kept, top) and time.time() - _last_used(path) > KEPT_UNUSED_S:
            shutil.rmtree(path, ignore_errors=True)


def _last_used(path: Path) -> float:
    return max((one.stat().st_mtime for one in (path, *path.glob("with-*"))), default=0.0)
