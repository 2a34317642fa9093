"""Finds the engine, a Prometheus of 2.39 or later, with its promtool."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.tell import silent
from regiowacht_collector.unpack import cached_prefixes, unpack
from regiowacht_contract.errors import PartMissing, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_collector.tell import Tell

OLDEST = (2, 39)
"""The first with ``out_of_order_time_window``, without which a backlog is refused whole."""

COMMON_PLACES = ("/usr/bin", "/usr/local/bin", "/opt/prometheus", "/usr/local/prometheus", "/opt/homebrew/bin")
ANSWER_WITHIN_S = 20


@dataclass(frozen=True, slots=True)
class Engine:
    """A Prometheus that answered.

    Attributes:
        prometheus: the program.
        version: (major, minor, patch).
        version_text: the version as it names itself, for example ``2.42.0+ds``.
        switches: command-line switches it knows, with their dashes.
        promtool: the tool that checks files, or None where it is not installed.
        web_assets: folder of its web pages, where they are not at the place it was built for.
    """

    prometheus: Path
    version: tuple[int, int, int]
    version_text: str
    switches: frozenset[str]
    promtool: Path | None
    web_assets: Path | None = None

    def name(self) -> str:
        """Return what to call it: ``Prometheus 2.42.0+ds``."""
        return f"Prometheus {self.version_text}"


def find_engine(explicit: Path | None = None, *, cache: Path | None = None, tell: Tell = silent) -> Engine:
    """Return the engine: the one named, else an installed one, else one from Debian's package in the cache folder.

    Raises:
        PartMissing: there is none and none can be unpacked, or the only one is too old or broken; says what to install.
    """
    if explicit is not None:
        return inspect(_named(explicit))
    refused: Unavailable | None = None
    for program in _installed():
        try:
            return inspect(program)
        except Unavailable as error:
            tell("collector.skipped", reason=error)
            refused = refused or error
    try:
        return _unpacked(cache, tell)
    except Unavailable as error:
        raise refused or error from None


def inspect(prometheus: Path) -> Engine:
    """Return what the program says of itself.

    Raises:
        PartMissing: it does not run, is no Prometheus, or is older than 2.39.
    """
    version_text = _version_text(prometheus)
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version_text)
    if found is None:
        raise PartMissing("collector.engine-broken", path=prometheus, reason=version_text[:80])
    major, minor, patch = (int(part or 0) for part in found.groups())
    if (major, minor) < OLDEST:
        raise PartMissing("collector.engine-too-old", path=prometheus, version=version_text)
    return Engine(
        prometheus=prometheus,
        version=(major, minor, patch),
        version_text=version_text,
        switches=_switches(_run(prometheus, "--help")),
        promtool=_promtool(prometheus),
        web_assets=_web_assets(prometheus),
    )


def find_promtool(cache: Path | None = None) -> Path | None:
    """Return an installed promtool, else one that was unpacked before, else None."""
    on_path = shutil.which("promtool")
    places = [Path(on_path)] if on_path else [prefix / "usr/bin/promtool" for prefix in cached_prefixes(cache)]
    return next((place for place in places if place.is_file()), None)


def _named(explicit: Path) -> Path:
    """Return the program at ``explicit``, which may be a file, the folder it is in, or a name on PATH."""
    inside = explicit / "prometheus"
    if explicit.is_dir() and inside.is_file():
        return inside
    on_path = shutil.which(str(explicit))
    if on_path is None:
        raise PartMissing("collector.engine-not-there", path=explicit)
    return Path(on_path)


def _installed() -> Iterator[Path]:
    """Return every program called prometheus, PATH first, each once."""
    places = (shutil.which("prometheus"), *(shutil.which("prometheus", path=place) for place in COMMON_PLACES))
    yield from dict.fromkeys(Path(place) for place in places if place)


def _unpacked(cache: Path | None, tell: Tell) -> Engine:
    for prefix in cached_prefixes(cache):
        try:
            return inspect(prefix / "usr/bin/prometheus")
        except Unavailable as error:
            tell("collector.skipped", reason=error)
    return inspect(unpack(cache, tell) / "usr/bin/prometheus")


def _version_text(prometheus: Path) -> str:
    """Return the word after ``prometheus, version``; 2.x prints it on stdout, very old ones on stderr."""
    said = _run(prometheus, "--version")
    found = re.search(r"prometheus, version (\S+)", said)
    if found is None:
        first = next((line for line in said.splitlines() if line.strip()), "-")
        raise PartMissing("collector.engine-broken", path=prometheus, reason=first[:200])
    return found.group(1)


def _run(program: Path, switch: str) -> str:
    try:
        answer = subprocess.run(
            [program, switch],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=ANSWER_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PartMissing("collector.engine-broken", path=program, reason=f"{switch}: > {ANSWER_WITHIN_S} s") from None
    except OSError as error:
        raise PartMissing("collector.engine-broken", path=program, reason=error.strerror) from None
    return answer.stdout.decode(errors="replace")


def _switches(help_text: str) -> frozenset[str]:
    """Return every switch in the help; 3.x shows those that can be turned off as ``--[no-]NAME``."""
    return frozenset(f"--{name}" for name in re.findall(r"^\s+--(?:\[no-\])?([a-z0-9.-]+)", help_text, re.MULTILINE))


def _promtool(prometheus: Path) -> Path | None:
    """Return the promtool beside the engine, else the one on PATH."""
    beside = prometheus.with_name("promtool")
    if beside.is_file():
        return beside
    on_path = shutil.which("promtool")
    return Path(on_path) if on_path else None


def _web_assets(prometheus: Path) -> Path | None:
    """Return the pages of an unpacked Debian package: it looks for them under /usr/share, where they are not."""
    pages = prometheus.parent.parent / "share/prometheus/web"
    return pages if pages.is_dir() and prometheus.parent != Path("/usr/bin") else None
