"""requirements.lock, read: what is pinned, with which hashes, and what an extra brings.

The lock is what ``uv pip compile --universal --generate-hashes`` writes: a line ``NAME==VERSION ; MARKER``, its hashes,
and comments ``# via WHO`` that say who asked for it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pack.errors import PackError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
HEAD = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))?(?: \\)?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """A distribution at one version.

    Attributes:
        name: its canonical name.
        version: as the lock has it.
        hashes: SHA-256 in hexadecimal of every file that may be taken.
        wanted_by: canonical names of who asked for it; "regiowacht" stands for the product itself.
        marker: where it is needed at all (PEP 508), "" for everywhere.
    """

    name: str
    version: str
    hashes: frozenset[str]
    wanted_by: frozenset[str]
    marker: str


def read_lock(text: str) -> tuple[Pin, ...]:
    """Return what a lock pins, in its order.

    Raises:
        PackError: a line cannot be read, or pins something without a hash.
    """
    pins = tuple(_pin(block) for block in re.split(r"\n(?=[^\s#])", text.strip()) if block.strip())
    if bare := [pin.name for pin in pins if not pin.hashes]:
        raise PackError(f"the lock pins {', '.join(bare)} without a hash; make lock writes it anew")
    return pins


def of_extras(
    extras: Collection[str], environment: Mapping[str, str], lock: Path = LOCK, project: Path = PROJECT
) -> tuple[Pin, ...]:
    """Return what ``regiowacht[extras]`` brings, itself left out.

    Args:
        extras: names of extras of pyproject.toml.
        environment: what markers are judged by (PEP 508): the Python and machine that it is for.
        lock: the lock.
        project: pyproject.toml.
    """
    pins = [pin for pin in read_lock(lock.read_text(encoding="utf-8")) if _is_needed(pin, environment)]
    asked = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    wanted = set(_names(extras, asked))
    while more := {pin.name for pin in pins if pin.wanted_by & wanted} - wanted:
        wanted |= more
    return tuple(pin for pin in pins if pin.name in wanted)


def _pin(block: str) -> Pin:
    first, *rest = block.splitlines()
    head = HEAD.match(first)
    if head is None:
        raise PackError(f"the lock has a line that pins nothing: {first[:80]}")
    words = [line.strip().removeprefix("#").strip().removeprefix("via").strip() for line in rest if "#" in line]
    wanted_by = frozenset(canonicalize_name(word.partition(" ")[0]) for word in words if word)
    return Pin(
        canonicalize_name(head["name"]),
        head["version"],
        frozenset(HASH.findall(block)),
        wanted_by,
        head["marker"] or "",
    )


def _is_needed(pin: Pin, environment: Mapping[str, str]) -> bool:
    return not pin.marker or Marker(pin.marker).evaluate(dict(environment))


def _names(extras: Collection[str], asked: Mapping[str, list[str]]) -> Iterator[str]:
    """Return the distributions that extras name, those of extras they stand on included."""
    for extra in extras:
        for requirement in map(Requirement, asked[extra]):
            if requirement.name == "regiowacht":
                yield from _names(requirement.extras, asked)
            else:
                yield canonicalize_name(requirement.name)
