"""The wheelhouse: every wheel that servers need to install the product without a network, and their SHA-256."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pack import wheel
from pack.errors import PackError
from pack.fetch import fetch, sha256
from pack.lock import ROOT, of_extras
from pack.target import MACHINES, PYTHONS, Target, this_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Tell = Callable[[str], None]

PLACE = ROOT / "dist/wheelhouse"
SUMS = "SHA256SUMS"
AGENT = ("agent", "snmp")
EVERYTHING = ("all",)


def make(folder: Path = PLACE, *, tell: Tell, more: Target | None = None) -> Path:
    """Make the wheelhouse in ``folder`` and return it; what is no longer pinned goes.

    Args:
        folder: where.
        tell: is told of what is downloaded.
        more: for whom everything is wanted too.

    Raises:
        PackError: a wheel cannot be had or built.
    """
    kept = {
        path.name for extras, target in contents(more) for path in third_party(extras, target, folder, tell).values()
    }
    kept.add(wheel.build(folder).name)
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink()
    write_sums(folder)
    return folder


def contents(more: Target | None = None) -> Iterator[tuple[tuple[str, ...], Target]]:
    """Return which extras are there for whom: an agent's for every server, all for machines like this one."""
    for machine in MACHINES:
        for python in PYTHONS:
            yield AGENT, Target(python, machine)
    for target in dict.fromkeys((this_machine(), more or this_machine())):
        yield EVERYTHING, target


def third_party(extras: tuple[str, ...], target: Target, folder: Path, tell: Tell) -> dict[str, Path]:
    """Return the wheels of others that ``regiowacht[extras]`` needs, by name; download what ``folder`` lacks."""
    return fetch(of_extras(extras, target.environment()), target, folder, tell)


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of each wheel as sha256sum(1) checks them."""
    lines = [f"{sha256(path)}  {path.name}\n" for path in sorted(folder.glob("*.whl"))]
    (folder / SUMS).write_text("".join(lines))


def tell_person(line: str) -> None:
    """Write a line of progress."""
    print(f"pack: {line}", file=sys.stderr, flush=True)


def main() -> int:
    """Make dist/wheelhouse; return the exit code."""
    try:
        folder = make(tell=tell_person)
    except PackError as error:
        tell_person(str(error))
        return 3
    wheels = list(folder.glob("*.whl"))
    size_mb = sum(path.stat().st_size for path in wheels) / 1e6
    tell_person(f"{len(wheels)} wheels, {size_mb:.0f} MB")
    print(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
