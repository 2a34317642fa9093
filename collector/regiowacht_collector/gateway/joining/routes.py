"""What joining asks of the gateway over HTTP: ``/v1/`` with ``hello``, ``join``, ``renew``, ``leave``, ``bundle``.

Answers are JSON but for the bundle, which is TOML; a refusal is ``{"reason", "message": {"nl", "en"}, ...}`` with the
status of its reason.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from regiowacht_collector.gateway.joining.exchange import Asked
from regiowacht_collector.gateway.joining.office import OK
from regiowacht_collector.gateway.joining.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from regiowacht_collector.gateway.joining.office import Office

HELLO, JOIN, RENEW, LEAVE, BUNDLE = "/v1/hello", "/v1/join", "/v1/renew", "/v1/leave", "/v1/bundle"
BODY_MAX_BYTES = 4_096
TEXT_MAX = 300
NOT_KEPT = {"Cache-Control": "no-store"}


def routes(office: Office) -> Sequence[BaseRoute]:
    """Return the routes of joining."""

    async def hello(_: Request) -> Response:
        told = {"product": "regiowacht", "version": version("regiowacht"), "time": office.store.clock()}
        return JSONResponse(told, headers=NOT_KEPT)

    async def join(request: Request) -> Response:
        told = await _body(request)
        code, token, server, machine = (_text(told, name) for name in ("code", "token", "server", "machine"))
        asked = Asked(code, token, server, machine, _number(told, "time"))
        address = request.client.host if request.client else ""
        return _json((await run_in_threadpool(office.join, asked, address)).as_json())

    async def renew(request: Request) -> Response:
        old, told = _bearer(request), await _body(request)
        return _json((await run_in_threadpool(office.renew, old, _text(told, "token"))).as_json())

    async def leave(request: Request) -> Response:
        holder = await run_in_threadpool(office.leave, _bearer(request))
        return _json({"gemeente": holder.gemeente, "server": holder.server})

    async def bundle(request: Request) -> Response:
        told = await run_in_threadpool(office.bundle, _bearer(request))
        headers = {"ETag": told.etag, "Cache-Control": "private, no-cache"}
        known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
        if told.etag in known:
            return Response(status_code=304, headers=headers)
        return Response(told.content, media_type="application/toml", headers=headers)

    return [
        Route(HELLO, hello, methods=["GET"]),
        Route(JOIN, _counted(office, "join", join), methods=["POST"]),
        Route(RENEW, _counted(office, "renew", renew), methods=["POST"]),
        Route(LEAVE, _counted(office, "leave", leave), methods=["POST"]),
        Route(BUNDLE, _counted(office, "bundle", bundle), methods=["GET"]),
    ]


def _counted(
    office: Office, name: str, answer: Callable[[Request], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """Return the same, with answers counted and refusals told as JSON."""

    async def counted(request: Request) -> Response:
        try:
            answered = await answer(request)
        except Refused as refused:
            office.answers[name, refused.reason] += 1
            return _refusal(refused)
        office.answers[name, OK] += 1
        return answered

    return counted


def _refusal(refused: Refused) -> Response:
    headers = dict(NOT_KEPT)
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "seconds" in refused.values and refused.status == 429:
        headers["Retry-After"] = str(refused.values["seconds"])
    elif refused.status == 503:
        headers["Retry-After"] = "60"
    return JSONResponse(refused.as_json(), refused.status, headers=headers)


def _json(told: dict[str, object]) -> Response:
    return JSONResponse(told, headers=NOT_KEPT)


def _bearer(request: Request) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Refused("no-token")
    return token.strip()


async def _body(request: Request) -> dict[str, Any]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_MAX_BYTES:
            raise Refused("bad-request", what=f"> {BODY_MAX_BYTES} bytes")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("bad-request", what="JSON") from None
    if not isinstance(told, dict):
        raise Refused("bad-request", what="JSON")
    return told


def _text(told: dict[str, Any], name: str) -> str:
    """Return a text of the body, "" where there is none."""
    value = told.get(name, "")
    if not isinstance(value, str) or len(value) > TEXT_MAX or not (value.isprintable()):
        raise Refused("bad-request", what=name)
    return value


def _number(told: dict[str, Any], name: str) -> float:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise Refused("bad-request", what=name)
    try:
        return float(value)
    except OverflowError:
        raise Refused("bad-request", what=name) from None
