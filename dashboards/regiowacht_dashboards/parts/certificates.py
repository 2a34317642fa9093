"""Certificates, wherever they are seen: behind a service, in a file of a server, of an agent itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.parts.tiles import DAY_S
from regiowacht_dashboards.queries import ASSET, aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import from_contract

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

WHERE = "kind"
SEEN = (
    ("service", "probe_ssl_earliest_cert_expiry", ""),
    ("file", "x509_cert_not_after", "filepath"),
    ("agent", "regiowacht_agent_http_certificate_expiry_timestamp_seconds", ""),
)
"""Where a certificate is seen, the metric of its end, and the label that tells several of one asset apart."""


def days_left() -> str:
    """Return for how many days each certificate still holds; one label says where it is seen, one its file."""
    each = (
        f'label_replace({aggregate("min", value(name), *ASSET, *filter(None, [label]))}, "{WHERE}", "{where}", "", "")'
        for where, name, label in SEEN
    )
    return f"(({' or '.join(each)}) - time()) / {DAY_S}"


def certificates(words: Words) -> Table:
    """Return every certificate, the one that ends first on top."""
    return Table(
        key="certificates",
        queries=(Query(days_left()),),
        columns=(
            Column(source="Value", title="days-valid", width=130, unit="short", decimals=0,
                   steps=from_contract("certificate_left", DAY_S), blank=True),
            Column(source=WHERE, title="seen-at", width=120,
                   named={where: words.shared(f"certificate-{where}") for where, _, _ in SEEN}),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="filepath", title="file"),
        ),
        hidden=("site",),
        order=(("days-valid", False),),
    )  # fmt: skip
