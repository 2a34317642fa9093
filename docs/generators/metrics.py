"""Reference page: every metric of the catalogue."""

from __future__ import annotations

from regiowacht_contract.catalogue import Metric, families, family
from regiowacht_contract.thresholds import thresholds

PATH = "reference/metrics.md"


def page() -> str:
    """Return the page as Markdown."""
    parts = [
        "# Metrics",
        "",
        "Every metric Regiowacht knows, one heading a family. The five target labels (`gemeente`, `scope`, `site`, "
        "`instance`, `job`) stand on every series about a host or device and are not repeated here.",
        "",
        "The laag decides the `scope` a series stands under: `GEMEENTE/LAAG`; `asset` means the laag of the asset it "
        "is about, `overig` means shared with nobody by default.",
        "",
        "The job says who measures: `node` a server's own agent, `relay` another's for it, `snmp` and `probe` the "
        "poller of its site, `audit` an audit, `regiowacht` the collector. A family without one is computed by rules.",
    ]
    for name in families():
        parts += [
            "",
            f"## {name}",
            "",
            *_origin(family(name)[0]),
            "| metric | type | unit | labels | laag | meaning |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        parts += [_row(metric) for metric in family(name)]
    parts += [
        "",
        "## Thresholds",
        "",
        "| name | warning | critical | worse when | unit |",
        "| --- | --- | --- | --- | --- |",
    ]
    parts += [
        f"| `{t.name}` | {t.warning:g} | {t.critical:g} | {t.direction} | {t.unit or '-'} |"
        for t in thresholds().values()
    ]
    return "\n".join(parts)


def _origin(first: Metric) -> list[str]:
    """Return whose series a family's are, and whether anything measures them yet."""
    lines = []
    if first.jobs:
        lines += [f"Job: {', '.join(f'`{job}`' for job in first.jobs)}.", ""]
    if first.planned:
        lines += ["Not measured yet by any agent; the names are fixed, and example data alone has them.", ""]
    return lines


def _row(metric: Metric) -> str:
    labels = " ".join(f"`{label}`" for label in metric.labels) or "-"
    kind = f"{metric.kind}, only grows" if metric.monotonic and metric.kind != "counter" else metric.kind
    return f"| `{metric.name}` | {kind} | {metric.unit or '-'} | {labels} | {metric.laag} | {metric.help} |"
