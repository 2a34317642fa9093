"""How a device says that it did not understand, or does not allow, what was typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_UNDERSTOOD = re.compile(
    r"^\s*(?:% ?(?:Invalid|Incomplete|Unknown|Ambiguous|Unrecognized|Bad)\b.*|Invalid input.*|.*Unrecognized command.*"
    r"|Error: ?(?:Unrecognized|Wrong|Incomplete).*|unknown command.*|syntax error.*|invalid syntax.*"
    r"|Unknown action \d+.*|bad command name.*"
    r"|Command fail.*|.*command not found.*|.*(?:permission denied|not authorized|authorization failed).*)$",
    re.IGNORECASE | re.MULTILINE,
)


def holds_refusals_alone(rows: Sequence[str]) -> bool:
    """Return whether a device refused all that was typed and said nothing else; ``^`` points at what it refused."""
    said = [row for row in rows if row.strip(" ^")]
    return bool(said) and all(NOT_UNDERSTOOD.match(row) for row in said)
