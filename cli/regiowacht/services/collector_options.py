"""The options of ``collector run`` that a service is started with: as words again, and what they refer to."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regiowacht_contract.credentials import SECRETS
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

FILES = frozenset({"FILE", "PATH", "DIR"})
"""What options are called in the help whose value is a file or folder: another working folder must not change them."""

OURS = Path("/etc/regiowacht")
"""It is given its mode by the installation."""

HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108 - named because services do not see them


def words_of(parser: ArgumentParser, chosen: Namespace) -> list[str]:
    """Return what was chosen other than the default, as words of a command; files as absolute paths.

    Args:
        parser: knows the options of ``collector run``, and no others.
        chosen: holds their values among others.
    """
    words: list[str] = []
    for action in parser._actions:  # noqa: SLF001 - argparse tells it nowhere else
        value = getattr(chosen, action.dest, None)
        if not action.option_strings or value == action.default or value is None:
            continue
        name = action.option_strings[-1]
        if action.nargs == 0:
            words.append(name)
            continue
        for one in value if isinstance(value, list) else [value]:
            words += [name, _absolute(one) if action.metavar in FILES else str(one)]
    return words


def files_of(parser: ArgumentParser, chosen: Namespace) -> Iterator[Path]:
    """Yield the files and folders that the options refer to."""
    for action in parser._actions:  # noqa: SLF001 - likewise
        value: Any = getattr(chosen, action.dest, None)
        if action.metavar in FILES and value and action.option_strings:
            yield from (Path(_absolute(one)) for one in (value if isinstance(value, list) else [value]))


def require_readable(path: Path) -> None:
    """See that a service which is not root can read a file, or a folder with all in it.

    What lies in /etc/regiowacht/secrets is handed to it.

    Raises:
        Unavailable: it cannot; names what is in the way, and what to do.
    """
    if str(path).startswith(SECRETS):
        if not path.exists():
            raise Unavailable("collector.cannot-read", path=path, reason=os.strerror(2))
        return
    real = path.resolve()
    for hidden in HIDDEN:
        if real.is_relative_to(hidden):
            raise Unavailable("serving.hidden", path=path, folder=hidden)
    try:
        for folder in reversed(real.parents):
            if folder != OURS and not folder.stat().st_mode & stat.S_IXOTH:
                raise Unavailable("serving.closed-folder", path=path, folder=folder)
        _require_open(real)
        for where, folders, files in os.walk(real):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in (*folders, *(name for name in files if not name.startswith("."))):
                _require_open(Path(where, name))
    except OSError as error:
        raise Unavailable("collector.cannot-read", path=error.filename or path, reason=error.strerror) from None


def _require_open(path: Path) -> None:
    mode = path.stat().st_mode
    needed = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
    if mode & needed != needed:
        raise Unavailable("serving.closed", path=path)


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - not resolved: a link that is renewed goes on to be followed
