"""What an installation asks of the gateway: ``GET /install/ID`` and ``GET /install/ID/packages/NAME``.

A refusal is one line of plain text in the language of who pastes the line: 404 not known, 410 ended, 429 not now.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from regiowacht_collector.gateway.installing.script import PLACE
from regiowacht_collector.gateway.installing.shelf import Gone, find
from regiowacht_collector.gateway.installing.wheels import FOLDER
from regiowacht_collector.gateway.joining.attempts import Attempts
from regiowacht_collector.gateway.joining.refused import Refused
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Receive, Scope, Send

    from regiowacht_collector.gateway.installing.shelf import Installer
    from regiowacht_collector.gateway.joining.office import Office
    from regiowacht_contract.texts import Lang

AT_ONCE = 32
"""Packages on their way at once, of all installations; each holds a file and a buffer of 64 KiB."""

AT_ONCE_OF_ONE = 8
TIMES = 20
"""How often a code may have all its packages fetched, for each use of it, until the gateway starts anew."""

WAIT_S = 15
NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Traffic:
    """What is on its way to whom."""

    def __init__(self) -> None:
        self.under_way: Counter[str] = Counter()
        self.sent_bytes: Counter[str] = Counter()

    def has_room(self, invite: str, installer: Installer) -> bool:
        """Return whether another package may go to who has this invitation."""
        allowed = sum(installer.packages.values()) * TIMES * installer.uses
        return (
            self.under_way.total() < AT_ONCE
            and self.under_way[invite] < AT_ONCE_OF_ONE
            and self.sent_bytes[invite] < allowed
        )


class Counted(FileResponse):
    """A package on its way, counted until it has arrived or the connection broke."""

    traffic: Traffic
    invite: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        self.traffic.under_way[self.invite] += 1

        async def counted(message: dict[str, object]) -> None:
            body = message.get("body", b"")
            self.traffic.sent_bytes[self.invite] += len(body) if isinstance(body, bytes) else 0
            await send(message)

        try:
            await super().__call__(scope, receive, counted)  # type: ignore[arg-type] # likewise
        finally:
            self.traffic.under_way[self.invite] -= 1
            self.traffic.under_way += Counter()  # forgets those that have none


def routes(office: Office, data: Path, attempts: Attempts | None = None) -> Sequence[BaseRoute]:
    """Return the routes of installing.

    Args:
        office: who was invited.
        data: the collector's data folder; wheels are in ``FOLDER`` of it.
        attempts: bounds how often one address may be wrong.
    """
    wrong, traffic = attempts or Attempts(), Traffic()

    async def installer(request: Request) -> Response:
        found = await _found(request)
        return found if isinstance(found, Response) else _script(found)

    async def package(request: Request) -> Response:
        found = await _found(request)
        if isinstance(found, Response):
            return found
        invite, name = request.path_params["invite"], request.path_params["name"]
        path = data / FOLDER / name
        if name not in found.packages or not await run_in_threadpool(path.is_file):
            return _refusal(404, "package-unknown", say("installer.unknown-package", found.lang))
        if not traffic.has_room(invite, found):
            said = say("installer.crowded", found.lang, seconds=WAIT_S)
            return _refusal(429, "crowded", said, {"Retry-After": str(WAIT_S)})
        answer = Counted(path, media_type="application/octet-stream", headers=NOT_KEPT)
        answer.traffic, answer.invite = traffic, invite
        return answer

    async def _found(request: Request) -> Installer | Response:
        """Return the installer that is asked for, or the answer that there is none."""
        address = request.client.host if request.client else ""
        try:
            wrong.check(address)
            found = await run_in_threadpool(find, office.store, request.path_params["invite"])
        except Refused as refused:
            office.answers["install", refused.reason] += 1
            lang: Lang = refused.lang if isinstance(refused, Gone) else "nl"
            headers = {"Retry-After": str(refused.values["seconds"])} if "seconds" in refused.values else {}
            said = say(f"joining.{refused.reason}", lang, **refused.values)
            return _refusal(refused.status, refused.reason, said, headers)
        if found is None:
            wrong.failed(address)
            office.answers["install", "unknown"] += 1
            return _refusal(404, "unknown", "\n".join(say("installer.unknown", lang) for lang in ("nl", "en")))
        office.answers["install", "ok"] += 1
        return found

    return [
        Route(f"/{PLACE}/{{invite}}", installer, methods=["GET"]),
        Route(f"/{PLACE}/{{invite}}/packages/{{name}}", package, methods=["GET"]),
    ]


def _script(found: Installer) -> Response:
    return Response(found.script, media_type="text/x-shellscript; charset=utf-8", headers=NOT_KEPT)


def _refusal(status: int, reason: str, said: str, headers: dict[str, str] | None = None) -> Response:
    told = {**NOT_KEPT, "X-Regiowacht-Reason": reason, **(headers or {})}
    return PlainTextResponse(f"{said}\n", status, told)
