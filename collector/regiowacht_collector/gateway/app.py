"""The gateway's application: routes, and how refusals are told; what a write goes through stands in ``writes``.

Errors: 400 malformed or all of it refused, 401 no credential or one that is not known, 403 what this writer may not,
413 too large, 415 not remote write 1.0 in snappy, 429 more than its gemeente may, 503 not now. See "Prometheus
Remote-Write 1.0 specification" for what clients make of them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from regiowacht_collector.gateway.accounts import Accounts
from regiowacht_collector.gateway.joining.refused import Refused as JoiningRefused
from regiowacht_collector.gateway.refused import Refused
from regiowacht_collector.gateway.write import Refused as WriteRefused
from regiowacht_collector.gateway.writes import WRITE_PATH, Writes, of_no_certificate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from regiowacht_collector.gateway.limits import Limits
    from regiowacht_collector.gateway.writes import Check, Forward, Identify, OfCertificate

REFUSALS = (Refused, WriteRefused, JoiningRefused)


def app(
    identify: Identify,
    check: Check,
    forward: Forward,
    limits: Limits,
    routes: Sequence[BaseRoute] = (),
    accounts: Accounts | None = None,
    of_certificate: OfCertificate = of_no_certificate,
) -> Starlette:
    """Return the application; ``routes`` are those of joining and bundles."""
    made = Writes(identify, check, forward, limits, accounts or Accounts.within(limits), of_certificate)

    async def write(request: Request) -> Response:
        return await made.take(request)

    return Starlette(
        routes=[Route(WRITE_PATH, write, methods=["POST"]), *routes],
        exception_handlers=dict.fromkeys(REFUSALS, refuse),
    )


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
