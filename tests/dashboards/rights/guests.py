"""Folders, dashboards and data sources of the stand-in for Grafana.

Source: "HTTP API" of Grafana 11 to 13: folder, dashboard, data source.
"""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.dashboards.rights.stand_in import State

Answer = tuple[int, object]
NOT_FOUND: Answer = (404, {"message": "Not found"})


def get(state: State, path: str) -> Answer:
    """Answer what is there."""
    if found := re.fullmatch(r"/api/folders/([\w-]+)", path):
        title = state.folders.get(found[1])
        return NOT_FOUND if title is None else (200, {"uid": found[1], "title": title})
    if found := re.fullmatch(r"/api/dashboards/uid/([\w-]+)", path):
        if found[1] not in state.dashboards:
            return NOT_FOUND
        saved, folder = state.dashboards[found[1]]
        return 200, {"dashboard": saved, "meta": {"folderUid": folder}}
    if found := re.fullmatch(r"/api/datasources/uid/([\w-]+)(/health)?", path):
        source = state.sources.get(found[1])
        if source is None:
            return NOT_FOUND
        return _health(source["url"]) if found[2] else (200, source)
    return NOT_FOUND


def put(state: State, path: str, body: dict[str, Any]) -> Answer:
    """Take what is new or changed."""
    new = {"/api/folders": _add_folder, "/api/dashboards/db": _save, "/api/datasources": _add_source}.get(path)
    if new:
        return new(state, body)
    if (found := re.fullmatch(r"/api/datasources/uid/([\w-]+)", path)) and found[1] in state.sources:
        state.sources[found[1]] = body
        return 200, {"message": "Datasource updated"}
    return NOT_FOUND


def delete(state: State, path: str) -> Answer:
    """Forget something; a folder goes with the dashboards in it."""
    if (found := re.fullmatch(r"/api/folders/([\w-]+)", path)) and found[1] in state.folders:
        del state.folders[found[1]]
        state.dashboards = {uid: one for uid, one in state.dashboards.items() if one[1] != found[1]}
        return 200, {"message": "Folder deleted"}
    if (found := re.fullmatch(r"/api/datasources/uid/([\w-]+)", path)) and found[1] in state.sources:
        del state.sources[found[1]]
        return 200, {"message": "Data source deleted"}
    return NOT_FOUND


def _add_folder(state: State, body: dict[str, Any]) -> Answer:
    if body["uid"] in state.folders:
        return 409, {"message": "a folder with the same uid already exists"}
    state.folders[body["uid"]] = body["title"]
    return 200, {"uid": body["uid"]}


def _add_source(state: State, body: dict[str, Any]) -> Answer:
    if body["name"] in {source["name"] for source in state.sources.values()}:
        return 409, {"message": "data source with the same name already exists"}
    state.sources[body["uid"]] = body
    return 200, {"message": "Datasource added"}


def _save(state: State, body: dict[str, Any]) -> Answer:
    dashboard, folder = body["dashboard"], body["folderUid"]
    if folder not in state.folders:
        return 400, {"message": "folder not found"}
    if dashboard["id"] is not None:
        return 404, {"message": "Dashboard not found"}
    if dashboard["uid"] in state.dashboards and not body["overwrite"]:
        return 412, {"message": "A dashboard with the same uid already exists"}
    state.dashboards[dashboard["uid"]] = dashboard, folder
    return 200, {"uid": dashboard["uid"], "status": "success"}


def _health(url: str) -> Answer:
    """Ask the engine, as Grafana's Prometheus plugin does."""
    try:
        with urllib.request.urlopen(f"{url}/api/v1/query?query=1%2B1", timeout=10):
            return 200, {"status": "OK", "message": "Successfully queried the Prometheus API."}
    except (urllib.error.URLError, OSError) as error:
        return 400, {"status": "ERROR", "message": str(error)}
