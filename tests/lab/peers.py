"""The newest peers and parts from Debian's newest suite, unpacked into the user's cache and never installed.

Nothing pins them: benchmarks compare with today's peers, and what is older than 30 days is fetched anew. Debian's Go
programs need little but libc, so they run on an older Debian too. ``python -m tests.lab.peers NAME...`` fetches.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab.errors import LabError
from tests.lab.sources import codename, debian_sources
from tests.lab.store import alone, is_fresh, lab_cache, require_space, run

if TYPE_CHECKING:
    from tests.lab.store import Tell

NEWEST = "sid"
DOWNLOAD_WITHIN_S = 600.0
NEEDED_BYTES = 500_000_000
LISTS_SERVE_S = 3600


@dataclass(frozen=True, slots=True)
class Source:
    """Where a peer comes from.

    Attributes:
        packages: Debian's packages; the first names the version, the others are taken where the suite has them.
        program: the program's path below the folder they are unpacked in.
    """

    packages: tuple[str, ...]
    program: str


SOURCES = {
    "prometheus": Source(("prometheus", "promtool"), "usr/bin/prometheus"),
    "node_exporter": Source(("prometheus-node-exporter",), "usr/bin/prometheus-node-exporter"),
    "snmp_exporter": Source(("prometheus-snmp-exporter",), "usr/bin/prometheus-snmp-exporter"),
    "victoria_metrics": Source(("victoria-metrics",), "usr/bin/victoria-metrics"),
    "blackbox_exporter": Source(("prometheus-blackbox-exporter",), "usr/bin/prometheus-blackbox-exporter"),
    "rancid": Source(("rancid", "expect", "tcl-expect", "libtcl8.6", "tcl8.6"), "usr/lib/rancid/bin/clogin"),
    "alertmanager": Source(("prometheus-alertmanager",), "usr/bin/prometheus-alertmanager"),
    "pebble": Source(("pebble",), "usr/bin/pebble"),
}


@dataclass(frozen=True, slots=True)
class Peer:
    """An unpacked program.

    Attributes:
        path: the program.
        version: the upstream version, as in "3.5.3".
        prefix: the folder its package was unpacked in, for what came with it.
    """

    path: Path
    version: str
    prefix: Path


def peer(name: str, *, own_suite: bool = False, tell: Tell | None = None, cache: Path | None = None) -> Peer:
    """Return a peer, fetched where it is missing or old; an old one serves on when that fails.

    Args:
        name: its key in ``SOURCES``.
        own_suite: take the version of the machine's own Debian instead of the newest one.
        tell: called with a line on what it is doing.
        cache: where peers are kept, by default in the lab's folder of the user's cache.

    Raises:
        LabError: there is none and it cannot be fetched.
    """
    source = SOURCES[name]
    say = tell or (lambda _line: None)
    suite = codename() if own_suite else NEWEST
    folder = (cache or lab_cache()) / "peers" / (suite or "none")
    with alone(folder):
        found = _found(folder, source)
        if found and is_fresh(found[0].prefix.stat().st_mtime, time.time()):
            return found[0]
        try:
            _fetch(folder, source, suite, say)
        except LabError as error:
            if not found:
                raise LabError(f"{name} of Debian {suite or '(this is none)'} cannot be had: {error}") from None
            say(f"{name} {found[0].version} serves on, since no newer one could be fetched: {error}")
        return _found(folder, source)[0]


def _found(folder: Path, source: Source) -> list[Peer]:
    """Return what lies unpacked, the one fetched last first."""
    prefixes = [
        program.parents[source.program.count("/")]
        for program in folder.glob(f"{source.packages[0]}_*/{source.program}")
    ]
    prefixes.sort(key=lambda prefix: prefix.stat().st_mtime, reverse=True)
    return [Peer(prefix / source.program, _version(prefix), prefix) for prefix in prefixes]


def _version(prefix: Path) -> str:
    """Return the upstream version from a name like ``prometheus_2%3a3.5.3+ds1-2_amd64`` (deb-version(7))."""
    debians = prefix.name.split("_")[1].rpartition("%3a")[2]
    return re.split(r"[+~-]", debians, maxsplit=1)[0]


def _fetch(folder: Path, source: Source, suite: str, say: Tell) -> None:
    """Download and unpack beside, then rename into place; folders of older versions go. The caller holds the lock."""
    for leftover in folder.glob(".new-*"):
        shutil.rmtree(leftover)
    sources = debian_sources(suite) if suite else ""
    if not sources or shutil.which("apt-get") is None:
        raise LabError("this machine has no Debian package sources")
    require_space(folder, NEEDED_BYTES)
    say(f"fetching {source.packages[0]} of Debian {suite} into {folder}")
    options = _update(folder, sources)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as work:
        beside = Path(work)
        run(["apt-get", *options, "download", source.packages[0]], beside, DOWNLOAD_WITHIN_S)
        package = next(beside.glob("*.deb"))
        place = folder / package.stem
        if place.is_dir():
            os.utime(place)
            return
        for name in source.packages[1:]:
            if run(["apt-cache", *options, "search", "--names-only", f"^{name}$"], beside, DOWNLOAD_WITHIN_S).strip():
                run(["apt-get", *options, "download", name], beside, DOWNLOAD_WITHIN_S)
        for file in beside.glob("*.deb"):
            run(["dpkg", "-x", file.name, "prefix"], beside, DOWNLOAD_WITHIN_S)
        prefix = beside / "prefix"
        if not (prefix / source.program).is_file():
            raise LabError(f"{package.name} came without {source.program}")
        os.utime(prefix)
        for older in folder.glob(f"{source.packages[0]}_*"):
            shutil.rmtree(older)
        prefix.rename(place)


def _update(folder: Path, sources: str) -> list[str]:
    """Fetch package lists of our own where those here are old; return the apt options that use them (apt.conf(5))."""
    apt = folder / ".apt"
    for name in ("parts", "lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True, exist_ok=True)
    options = [
        *("-q", "-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={apt}/parts"),
        *("-o", f"Dir::State::Lists={apt}/lists", "-o", f"Dir::Cache={apt}/cache"),
        *("-o", "APT::Sandbox::User=", "-o", "Acquire::Languages=none", "-o", "Acquire::Retries=2"),
    ]
    stamp = apt / "updated"
    if not stamp.exists() or time.time() - stamp.stat().st_mtime > LISTS_SERVE_S:
        (apt / "parts/debian.sources").write_text(sources)
        run(["apt-get", *options, "--error-on=any", "update"], apt, DOWNLOAD_WITHIN_S)
        stamp.touch()
    return options


def main(names: list[str]) -> int:
    """Fetch the named peers, or all; return the exit code."""
    code = 0
    for name in names or list(SOURCES):
        try:
            found = peer(name, tell=lambda line: print(f"setup: {line}", file=sys.stderr, flush=True))
            print(f"{name} {found.version} {found.path}")
        except LabError as error:
            print(f"setup: {error}", file=sys.stderr)
            code = 3
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
