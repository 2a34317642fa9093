"""What the gateway tells on the collector's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_collector.series import family
from regiowacht_contract.labels import OVERIG, scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from prometheus_client.core import Metric as Family

    from regiowacht_collector.gateway.accounts import Accounts
    from regiowacht_collector.gateway.books import Books, Who
    from regiowacht_collector.gateway.server import Server
    from regiowacht_collector.series import Sample


def writer_families(books: Books) -> Iterator[Family]:
    """Return what is counted of each writer, and of those who are none."""
    latest = sorted(books.latest.copy().items())
    yield _of_writers("accepted_samples_total", books.accepted)
    yield _of_writers_by("refused_samples_total", books.refused, "reason")
    yield _of_writers("corrected_series_total", books.corrected)
    yield _of_writers_by("writes_total", books.writes, "result")
    yield _of_writers("last_write_timestamp_seconds", {who: one.write_s for who, one in latest})
    yield _of_writers("newest_sample_timestamp_seconds", {who: one.newest_s for who, one in latest if one.newest_s})
    yield _named("strangers_total", _by(books.strangers, "reason"))
    yield _named("stray_certificates_total", [({}, books.strays)])


def server_families(server: Server, accounts: Accounts) -> Iterator[Family]:
    """Return how the gateway itself and the engines behind it fare."""
    books, quotas, budget = accounts.books, accounts.quotas, accounts.budget
    held = server.connections
    ended = {"full": held.refused, "room": held.made_room, "time": server.timed_out, "tls": server.failed_handshakes}
    yield _named("active_series", ((_of(gemeente), count) for gemeente, count in sorted(quotas.active().items())))
    yield _named("active_series_limit", [({}, quotas.quota.series)])
    yield _named("connections", [({}, len(held))])
    yield _named("connections_ended_total", _by(ended, "reason"))
    yield _named("under_way_bytes", [({}, budget.used_bytes)])
    yield _named("under_way_limit_bytes", [({}, budget.size_bytes)])
    yield _named("engine_requests_total", _by(books.engines, "result"))
    yield _named("engine_seconds_total", [({}, books.engine_s)])


def joining_families(answers: Mapping[tuple[str, str], int], machines: Mapping[Who, int]) -> Iterator[Family]:
    """Return how requests to join were answered, and of which servers there are copies."""
    told = (({"request": request, "reason": reason}, count) for (request, reason), count in sorted(answers.items()))
    yield _named("answers_total", told)
    yield _of_writers("machines", machines)


def certificate_family(ends_s: float | None) -> Iterator[Family]:
    """Return when the certificate ends; nothing without one."""
    if ends_s is not None:
        yield _named("certificate_expiry_timestamp_seconds", [({}, ends_s)])


def acme_families(
    results: Mapping[str, int], failures: int, last_failure: tuple[float, str] | None
) -> Iterator[Family]:
    """Return what became of orders for a certificate, how many failed since the last that did not, and the last."""
    yield _named("acme_orders_total", _by(results, "result"))
    yield _named("acme_failures", [({}, failures)])
    if last_failure is not None:
        yield _named("acme_last_failure_timestamp_seconds", [({"result": last_failure[1]}, last_failure[0])])


def _named(name: str, samples: Iterable[Sample]) -> Family:
    return family(f"regiowacht_gateway_{name}", samples)


def _by(counts: Mapping[str, float], label: str) -> list[Sample]:
    return [({label: word}, count) for word, count in sorted(dict(counts).items())]


def _of_writers(name: str, counts: Mapping[Who, float]) -> Family:
    return _named(name, ((_of(*who), count) for who, count in sorted(dict(counts).items())))


def _of_writers_by(name: str, counts: Mapping[tuple[Who, str], float], label: str) -> Family:
    found = sorted(dict(counts).items())
    return _named(name, (({**_of(*who), label: word}, count) for (who, word), count in found))


def _of(gemeente: str, server: str = "") -> dict[str, str]:
    labels = {"gemeente": gemeente, "scope": scope(gemeente, OVERIG)}
    return {**labels, "server": server} if server else labels
