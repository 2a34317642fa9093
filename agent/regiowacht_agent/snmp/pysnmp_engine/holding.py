"""Holds the dialogues that read a device (``walk``, ``scalars``) through pysnmp.

Both engines ask with the same care, so that neither loses rows in silence. What pysnmp does by itself is all that lies
below: questions become datagrams and datagrams become names and values by its code alone, SNMP 3 included.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.dialogue import Decoded, Get, GetBulk, GetNext
from regiowacht_agent.snmp.failure import SnmpFailed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    from regiowacht_agent.snmp.dialogue import OpenAnswer, OpenDialogue, Question
    from regiowacht_agent.snmp.pysnmp_engine.engine import Engine, Reply

    Told = TypeVar("Told")

SILENCES = frozenset({"timeout", "format", "address", "unreachable"})
"""Failures for want of an answer: perhaps the device does not like the question, perhaps it is gone."""

OF_A_QUESTION = SILENCES | {"toobig", "internal"}
"""Failures that say nothing of other questions; all others are about who asks."""

SILENCES_MAX = 2
"""Questions without an answer, one after the other, after which the rest of those asked together are not sent."""


async def hold(dialogue: OpenDialogue[Told], engine: Engine) -> Told:
    """Return what a dialogue comes to, its questions asked one after the other.

    Raises:
        SnmpFailed: the device as a whole does not answer, or not us.
    """
    with closing(dialogue):
        answers: tuple[OpenAnswer, ...] | None = None
        while True:
            try:
                # The first step of a generator takes None.
                batch = dialogue.send(answers)  # type: ignore[arg-type]
            except StopIteration as end:
                told: Told = end.value
                return told
            answers = await _answers(batch, engine)


async def _answers(batch: Sequence[Question], engine: Engine) -> tuple[OpenAnswer, ...]:
    answers: list[OpenAnswer] = []
    silences = 0
    for question in batch:
        answer = await _answer(question, engine)
        answers.append(answer)
        silences = silences + 1 if isinstance(answer, SnmpFailed) and answer.reason in SILENCES else 0
        if silences == SILENCES_MAX:
            break
    return (*answers, *[answers[-1]] * (len(batch) - len(answers)))


async def _answer(question: Question, engine: Engine) -> OpenAnswer:
    try:
        reply = await _ask(question, engine)
        if reply.status == pdu.TOO_BIG and _is_least(question) and engine.is_large_possible:
            engine.allow_large()
            reply = await _ask(question, engine)
    except SnmpFailed as failed:
        if failed.reason not in OF_A_QUESTION:
            raise
        return failed
    return Decoded(pdu.Response(pdu.RESPONSE, 0, reply.status, reply.culprit, reply.bindings), reply.size_bytes)


async def _ask(question: Question, engine: Engine) -> Reply:
    if isinstance(question, GetBulk):
        return await engine.bulk(question.oids, question.repetitions)
    if isinstance(question, GetNext):
        return await engine.following(question.oids)
    assert isinstance(question, Get)  # noqa: S101 - for the type checker: dialogues that read ask nothing else
    return await engine.get(question.oids)


def _is_least(question: Question) -> bool:
    """Return whether less cannot be asked for, so that an answer that does not fit never will."""
    return isinstance(question, Get | GetNext) and len(question.oids) == 1
