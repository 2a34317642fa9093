"""Dashboards that are guests in a running Grafana: put there over its HTTP API, and taken away again.

What stands there stays as it is: folders and data sources have uids of their own, and where a dashboard of ours is
there already, of a region that is really measured, nothing is put beside it.

Source: "HTTP API", https://grafana.com/docs/grafana/latest/developers/http_api/: folder, dashboard and data source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regiowacht_contract.errors import Found
from regiowacht_contract.texts import say
from regiowacht_dashboards.boards import BOARDS
from regiowacht_dashboards.provisioning.folders import FOLDERS, of_dashboards
from regiowacht_dashboards.provisioning.tree import dashboard, datasources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_contract.texts import Lang
    from regiowacht_dashboards.provisioning.tree import Source
    from regiowacht_dashboards.rights.grafana import Grafana
    from regiowacht_dashboards.settings import Settings

NOT_THERE = 404
UNWELL = (400, 404, 500, 502, 503, 504)
"""What Grafana answers of a data source that does not answer it, or that it cannot say anything about."""


class Guest:
    """One set of dashboards in one Grafana; every method may be called again.

    Args:
        grafana: the Grafana.
        lang: the language of the folders' names.
    """

    def __init__(self, grafana: Grafana, lang: Lang) -> None:
        self._grafana = grafana
        self._lang = lang

    def refuse_others(self) -> None:
        """Refuse a Grafana that has dashboards of ours which are no guests.

        Raises:
            Found: it has, or refuses to say.
            Unreachable: it does not answer.
            Unavailable: what answers is no Grafana.
        """
        ours = {guest_folder(folder) for folder in FOLDERS}
        for uid in BOARDS:
            found = self._grafana.ask("GET", f"/api/dashboards/uid/{uid}", none=(NOT_THERE,))
            if found is not None and _folder_of(found) not in ours:
                raise Found("provisioning.guest-elsewhere", uid=uid)

    def put_source(self, source: Source) -> bool:
        """Put a data source, and return whether Grafana reaches it.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        [body] = datasources(source)["datasources"]
        body = {key: value for key, value in body.items() if key not in {"orgId", "editable"}}
        body |= {"name": source.name, "url": source.url}  # a dollar sign is doubled in files alone
        path = f"/api/datasources/uid/{source.uid}"
        if self._grafana.ask("GET", path, none=(NOT_THERE,)) is None:
            self._grafana.ask("POST", "/api/datasources", body)
        else:
            self._grafana.ask("PUT", path, body)
        said = self._grafana.ask("GET", f"{path}/health", none=UNWELL)
        return isinstance(said, dict) and said.get("status") == "OK"

    def put_dashboards(self, settings: Settings, source: Source) -> None:
        """Put every dashboard, each in its folder, opening on this data source.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        for folder in FOLDERS:
            uid = guest_folder(folder)
            if self._grafana.ask("GET", f"/api/folders/{uid}", none=(NOT_THERE,)) is None:
                self._grafana.ask("POST", "/api/folders", {"uid": uid, "title": folder_title(folder, self._lang)})
        for uid, folder in of_dashboards(settings.lang).items():
            body = {
                "dashboard": {**dashboard(uid, settings, source), "id": None},
                "folderUid": guest_folder(folder),
                "overwrite": True,
            }
            self._grafana.ask("POST", "/api/dashboards/db", body)

    def leave(self, sources: Iterable[str]) -> None:
        """Take the folders away with the dashboards in them, and the data sources with these uids.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        for folder in FOLDERS:
            self._grafana.ask("DELETE", f"/api/folders/{guest_folder(folder)}", none=(NOT_THERE,))
        for uid in sources:
            self._grafana.ask("DELETE", f"/api/datasources/uid/{uid}", none=(NOT_THERE,))


def guest_folder(folder: str) -> str:
    """Return the uid of a folder of guests, by the directory that its dashboards stand in otherwise."""
    return f"rw-{folder}-demo"


def folder_title(folder: str, lang: Lang) -> str:
    """Return what people see of it."""
    return say("provisioning.guest-folder", lang, folder=say(f"provisioning.folder-{folder}", lang))


def _folder_of(answer: Any) -> str:
    meta = answer.get("meta") if isinstance(answer, dict) else None
    return str(meta.get("folderUid")) if isinstance(meta, dict) else ""
