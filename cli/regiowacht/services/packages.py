"""The wheelhouse on the collector's machine: found where it was put, and copied to where the gateway serves it."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

SHARED = Path("/usr/share/regiowacht/packages")
"""Where the Debian package puts it."""

SUMS = "SHA256SUMS"


def find_packages(told: str | None, clone: Path | None = None) -> Path | None:
    """Return the wheelhouse; None where there is none.

    Args:
        told: what a person named, which must be there.
        clone: the folder of a clone of the source, whose ``make wheelhouse`` fills ``dist/wheelhouse``.

    Raises:
        Unavailable: what was named holds no wheel of the product.
    """
    if told:
        if not _is_wheelhouse(Path(told)):
            raise Unavailable("installer.no-wheels", path=told)
        return Path(told).absolute()
    places = [SHARED, Path.cwd() / "dist/wheelhouse", *([clone / "dist/wheelhouse"] if clone else [])]
    return next((place for place in places if _is_wheelhouse(place)), None)


def copy_packages(source: Path, target: Path, kept: Collection[str] = (), *, dry_run: bool = False) -> list[str]:
    """Make ``target`` hold the wheels of ``source``, and return the names that changed, sorted.

    Each is written beside its place and renamed into it, by the owner of ``target``'s parent. Others than those in
    ``kept`` are removed.

    Raises:
        Unavailable: a wheel is not what SHA256SUMS says of it, or cannot be copied.
    """
    sums = _sums(source)
    wheels = sorted(source.glob("*.whl"))
    try:
        with _held(target, dry_run=dry_run) as folder:
            changed = [wheel.name for wheel in wheels if _copy(wheel, folder, sums, dry_run=dry_run)]
            names = {wheel.name for wheel in wheels}
            gone = [path for path in sorted(folder.glob("*")) if path.name not in names and path.name not in kept]
            for path in gone:
                if not dry_run:
                    path.unlink()
    except OSError as error:
        raise Unavailable("install.cannot-write", path=target, reason=error.strerror) from None
    return sorted([*changed, *(path.name for path in gone)])


@contextmanager
def _held(target: Path, *, dry_run: bool) -> Iterator[Path]:
    """Yield a path by which a folder stays the same one, and no link's: the service's user may change what is there."""
    if dry_run and not target.exists():
        yield target
        return
    if not dry_run:
        target.mkdir(mode=0o755, exist_ok=True)
    descriptor = os.open(target, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not dry_run:
            owner = target.parent.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _copy(wheel: Path, folder: Path, sums: Mapping[str, str], *, dry_run: bool) -> bool:
    """Copy one wheel where it is not there yet, for the folder's owner; return whether it was not."""
    digest = _digest(wheel)
    if sums.get(wheel.name, digest) != digest:
        raise Unavailable("serving.bad-sum", path=wheel, sums=SUMS)
    place = folder / wheel.name
    if place.is_file() and not place.is_symlink() and _digest(place) == digest:
        return False
    if not dry_run:
        beside = folder / f".{wheel.name}.new"
        beside.unlink(missing_ok=True)
        with wheel.open("rb") as source, beside.open("xb") as copy:  # x: whatever was laid there is not written to
            shutil.copyfileobj(source, copy)
            os.fchmod(copy.fileno(), 0o644)
            owner = folder.stat()
            os.fchown(copy.fileno(), owner.st_uid, owner.st_gid)
        beside.replace(place)
    return True


def _is_wheelhouse(folder: Path) -> bool:
    return any(folder.glob("regiowacht-*.whl"))


def _sums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Unavailable("collector.cannot-read", path=error.filename, reason=error.strerror) from None
    return {name.lstrip("* "): digest for digest, _, name in (line.partition(" ") for line in lines)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
