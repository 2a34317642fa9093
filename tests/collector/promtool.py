"""Runs ``promtool test rules`` on what the collector renders."""

from __future__ import annotations

import functools
import os
import re
import subprocess
from typing import TYPE_CHECKING

import yaml

from regiowacht_collector.files import write_files
from regiowacht_collector.rule_files import rule_files
from regiowacht_collector.rules import GROUPS
from regiowacht_collector.yaml_text import to_yaml
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

INTERVAL_S = 15
NAME = re.compile(r"[A-Za-z_:][\w:]*")
ORDER = [group.name for group in GROUPS]
BY_PATTERN = {"ALERTS", "ALERTS_FOR_STATE", "__name__"}
"""Names by which an expression may ask for any rule."""


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
    files = only_needed(_rendered(), " ".join(str(question["expr"]) for question in questions))
    write_files(files, folder)
    document: dict[str, object] = {
        "rule_files": ["rules/*.yml"],
        "evaluation_interval": f"{INTERVAL_S}s",
        "group_eval_order": [group for group in groups or ORDER if f"rules/{group}.yml" in files],
        "tests": [
            {
                "interval": f"{INTERVAL_S}s",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": questions,
            }
        ],
    }
    run_test(folder, document, promtool)


def run_test(folder: Path, document: dict[str, object], promtool: str) -> None:
    """Have promtool find what a document expects, in a folder with the rule files it names."""
    (folder / "test.yml").write_bytes(to_yaml(document))
    words = [promtool, "test", "rules", "test.yml"]
    environ = {**os.environ, "GOGC": "400"}  # a quarter of its time goes to clearing up memory that there is enough of
    answer = subprocess.run(words, cwd=folder, capture_output=True, check=False, env=environ)
    assert answer.returncode == 0, answer.stdout.decode() + answer.stderr.decode()


def only_needed(files: dict[str, bytes], asked: str) -> dict[str, bytes]:
    """Return the files with the recording rules that ``asked`` names, and those they stand on; the rest costs time.

    All of them stay where it may ask for any rule. Alerts go, since no name stands for one.

    Args:
        files: the rendered rules by path, one group in each.
        asked: expressions.
    """
    wanted = set(NAME.findall(asked))
    if wanted & BY_PATTERN:
        return files
    groups = {path: _group(files[path]) for path in (f"rules/{name}.yml" for name in ORDER)}
    recorded = [rule for group in groups.values() for rule in group["rules"]]
    while more := {n for rule in recorded if rule["record"] in wanted for n in NAME.findall(rule["expr"])} - wanted:
        wanted |= more
    if wanted & BY_PATTERN:
        return files
    kept = {path: [rule for rule in group["rules"] if rule["record"] in wanted] for path, group in groups.items()}
    return {path: to_yaml({"groups": [{**groups[path], "rules": rules}]}) for path, rules in kept.items() if rules}


@functools.cache
def _rendered() -> dict[str, bytes]:
    return rule_files()


@functools.cache
def _group(text: bytes) -> dict[str, Any]:
    group: dict[str, Any] = yaml.safe_load(text)["groups"][0]
    return group
