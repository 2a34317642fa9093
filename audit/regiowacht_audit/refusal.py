"""How a device says that it did not understand, or does not allow, what was typed."""

from __future__ import annotations

import re

NOT_UNDERSTOOD = re.compile(
    r"^\s*(?:% ?(?:Invalid|Incomplete|Unknown|Ambiguous|Unrecognized|Bad)\b.*|Invalid input.*|.*Unrecognized command.*"
    r"|Error: ?(?:Unrecognized|Wrong|Incomplete).*|unknown command.*|syntax error.*|invalid syntax.*"
    r"|Unknown action \d+.*|bad command name.*"
    r"|Command fail.*|.*command not found.*|.*(?:permission denied|not authorized|authorization failed).*)$",
    re.IGNORECASE | re.MULTILINE,
)
