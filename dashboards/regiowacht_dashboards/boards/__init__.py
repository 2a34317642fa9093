"""The dashboards there are; a new one is a file here, its text file, and a line in this table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.boards import regio, server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_dashboards.board import Board
    from regiowacht_dashboards.words import Words

BOARDS: Mapping[str, Callable[[Words], Board]] = {
    "rw-regio": regio.board,
    "rw-server": server.board,
}
"""Builders by uid. A uid is also the file's name and stays, because people keep links to it."""
