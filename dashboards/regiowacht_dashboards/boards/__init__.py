"""The dashboards there are; a new one is a file here, its text file, and a line in this table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.boards import (
    audit,
    capaciteit,
    connectiviteit,
    diensten,
    gemeente,
    infrastructuur,
    meten,
    netdevice,
    noc,
    opslag,
    piramide,
    poort,
    regio,
    server,
    servers,
    site,
    trajecten,
    ups,
    wan,
    wifi,
)
from regiowacht_dashboards.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_contract.texts import Lang
    from regiowacht_dashboards.board import Board

_TABLE: tuple[tuple[str, Callable[[Words], Board]], ...] = (
    ("rw-piramide.", piramide.board),
    ("rw-connectiviteit.", connectiviteit.board),
    ("rw-infrastructuur.", infrastructuur.board),
    ("rw-regio.", regio.board),
    ("rw-gemeente.", gemeente.board),
    ("rw-wan.", wan.board),
    ("rw-site.", site.board),
    ("rw-netdevice.", netdevice.board),
    ("rw-poort.", poort.board),
    ("rw-wifi.", wifi.board),
    ("rw-servers.", servers.board),
    ("rw-server.", server.board),
    ("rw-capaciteit.", capaciteit.board),
    ("rw-opslag.", opslag.board),
    ("rw-ups.", ups.board),
    ("rw-diensten.", diensten.board),
    ("rw-audit.", audit.board),
    ("rw-trajecten.", trajecten.board),
    ("rw-meten.", meten.board),
    ("rw-noc.", noc.board),
)
"""What a dashboard's texts begin with (its uid and a dot), and what builds it."""

BOARDS: Mapping[str, tuple[str, Callable[[Words], Board]]] = {
    texts.removesuffix("."): (texts, build) for texts, build in _TABLE
}
"""The table by uid. A uid is also the file's name and stays, because people keep links to it."""


def board(uid: str, lang: Lang) -> Board:
    """Return the dashboard of that uid in one language.

    Raises:
        KeyError: there is none of that uid.
    """
    texts, build = BOARDS[uid]
    return build(Words(texts, lang))
