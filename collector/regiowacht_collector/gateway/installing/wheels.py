"""Which wheels of a folder an installation takes: the product's, and those of what it needs, for every machine.

Source: PyPA "Binary distribution format" (names of wheels), "Core metadata" (``Requires-Dist``).
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

FOLDER = "packages"
"""Of the collector's data folder: where the wheels are."""

PRODUCT = "regiowacht"
EXTRAS = ("agent", "snmp")
"""What a server needs of the product."""

NAME = re.compile(
    r"(?P<project>[A-Za-z0-9._]+)-(?P<version>[A-Za-z0-9._!+]+)(-\d[A-Za-z0-9_.]*)?"
    r"-(?P<python>[a-z0-9._]+)-(?P<abi>[a-z0-9._]+)-(?P<platform>[a-z0-9._]+)\.whl"
)
NEEDED = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^]]*)\])?[^;]*(?:;(.*))?")
OF_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel in the folder.

    Attributes:
        name: of its file.
        sha256: of its content, in small hexadecimal digits.
    """

    name: str
    size_bytes: int
    sha256: str

    @property
    def tags(self) -> tuple[str, str, str]:
        """Which Python, ABI and platform it is for, each perhaps several with dots between."""
        python, abi, platform = self.name.removesuffix(".whl").split("-")[-3:]
        return python, abi, platform


def has_wheels(folder: Path) -> bool:
    """Return whether a server can be installed from a folder."""
    return any(folder.glob(f"{PRODUCT}-*.whl"))


def wheels_of(folder: Path, extras: Iterable[str] = EXTRAS) -> tuple[Wheel, ...]:
    """Return the product's wheel and those of what it needs, of each the latest version, for every machine; sorted.

    Args:
        folder: with wheels.
        extras: of the product.

    Raises:
        Unavailable: the folder cannot be read, has no wheel of the product, or a file that is no wheel.
    """
    try:
        latest = _latest(folder)
        if PRODUCT not in latest:
            raise Unavailable("installer.no-wheels", path=folder)
        taken = _taken(latest, extras)
        return tuple(_wheel(path) for project in sorted(taken) for path in sorted(latest[project]))
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        reason = getattr(error, "strerror", None) or error
        path = getattr(error, "filename", None) or folder
        raise Unavailable("installer.bad-wheels", path=path, reason=reason) from None


def _latest(folder: Path) -> dict[str, list[Path]]:
    """Return the wheels of the latest version of each project."""
    by_version: dict[str, dict[tuple[int, ...], list[Path]]] = {}
    for path in folder.iterdir():
        if found := NAME.fullmatch(path.name):
            version = tuple(map(int, re.findall(r"\d+", found["version"])))
            by_version.setdefault(_project(found["project"]), {}).setdefault(version, []).append(path)
    return {project: versions[max(versions)] for project, versions in by_version.items()}


def _taken(latest: Mapping[str, list[Path]], extras: Iterable[str]) -> set[str]:
    """Return the projects in the folder that the product needs.

    Of a condition the extra alone counts: what another system would need is not in the folder, or does no harm.
    """
    asked = {(PRODUCT, extra) for extra in ("", *extras)}
    seen: set[tuple[str, str]] = set()
    while new := asked - seen:
        seen |= new
        for project, extra in new:
            if project in latest:
                asked |= {(needed, of) for needed, of in _needs(latest[project][0], extra) if needed in latest}
    return {project for project, _ in seen}


def _needs(wheel: Path, extra: str) -> Iterator[tuple[str, str]]:
    """Yield (project, extra) of what a wheel needs for one of its extras; "" for what it always needs."""
    with zipfile.ZipFile(wheel) as packed:
        (place,) = [name for name in packed.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)][:1] or [""]
        told = BytesHeaderParser().parsebytes(packed.read(place))
    for line in told.get_all("Requires-Dist", []):
        if found := NEEDED.fullmatch(line):
            of = OF_EXTRA.findall(found[3] or "")
            if (extra in of) if of else not extra:
                extras = (one.strip() for one in (found[2] or "").split(","))
                yield from ((_project(found[1]), one) for one in ("", *filter(None, extras)))


def _project(name: str) -> str:
    """Return a project's name as all its spellings are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _wheel(path: Path) -> Wheel:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Wheel(path.name, path.stat().st_size, digest)
