"""Says which certificates and backups that somebody declared cannot be looked at, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from regiowacht_agent.block import Block
    from regiowacht_contract.texts import Lang

FAMILIES = {"regiowacht_certificate_problem_info": "certificates", "regiowacht_backup_problem_info": "backups"}
"""The metrics that tell such a problem, with their family; their labels are what was declared, and a word."""


@dataclass(frozen=True, slots=True, order=True)
class Declared:
    """A file, a pattern or a backup's name of which something is wrong; ``reason`` is a word."""

    family: str
    what: str
    reason: str

    def line(self, lang: Lang) -> str:
        """Return what a person reads."""
        return say("agent.check-declared", lang, what=self.what, reason=say(f"agent.declared-{self.reason}", lang))

    def as_json(self) -> dict[str, str]:
        """Return what ``--json`` prints."""
        return {"family": self.family, "what": self.what, "reason": self.reason}


def declared(blocks: Sequence[Block]) -> Iterator[Declared]:
    """Yield what a reading tells of it."""
    for block in blocks:
        for metric, labels in block.layout.series:
            if metric.name in FAMILIES:
                yield Declared(FAMILIES[metric.name], labels[0], labels[1])
