"""What ``audit run`` writes beside what it says: a report, SARIF, metrics, each looked at by the scanner first."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from regiowacht_audit.outcome import Examiner, Outcome
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region


def write_outputs(
    region: Region, outcomes: Sequence[Outcome], examiner: Examiner, chosen: Namespace, lang: Lang
) -> None:
    """Write the files that were asked for, each whole or not at all.

    Raises:
        Leak: one of them would hold a secret.
        Unavailable: a file cannot be written.
    """
    from regiowacht_audit.report.metrics import run_as_metrics

    now_s = time.time()
    if chosen.html:
        from regiowacht_audit.report.html import run_as_html

        _write(chosen.html, run_as_html(region.name, outcomes, now_s, lang), examiner)
    if chosen.sarif:
        from importlib.metadata import version

        from regiowacht_audit.report.sarif import run_as_sarif

        log = run_as_sarif(outcomes, version("regiowacht"), lang)
        _write(chosen.sarif, json.dumps(log, indent=1, ensure_ascii=False) + "\n", examiner)
    if chosen.metrics:
        _write(chosen.metrics, run_as_metrics(outcomes, now_s), examiner)


def _write(file: str, text: str, examiner: Examiner) -> None:
    examiner.scanner().check(text, file)
    path = Path(file)
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8", errors="replace")
        new.replace(path)
    except OSError as error:
        raise Unavailable("audit-run.cannot-write", file=file, said=error.strerror) from None
