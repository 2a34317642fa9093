"""The gateway's application: who asks, what is written, where it goes; other routes join it.

Errors: 400 malformed or all of it refused, 401 no credential or one that is not known, 403 what this writer may not,
413 too large, 415 not remote write 1.0 in snappy, 429 more than its gemeente may, 503 not now. See "Prometheus
Remote-Write 1.0 specification" for what clients make of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from regiowacht_collector.gateway.joining.refused import Refused as JoiningRefused
from regiowacht_collector.gateway.refused import Refused
from regiowacht_collector.gateway.write import Refused as WriteRefused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from regiowacht_collector.gateway.limits import Limits
    from regiowacht_collector.gateway.write import Checked
    from regiowacht_collector.gateway.writer import Writer

WRITE_PATH = "/api/v1/write"


class Identify(Protocol):
    """Says whose credential a token is."""

    def __call__(self, token: str, /) -> Writer:
        """Return the writer.

        Raises:
            Refused: nobody's (401), or no longer (401, 403).
        """


class Check(Protocol):
    """Checks one body as received."""

    def __call__(self, body: bytes, writer: Writer, /) -> Checked:
        """Return what of it may be handed on.

        Raises:
            Refused: the whole of it may not.
        """


class Forward(Protocol):
    """Hands on what was checked."""

    async def __call__(self, checked: Checked, writer: Writer, /) -> Response:
        """Return the answer, once every engine has answered and not before.

        Raises:
            Refused: it cannot be stored, or not now.
        """


def app(
    identify: Identify, check: Check, forward: Forward, limits: Limits, routes: Sequence[BaseRoute] = ()
) -> Starlette:
    """Return the application; ``routes`` are those of joining and bundles."""

    async def write(request: Request) -> Response:
        writer = identify(bearer(request))
        return await forward(check(await body_of(request, limits), writer), writer)

    return Starlette(
        routes=[Route(WRITE_PATH, write, methods=["POST"]), *routes],
        exception_handlers=dict.fromkeys((Refused, WriteRefused, JoiningRefused), refuse),
    )


def bearer(request: Request) -> str:
    """Return the token of the request.

    Raises:
        Refused: there is none (401).
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Refused(401, "no-token")
    return token.strip()


async def body_of(request: Request, limits: Limits) -> bytes:
    """Return the body as it came over the line.

    Raises:
        Refused: it is larger than ``limits.body_bytes`` (413).
    """
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > limits.body_bytes:
            raise Refused(413, "body-too-large", limit=limits.body_bytes)
        parts.append(part)
    return b"".join(parts)


async def refuse(_: Request, error: Exception) -> Response:
    """Answer a refusal: one line, and when to come again."""
    refused = as_refused(error)
    headers = {"Connection": "close"} if refused.status == 413 else {}
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refused.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, math.ceil(refused.retry_after_s)))
    return PlainTextResponse(refused.line, refused.status, headers)


def as_refused(error: Exception) -> Refused:
    """Return a refusal of the check or of joining as one of the gateway."""
    match error:
        case Refused():
            return error
        case WriteRefused():
            return Refused.told(error.status, error.reason, error.key, error.values)
        case JoiningRefused():
            retry_after_s = 5.0 if error.status in {429, 503} else None
            return Refused.told(error.status, error.reason, f"joining.{error.reason}", error.values, retry_after_s)
        case _:
            raise error
