"""How a device says that it did not understand, or does not allow, what was typed."""

from __future__ import annotations

import re

NOT_UNDERSTOOD = re.compile(
    r"^\s*(?:(?:ERROR: )?%{1,2} ?(?:Error: )?(?:Invalid|Illegal|Incomplete|Unknown|Ambiguous|Unrecognized|Bad)\b.*"
    r"|Invalid input.*|.*Unrecognized command.*|Error: ?(?:Unrecognized|Wrong|Incomplete|Bad).*|unknown command.*"
    r"|syntax error.*|invalid syntax.*|Unknown action \d+.*|bad command name.*"
    r"|Command fail.*|.*command not found.*|.*(?:permission denied|not authorized|authorization failed).*)$",
    re.IGNORECASE | re.MULTILINE,
)
