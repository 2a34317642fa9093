"""Why a device, or a part of what it should have told, did not come: one word each, and words for a person."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    Reason = Literal[
        "name", "unreachable", "timeout", "address", "format",
        "user", "auth", "priv", "level", "engine", "clock", "algorithm", "secret", "access",
        "toobig", "truncated", "order", "loop", "skipped", "duplicate", "moved", "restarted", "limit", "value",
        "status", "check", "internal",
    ]  # fmt: skip

REASONS: tuple[Reason, ...] = (
    "name", "unreachable", "timeout", "address", "format",
    "user", "auth", "priv", "level", "engine", "clock", "algorithm", "secret", "access",
    "toobig", "truncated", "order", "loop", "skipped", "duplicate", "moved", "restarted", "limit", "value",
    "status", "check", "internal",
)  # fmt: skip
"""What ``snmp_poll_reason_info`` and ``regiowacht_agent_poll_failed`` carry:

- the way: ``name`` does not resolve, ``unreachable`` (ICMP, no route), ``timeout`` (no answer: also what a wrong
  community looks like), ``address`` (another host answered), ``format`` (no SNMP, or bytes that cannot be);
- who asks: ``user`` unknown there, ``auth`` wrong passphrase or protocol, ``priv`` cannot be decrypted, ``level`` not
  allowed without more, ``engine`` and ``clock`` not to be agreed on (RFC 3414, 3.2), ``algorithm`` this engine has
  not, ``secret`` cannot be read here, ``access`` refused by the device's view;
- the answer: ``toobig`` however little was asked, ``truncated``, ``order`` (not increasing), ``loop``, ``skipped``
  rows, ``duplicate`` rows or series, ``moved`` indexes, ``restarted`` in between, ``limit`` of ours on rows or series,
  a ``value`` of another type than its object has, another error ``status``;
- ourselves: ``check`` (both engines did not read the same), ``internal``.
"""

OUR_OWN = frozenset({"secret", "algorithm", "internal"})
"""Reasons that say nothing of the device: it was not asked."""


class SnmpFailed(Exception):
    """A device, or one question to it, that came to nothing: one of ``REASONS``, and words that hold no secret."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason: Reason = reason
        self.detail = detail
