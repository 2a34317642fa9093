"""Which writes the gateway notes as late."""

from __future__ import annotations

from regiowacht_collector.gateway.write import Checked
from regiowacht_collector.gateway.writes import LATE_MS, late_of

NOW_MS = 1_800_000_000_000


def test_what_came_when_rules_had_looked_for_it_is_late() -> None:
    for fresh, old, age_ms, wanted in (
        (b"f", b"", 0, []),
        (b"f", b"", LATE_MS, []),
        (b"f", b"", LATE_MS + 1, [b"f"]),
        (b"f", b"o", 0, [b"o"]),
        (b"f", b"o", LATE_MS + 1, [b"o", b"f"]),
        (b"", b"o", 3_600_000, [b"o"]),
        (b"", b"", 3_600_000, []),
    ):
        assert late_of(Checked(fresh=fresh, old=old, newest_ms=NOW_MS - age_ms), NOW_MS) == wanted
