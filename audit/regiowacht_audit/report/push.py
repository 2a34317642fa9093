"""Pushes an audit's metrics to the gateway, each gemeente's with its own credential and under its own scope.

One machine audits for many gemeenten. What an agent tells, it tells of its own gemeente, so that a shared textfile
would put every device under the auditing machine; here each gemeente is written by a client that may write for that
one alone, and the gateway sees to it. Source: Prometheus Remote-Write 1.0 specification.
"""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from typing import TYPE_CHECKING

from regiowacht_audit.report.metrics import samples_of
from regiowacht_contract.errors import Found, RegiowachtError, Unavailable, Unreachable, UsageError
from regiowacht_contract.labels import scope
from regiowacht_contract.wire.encode import head, request
from regiowacht_contract.wire.snappy import compress

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from regiowacht_audit.outcome import Outcome
    from regiowacht_inventory import Region

WRITE_PATH = "/api/v1/write"
REFUSED = "X-Regiowacht-Refused"
ANSWER_S = 30.0
PAUSES_S = (2.0, 10.0, 30.0)
"""Between one try and the next; what the gateway asks to wait goes before, up to the longest."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SAID_CHARS = 160


class _Stay(urllib.request.HTTPRedirectHandler):
    """A credential is not carried to another address."""

    def redirect_request(self, *_: object) -> None:
        return None


class Gateway:
    """Where to push to.

    Args:
        url: the collector's address, without a path.
        ca: file with the authorities (PEM) that are trusted; "" for the system's.
        sleep: waits so many seconds.

    Raises:
        UsageError: it is no address of a collector, or would send credentials in the clear.
    """

    def __init__(self, url: str, ca: str = "", sleep: Callable[[float], None] = time.sleep) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError("audit-push.no-url", url=url or "-")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise UsageError("audit-push.in-the-clear", url=url)
        self._url = url.rstrip("/") + WRITE_PATH
        self._sleep = sleep
        try:
            trust = ssl.create_default_context(cafile=ca or None)
        except OSError as error:
            raise UsageError("audit.unreadable", file=ca, said=error.strerror or "-") from None
        self._opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trust), _Stay)

    def write(self, gemeente: str, token: str, body: bytes) -> None:
        """Write a body; one that cannot be taken now is tried again some times.

        Raises:
            Unreachable: nothing answers.
            Unavailable: the gateway does not take it; says why.
            Found: it took a part of it.
        """
        asked = urllib.request.Request(  # noqa: S310 - http or https, which was looked at
            self._url,
            compress(body),
            {
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/x-protobuf",
                "Content-Encoding": "snappy",
                "X-Prometheus-Remote-Write-Version": "0.1.0",
                "User-Agent": "regiowacht-audit",
            },
        )
        for pause_s in (*PAUSES_S, None):
            error, wait_s = self._try(asked, gemeente)
            if error is None:
                return
            if wait_s is None or pause_s is None:
                raise error
            self._sleep(min(max(wait_s, pause_s), PAUSES_S[-1]))

    def _try(self, asked: urllib.request.Request, gemeente: str) -> tuple[RegiowachtError | None, float | None]:
        """Return what went wrong, and after how long it may be tried again; None: never."""
        try:
            with self._opener.open(asked, timeout=ANSWER_S) as answer:
                refused = answer.headers.get(REFUSED, "")
                return (Found("audit-push.part", gemeente=gemeente, said=refused) if refused else None), None
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(SAID_CHARS).decode("utf-8", "replace").partition("\n")[0]
            if error.code in {401, 403}:
                return Unavailable("audit-push.credential", gemeente=gemeente, said=said or error.code), None
            told = Unavailable("audit-push.refused", gemeente=gemeente, said=f"{error.code} {said}".strip())
            later = error.code == 429 or error.code >= 500
            return told, _seconds(error.headers.get("Retry-After", "")) if later else None
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            said = getattr(reason, "verify_message", "") or getattr(reason, "strerror", "") or type(reason).__name__
            return Unreachable("audit-push.unreachable", url=self._url, gemeente=gemeente, said=said), 0.0


def bodies(region: Region, outcomes: Sequence[Outcome], now_s: float) -> dict[str, bytes]:
    """Return a body of remote write for every gemeente with a device that was judged.

    Args:
        region: what says under which scope a device is, and at which site.
        outcomes: the devices; those that were not read are left out, so that their last success grows old.
        now_s: when the audit ended, in seconds since 1970.
    """
    places = {asset.key: (asset.site, asset.laag) for asset in region.assets}
    series: dict[str, list[tuple[bytes, float]]] = defaultdict(list)
    for one in outcomes:
        for name, labels, value in samples_of(one, now_s):
            site, laag = places[one.gemeente, one.device]
            told: Mapping[str, str] = {"__name__": name, **labels, "site": site, "scope": scope(one.gemeente, laag)}
            series[one.gemeente].append((head(told.items()), value))
    return {
        gemeente: request([labels for labels, _ in told], [value for _, value in told], round(now_s * 1000))
        for gemeente, told in series.items()
    }


def _seconds(told: str) -> float:
    return float(told) if told.isdecimal() else 0.0
