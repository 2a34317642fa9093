"""What the agent answers on each path."""

from __future__ import annotations

import zlib

from regiowacht_agent.exposition import CONTENT_TYPE
from regiowacht_agent.http.message import Response, plain
from regiowacht_contract.defaults import ASSETS_PATH as ASSETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.http.message import Request
    from regiowacht_contract.texts import Lang

METRICS = "/metrics"
HEALTHY = "/-/healthy"
GZIP_FROM_BYTES = 512

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}"
)
PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body><h1>{title}</h1><p>{what}</p>
<p><a href="{metrics}">{metrics}</a> <a href="{assets}">{assets}</a></p></body></html>
"""


class Pages:
    """Answers requests.

    Args:
        lang: the language of the page that people see.
        words: its title and its text.
        expose: returns the exposition of one reading.
        expose_assets: returns the exposition of everything that was asked for others.
    """

    def __init__(
        self, lang: Lang, words: tuple[str, str], expose: Callable[[], bytes], expose_assets: Callable[[], bytes]
    ) -> None:
        self.lang: Lang = lang
        self.words = words
        self._exposed = {METRICS: expose, ASSETS: expose_assets}

    def answer(self, request: Request) -> Response:
        """Return what there is at the request's path, or 404."""
        expose = self._exposed.get(request.path)
        if expose is not None:
            return _compressed(Response(200, expose(), (("Content-Type", CONTENT_TYPE),)), request)
        if request.path == HEALTHY:
            return plain(200)
        if request.path == "/":
            return self._home()
        return plain(404)

    def _home(self) -> Response:
        title, what = self.words
        body = PAGE.format(lang=self.lang, title=title, what=what, metrics=METRICS, assets=ASSETS, style=STYLE)
        policy = ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        return Response(200, body.encode(), (("Content-Type", "text/html; charset=utf-8"), policy))


def _compressed(response: Response, request: Request) -> Response:
    """Return the response compressed where the client takes that; level 1 keeps the cost low."""
    fields = (*response.fields, ("Vary", "Accept-Encoding"))
    if not request.gzip or len(response.body) < GZIP_FROM_BYTES:
        return Response(response.code, response.body, fields)
    packer = zlib.compressobj(1, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    body = packer.compress(response.body) + packer.flush()
    return Response(response.code, body, (*fields, ("Content-Encoding", "gzip")))
