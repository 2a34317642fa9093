"""``regiowacht audit``: is the network gear configured the way we agreed."""

from __future__ import annotations

from regiowacht.verbs.audit_check import CHECK
from regiowacht.verbs.audit_history import DIFF, HISTORY
from regiowacht.verbs.audit_run import RUN
from regiowacht.verbs.audit_schedule import SCHEDULE
from regiowacht.verbs.audit_scrub import SCRUB
from regiowacht.verbs.audit_trust import TRUST

VERBS = (RUN, CHECK, SCRUB, TRUST, DIFF, HISTORY, SCHEDULE)
