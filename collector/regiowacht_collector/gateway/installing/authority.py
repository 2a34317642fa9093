"""Keeps the own authority of the gateway's certificate where invitations find it: in the collector's data folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.gateway.installing.script import read_authority
from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

PLACE = "gateway/authority.pem"


def keep_authority(data: Path, file: Path | None) -> None:
    """Keep the authority in ``file`` for invitations; None forgets an earlier one.

    Raises:
        Unavailable: the file holds no certificate, or it cannot be kept.
    """
    place = data / PLACE
    try:
        if file is None:
            place.unlink(missing_ok=True)
            return
        pem = read_authority(file)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place.with_suffix(".new")
        beside.write_text(pem, encoding="ascii")
        beside.replace(place)
    except OSError as error:
        raise Unavailable("collector.cannot-write", path=error.filename or place, reason=error.strerror) from None


def kept_authority(data: Path) -> str:
    """Return what is kept, in PEM; "" for nothing.

    Raises:
        Unavailable: it cannot be read.
    """
    place = data / PLACE
    return read_authority(place) if place.exists() else ""
