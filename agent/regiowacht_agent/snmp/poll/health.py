"""What is told of a poll itself: what it cost, whether everything came, and why not."""

from __future__ import annotations

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.snmp.oid import oid_text
from regiowacht_agent.snmp.session import Trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_agent.snmp.failure import SnmpFailed
    from regiowacht_agent.snmp.poll.took import Took
    from regiowacht_agent.snmp.session import Effort
    from regiowacht_contract.metric import Metric

FAMILY = "snmp_poll"
REASONS_MAX = 20
"""Series of reasons that one device may have; what goes beyond is told by its reason alone, without the object."""

UNPROVEN = Trouble("check", "nothing is told of it before both engines were seen to read the same")

_METRICS: dict[str, Metric] = {}


def health(  # noqa: PLR0913, PLR0917 - a poll has so many sides
    took: Took | None,
    failed: SnmpFailed | None,
    effort: Effort,
    duration_s: float,
    walk_s: float,
    engine: str,
    relearns: int,
    check: str = "none",
    differs: Iterable[Trouble] = (),
) -> Iterator[Sample]:
    """Yield the samples about one poll of a device.

    Args:
        took: what it came to; None where the device did not answer.
        failed: why it did not.
        effort: what this poll cost.
        duration_s: seconds that it took in all.
        walk_s: seconds of those until the last answer.
        engine: ``fast`` or ``pysnmp``.
        relearns: how often the device was learnt anew so far.
        check: what the comparison of the engines came to, one of the words of ``asked.py``.
        differs: what was not equal in it; no loss where the other engine asks.
    """
    of = _metrics()
    yield Sample(of["snmp_scrape_duration_seconds"], (), round(duration_s, 6))
    yield Sample(of["snmp_scrape_walk_duration_seconds"], (), round(walk_s, 6))
    yield Sample(of["snmp_scrape_packets_sent"], (), effort.sent)
    yield Sample(of["snmp_scrape_packets_retried"], (), effort.retried)
    yield Sample(of["snmp_scrape_pdus_returned"], (), took.objects if took else 0)
    waits = (engine, check) == ("fast", "pending")
    yield Sample(of["snmp_poll_success"], (), int(took is not None and is_whole(took.troubles) and not waits))
    if took is not None:
        yield Sample(of["snmp_poll_missing_rows"], (), took.missing)
        yield Sample(of["snmp_poll_slow_age_seconds"], (), round(took.slow_age_s, 3))
    unproven = (UNPROVEN,) if waits and took is not None else ()
    for reason, oid in reasons((*unproven, *(took.troubles if took else ()), *differs), failed):
        yield Sample(of["snmp_poll_reason_info"], (reason, oid), 1)
    yield Sample(of["snmp_poll_relearns_total"], (), max(0, relearns))
    yield Sample(of["snmp_poll_engine_info"], (engine, check), 1)


def is_whole(troubles: Iterable[Trouble]) -> bool:
    """Return whether nothing is missing: two rows told apart in spite of equal labels are no loss."""
    return all(trouble.reason == "duplicate" and not trouble.rows for trouble in troubles)


def reasons(troubles: Iterable[Trouble], failed: SnmpFailed | None = None) -> list[tuple[str, str]]:
    """Return each reason with the object that it is about, once; without the object where those are too many."""
    found: dict[tuple[str, str], None] = {}
    if failed is not None:
        found[failed.reason, ""] = None
    beyond: dict[tuple[str, str], None] = {}
    for trouble in troubles:
        key = (trouble.reason, oid_text(trouble.oid))
        (found if len(found) < REASONS_MAX else beyond).setdefault(key)
    found |= {(reason, ""): None for reason, oid in beyond if (reason, oid) not in found}
    return list(found)


def _metrics() -> dict[str, Metric]:
    if not _METRICS:
        of = Metrics.of(FAMILY)
        _METRICS.update({name: of[name] for name in of})
    return _METRICS
