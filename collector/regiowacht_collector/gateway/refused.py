"""A request that the gateway refuses as a whole: its status, and the reason in a word for who counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract.errors import Found

if TYPE_CHECKING:
    from collections.abc import Mapping


class Refused(Found):
    """A whole request is refused.

    The body of the answer is one line, ``REASON: sentence``: a program reads the word, a person the rest.

    Args:
        status: the answer's HTTP status; a client tries 429 and 503 again, and nothing else.
        reason: the reason in a word, as it stands in the counters: ``no-token``, ``revoked``, ``body-too-large``. Its
            sentence is ``gateway.REASON`` (``contract/texts``).
        retry_after_s: when to try again, for 429 and 503.
        values: what fills the sentence's placeholders; never a secret.
    """

    def __init__(self, status: int, reason: str, *, retry_after_s: float | None = None, **values: object) -> None:
        super().__init__(f"gateway.{reason}", **values)
        self.status = status
        self.reason = reason
        self.retry_after_s = retry_after_s

    @classmethod
    def told(
        cls, status: int, reason: str, key: str, values: Mapping[str, object], retry_after_s: float | None = None
    ) -> Refused:
        """Return a refusal whose sentence stands elsewhere."""
        made = cls(status, reason, retry_after_s=retry_after_s)
        made.key, made.values = key, values
        return made

    @property
    def line(self) -> str:
        """The one line that the client gets."""
        return f"{self.reason}: {self}\n"
