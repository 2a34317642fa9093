"""Asks and changes one Grafana over its HTTP API.

Source: "HTTP API", https://grafana.com/docs/grafana/latest/developers/http_api/: organization, team, folder, folder
permissions, dashboard and data source.
"""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

import httpx

from regiowacht_contract.errors import Found, Unavailable, Unreachable

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

ANSWER_WITHIN_S = 20.0
A_PAGE = 100
PAGES_MAX = 100
ORGANISATION = "X-Grafana-Org-Id"
SAID_MAX = 200


@dataclass(frozen=True, slots=True)
class Credential:
    """How Grafana knows who asks.

    Attributes:
        secret: a service account's token, or a password.
        user: whose password it is; empty for a token.
    """

    secret: str = field(repr=False)
    user: str = ""

    def authorise(self) -> httpx.Auth:
        """Return what puts it into a request."""
        if self.user:
            return httpx.BasicAuth(self.user.encode(), self.secret.encode())
        return _Bearer(self.secret)


class _Bearer(httpx.Auth):
    def __init__(self, secret: str) -> None:
        self._secret = secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the token into the request."""
        request.headers["Authorization"] = f"Bearer {self._secret}"
        yield request


@dataclass(frozen=True, slots=True)
class Grafana:
    """One Grafana, seen as one organisation.

    Attributes:
        http: asks it.
        organisation: id of the organisation that is meant; None for the one that the credential belongs to.
    """

    http: httpx.Client
    organisation: int | None = None

    @classmethod
    def at(cls, url: str, credential: Credential | None, transport: httpx.BaseTransport | None = None) -> Self:
        """Return the Grafana at an address; redirects are not followed, so the credential goes nowhere else."""
        auth = credential.authorise() if credential else None
        client = httpx.Client(base_url=url.rstrip("/"), auth=auth, timeout=ANSWER_WITHIN_S, transport=transport)
        return cls(client)

    def of(self, organisation: int) -> Self:
        """Return the same Grafana, seen as another organisation."""
        return replace(self, organisation=organisation)

    def organisation_id(self, name: str) -> int | None:
        """Return the id of an organisation; None where there is none. Only a server administrator may ask.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        found = self.ask("GET", f"/api/orgs/name/{urllib.parse.quote(name, safe='')}", none=(404,))
        return None if found is None else _number(found, "id")

    def make_organisation(self, name: str) -> int:
        """Make an organisation and return its id.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        return _number(self.ask("POST", "/api/orgs", {"name": name}), "orgId")

    def teams(self) -> dict[str, int]:
        """Return the id of each team by its name.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        found: dict[str, int] = {}
        for page in range(1, PAGES_MAX + 1):
            answer = self.ask("GET", f"/api/teams/search?perpage={A_PAGE}&page={page}")
            listed = answer.get("teams") if isinstance(answer, dict) else None
            if not isinstance(listed, list):
                raise Unavailable("rights.odd-answer", what="teams")
            found |= {str(team.get("name")): _number(team, "id") for team in listed}
            if len(listed) < A_PAGE:
                break
        return found

    def make_team(self, name: str) -> int:
        """Make a team and return its id.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        return _number(self.ask("POST", "/api/teams", {"name": name}), "teamId")

    def rights(self, folder: str) -> list[dict[str, Any]] | None:
        """Return who may do what in a folder; None where there is no such folder.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        found = self.ask("GET", f"/api/folders/{folder}/permissions", none=(404,))
        if found is not None and not (isinstance(found, list) and all(isinstance(one, dict) for one in found)):
            raise Unavailable("rights.odd-answer", what="permissions")
        return found

    def give_rights(self, folder: str, items: Sequence[Mapping[str, Any]]) -> None:
        """Replace who may do what in a folder.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
        """
        self.ask("POST", f"/api/folders/{folder}/permissions", {"items": list(items)})

    def ask(self, method: str, path: str, body: object = None, none: tuple[int, ...] = ()) -> Any:
        """Return what Grafana answers to one request, or None for one of the statuses ``none``.

        Raises:
            Found: Grafana refuses.
            Unreachable: it does not answer.
            Unavailable: what answers is no Grafana.
        """
        headers = {} if self.organisation is None else {ORGANISATION: str(self.organisation)}
        try:
            answer = self.http.request(method, path, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Unreachable("rights.silent", why=type(error).__name__) from None
        if answer.status_code in none:
            return None
        if not answer.is_success:
            raise _refusal(answer)
        try:
            return answer.json()
        except ValueError:
            raise Unavailable("rights.no-grafana") from None


def _refusal(answer: httpx.Response) -> Found | Unreachable | Unavailable:
    if answer.status_code == 401:
        has_one = "Authorization" in answer.request.headers
        return Found("rights.unknown-credential" if has_one else "rights.no-credential")
    if answer.status_code == 403:
        return Found("rights.forbidden", what=answer.request.url.path)
    if answer.is_redirect:
        return Unavailable("rights.elsewhere")
    if answer.status_code >= 500:
        return Unreachable("rights.failing", status=answer.status_code)
    return Found("rights.refused", status=answer.status_code, said=_said(answer))


def _said(answer: httpx.Response) -> str:
    try:
        found = answer.json()
    except ValueError:
        return "-"
    return str(found.get("message") if isinstance(found, dict) else found)[:SAID_MAX]


def _number(found: object, key: str) -> int:
    value = found.get(key) if isinstance(found, dict) else None
    if not isinstance(value, int):
        raise Unavailable("rights.odd-answer", what=key)
    return value
