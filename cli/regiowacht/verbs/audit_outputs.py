"""What ``audit run`` writes beside what it says: a report, SARIF, metrics, each looked at by the scanner first."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_contract.errors import RegiowachtError, Unavailable

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from regiowacht_audit.outcome import Outcome
    from regiowacht_audit.report.looked_at import Render
    from regiowacht_audit.scrub.scanner import Scanner
    from regiowacht_contract.texts import Lang
    from regiowacht_inventory import Region


def write_outputs(
    region: Region, outcomes: Sequence[Outcome], scanner: Scanner, chosen: Namespace, lang: Lang
) -> list[RegiowachtError]:
    """Write the files that were asked for, each whole or not at all; return why one was not: the others are."""
    from regiowacht_audit.report.looked_at import looked_at

    refused: list[RegiowachtError] = []
    for file, render in _renders(region, chosen, lang):
        try:
            _write(file, looked_at(file, render, outcomes, scanner))
        except RegiowachtError as error:
            refused.append(error)
    return refused


def _renders(region: Region, chosen: Namespace, lang: Lang) -> Iterator[tuple[str, Render]]:
    """Yield each file that was asked for, and what makes its text."""
    from regiowacht_audit.report.metrics import run_as_metrics

    now_s = time.time()
    if chosen.html:
        from regiowacht_audit.report.html import run_as_html

        yield chosen.html, lambda outcomes: run_as_html(region.name, outcomes, now_s, lang)
    if chosen.sarif:
        from importlib.metadata import version

        from regiowacht_audit.report.sarif import run_as_sarif

        made_by = version("regiowacht")
        yield (
            chosen.sarif,
            lambda outcomes: json.dumps(run_as_sarif(outcomes, made_by, lang), indent=1, ensure_ascii=False) + "\n",
        )
    if chosen.metrics:
        yield chosen.metrics, lambda outcomes: run_as_metrics(outcomes, now_s)


def _write(file: str, text: str) -> None:
    """Put a text in a file, as a whole; what is no file (a terminal, a pipe, ``/dev/null``) is written to as it is."""
    path = Path(file).resolve()
    new = path.with_name(f".{path.name}.new")
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_text(text, encoding="utf-8", errors="replace")
            return
        new.write_text(text, encoding="utf-8", errors="replace")
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise Unavailable("audit-run.cannot-write", file=file, said=error.strerror) from None
