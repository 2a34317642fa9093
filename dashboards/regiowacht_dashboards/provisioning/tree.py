"""Grafana's provisioning tree of a region, as bytes by path: the same for the same settings.

::

    provisioning/datasources/regiowacht.yaml    the engine, and by which variable its credential is known
    provisioning/dashboards/regiowacht.yaml     one provider a folder
    dashboards/FOLDER/UID.json                  the dashboards

Source: "Provision Grafana", https://grafana.com/docs/grafana/latest/administration/provisioning/.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from regiowacht_contract.texts import say
from regiowacht_dashboards.boards import board
from regiowacht_dashboards.provisioning.folders import FOLDERS, folder_uid, of_dashboards

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import PurePath

    from regiowacht_dashboards.settings import Settings

HEAD = "# Written by regiowacht dashboards provision; change the region folder, not this file.\n"
SOURCE_UID = "regiowacht"
DATASOURCES = "provisioning/datasources/regiowacht.yaml"
PROVIDERS = "provisioning/dashboards/regiowacht.yaml"
LOOK_EVERY_S = 30
"""How often Grafana looks whether a dashboard's file changed."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where Grafana asks.

    Attributes:
        url: of the engine, or of the gateway before it, as Grafana reaches it.
        name: what people see; ``Regiowacht NAME``.
        credential: environment variable of Grafana that holds a bearer token; empty where none is asked for.
        interval_s: seconds between two samples; Grafana draws no finer.
        organisation: id of the organisation of Grafana that it is for.
        uid: what Grafana knows it by.
    """

    url: str
    name: str
    credential: str = ""
    interval_s: int = 15
    organisation: int = 1
    uid: str = SOURCE_UID


def tree(settings: Settings, source: Source, at: PurePath) -> Mapping[str, bytes]:
    """Return the content of each file by its path below the tree's folder.

    Args:
        settings: what the dashboards are built for.
        source: where they ask.
        at: where the tree's folder lies on Grafana's machine.
    """
    found = {DATASOURCES: _yaml(datasources(source)), PROVIDERS: _yaml(providers(settings, source.organisation, at))}
    for uid, folder in of_dashboards(settings.lang).items():
        found[f"dashboards/{folder}/{uid}.json"] = _json(dashboard(uid, settings, source))
    return found


def datasources(source: Source) -> dict[str, Any]:
    """Return the file of data sources.

    None is the default one: an organisation may have one only, and Grafana does not start where a second claims to be.
    """
    json_data: dict[str, Any] = {
        "httpMethod": "POST",
        "manageAlerts": False,
        "prometheusType": "Prometheus",
        "timeInterval": f"{source.interval_s}s",
    }
    one: dict[str, Any] = {
        "name": source.name.replace("$", "$$"),
        "uid": source.uid,
        "type": "prometheus",
        "access": "proxy",
        "orgId": source.organisation,
        "url": source.url.replace("$", "$$"),
        "isDefault": False,
        "editable": False,
        "jsonData": json_data,
    }
    if source.credential:
        json_data["httpHeaderName1"] = "Authorization"
        one["secureJsonData"] = {"httpHeaderValue1": f"Bearer ${{{source.credential}}}"}
    return {"apiVersion": 1, "prune": True, "datasources": [one]}


def providers(settings: Settings, organisation: int, at: PurePath) -> dict[str, Any]:
    """Return the file of dashboard providers, one a folder; people cannot change what they provide."""
    listed = [
        {
            "name": f"regiowacht-{folder}",
            "orgId": organisation,
            "folder": say(f"provisioning.folder-{folder}", settings.lang),
            "folderUid": folder_uid(folder),
            "type": "file",
            "disableDeletion": False,
            "updateIntervalSeconds": LOOK_EVERY_S,
            "allowUiUpdates": False,
            "options": {
                "path": str(at / "dashboards" / folder).replace("$", "$$"),
                "foldersFromFilesStructure": False,
            },
        }
        for folder in FOLDERS
    ]
    return {"apiVersion": 1, "providers": listed}


def dashboard(uid: str, settings: Settings, source: Source) -> dict[str, Any]:
    """Return a dashboard that opens on this data source, although the others of that Grafana can be chosen."""
    raw = board(uid, settings.lang).render(
        timezone=settings.timezone, refresh=settings.refresh, time_from=settings.time_from
    )
    for variable in raw["templating"]["list"]:
        if variable["type"] == "datasource":
            variable["current"] = {"text": source.name, "value": source.uid}
    return raw


def _json(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _yaml(document: Mapping[str, Any]) -> bytes:
    body = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=10**6)
    return (HEAD + body).encode()
