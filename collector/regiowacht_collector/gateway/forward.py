"""Hands on to every engine what was checked, and waits for what each says."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import httpx

from regiowacht_collector.gateway.answer import WRITTEN, Verdict, judge
from regiowacht_collector.gateway.refused import Refused
from regiowacht_collector.gateway.split import count_samples, halve
from regiowacht_collector.gateway.turns import Turns
from regiowacht_contract.wire.snappy import compress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from regiowacht_collector.gateway.books import Books
    from regiowacht_collector.gateway.engines import EngineAddress
    from regiowacht_collector.gateway.write import Checked
    from regiowacht_collector.gateway.writer import Writer

CONNECT_S, ANSWER_S = 5.0, 30.0
PLACES, PLACES_OF_REST = 8, 2
IDLE_S = 120.0
SAID_MAX = 2_000

HALVINGS = 4_000
"""Requests that one body may become while what its engine refuses is looked for; after that the rest goes with it."""

AGAIN_S = (2.0, 8.0)
LONGEST_AGAIN_S = 300.0

log = logging.getLogger(__name__)


class Forwarder:
    """Sends bodies to the engines over kept connections; for one event loop.

    Args:
        engines: each gets everything, and what one has not is not acknowledged.
        books: where it counts.
        transport: how it reaches them; None: over the network, never through a proxy of the environment.
    """

    def __init__(
        self, engines: Sequence[EngineAddress], books: Books, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._engines = engines
        self._books = books
        self._turns = Turns(PLACES, PLACES_OF_REST)
        self._client = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=PLACES * len(engines), keepalive_expiry=IDLE_S
            ),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __call__(self, checked: Checked, writer: Writer) -> Mapping[str, int]:
        """Store what is fresh, then what is old, and return what an engine refused for good, by reason.

        Raises:
            Refused: an engine does not take it now (503). What was stored may be sent again: the same sample twice is
                once.
        """
        found: Counter[str] = Counter()
        for body, is_live in ((checked.fresh, True), (checked.old, False)):
            if body:
                async with self._turns.turn(is_live=is_live):
                    for refused in await self._store_in_all(body, writer):
                        found |= refused
        return found

    async def _store_in_all(self, body: bytes, writer: Writer) -> list[Counter[str]]:
        """Store a body in every engine; one that is away stops no other, and is told when all have answered."""
        packed = compress(body)
        storing = [asyncio.ensure_future(self._store(engine, body, packed, writer)) for engine in self._engines]
        await asyncio.wait(storing)
        return [stored.result() for stored in storing]

    async def _store(self, engine: EngineAddress, body: bytes, packed: bytes, writer: Writer) -> Counter[str]:
        """Store a body in one engine, in parts where it refuses some of it."""
        refused: Counter[str] = Counter()
        waiting, left = [(body, packed)], HALVINGS
        while waiting:
            part, sent = waiting.pop()
            verdict, reason = await self._send(engine, part, sent, writer)
            if verdict is Verdict.REFUSED:
                left -= 1
                halves = halve(part) if left > 0 else None
                if halves is None:
                    refused[reason] += count_samples(part)
                else:
                    waiting += [(half, compress(half)) for half in reversed(halves)]
        return refused

    async def _send(self, engine: EngineAddress, body: bytes, packed: bytes, writer: Writer) -> tuple[Verdict, str]:
        """Send a body, packed, once, and once more where a kept connection turned out to be closed.

        Raises:
            Refused: the engine does not answer, or will have it later (503).
        """
        url, headers = engine.url_of(writer), engine.headers_of(writer)
        begun = time.monotonic()
        try:
            try:
                answer = await self._client.post(url, content=packed, headers=headers)
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                answer = await self._client.post(url, content=packed, headers=headers)
        except httpx.HTTPError as error:
            self._books.engine("silent", time.monotonic() - begun)
            log.warning("engine=silent url=%s reason=%s", engine.url, type(error).__name__)
            raise self._later("engine-silent") from None
        verdict, reason = judge(answer.status_code, answer.text[:SAID_MAX])
        self._books.engine(verdict.value, time.monotonic() - begun)
        if verdict is Verdict.LATER:
            log.warning("engine=later url=%s status=%d said=%.200r", engine.url, answer.status_code, answer.text)
            raise self._later("engine-later", answer.headers.get("Retry-After", ""))
        if verdict is Verdict.STORED and answer.headers.get(WRITTEN) == "0" and count_samples(body):
            log.error("engine=stored-nothing url=%s", engine.url)
            raise self._later("engine-stored-nothing")
        return verdict, reason

    @staticmethod
    def _later(reason: str, told: str = "") -> Refused:
        again_s = min(float(told), LONGEST_AGAIN_S) if told.isdigit() else random.uniform(*AGAIN_S)  # noqa: S311
        return Refused(503, reason, retry_after_s=again_s)
