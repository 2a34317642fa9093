"""Finds Alertmanager, 0.25 or later (the first with time zones in its time intervals)."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector.tell import silent
from regiowacht_collector.unpack import MANAGER, cached_prefixes, default_cache, unpack
from regiowacht_contract.errors import PartMissing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_collector.tell import Tell

OLDEST = (0, 25)
NAMES = ("alertmanager", "prometheus-alertmanager")
ANSWER_WITHIN_S = 20
SHARE = Path("/usr/share/prometheus")
"""Where Debian's looks for its templates, and nowhere else."""

TEMPLATE = "alertmanager/default.tmpl"
LINK = "share"
"""In the cache: what the collector's unit puts at ``SHARE`` in its own view of the machine."""


@dataclass(frozen=True, slots=True)
class Manager:
    """An Alertmanager that answered.

    Attributes:
        program: the program.
        version_text: the version as it names itself, for example ``0.25.0``.
        share: the ``usr/share`` it was unpacked with, where it is not installed: Debian's looks for its templates
            under ``/usr/share/prometheus`` alone. None where it finds what it needs there.
    """

    program: Path
    version_text: str
    share: Path | None = None

    def name(self) -> str:
        """Return what to call it: ``Alertmanager 0.25.0``."""
        return f"Alertmanager {self.version_text}"


def find_manager(explicit: Path | None = None, *, cache: Path | None = None, tell: Tell = silent) -> Manager:
    """Return the Alertmanager: the one named, else an installed one, else one from Debian's package in the cache.

    Raises:
        PartMissing: there is none and none can be unpacked, or the only one is too old or broken; says what to install.
    """
    if explicit is not None:
        return inspect(explicit)
    for program in _installed():
        try:
            return inspect(program)
        except PartMissing as error:
            tell("collector.skipped", reason=error)
    prefix = next(iter(cached_prefixes(cache, MANAGER)), None) or unpack(cache, tell, MANAGER)
    return inspect(prefix / MANAGER.program)


def inspect(program: Path) -> Manager:
    """Return what the program says of itself.

    Raises:
        PartMissing: it does not run, is no Alertmanager, or is older than 0.25.
    """
    said = _version(program)
    found = re.search(r"alertmanager, version (\S+)", said)
    if found is None:
        raise PartMissing("alerts.manager-broken", path=program, reason=said.strip().splitlines()[:1] or "-")
    numbers = tuple(int(number) for number in re.findall(r"\d+", found[1])[:2])
    if numbers < OLDEST:
        raise PartMissing("alerts.manager-too-old", path=program, version=found[1])
    return Manager(program, found[1], _share(program))


def link_share(manager: Manager, cache: Path | None = None) -> None:
    """Leave in the cache which unpacked templates go with this one; none where it finds its own."""
    link = (cache or default_cache()) / LINK
    if manager.share is None:
        if not (SHARE / TEMPLATE).exists():
            link.unlink(missing_ok=True)
        return
    link.parent.mkdir(parents=True, exist_ok=True)
    new = link.with_name(f".{LINK}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(manager.share / "prometheus")
    new.replace(link)


def amtool(manager: Manager) -> Path | None:
    """Return the tool that checks its configuration, beside it or on PATH, or None."""
    beside = manager.program.with_name("amtool")
    if beside.is_file():
        return beside
    on_path = shutil.which("amtool")
    return Path(on_path) if on_path else None


def _installed() -> Iterator[Path]:
    places = (shutil.which(name) for name in NAMES)
    yield from dict.fromkeys(Path(place) for place in places if place)


def _version(program: Path) -> str:
    try:
        answer = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=ANSWER_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PartMissing("alerts.manager-broken", path=program, reason=f"> {ANSWER_WITHIN_S} s") from None
    except OSError as error:
        raise PartMissing("alerts.manager-broken", path=program, reason=error.strerror) from None
    return answer.stdout.decode(errors="replace")


def _share(program: Path) -> Path | None:
    share = program.parent.parent / "share"
    is_unpacked = (share / "prometheus" / TEMPLATE).is_file() and program.parent != Path("/usr/bin")
    return share if is_unpacked and not (SHARE / TEMPLATE).exists() else None
