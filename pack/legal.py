"""What /usr/share/doc says of a package: its licence, those of the works it carries, and what changed."""

from __future__ import annotations

import re
from email.parser import Parser
from email.utils import formatdate
from typing import TYPE_CHECKING

from pack.lock import ROOT

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path


def copyright_of(site: Path, place: str) -> str:
    """Return the copyright file: the product's licence whole, and for each work of others its licence and where it is.

    Args:
        site: the folder with all of them, staged.
        place: that folder on the server.
    """
    lines = [
        "Regiowacht is licensed under the EUPL-1.2; its text stands at the end.",
        "",
        "This package carries works of others, each unchanged and with its own licence beside its code:",
        "",
    ]
    for folder in sorted(site.glob("*.dist-info")):
        if folder.name.startswith("regiowacht-"):
            continue
        told = Parser().parsestr((folder / "METADATA").read_text(encoding="utf-8"), headersonly=True)
        texts = [f"  {place}/{path.relative_to(site)}" for path in _licences(folder)]
        lines += [f"{told['Name']} {told['Version']}: {_licence(told)}", *texts]
    return "\n".join(lines) + "\n\n" + (ROOT / "LICENSE").read_text(encoding="utf-8")


def changelog(name: str, version: str, maintainer: str, epoch: int) -> str:
    """Return the changelog in Debian's format (deb-changelog(5)): this build alone."""
    return (
        f"{name} ({version}) unstable; urgency=medium\n\n  * /usr/share/doc/{name}/NEWS.md.gz says what is new.\n\n"
        f" -- {maintainer}  {formatdate(epoch)}\n"
    )


def _licences(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if re.match(r"(?i)licen[cs]e|copying|notice", path.name)
                  and path.is_file())  # fmt: skip


def _licence(told: Message) -> str:
    """Return a licence as its metadata names it, in one line ("Core metadata", PyPA)."""
    named = told["License-Expression"] or told["License"] or ""
    classified = [text.rpartition(" :: ")[2] for text in told.get_all("Classifier", []) if text.startswith("License")]
    one_line = named.strip().splitlines()[0].strip() if named.strip() else ""
    return one_line or ", ".join(classified) or "its own"
