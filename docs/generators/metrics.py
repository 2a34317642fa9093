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
    ]
    for name in families():
        parts += [
            "",
            f"## {name}",
            "",
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


def _row(metric: Metric) -> str:
    labels = " ".join(f"`{label}`" for label in metric.labels) or "-"
    kind = f"{metric.kind}, only grows" if metric.monotonic and metric.kind != "counter" else metric.kind
    return f"| `{metric.name}` | {kind} | {metric.unit or '-'} | {labels} | {metric.laag} | {metric.help} |"
