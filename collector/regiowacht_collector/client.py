"""Talks to the engine over its HTTP API, always on loopback and never through a proxy."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING

from regiowacht_collector.samples import read_request
from regiowacht_contract.errors import Found, Unreachable
from regiowacht_contract.wire.snappy import compress, decompress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Answer = tuple[dict[str, str], list[tuple[int, str]]]
"""One series of a range query."""

READ_BYTES = 512 << 20
"""Of one answer to a remote read, unpacked."""

REMOTE_READ = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Read-Version": "0.1.0",
}
REMOTE_WRITE = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}

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

    def series(self, selector: str, start_s: float, end_s: float | None = None) -> list[dict[str, str]]:
        """Return the labels of every series of that selector in a time (Unix), from the index alone.

        Raises:
            Found: the engine refuses the question.
            Unreachable: it does not answer.
        """
        asked = {"match[]": [selector], "start": [f"{start_s:.3f}"]}
        asked |= {} if end_s is None else {"end": [f"{end_s:.3f}"]}
        answer = json.loads(self._ask("/api/v1/series", data=_form(asked)))
        found: list[dict[str, str]] = answer["data"]
        return found

    def query_range(self, expr: str, start_ms: int, end_ms: int, step_ms: int) -> list[Answer]:
        """Return (labels, [(milliseconds, value as text)]) for every series of a range query.

        Raises:
            Found: the engine refuses the expression.
            Unreachable: it does not answer.
        """
        asked = {"query": expr, "start": start_ms / 1000, "end": end_ms / 1000, "step": step_ms / 1000}
        answer = json.loads(
            self._ask("/api/v1/query_range", data=_form({key: [str(value)] for key, value in asked.items()}))
        )
        return [
            (series["metric"], [(round(at_s * 1000), value) for at_s, value in series["values"]])
            for series in answer["data"]["result"]
        ]

    def read(self, matchers: Iterable[tuple[str, str, str]], from_ms: int, until_ms: int) -> bytes:
        """Return the samples of some series as they are stored, staleness markers among them: a ``ReadResponse``.

        Raises:
            Found: the engine refuses; there are more than its ``--storage.remote.read-sample-limit``.
            Unreachable: it does not answer.
            WireError: something that is no Prometheus answers.
        """
        asked = compress(read_request(matchers, from_ms, until_ms))
        answer = self._ask("/api/v1/read", data=asked, headers=REMOTE_READ)
        return decompress(answer, READ_BYTES)

    def write(self, body: bytes) -> None:
        """Write samples: a body of remote write 1.0, not packed.

        Raises:
            Found: the engine refuses some of it.
            Unreachable: it does not answer.
        """
        self._ask("/api/v1/write", data=compress(body), headers=REMOTE_WRITE)

    def delete(self, selectors: Sequence[str], from_ms: int, until_ms: int) -> None:
        """Delete the samples of selectors, both ends of the time included.

        Raises:
            Found: the engine refuses.
            Unreachable: it does not answer.
        """
        asked = {"match[]": selectors, "start": [str(from_ms / 1000)], "end": [str(until_ms / 1000)]}
        self._ask("/api/v1/admin/tsdb/delete_series", data=_form(asked))

    def snapshot(self) -> str:
        """Have the engine put down all it holds, and return the name of the folder in its ``snapshots``.

        Raises:
            Found: the engine refuses.
            Unreachable: it does not answer.
        """
        name: str = json.loads(self._ask("/api/v1/admin/tsdb/snapshot", data=_form({"skip_head": ["false"]})))["data"][
            "name"
        ]
        return name

    def head_from_ms(self) -> int:
        """Return the oldest time that is in the engine's memory and in no block yet, milliseconds since 1970.

        Raises:
            Unreachable: it does not answer.
        """
        return int(json.loads(self._ask("/api/v1/status/tsdb"))["data"]["headStats"]["minTime"])

    def _ask(
        self,
        path: str,
        *,
        data: bytes | None = None,
        timeout_s: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        request = urllib.request.Request(self._url + path, data=data, headers=dict(headers or {}))  # noqa: S310 - our own http:// URL
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
            raise Unreachable("collector.engine-silent", url=self._url, reason=_reason(error)) from None


def _reason(error: Exception) -> str:
    """Return what went wrong in words, without what urllib puts around it."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    told = inner.strerror if isinstance(inner, OSError) else None
    return told or str(inner) or type(inner).__name__


def _form(fields: Mapping[str, Sequence[str]]) -> bytes:
    return urllib.parse.urlencode(fields, doseq=True).encode()
