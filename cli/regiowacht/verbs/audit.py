"""``regiowacht audit``: is the network gear configured the way we agreed."""

from __future__ import annotations

from regiowacht.verbs.audit_check import CHECK
from regiowacht.verbs.audit_scrub import SCRUB

VERBS = (CHECK, SCRUB)
