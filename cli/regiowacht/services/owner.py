"""Gives what root wrote into a service's folder to the service's user, which may lay anything there meanwhile.

Every folder is held open while what is in it is given, nothing is reached through a link, and a file that has a second
name elsewhere stays whose it is: whoever took the service over gets no file that was not in its folder.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HELD = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
PASSED_OVER = frozenset({errno.ELOOP, errno.ENOENT, errno.ENXIO})
"""A link, what is gone meanwhile, a socket."""

SERVED = ("gateway", "packages")
"""What root writes in the collector's data folder: invitations, and wheels."""

DEEPEST = 8
"""Root writes nothing deeper; a folder is held open for each step."""


def give_to_owner(top: Path, names: Iterable[str] | None = None) -> None:
    """Give what is in a folder to the folder's owner; who is not root wrote as the owner anyway.

    Args:
        top: may be a link, which is systemd's: where it stands must be root's.
        names: what to give of what is right in it, with all below; None for everything.

    Raises:
        Unavailable: it cannot be given.
    """
    if os.geteuid() != 0:
        return
    try:
        folder = os.open(top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise Unavailable("install.cannot-write", path=top, reason=error.strerror) from None
    try:
        _give(folder, names if names is not None else _names(folder), os.fstat(folder), DEEPEST)
    except OSError as error:
        raise Unavailable("install.cannot-write", path=top, reason=error.strerror) from None
    finally:
        os.close(folder)


def _give(folder: int, names: Iterable[str], owner: os.stat_result, left: int) -> None:
    for name in names:
        try:
            held = os.open(name, HELD, dir_fd=folder)
        except OSError as error:
            if error.errno in PASSED_OVER:
                continue
            raise
        try:
            _give_one(held, owner, left)
        finally:
            os.close(held)


def _give_one(held: int, owner: os.stat_result, left: int) -> None:
    found = os.fstat(held)
    is_folder = stat.S_ISDIR(found.st_mode)
    if not is_folder and (not stat.S_ISREG(found.st_mode) or found.st_nlink != 1):
        return
    if (found.st_uid, found.st_gid) != (owner.st_uid, owner.st_gid):
        os.fchown(held, owner.st_uid, owner.st_gid)
    if is_folder and left:
        _give(held, _names(held), owner, left - 1)


def _names(held: int) -> list[str]:
    return os.listdir(held)
