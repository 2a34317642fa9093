"""What tells this machine and this process apart from copies: two header fields that go with every write.

A machine id is not sent, but a hash of it that means nothing elsewhere (``machine-id(5)`` asks for that).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import platform
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_agent.joining.folder import StateFolder

MACHINE_HEADER, BOOT_HEADER = "X-Regiowacht-Machine", "X-Regiowacht-Boot"
MACHINE_IDS = ("/etc/machine-id", "/var/lib/dbus/machine-id")
OURS = b"regiowacht agent"
STARTS_MAX = 999_999_999


def machine(places: tuple[str, ...] = MACHINE_IDS) -> str:
    """Return the hash of this machine's id, or of its name where it has none."""
    identity = ""
    for place in places:
        try:
            with open(place, encoding="ascii") as file:  # noqa: PTH123 - /etc is no place of ours
                identity = identity or file.read(100).strip()
        except (OSError, ValueError):
            continue
    return hmac.new(OURS, (identity or platform.node()).encode(), hashlib.sha256).hexdigest()[:32]


def fields(folder: StateFolder) -> dict[str, str]:
    """Return the header fields of this machine and this process, and count one more start."""
    return {MACHINE_HEADER: machine(), BOOT_HEADER: start(folder)}


def start(folder: StateFolder) -> str:
    """Count one more start of the agent, and return ``COUNT-NONCE`` for this process.

    Where the count cannot be kept, it goes on from what it was; the nonce tells processes apart all the same.
    """
    try:
        count = int(folder.starts.read_text(encoding="ascii")) % STARTS_MAX
    except (OSError, ValueError):
        count = 0
    with contextlib.suppress(OSError):
        folder.write(folder.starts, f"{count + 1}\n")
    return f"{count + 1}-{secrets.token_hex(8)}"
