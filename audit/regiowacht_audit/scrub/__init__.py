"""Takes secrets out of a configuration before anything is stored, shown or compared."""

from __future__ import annotations

from regiowacht_audit.scrub.scrubber import Scrubbed, scrub
from regiowacht_audit.scrub.token import Fingerprint

__all__ = ["Fingerprint", "Scrubbed", "scrub"]
