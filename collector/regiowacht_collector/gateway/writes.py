"""What a write goes through: whose it is, whether it may come now, what of it is right, and what the engines say."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from starlette.responses import Response

from regiowacht_collector.gateway.budget import COPIES
from regiowacht_collector.gateway.client_certificate import fingerprint
from regiowacht_collector.gateway.client_certificate import told as told_certificates
from regiowacht_collector.gateway.refused import Refused
from regiowacht_collector.gateway.split import span_ms
from regiowacht_collector.gateway.turns import Turns
from regiowacht_contract.wire.errors import WireError
from regiowacht_contract.wire.varint import read_varint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import Headers
    from starlette.requests import Request

    from regiowacht_collector.gateway.accounts import Accounts
    from regiowacht_collector.gateway.budget import Share
    from regiowacht_collector.gateway.limits import Limits
    from regiowacht_collector.gateway.write import Checked
    from regiowacht_collector.gateway.writer import Writer

WRITE_PATH = "/api/v1/write"
MACHINE_HEADER, BOOT_HEADER = "X-Regiowacht-Machine", "X-Regiowacht-Boot"
LANE_HEADER = "X-Regiowacht-Lane"
"""``backlog`` where an agent sends what has waited; then it makes room for what is new before it is read."""

REFUSED_HEADER = "X-Regiowacht-Refused"
"""In an answer 204: what of the write was not stored and never will be, ``REASON=SAMPLES`` parted by commas."""

LATE_MS = 45_000
"""An asset that is pushed every 15 s is recorded as silent when its word comes later than this."""

PROTO = "application/x-protobuf"
PROTO_OF_1 = "prometheus.WriteRequest"
MOST_PACKED = 22
"""Snappy never makes more of a byte; what says more lies."""

UNTOLD_BYTES = 65_536
"""What a body without a length is taken for, until more of it has come."""


class Identify(Protocol):
    """Says whose credential a token is, and which of its machines this is."""

    def __call__(self, token: str, machine: str, boot: str, /) -> Writer:
        """Return the writer, or raise a refusal: nobody's, or no longer.

        Args:
            token: what came as ``Authorization: Bearer``.
            machine: ``X-Regiowacht-Machine``, "" where there is none.
            boot: ``X-Regiowacht-Boot``, "" where there is none.
        """


class OfCertificate(Protocol):
    """Says whose certificate a proxy tells of."""

    def __call__(self, fingerprint: str, /) -> Writer:
        """Return the writer, or raise a refusal: nobody's, or no longer.

        Args:
            fingerprint: the certificate's SHA-256, in small hexadecimal digits.
        """


def of_no_certificate(_fingerprint: str, /) -> Writer:
    """Know nobody."""
    raise Refused(401, "no-token")


class Check(Protocol):
    """Checks one body as received; called in a thread, one at a time."""

    def __call__(self, body: bytes, writer: Writer, /) -> Checked:
        """Return what of it may be handed on, or raise a refusal of the whole."""


class Forward(Protocol):
    """Hands on what was checked."""

    async def __call__(self, checked: Checked, writer: Writer, /) -> Mapping[str, int]:
        """Return the samples that an engine refused, by reason, once every engine has answered and not before.

        Raises:
            Refused: it cannot be stored now (503).
        """


class Writes:
    """Takes writes; for one event loop."""

    def __init__(
        self,
        identify: Identify,
        check: Check,
        forward: Forward,
        limits: Limits,
        accounts: Accounts,
        of_certificate: OfCertificate = of_no_certificate,
    ) -> None:
        self._identify, self._of_certificate = identify, of_certificate
        self._check = check
        self._forward = forward
        self._limits = limits
        self._books, self._quotas, self._budget = accounts.books, accounts.quotas, accounts.budget
        self._note_late = accounts.note_late
        self._checking = Turns(1, 1)

    async def take(self, request: Request) -> Response:
        """Answer one write; 204 only when every engine has what is told as stored.

        Raises:
            Refused: and the refusals of ``identify`` and ``check``; they are counted.
        """
        writer: Writer | None = None
        try:
            writer = self._who(request)
            is_write_1(request.headers)
            return await self._take(request, writer)
        except Exception as error:
            self._books.turned_away(writer, getattr(error, "reason", "fault"))
            raise

    def _who(self, request: Request) -> Writer:
        """Return who writes: whose credential it is, or where there is none, whose certificate a proxy tells of."""
        headers, certificates = request.headers, told_certificates(request.scope)
        if certificates and "authorization" not in headers:
            found = fingerprint(certificates[0]) if len(certificates) == 1 else None
            if found is None:
                raise Refused(401, "certificate-unclear")
            return self._of_certificate(found)
        return self._identify(bearer(headers), headers.get(MACHINE_HEADER, ""), headers.get(BOOT_HEADER, ""))

    async def _take(self, request: Request, writer: Writer) -> Response:
        is_live = request.headers.get(LANE_HEADER) != "backlog"
        self._quotas.may_begin(writer.gemeente, is_live=is_live)
        with self._budget.share() as share:
            body = await self._body(request, share, is_live=is_live)
            share.hold(len(body) + COPIES * told_size(body), is_live=self._is_live(told_size(body), is_live=is_live))
            async with self._checking.turn(is_live=share.is_live):
                checked = await asyncio.to_thread(self._check, body, writer)
            del body
            self._quotas.spend(writer.gemeente, checked.samples + sum(checked.refused.values()))
            self._quotas.enter(writer.gemeente, writer.credential, checked.heads)
            return await self._hand_on(checked, writer)

    async def _hand_on(self, checked: Checked, writer: Writer) -> Response:
        refused = await self._forward(checked, writer)
        stored = checked.samples - sum(refused.values())
        told = Counter(checked.refused) + Counter(refused)
        said = ",".join(f"{reason}={samples}" for reason, samples in sorted(told.items()))
        if told and not stored:
            self._books.set_aside(writer, told)
            raise Refused(400, "nothing-left", said=said)
        self._books.stored(writer, checked, refused)
        for from_ms, until_ms in late_spans(checked, time.time() * 1000):
            self._note_late(writer.gemeente, from_ms, until_ms)
        return Response(status_code=204, headers={REFUSED_HEADER: said} if said else None)

    async def _body(self, request: Request, share: Share, *, is_live: bool) -> bytes:
        """Return the body as it came over the line; ``share`` holds what it takes.

        Raises:
            Refused: it is too large (413), or there is no room for it now (503).
        """
        told = request.headers.get("content-length", "")
        size, held = 0, int(told) if told.isdigit() else UNTOLD_BYTES
        self._hold(share, held, is_live=is_live)
        parts: list[bytes] = []
        async for part in request.stream():
            size += len(part)
            if size > held:
                self._hold(share, size, is_live=is_live)
                held = size + UNTOLD_BYTES
            parts.append(part)
        return b"".join(parts)

    def _hold(self, share: Share, size: int, *, is_live: bool) -> None:
        if size > self._limits.body_bytes:
            raise Refused(413, "body-too-large", limit=self._limits.body_bytes)
        share.hold(size, is_live=self._is_live(size, is_live=is_live))

    def _is_live(self, size: int, *, is_live: bool) -> bool:
        return is_live and size <= self._limits.live_bytes


def late_spans(checked: Checked, now_ms: float) -> list[tuple[int, int]]:
    """Return of which times samples came after rules looked for them: what is old, and what is fresh but late.

    Fresh samples are walked over only where there are several of a series, or the newest one is late itself.
    """
    spans = [span_ms(checked.old)] if checked.old else []
    due_ms = now_ms - LATE_MS
    if checked.fresh and (checked.samples > checked.series or 0 < checked.newest_ms < due_ms):
        spans += [span for span in [span_ms(checked.fresh)] if span[0] < due_ms]
    return spans


def bearer(headers: Headers) -> str:
    """Return the token of a request.

    Raises:
        Refused: there is none (401).
    """
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Refused(401, "no-token")
    return token.strip()


def is_write_1(headers: Headers) -> None:
    """Look whether a body is remote write 1.0 in snappy; old clients leave away what they need not say.

    Raises:
        Refused: it says that it is something else (415). Read as 1.0, a body of 2.0 holds nothing, without an error.
    """
    kind, *told = (part.strip() for part in headers.get("content-type", PROTO).split(";"))
    proto = next((part.removeprefix("proto=").strip('"') for part in told if part.startswith("proto=")), PROTO_OF_1)
    version = headers.get("x-prometheus-remote-write-version", "0.1.0")
    if kind.lower() != PROTO or proto != PROTO_OF_1 or not version.startswith(("0.", "1.")):
        raise Refused(415, "not-write-1", kind=_short(headers.get("content-type", "-")), version=_short(version))
    packed = headers.get("content-encoding", "snappy").strip().lower()
    if packed != "snappy":
        raise Refused(415, "not-packed-in-snappy", encoding=_short(packed))


def told_size(body: bytes) -> int:
    """Return how large a body says that it is once decompressed, as far as that can be so."""
    try:
        size, _ = read_varint(body, 0, min(5, len(body)))
    except WireError:
        return 0
    return min(size, len(body) * MOST_PACKED)


def _short(text: str) -> str:
    """Return the beginning of what somebody else said, fit for one line."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:60])
