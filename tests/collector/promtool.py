"""Runs ``promtool test rules`` on what the collector renders."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from regiowacht_collector.files import write_files
from regiowacht_collector.rule_files import rule_files
from regiowacht_collector.yaml_text import to_yaml
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

INTERVAL_S = 15


def sample(labels: str, value: float) -> dict[str, object]:
    """Return one expected sample: ``regiowacht:asset_state{…}`` and its value."""
    return {"labels": labels, "value": float(value)}


def expect(expr: str, at: str, samples: list[dict[str, object]]) -> dict[str, object]:
    """Return one question: the samples of ``expr`` at the time ``at`` (``10m``)."""
    return {"expr": expr, "eval_time": at, "exp_samples": samples}


def check_rules(
    folder: Path,
    series: dict[str, str],
    questions: list[dict[str, object]],
    *,
    groups: list[str] | None = None,
    promtool: str | None = None,
) -> None:
    """Have promtool evaluate the rendered rules over ``series`` and compare the answers.

    Series and values are written as promtool does: ``1x10`` a value repeated, ``_`` no sample, ``stale`` a marker.

    Args:
        folder: an empty one.
        series: input by series.
        questions: what ``expect`` returns.
        groups: in which order groups are evaluated, when not in their own.
        promtool: another one than the one that comes with the engine of the tests.
    """
    promtool = promtool or need("promtool")
    write_files(rule_files(), folder)
    document: dict[str, object] = {
        "rule_files": ["rules/*.yml"],
        "evaluation_interval": f"{INTERVAL_S}s",
        "group_eval_order": groups or ["state", "poller", "counts", "server", "regio"],
        "tests": [
            {
                "interval": f"{INTERVAL_S}s",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": questions,
            }
        ],
    }
    (folder / "test.yml").write_bytes(to_yaml(document))
    answer = subprocess.run([promtool, "test", "rules", "test.yml"], cwd=folder, capture_output=True, check=False)
    assert answer.returncode == 0, answer.stdout.decode() + answer.stderr.decode()
