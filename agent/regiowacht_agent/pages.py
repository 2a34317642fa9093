"""What the agent answers on each path."""

from __future__ import annotations

from regiowacht_agent.exposition import CONTENT_TYPE
from regiowacht_agent.http.message import Response, plain
from regiowacht_agent.http.packed import Packer
from regiowacht_contract.defaults import ASSETS_PATH as ASSETS
from regiowacht_contract.defaults import BUNDLE_PATH as BUNDLE
from regiowacht_contract.defaults import DEVICES_PATH as DEVICES
from regiowacht_contract.defaults import POLLING_PATH as POLLING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from regiowacht_agent.http.message import Request
    from regiowacht_agent.http.packed import Piece
    from regiowacht_contract.texts import Lang

METRICS = "/metrics"
HEALTHY = "/-/healthy"
GZIP_FROM_BYTES = 512
TEXT = (("Content-Type", "text/plain; charset=utf-8"),)

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}"
)
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body><h1>{title}</h1><p>{what}</p>
<p><a href="{metrics}">{metrics}</a> <a href="{assets}">{assets}</a> <a href="{devices}">{devices}</a></p></body></html>
"""


class Pages:
    """Answers requests.

    Args:
        lang: the language of the page that people see.
        words: its title and its text.
        expose: returns the exposition of one reading.
        expose_assets: returns the exposition of everything that was asked for others.
        expose_devices: yields the exposition of everything that was asked of devices, in pieces; they may be
            compressed ones where it is told so.
        polling: returns the word that says how long ago that was.
        bundle: returns how it went to ask for the configuration; nothing where it is not asked for.
    """

    def __init__(
        self,
        lang: Lang,
        words: tuple[str, str],
        expose: Callable[[], bytes],
        expose_assets: Callable[[], bytes],
        expose_devices: Callable[[bool], Iterable[Piece]] = lambda _packs: (),
        polling: Callable[[], bytes] = bytes,
        bundle: Callable[[], bytes] = bytes,
    ) -> None:
        self.lang: Lang = lang
        self.words = words
        self._exposed: dict[str, Callable[[bool], Iterable[Piece]]] = {
            METRICS: lambda _packs: (expose(),),
            ASSETS: lambda _packs: (expose_assets(),),
            DEVICES: expose_devices,
        }
        self._polling, self._bundle = polling, bundle

    def answer(self, request: Request) -> Response:
        """Return what there is at the request's path, or 404."""
        expose = self._exposed.get(request.path)
        if expose is not None:
            return _page(expose(request.gzip), request)
        if request.path == HEALTHY:
            return plain(200)
        if request.path == POLLING:
            return Response(200, self._polling(), TEXT)
        if request.path == BUNDLE and (told := self._bundle()):
            return Response(200, told, TEXT)
        if request.path == "/":
            return self._home()
        return plain(404)

    def _home(self) -> Response:
        title, what = self.words
        body = PAGE.format(
            lang=self.lang, title=title, what=what, metrics=METRICS, assets=ASSETS, devices=DEVICES, style=STYLE
        )
        policy = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        return Response(200, body.encode(), (("Content-Type", "text/html; charset=utf-8"), policy))


def _page(pieces: Iterable[Piece], request: Request) -> Response:
    """Return an exposition, compressed where the client takes that.

    Pieces are compressed as they come: a page of devices may have tens of megabytes, and never stands in memory whole.
    """
    fields = (("Content-Type", CONTENT_TYPE), ("Vary", "Accept-Encoding"))
    coming = iter(pieces)
    first = next(coming, b"")
    if not request.gzip:
        return Response(200, b"".join(piece for piece in (first, *coming) if isinstance(piece, bytes)), fields)
    second = next(coming, None)
    if second is None and isinstance(first, bytes) and len(first) < GZIP_FROM_BYTES:
        return Response(200, first, fields)
    packer = Packer()
    packer.add(first)
    if second is not None:
        packer.add(second)
    for piece in coming:
        packer.add(piece)
    return Response(200, packer.end(), (*fields, ("Content-Encoding", "gzip")))
