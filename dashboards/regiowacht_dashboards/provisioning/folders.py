"""The folders of Grafana that dashboards stand in: one a laag, and one for what spans them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.boards import BOARDS, board

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_contract.texts import Lang

REGION = "regio"
"""The folder of dashboards about both lagen, or about the measuring itself."""

LAGEN = ("connectiviteit", "infrastructuur")

FOLDERS = (REGION, *LAGEN)
"""Each the name of a directory, and after ``rw-`` the uid of a folder."""


def folder_uid(folder: str) -> str:
    """Return the uid of a folder. It stays, because rights are given by it."""
    return f"rw-{folder}-map"


def of_dashboards(lang: Lang) -> Mapping[str, str]:
    """Return the folder of each dashboard by its uid: that of its laag where it has exactly one."""
    lagen = {uid: [tag for tag in board(uid, lang).tags if tag in LAGEN] for uid in BOARDS}
    return {uid: found[0] if len(found) == 1 else REGION for uid, found in lagen.items()}
