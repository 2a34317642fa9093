"""What audits found in the configuration of devices.

An audit knows gemeente and name of a device; site and kind are the region folder's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_contract import audits
from regiowacht_contract.audits import FINDINGS, LAST, SCORE
from regiowacht_contract.promql import regex
from regiowacht_contract.thresholds import threshold
from regiowacht_dashboards import leads
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.panels import Table
from regiowacht_dashboards.queries import aggregate, value
from regiowacht_dashboards.query import Query
from regiowacht_dashboards.style import ORANGE, RED, from_contract, if_any, no_value
from regiowacht_dashboards.variables import chosen

if TYPE_CHECKING:
    from regiowacht_contract.promql import Match
    from regiowacht_dashboards.words import Words

KEY = ("gemeente", "instance")
SHOWN = ("gemeente", "site", "instance", "kind")


def audited(name: str, **matches: str | Match) -> str:
    """Return what audits say of the chosen devices, one value each."""
    return aggregate("max", audits.latest(name, **chosen(*KEY), **matches), *KEY)


def of_devices(expr: str) -> str:
    """Return values by (gemeente, instance) with site and kind of the device, those of the chosen sites alone."""
    told = value("regiowacht_asset_info")
    return aggregate("max", f"{told} * on (gemeente, instance) group_left () ({expr})", *SHOWN)


def fallen() -> str:
    """Return by how much each score fell within a week."""
    a_week_ago = audits.latest(SCORE, audits.WEEK, **chosen(*KEY))
    return f"{aggregate('max', a_week_ago, *KEY)} - {audited(SCORE)}"


def age() -> str:
    """Return how old the latest audit of each device is, in seconds."""
    return f"time() - {audited(LAST)}"


def findings(severity: str) -> str:
    """Return how many rules of a severity all chosen devices break together: zero where audits found none."""
    found = of_devices(audited(FINDINGS, severity=severity))
    return f"sum({found}) or 0 * sum({of_devices(audited(SCORE))})"


def longer_than_allowed() -> str:
    """Return how many devices have not been audited for too long."""
    return aggregate("sum", f"{of_devices(age())} > bool {threshold('audit_age').warning:.0f}")


def devices(words: Words, key: str = "devices") -> Table:
    """Return every audited device, those with the lowest score first."""
    severities, none = ("critical", "high", "medium|low"), no_value(words.shared("none-now"))
    return Table(
        key=key,
        queries=(
            Query(leads.labelled(of_devices(audited(SCORE)))),
            *(Query(leads.labelled(of_devices(_count(severity)))) for severity in severities),
            Query(leads.labelled(of_devices(age()))),
            Query(leads.labelled(of_devices(f"{fallen()} > 0"))),
        ),
        columns=(
            Column(
                source="Value #A",
                title="score",
                width=90,
                unit="percentunit",
                decimals=0,
                steps=from_contract("audit_score"),
            ),
            Column(source="instance", title="instance"),
            Column(source="gemeente", title="gemeente"),
            Column(source="site", title="site"),
            Column(source="kind", title="kind", width=110, named=words.kinds()),
            Column(source="Value #B", title="critical", width=80, unit="short", decimals=0, steps=if_any(RED)),
            Column(source="Value #C", title="high", width=80, unit="short", decimals=0, steps=if_any(ORANGE)),
            Column(source="Value #D", title="lower", width=80, unit="short", decimals=0),
            Column(
                source="Value #E",
                title="audited-ago",
                width=130,
                unit="s",
                decimals=0,
                steps=from_contract("audit_age"),
            ),
            Column(
                source="Value #F",
                title="fell",
                width=120,
                unit="percentunit",
                decimals=0,
                steps=from_contract("audit_drop"),
                mappings=(none,),
            ),
            leads.column(words),
        ),
        order=(("score", False), ("gemeente", False)),
        nothing="no-audits",
    )


def _count(severity: str) -> str:
    """Return the findings of each device of these severities (RE2): zero where the audit found none of them."""
    found = audits.latest(FINDINGS, **chosen(*KEY), severity=regex(severity))
    return f"{aggregate('sum', found, *KEY)} or 0 * {audited(SCORE)}"
