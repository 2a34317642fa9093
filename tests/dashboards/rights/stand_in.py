"""Stands in for Grafana, which cannot run here: the calls that are made of it, as its documentation says.

Source: "HTTP API" of Grafana 11 to 13: organization, team, folder permissions; ``guests.py`` has the rest.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.dashboards.rights import guests

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "glsa_not-a-real-token"
USER, PASSWORD = "admin", "not-a-real-password"
ROLES = [{"role": "Viewer", "permission": 1}, {"role": "Editor", "permission": 2}]


@dataclass(slots=True)
class State:
    """What this Grafana has.

    Attributes:
        organisations: id by name.
        teams: id by name, by organisation.
        rights: items by folder, by organisation.
        folders: title by uid.
        dashboards: what was saved, and the uid of its folder, by its uid.
        sources: data sources by uid.
        changes: every request that changed something: method, path, organisation.
        answers: (status, body) that the next requests to a path are given instead.
    """

    organisations: dict[str, int] = field(default_factory=lambda: {"Main Org.": 1})
    teams: dict[int, dict[str, int]] = field(default_factory=lambda: {1: {}})
    rights: dict[int, dict[str, list[dict[str, Any]]]] = field(default_factory=lambda: {1: {}})
    folders: dict[str, str] = field(default_factory=dict)
    dashboards: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    changes: list[tuple[str, str, int]] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def add_folders(self, organisation: int, *uids: str) -> None:
        self.rights[organisation] |= {uid: [dict(item) for item in ROLES] for uid in uids}


class Handler(BaseHTTPRequestHandler):
    """Answers as Grafana does."""

    state: State

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer(*self._get())

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self._answer(*self._post(json.loads(self.rfile.read(length) or b"{}")))

    def do_PUT(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self._answer(*self._delete())

    def _answer(self, status: int, body: object) -> None:
        path = urlsplit(self.path).path
        data = json.dumps(body).encode()
        if path in self.state.answers:
            status, data = self.state.answers[path]
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "http://elsewhere.example/")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    @property
    def organisation(self) -> int:
        return int(self.headers.get("X-Grafana-Org-Id") or 1)

    def _is_server_admin(self) -> bool:
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _is_known(self) -> bool:
        return self._is_server_admin() or self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _get(self) -> tuple[int, object]:
        if not self._is_known():
            return 401, {"message": "Invalid username or password"}
        asked = urlsplit(self.path)
        if found := re.fullmatch(r"/api/orgs/name/(.+)", asked.path):
            if not self._is_server_admin():
                return 403, {"message": "You'll need additional permissions"}
            number = self.state.organisations.get(unquote(found[1]))
            return (200, {"id": number, "name": unquote(found[1])}) if number else (404, {"message": "not found"})
        if asked.path == "/api/teams/search":
            listed = [{"id": n, "name": name} for name, n in sorted(self.state.teams[self.organisation].items())]
            page, size = (int(parse_qs(asked.query)[key][0]) for key in ("page", "perpage"))
            shown = listed[(page - 1) * size : page * size]
            return 200, {"totalCount": len(listed), "teams": shown, "page": page, "perPage": size}
        if found := re.fullmatch(r"/api/folders/([\w-]+)/permissions", asked.path):
            items = self.state.rights[self.organisation].get(found[1])
            return (404, {"message": "folder not found"}) if items is None else (200, items)
        return guests.get(self.state, asked.path)

    def _post(self, body: dict[str, Any]) -> tuple[int, object]:
        if not self._is_known():
            return 401, {"message": "Invalid username or password"}
        path, state = urlsplit(self.path).path, self.state
        state.changes.append((self.command, path, self.organisation))
        if path == "/api/orgs":
            number = max(state.organisations.values()) + 1
            state.organisations[body["name"]] = number
            state.teams[number], state.rights[number] = {}, {}
            return 200, {"orgId": number, "message": "Organization created"}
        if path == "/api/teams":
            own = state.teams[self.organisation]
            if body["name"] in own:
                return 409, {"message": "Team name taken"}
            own[body["name"]] = 100 * self.organisation + len(own) + 1
            return 200, {"teamId": own[body["name"]], "message": "Team created"}
        if found := re.fullmatch(r"/api/folders/([\w-]+)/permissions", path):
            state.rights[self.organisation][found[1]] = body["items"]
            return 200, {"message": "Folder permissions updated"}
        return guests.put(state, path, body)

    def _delete(self) -> tuple[int, object]:
        if not self._is_known():
            return 401, {"message": "Invalid username or password"}
        self.state.changes.append(("DELETE", urlsplit(self.path).path, self.organisation))
        return guests.delete(self.state, urlsplit(self.path).path)


@contextmanager
def stand_in() -> Iterator[tuple[str, State]]:
    """Yield the address of a Grafana, and what it has."""
    state = State()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("One", (Handler,), {"state": state}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
