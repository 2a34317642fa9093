"""Fetches a page of metrics and turns it into the series of its asset."""

from __future__ import annotations

import base64

from regiowacht_agent.polls.http_get import Journey, get
from regiowacht_agent.polls.network import Deadline
from regiowacht_agent.polls.outcome import Failed, Outcome
from regiowacht_agent.polls.secret import read_secret
from regiowacht_agent.polls.url import parse_url
from regiowacht_agent.relay.carry import Carrier
from regiowacht_agent.version import version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.asset import Polled
    from regiowacht_agent.polls.settings import Relay
    from regiowacht_agent.polls.tls import Tls

ACCEPT = "text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5, */*;q=0.1"
OPENMETRICS = "application/openmetrics-text"
NO_METRICS = ("text/html", "application/json", "application/xml", "text/xml", "application/xhtml+xml", "image/")
"""Types of what is certainly no page of metrics; what says nothing or something odd is looked at."""


class Fetch:
    """Fetches one page again and again.

    Args:
        asset: whom the page is about.
        wanted: where it is and how to get it.
        timeout_s: seconds that a fetch may take.
        size_max: bytes that the page may have.
        series_max: series that it may have.
    """

    def __init__(self, asset: Polled, wanted: Relay, timeout_s: float, size_max: int, series_max: int) -> None:
        self._wanted = wanted
        self._timeout_s = timeout_s
        self._size_max = size_max
        self._carrier = Carrier(asset, series_max)
        self._tls: Tls | None = None

    def __call__(self) -> Outcome:
        """Fetch once.

        Raises:
            Failed: there is no page, or none that can be carried; nothing of it is told then.
        """
        text, is_openmetrics = self._page()
        return self._carrier.carry(text, is_openmetrics)

    def _page(self) -> tuple[str, bool]:
        url = parse_url(self._wanted.url)
        if url is None:
            raise Failed("protocol", f"{self._wanted.url} is no URL")
        deadline = Deadline(self._timeout_s)
        if url.scheme == "https" and self._tls is None:
            from regiowacht_agent.polls.tls import Tls  # noqa: PLC0415 - ssl takes megabytes

            self._tls = Tls(self._wanted.ca)
        fields = {
            "User-Agent": f"regiowacht-agent/{version()}",
            "Accept": ACCEPT,
            "X-Prometheus-Scrape-Timeout-Seconds": f"{self._timeout_s:g}",
            **self._login(),
        }
        reply = get(url, deadline, Journey(), fields, self._size_max, self._tls if url.scheme == "https" else None)
        if reply.code != 200:
            raise Failed("status", f"status {reply.code}")
        if reply.is_cut:
            raise Failed("size", f"the page is larger than {self._size_max} bytes")
        kind = reply.fields.get("content-type", "").lower()
        for other in NO_METRICS:  # what it says itself is not repeated: it may echo the login, at any length
            if kind.startswith(other):
                raise Failed("format", f"no page of metrics: {other.removesuffix('/')}")
        if reply.fields.get("content-encoding", "identity").lower() != "identity":
            raise Failed("format", "the page is compressed, which nobody asked for")
        return reply.body.decode("utf-8", "surrogateescape"), kind.startswith(OPENMETRICS)

    def _login(self) -> dict[str, str]:
        """Return the field that proves who asks; secrets are read at every fetch, so that a new one works at once."""
        if self._wanted.token:
            return {"Authorization": f"Bearer {read_secret(self._wanted.token)}"}
        if self._wanted.user:
            pair = f"{self._wanted.user}:{read_secret(self._wanted.password)}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return {}
