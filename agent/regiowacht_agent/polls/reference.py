"""The setting that says where a secret is; the secret itself never stands in a configuration."""

from __future__ import annotations

from dataclasses import dataclass

from regiowacht_agent.polls.secret import REFERENCE
from regiowacht_agent.settings import Invalid, Text


@dataclass(frozen=True, slots=True)
class Reference(Text):
    """Where a secret is: ``env:NAME`` or ``file:/PATH``; empty for none."""

    name: str = "reference"
    may_be_empty: bool = True

    def check(self, value: object) -> str:
        """Return the reference; what may be the secret itself is never shown."""
        if not isinstance(value, str) or (value and not REFERENCE.fullmatch(value)):
            raise Invalid("agent.bad-reference")
        return value
