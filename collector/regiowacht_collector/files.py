"""Puts rendered files into a folder so that a reader never sees half of one."""

from __future__ import annotations

import difflib
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_collector.render import Files

OURS = ("targets/*.json", "rules/*.yml", "prometheus.yml")
"""What rendering owns in its folder; anything else there is left alone."""


def read_files(out: Path) -> Files:
    """Return what an earlier rendering left in ``out``; empty where there is no such folder."""
    paths = sorted(path for pattern in OURS for path in out.glob(pattern) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


def write_files(files: Files, out: Path) -> list[str]:
    """Make ``out`` hold exactly ``files`` (beside what is not ours), and return the paths that changed, sorted.

    Each file is written beside its place and renamed into it; one with the same content is not touched, so that the
    engine does not read it again. Files of an earlier rendering that are not in ``files`` are removed last.

    Raises:
        Unavailable: the folder cannot be written.
    """
    try:
        before = read_files(out)
        changed = [path for path, content in files.items() if before.get(path) != content]
        for path in changed:
            _replace(out / path, files[path])
        gone = [path for path in before if path not in files]
        for path in gone:
            (out / path).unlink(missing_ok=True)
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename or out, reason=error.strerror) from error
    return sorted(changed + gone)


@contextmanager
def staged(files: Files) -> Iterator[Path]:
    """Write ``files`` into a temporary folder, for a look at them before they are put in place."""
    with tempfile.TemporaryDirectory(prefix="regiowacht-render-") as folder:
        write_files(files, Path(folder))
        yield Path(folder)


def differences(files: Files, out: Path) -> str:
    """Return what ``write_files`` would change, as a unified diff; "" where nothing would."""
    before = read_files(out)
    parts: list[str] = []
    for path in sorted({*before, *files}):
        old, new = (side.get(path, b"").decode().splitlines(keepends=True) for side in (before, files))
        sides = ("/dev/null" if path not in before else f"a/{path}", "/dev/null" if path not in files else f"b/{path}")
        parts.extend(difflib.unified_diff(old, new, *sides))
    return "".join(parts)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)
        Path(beside).replace(path)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
