"""Has the engine's own tool check what was rendered."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from regiowacht_collector.files import staged
from regiowacht_collector.render import CONFIG
from regiowacht_contract.errors import Found, PartMissing

if TYPE_CHECKING:
    from pathlib import Path

    from regiowacht_collector.render import Files

CHECK_WITHIN_S = 60


def check_files(files: Files, promtool: Path | None) -> None:
    """Check the configuration and every rule file as the engine itself would read them.

    Raises:
        PartMissing: there is no promtool, or it does not run.
        Found: it found a mistake; the error carries what it said.
    """
    if promtool is None:
        raise PartMissing("collector.no-promtool")
    with staged(files) as folder:
        _check([promtool, "check", "config", CONFIG], folder)
        rules = sorted(path for path in files if path.startswith("rules/"))
        _check([promtool, "check", "rules", *rules], folder)


def _check(command: list[str | Path], folder: Path) -> None:
    try:
        answer = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=CHECK_WITHIN_S,
            text=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PartMissing("collector.engine-broken", path=command[0], reason=error) from None
    if answer.returncode:
        raise Found("collector.check-failed", said=answer.stdout.strip() or f"exit {answer.returncode}")
