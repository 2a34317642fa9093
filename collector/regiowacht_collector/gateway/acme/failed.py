"""Why there is no new certificate."""

from __future__ import annotations

from regiowacht_contract.errors import Unavailable


class Failed(Unavailable):
    """An order that failed.

    Attributes:
        result: one word, for the metric.
        retry_s: how long the authority asks to wait, in seconds; 0 where it does not say.
    """

    def __init__(self, result: str, key: str, /, retry_s: float = 0.0, **values: object) -> None:
        super().__init__(key, **values)
        self.result = result
        self.retry_s = retry_s
