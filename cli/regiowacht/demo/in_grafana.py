"""The demo in a Grafana of somebody's: its dashboards and data sources, for as long as the demo runs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_contract.errors import RegiowachtError
from regiowacht_contract.secret import resolve
from regiowacht_contract.texts import say
from regiowacht_dashboards.provisioning.guest import Guest, folder_title
from regiowacht_dashboards.provisioning.tree import Source
from regiowacht_dashboards.rights.grafana import Credential, Grafana

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht.console import Console
    from regiowacht_dashboards.settings import Settings

MACHINE, EXAMPLE = "rw-demo-machine", "rw-demo-voorbeeldgegevens"
"""Uids of the data sources."""


class InGrafana:
    """What a demo shows in one Grafana.

    Args:
        guest: puts it there.
        url: of that Grafana.
        console: whom to tell.
    """

    def __init__(self, guest: Guest, url: str, console: Console) -> None:
        self._guest = guest
        self._url = url.rstrip("/")
        self._console = console

    def show(self, prometheus: str, settings: Settings, interval_s: int) -> None:
        """Show the machine: its engine as a data source, and every dashboard opening on it.

        Raises:
            RegiowachtError: Grafana refuses or does not answer.
        """
        title = say("demo.source-machine", self._console.lang)
        source = self._source(prometheus, MACHINE, title, interval_s)
        is_reached = self._guest.put_source(source)
        self._guest.put_dashboards(settings, source)
        self._console.out(f"grafana {self._url}/d/rw-regio?var-datasource={MACHINE}")
        if not is_reached:
            self._console.tell("demo.grafana-blind", prometheus=prometheus)

    def add_example(self, prometheus: str, interval_s: int) -> None:
        """Show the example data beside the machine; where that fails the rest of the demo goes on."""
        title = say("demo.source-example", self._console.lang)
        try:
            self._guest.put_source(self._source(prometheus, EXAMPLE, title, interval_s))
        except RegiowachtError as error:
            self._console.tell("demo.grafana-no-example", said=error.message(self._console.lang))
        else:
            self._console.out(f"grafana {self._url}/d/rw-regio?var-datasource={EXAMPLE}")

    def _source(self, url: str, uid: str, title: str, interval_s: int) -> Source:
        return Source(url, say("demo.grafana-source", self._console.lang, title=title), uid=uid, interval_s=interval_s)


@contextmanager
def in_grafana(url: str, token: str | None, console: Console) -> Iterator[InGrafana]:
    """Ask whether a demo may be shown there, and take away at the end what was shown.

    Args:
        url: address of the Grafana.
        token: where a service account's token is: ``env:NAME`` or ``file:PATH``; None for no token.
        console: whom to tell.

    Raises:
        RegiowachtError: there is no such secret, Grafana refuses or does not answer, or it has these dashboards.
    """
    grafana = Grafana.at(url, Credential(resolve(token)) if token else None)
    with grafana.http:
        guest = Guest(grafana, console.lang)
        guest.refuse_others()
        try:
            yield InGrafana(guest, url, console)
        finally:
            _leave(guest, console)


def _leave(guest: Guest, console: Console) -> None:
    try:
        guest.leave((MACHINE, EXAMPLE))
    except RegiowachtError as error:
        folder = folder_title("regio", console.lang)
        console.tell("demo.grafana-left", folder=folder, said=error.message(console.lang))
