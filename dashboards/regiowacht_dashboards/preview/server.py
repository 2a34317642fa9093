"""Serves the preview on loopback for as long as somebody looks."""

from __future__ import annotations

import errno
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.defaults import PREVIEW_PORT
from regiowacht_contract.errors import PortTaken, UsageError
from regiowacht_dashboards.preview import vendor
from regiowacht_dashboards.preview.bounded import BoundedServer
from regiowacht_dashboards.preview.handler import bind
from regiowacht_dashboards.preview.library import Library
from regiowacht_dashboards.preview.pages import open_pages
from regiowacht_dashboards.preview.sources import SCRAPE_INTERVAL_S, Source, Sources
from regiowacht_dashboards.preview.upstream import TIMEOUT_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from regiowacht_contract.texts import Lang

LOOPBACK = "127.0.0.1"
PORT_MAX = 65535
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview that listens.

    Attributes:
        url: what a person opens, ``http://127.0.0.1:PORT``; a dashboard is at ``URL/d/UID``.
        port: the port, also where 0 was asked.
        sources: whom the pages ask; ``add`` offers one more from the next page load on.
    """

    url: str
    port: int
    sources: Sources


@contextmanager
def serve(
    dashboards_dir: Path,
    source: str | Source | Sequence[Source],
    port: int = PREVIEW_PORT,
    lang: Lang = "nl",
    *,
    scrape_interval_s: int = SCRAPE_INTERVAL_S,
    timeout_s: float = TIMEOUT_S,
) -> Iterator[Preview]:
    """Serve a folder of dashboards until the block ends; connections and threads are gone then.

    Args:
        dashboards_dir: holds ``*.json``; read again at every page load.
        source: where questions go, an address or more than one source; a page cannot ask anything else.
        port: on 127.0.0.1; 0 takes a free one.
        lang: language of dashboards that do not say theirs.
        scrape_interval_s: how often a Prometheus that is given by its address alone scrapes.
        timeout_s: how long one question to Prometheus may take.

    Raises:
        UsageError: no such folder, no address, or two sources of one uid.
        PartMissing: uPlot has not been fetched.
        PortTaken: something else listens there.
    """
    library = Library(dashboards_dir, lang)
    library.check()
    sources = Sources(_listed(source, scrape_interval_s), timeout_s)
    pages = open_pages(library, vendor.find(), sources)
    server = _listen(port, bind(pages, LOOPBACK_NAMES))
    thread = threading.Thread(target=server.serve_forever, name="preview", daemon=True)
    thread.start()
    try:
        yield Preview(f"http://{LOOPBACK}:{server.server_port}", server.server_port, sources)
    finally:
        sources.close()
        server.close()
        thread.join()


def _listed(source: str | Source | Sequence[Source], scrape_interval_s: int) -> Sequence[Source]:
    one = Source(source, scrape_interval_s=scrape_interval_s) if isinstance(source, str) else source
    return [one] if isinstance(one, Source) else one


def _listen(port: int, handler: type) -> BoundedServer:
    if not 0 <= port <= PORT_MAX:
        raise UsageError("preview.bad-port", port=port, maximum=PORT_MAX)
    try:
        return BoundedServer((LOOPBACK, port), handler)
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortTaken("preview.port-taken", port=port) from None
        raise
