"""What a device said of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regiowacht_audit.judge.beside import Startup


@dataclass(frozen=True, slots=True)
class Said:
    """A configuration that was read, secrets and all: never to leave memory unscrubbed.

    Attributes:
        text: the running configuration.
        startup: how it compares with the saved one; None where the device does not tell.
    """

    text: str = field(default="", repr=False)
    startup: Startup | None = None
