"""The Prometheus servers behind one preview, each under a name of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from regiowacht_contract.errors import UsageError
from regiowacht_dashboards.preview.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCRAPE_INTERVAL_S = 15
UID = re.compile(r"[a-z0-9-]{1,40}")
DEFAULT_UID = "prometheus"
PATH = re.compile(r"/api/(?:sources/(?P<uid>[a-z0-9-]{1,40})/)?(?P<call>v1/.*)", re.DOTALL)
"""A question: ``/api/v1/CALL`` for the first source, ``/api/sources/UID/v1/CALL`` for the one named."""


@dataclass(frozen=True, slots=True)
class Source:
    """One Prometheus that a reader may choose.

    Attributes:
        url: ``http(s)://HOST[:PORT][/PREFIX]``.
        uid: its name in addresses (``var-datasource=UID``): lower case letters, digits, dashes.
        title: what the reader chooses by.
        scrape_interval_s: how often it scrapes, for ``$__rate_interval``.
        notice: what every page over it says on top, always in sight; "" for nothing.
        time_from: how far back a dashboard opens, in Grafana's notation; "" leaves it to the dashboard.
        refresh: how often panels ask again; "" leaves it to the dashboard.
        choices: what is chosen of the variables that hold one value, where the address does not say.

    Raises:
        UsageError: the uid or the url is none.
    """

    url: str
    uid: str = DEFAULT_UID
    title: str = "Prometheus"
    scrape_interval_s: int = SCRAPE_INTERVAL_S
    notice: str = ""
    time_from: str = ""
    refresh: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not UID.fullmatch(self.uid):
            raise UsageError("preview.bad-uid", uid=self.uid)
        Upstream.refuse_bad(self.url)


class Sources:
    """The sources in the order they are offered; one may be added while pages are served, none is taken away.

    Raises:
        UsageError: there is no source, or two have one uid.
    """

    def __init__(self, sources: Iterable[Source], timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._all: dict[str, tuple[Source, Upstream]] = {}
        for source in sources:
            self.add(source)
        if not self._all:
            raise UsageError("preview.bad-url", url="")

    def add(self, source: Source) -> None:
        """Offer one more from the next page load on.

        Raises:
            UsageError: there is one of that uid already.
        """
        if source.uid in self._all:
            raise UsageError("preview.bad-uid", uid=source.uid)
        # A new dict in one step: threads that answer requests never see one that changes under them.
        self._all = {**self._all, source.uid: (source, Upstream(source.url, self._timeout_s))}

    def find(self, target: str) -> tuple[Upstream, str] | None:
        """Return who answers a request for ``target`` and what it is asked there, or None where nobody is."""
        found = PATH.fullmatch(target)
        named = found and (self._all.get(found["uid"]) if found["uid"] else next(iter(self._all.values())))
        return (named[1], f"/api/{found['call']}") if found and named else None

    def listing(self) -> list[dict[str, Any]]:
        """Return what a page has to know of each; no address of a Prometheus is in it."""
        return [
            {
                "uid": one.uid,
                "title": one.title,
                "api": f"/api/sources/{one.uid}/v1/" if number else "/api/v1/",
                "scrapeInterval": one.scrape_interval_s,
                "notice": one.notice,
                "from": one.time_from,
                "refresh": one.refresh,
                "choices": dict(one.choices),
            }
            for number, (one, _) in enumerate(self._all.values())
        ]

    def close(self) -> None:
        """End every question under way."""
        for _, upstream in self._all.values():
            upstream.close()
