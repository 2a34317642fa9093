"""What came of one device: read, scrubbed, judged, kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regiowacht_audit.judge.check import check_text
from regiowacht_audit.scrub import scrub
from regiowacht_audit.scrub.scanner import Scanner
from regiowacht_contract.errors import RegiowachtError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from regiowacht_audit.judge.baseline import Baseline
    from regiowacht_audit.judge.beside import Beside
    from regiowacht_audit.judge.check import Judged
    from regiowacht_audit.platform import Platform
    from regiowacht_audit.scrub import Fingerprint
    from regiowacht_audit.store.store import Change


@dataclass(frozen=True, slots=True)
class Outcome:
    """One device of an audit. Nothing in it holds a secret.

    Attributes:
        gemeente: slug of its gemeente, or "" for a file without one.
        device: its name.
        platform: what it was read as.
        text: its configuration, scrubbed.
        judged: the findings; None where there are none.
        error: why not.
        change: what the store kept; None where nothing changed or nothing is kept.
        took_s: seconds that reading took.
    """

    gemeente: str
    device: str
    platform: Platform
    text: str = field(default="", repr=False)
    judged: Judged | None = None
    error: RegiowachtError | None = None
    change: Change | None = None
    took_s: float = 0.0

    @property
    def name(self) -> str:
        """``GEMEENTE/NAME``, or the name alone."""
        return f"{self.gemeente}/{self.device}" if self.gemeente else self.device


@dataclass(frozen=True, slots=True)
class Examiner:
    """Turns what a device said into an outcome; what it said goes no further.

    Attributes:
        fingerprint: makes tokens of secrets.
        credentials: what this run logs in with: never to appear anywhere.
    """

    fingerprint: Fingerprint
    credentials: tuple[str, ...] = field(default=(), repr=False)

    def scanner(self) -> Scanner:
        """Return what looks at everything that leaves this run."""
        return Scanner(self.credentials)

    def examine(
        self,
        text: str,
        gemeente: str,
        device: str,
        platform: Platform,
        baseline: Baseline,
        beside: Beside | None = None,
    ) -> Outcome:
        """Return the findings and the scrubbed configuration, or why there are none."""
        try:
            scrubbed = scrub(text, platform.syntax, self.fingerprint)
            Scanner(self.credentials, scrubbed.secrets).check(scrubbed.text, f"{gemeente}/{device}".strip("/"))
            return Outcome(gemeente, device, platform, scrubbed.text, check_text(text, platform, baseline, beside))
        except RegiowachtError as error:
            return Outcome(gemeente, device, platform, error=error)


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """Return 3 where a device could not be read, else 1 where one breaks a rule or told no configuration, else 0."""
    code = 0
    for one in outcomes:
        if one.error is not None:
            code = max(code, one.error.exit_code)
        elif one.judged and any(finding.status == "fail" for finding in one.judged.findings):
            code = max(code, 1)
    return code
