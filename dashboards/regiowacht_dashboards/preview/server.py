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
from regiowacht_dashboards.preview.upstream import TIMEOUT_S, Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_contract.texts import Lang

LOOPBACK = "127.0.0.1"
PORT_MAX = 65535
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
SCRAPE_INTERVAL_S = 15


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview that listens.

    Attributes:
        url: what a person opens, ``http://127.0.0.1:PORT``; a dashboard is at ``URL/d/UID``.
        port: the port, also where 0 was asked.
    """

    url: str
    port: int


@contextmanager
def serve(
    dashboards_dir: Path,
    prometheus_url: str,
    port: int = PREVIEW_PORT,
    lang: Lang = "nl",
    *,
    scrape_interval_s: int = SCRAPE_INTERVAL_S,
    timeout_s: float = TIMEOUT_S,
) -> Iterator[Preview]:
    """Serve a folder of dashboards until the block ends; connections and threads are gone then.

    Args:
        dashboards_dir: holds ``*.json``; read again at every page load.
        prometheus_url: where questions go; the page cannot ask anything else.
        port: on 127.0.0.1; 0 takes a free one.
        lang: language of dashboards that do not say theirs.
        scrape_interval_s: how often Prometheus scrapes, for ``$__rate_interval``.
        timeout_s: how long one question to Prometheus may take.

    Raises:
        UsageError: no such folder, or no address.
        PartMissing: uPlot has not been fetched.
        PortTaken: something else listens there.
    """
    library = Library(dashboards_dir, lang)
    library.check()
    upstream = Upstream(prometheus_url, timeout_s)
    pages = open_pages(library, vendor.find(), scrape_interval_s)
    server = _listen(port, bind(pages, upstream, LOOPBACK_NAMES))
    thread = threading.Thread(target=server.serve_forever, name="preview", daemon=True)
    thread.start()
    try:
        yield Preview(f"http://{LOOPBACK}:{server.server_port}", server.server_port)
    finally:
        upstream.close()
        server.close()
        thread.join()


def _listen(port: int, handler: type) -> BoundedServer:
    if not 0 <= port <= PORT_MAX:
        raise UsageError("preview.bad-port", port=port, maximum=PORT_MAX)
    try:
        return BoundedServer((LOOPBACK, port), handler)
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortTaken("preview.port-taken", port=port) from None
        raise
