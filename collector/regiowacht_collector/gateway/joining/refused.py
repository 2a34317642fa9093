"""Why somebody is not let in: one status, one word and one text for each reason."""

from __future__ import annotations

from typing import Literal, get_args

from regiowacht_contract.texts import say

Reason = Literal[
    "no-token", "unknown", "expired", "revoked", "replaced", "not-in-region", "not-ready", "bad-request", "clock",
    "code-malformed", "code-unknown", "code-used", "code-expired", "code-revoked", "server-unnamed",
    "server-of-another-code", "server-not-in-region", "server-joined-already", "token-taken", "no-bundle", "copies",
    "too-many-attempts", "store-failed",
]  # fmt: skip

STATUS: dict[Reason, int] = {
    "no-token": 401, "unknown": 401, "expired": 401, "revoked": 401, "replaced": 401, "not-in-region": 403,
    "not-ready": 503, "bad-request": 400, "clock": 412, "code-malformed": 400, "code-unknown": 404, "code-used": 409,
    "code-expired": 410, "code-revoked": 410, "server-unnamed": 422, "server-of-another-code": 403,
    "server-not-in-region": 422, "server-joined-already": 409, "token-taken": 409, "no-bundle": 404, "copies": 403,
    "too-many-attempts": 429, "store-failed": 503,
}  # fmt: skip

REASONS: tuple[Reason, ...] = get_args(Reason)


class Refused(Exception):
    """A request that is answered with no.

    Attributes:
        status: of HTTP.
        reason: one word of ``Reason``: a program reads it, and a counter carries it.
        values: what fills the text's placeholders; never a secret.
    """

    def __init__(self, reason: Reason, /, **values: object) -> None:
        super().__init__(reason)
        self.status = STATUS[reason]
        self.reason: Reason = reason
        self.values = values

    def as_json(self) -> dict[str, object]:
        """Return the body of the answer: the reason, what belongs to it, and what a person reads."""
        said = {"nl": say(f"joining.{self.reason}", "nl", **self.values)}
        said["en"] = say(f"joining.{self.reason}", "en", **self.values)
        return {"reason": self.reason, "message": said, **self.values}
