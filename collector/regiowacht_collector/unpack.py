"""Unpacks Debian's Prometheus or Alertmanager into a cache folder, without root and without installing anything.

``apt-get download`` fetches and verifies the package as the machine's own package sources say, ``dpkg -x`` unpacks it
(apt-get(8), dpkg(1)). Where the machine's package lists are missing, lists of our own are fetched into the cache.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from regiowacht_contract.errors import PartMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_collector.tell import Tell

DOWNLOAD_WITHIN_S = 600


@dataclass(frozen=True, slots=True)
class Package:
    """A package of Debian's.

    Attributes:
        name: what apt calls it.
        program: its program, below the folder it is unpacked in.
        beside: a program that is a package of its own in newer releases, or "".
        shown: what people call it.
    """

    name: str
    program: Path
    beside: str
    shown: str


ENGINE = Package("prometheus", Path("usr/bin/prometheus"), "promtool", "Prometheus")
MANAGER = Package(
    "prometheus-alertmanager", Path("usr/bin/prometheus-alertmanager"), "prometheus-alertmanager-amtool", "Alertmanager"
)


def default_cache() -> Path:
    """Return the user's cache folder for engines, outside any checkout."""
    return platformdirs.user_cache_path("regiowacht") / "engine"


def cached_prefixes(cache: Path | None = None, package: Package = ENGINE) -> list[Path]:
    """Return the folders in which a package was unpacked before, newest version first."""
    found = (cache or default_cache()).glob(f"{package.name}_*/{package.program}")
    return sorted((path.parents[2] for path in found), key=_by_version, reverse=True)


def unpack(cache: Path | None, tell: Tell, package: Package = ENGINE) -> Path:
    """Return the folder that holds a package of the machine's own Debian or Ubuntu release.

    Two that do this at once do not disturb each other: the second waits and finds what the first one unpacked.

    Raises:
        PartMissing: this is no Debian or Ubuntu, the package cannot be fetched, or it cannot be unpacked.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise PartMissing("collector.no-engine" if package is ENGINE else "alerts.no-manager")
    folder = cache or default_cache()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            return next(iter(cached_prefixes(folder, package)), None) or _fetch(folder, tell, package)
    except OSError as error:
        raise PartMissing(
            "collector.cannot-unpack", name=package.shown, package=package.name, path=error.filename or folder,
            reason=error.strerror,
        ) from None  # fmt: skip


def _fetch(folder: Path, tell: Tell, wanted: Package) -> Path:
    """Download and unpack beside, then rename into place."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as work:
        beside = Path(work)
        tell("collector.downloading", name=wanted.shown, folder=folder)
        package = _download(beside, tell, wanted)
        prefix = beside / "prefix"
        _run(["dpkg", "-x", package.name, "prefix"], beside, wanted)
        if not (prefix / wanted.program.parent / wanted.beside).exists():
            _add(beside, wanted)
        if not (prefix / wanted.program).is_file():
            raise PartMissing(
                "collector.cannot-unpack", name=wanted.shown, package=wanted.name, path=package.name,
                reason=f"{wanted.program}?",
            )  # fmt: skip
        place = folder / package.name.removesuffix(".deb").replace("%3a", "_")
        prefix.replace(place)
    tell("collector.unpacked", folder=place)
    return place


def _download(work: Path, tell: Tell, wanted: Package) -> Path:
    """Return the package, fetched with the machine's package lists or, where those are missing, with own ones."""
    if not _succeeds(["apt-get", "-q", "download", wanted.name], work):
        tell("collector.updating-lists")
        (work / "lists/partial").mkdir(parents=True)
        (work / "cache/archives/partial").mkdir(parents=True)
        _run(["apt-get", "-q", *_own_lists(work), "update"], work, wanted)
        _run(["apt-get", "-q", *_own_lists(work), "download", wanted.name], work, wanted)
    package = next(work.glob(f"{wanted.name}_*.deb"), None)
    if package is None:
        raise _not_fetched(wanted, f"{wanted.name}_*.deb?")
    return package


def _add(work: Path, wanted: Package) -> None:
    """Add the tool that is a package of its own in Debian 13 and later; without it files are just not checked."""
    options = _own_lists(work) if (work / "lists").is_dir() else []
    if _succeeds(["apt-get", "-q", *options, "download", wanted.beside], work):
        for package in work.glob(f"{wanted.beside}_*.deb"):
            _run(["dpkg", "-x", package.name, "prefix"], work, wanted)


def _own_lists(work: Path) -> list[str]:
    """Return apt options that keep lists and caches in ``work``; sources and keys stay the machine's."""
    return ["-o", f"Dir::State::Lists={work}/lists", "-o", f"Dir::Cache={work}/cache", "-o", "APT::Sandbox::User="]


def _succeeds(command: list[str], work: Path) -> bool:
    return _attempt(command, work).returncode == 0


def _run(command: list[str], work: Path, wanted: Package) -> None:
    """Run a command to its end.

    Raises:
        PartMissing: it failed; the reason is its own last error line.
    """
    answer = _attempt(command, work)
    if answer.returncode:
        raise _not_fetched(wanted, _reason(answer.stdout))


def _not_fetched(wanted: Package, reason: str) -> PartMissing:
    return PartMissing("collector.cannot-download", name=wanted.shown, package=wanted.name, reason=reason)


def _attempt(command: list[str], work: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            cwd=work,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DOWNLOAD_WITHIN_S,
            text=True,
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, stdout=f"E: {command[0]}: > {DOWNLOAD_WITHIN_S} s")


def _reason(said: str) -> str:
    """Return the line that says most: apt's last ``E:`` line, else the last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("E: ") for line in lines if line.startswith("E:")]
    return next(reversed(errors or lines), "?")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock file (flock(2)); the kernel frees it when its holder dies."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _by_version(prefix: Path) -> list[int]:
    version = prefix.name.partition("_")[2].rpartition("_")[0]
    return [int(number) for number in re.findall(r"\d+", version)]
