"""Talks to the engine over its HTTP API, always on loopback and never through a proxy."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Found, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Client:
    """The engine at ``url``; see "HTTP API" and "Management API" in Prometheus' documentation."""

    def __init__(self, url: str, timeout_s: float = 30) -> None:
        self._url = url
        self._timeout_s = timeout_s

    def is_ready(self) -> bool:
        """Tell whether the engine can be asked: it has read its storage and listens."""
        try:
            self._ask("/-/ready", timeout_s=2)
        except (Unreachable, Found):
            return False
        return True

    def reload(self) -> None:
        """Have the engine read its configuration and rules again.

        Raises:
            Found: it refuses them and keeps the old ones; the error carries its reason.
            Unreachable: it does not answer.
        """
        self._ask("/-/reload", data=b"")

    def query(self, expr: str) -> list[tuple[dict[str, str], float]]:
        """Return (labels, value) for every series of an instant query.

        Raises:
            Found: the engine refuses the expression.
            Unreachable: it does not answer, or something that is no Prometheus does.
        """
        body = self._ask("/api/v1/query", data=_form({"query": [expr]}))
        try:
            return [(sample["metric"], float(sample["value"][1])) for sample in json.loads(body)["data"]["result"]]
        except (ValueError, KeyError, TypeError, IndexError):  # something else answers there
            raise Unreachable("collector.engine-other", url=self._url) from None

    def series(self, name: str, start_s: float) -> list[dict[str, str]]:
        """Return the labels of every series of that name since ``start_s`` (Unix time), from the index alone.

        Raises:
            Found: the engine refuses the question.
            Unreachable: it does not answer.
        """
        answer = json.loads(self._ask("/api/v1/series", data=_form({"match[]": [name], "start": [f"{start_s:.0f}"]})))
        found: list[dict[str, str]] = answer["data"]
        return found

    def _ask(self, path: str, *, data: bytes | None = None, timeout_s: float | None = None) -> bytes:
        request = urllib.request.Request(self._url + path, data=data)  # noqa: S310 - our own http:// URL
        try:
            with _OPENER.open(request, timeout=timeout_s or self._timeout_s) as answer:
                body: bytes = answer.read()
                return body
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(4000).decode(errors="replace").strip()
            if error.code == HTTPStatus.SERVICE_UNAVAILABLE:  # it is still reading its storage
                raise Unreachable("collector.engine-silent", url=self._url, reason=said) from None
            raise Found("collector.engine-refuses", code=error.code, reason=said) from None
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable("collector.engine-silent", url=self._url, reason=error) from None


def _form(fields: Mapping[str, Sequence[str]]) -> bytes:
    return urllib.parse.urlencode(fields, doseq=True).encode()
