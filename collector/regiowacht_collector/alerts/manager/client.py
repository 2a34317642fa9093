"""Asks Alertmanager over its API, version 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx

from regiowacht_contract.errors import Found, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_WITHIN_S = 10.0
READY_WITHIN_S = 2.0


class ManagerClient:
    """Asks one Alertmanager.

    Attributes:
        url: where it is, without a slash at the end.
    """

    def __init__(self, url: str, timeout_s: float = ANSWER_WITHIN_S) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(base_url=self.url, timeout=timeout_s, trust_env=False)

    def close(self) -> None:
        """Let its connections go."""
        self._http.close()

    def is_ready(self) -> bool:
        """Tell whether it answers."""
        try:
            return self._http.get("/-/ready", timeout=READY_WITHIN_S).is_success
        except httpx.HTTPError:
            return False

    def reload(self) -> None:
        """Have it read its configuration again.

        Raises:
            Found: it refuses it; says why.
            Unreachable: it does not answer.
        """
        self._ask("POST", "/-/reload")

    def alerts(self) -> list[dict[str, Any]]:
        """Return every alert it knows of, also those that are silenced or made needless by another.

        Raises:
            Unreachable: it does not answer.
        """
        found: list[dict[str, Any]] = self._ask("GET", "/api/v2/alerts").json()
        return found

    def post_alerts(self, alerts: list[dict[str, Any]]) -> None:
        """Tell it of alerts, as Prometheus does.

        Raises:
            Found: it refuses them.
            Unreachable: it does not answer.
        """
        self._ask("POST", "/api/v2/alerts", json=alerts)

    def silences(self) -> list[dict[str, Any]]:
        """Return all silences, ended ones too.

        Raises:
            Unreachable: it does not answer.
        """
        found: list[dict[str, Any]] = self._ask("GET", "/api/v2/silences").json()
        return found

    def silence(self, wanted: Mapping[str, Any]) -> str:
        """Make a silence, or change the one whose ``id`` stands in it, and return its id.

        Args:
            wanted: matchers, startsAt, endsAt, createdBy, comment, as the API has them.

        Raises:
            Found: it refuses it; says why.
            Unreachable: it does not answer.
        """
        made: str = self._ask("POST", "/api/v2/silences", json=dict(wanted)).json()["silenceID"]
        return made

    def expire(self, silence_id: str) -> None:
        """End a silence now.

        Raises:
            Found: there is none of that id.
            Unreachable: it does not answer.
        """
        if silence_id not in {one["id"] for one in self.silences()}:
            raise Found("alerts.silence-unknown", id=silence_id)
        self._ask("DELETE", f"/api/v2/silence/{silence_id}")

    def _ask(self, method: str, path: str, json: Any = None) -> httpx.Response:
        try:
            answer = self._http.request(method, path, json=json)
        except httpx.HTTPError as error:
            raise Unreachable(
                "alerts.manager-silent", url=self.url, reason=str(error) or type(error).__name__
            ) from None
        if answer.is_success:
            return answer
        if answer.is_server_error and answer.status_code != httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unreachable("alerts.manager-silent", url=self.url, reason=answer.reason_phrase)
        raise Found("alerts.manager-refuses", code=answer.status_code, reason=answer.text.strip()[:500])
