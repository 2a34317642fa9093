"""Writes a made-up region as a region folder, as people would write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht.demo.history.chance import seeded
from regiowacht.demo.history.gemeente_file import Gemeente, gemeente_file, words
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht.demo.history.size import Size

NAME = "Voorbeeldgegevens (verzonnen)"
REGIO = "voorbeeldgegevens"
MEASURED = 45
"""Assets of the first gemeente, if the region has them: two of every kind fit in."""

HEAD = f"""\
# Made by the demo: no such region exists. Its gemeenten, devices and past are example data.
name: {NAME}
regio: {REGIO}
language: nl
timezone: Europe/Brussels
collector:
  url: https://regiowacht.example
  probe: false
leveranciers:
  netwerkbedrijf: {{name: Netwerkbedrijf (verzonnen), phone: "+32 2 000 00 00", sla: 0.995}}
  kabelbedrijf: {{name: Kabelbedrijf (verzonnen), phone: "+31 20 000 00 00", sla: 0.999}}
  printdienst: {{name: Printdienst (verzonnen)}}
credentials:
  snmp-v3:
    version: 3
    user: monitor
    auth: {{protocol: sha256, secret: "env:SNMP_AUTH"}}
    priv: {{protocol: aes128, secret: "env:SNMP_PRIV"}}
  ssh-audit:
    user: audit
    password: "env:AUDIT_PASSWORD"
"""


def write_region(folder: Path, size: Size, seed: int = 1) -> None:
    """Write ``region.yml`` and ``gemeenten/*.yml``; the same bytes for the same size and seed.

    Raises:
        Unavailable: the folder cannot be written.
    """
    gemeenten = _gemeenten(size, seed)
    files = {
        f"gemeenten/{gemeente.name.lower()}.yml": gemeente_file(gemeente, seeded(seed, gemeente.name))
        for gemeente in gemeenten
    }
    files["region.yml"] = HEAD + _trajecten(gemeenten)
    try:
        (folder / "gemeenten").mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            (folder / path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unavailable("history.cannot-write", path=error.filename or folder, reason=error.strerror) from error


def _gemeenten(size: Size, seed: int) -> list[Gemeente]:
    """Return the gemeenten; the first one has two of every kind if there are assets enough."""
    table = words()
    names = [beginning + end for beginning in table["beginnings"] for end in table["ends"]]
    chosen = seeded(seed, "names").sample(names, size.gemeenten)
    first = min(max(MEASURED, size.devices // size.gemeenten), size.devices - (size.gemeenten - 1))
    others = size.gemeenten - 1
    rest = size.devices - first
    amounts = [
        first,
        *(rest // others + (number < rest % others) for number in range(others)),
    ]  # none where there is one
    return [
        Gemeente(number, name, assets, 1 if number else 2)
        for number, (name, assets) in enumerate(zip(chosen, amounts, strict=True))
    ]


def _trajecten(gemeenten: list[Gemeente]) -> str:
    """Return the exercises done together: every third gemeente stays out."""
    slugs = [gemeente.name.lower() for gemeente in gemeenten if gemeente.number % 3 != 1]
    return (
        "trajecten:\n"
        f"  - {{name: netwerk-op-orde, laag: connectiviteit, trekkers: [{slugs[0]}], "
        f"volgers: [{', '.join(slugs[1:])}], from: 2026-01-01}}\n"
    )
