"""What tools that keep configurations write where a secret stood, in one form for all of them.

Oxidized writes ``<configuration removed>`` or ``<secret hidden>``, of several words and often in the place of all that
followed too; RANCID writes ``<removed>`` and makes the whole row a comment; Junos itself says ``/* SECRET-DATA */`` to
those who may not see it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Final

REMOVED: Final = "<removed>"
WORDY = re.compile(r"<[a-z-]+(?: [a-z-]+){0,3} (?:removed|hidden|redacted|masked|scrubbed)>|/\* SECRET-DATA \*/", re.I)
COMMENTED = re.compile(rf"^(?:!|#(?=\s\s))(?=.*{REMOVED})")
"""A row that is a comment only because a secret was taken out of it; a row of ``#`` keeps its indentation."""


def with_one_mask(rows: Iterable[str]) -> list[str]:
    """Return the rows with every placeholder as one word, and what became a comment for its sake as a command again."""
    return [COMMENTED.sub("", WORDY.sub(REMOVED, row)) if "<" in row or "/*" in row else row for row in rows]
