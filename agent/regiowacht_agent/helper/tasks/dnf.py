"""Updates that wait on Fedora, Red Hat and what descends from them, from dnf or yum; under the names of yum.sh.

Source: dnf(8) ``check-update``, needs-restarting(1).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from regiowacht_agent.family import Metrics, Sample
from regiowacht_agent.helper.task import Absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.helper.outside import Outside
    from regiowacht_agent.helper.task import Task

NONE, SOME = 0, 100
"""Exit codes of ``check-update``: nothing waits, something does."""

END = re.compile(r"^obsoleting packages", re.IGNORECASE | re.MULTILINE)
"""dnf 4 and dnf 5 write it with another P."""

COLUMNS = 3


class Dnf:
    """``yum_upgrades_pending``, how many updates are about security, and ``node_reboot_required``."""

    def __init__(self) -> None:
        self._of = Metrics.of("updates")

    def read(self, outside: Outside) -> Iterator[Sample]:
        """Yield what waits.

        Raises:
            Absent: neither dnf nor yum here.
            TaskFailed: it cannot tell; a repository is out of reach.
        """
        program = next((name for name in ("dnf", "yum") if outside.has(name)), None)
        if program is None:
            raise Absent("no dnf")
        of = self._of
        counted = _pending(outside, program)
        for origin in sorted(counted):
            yield Sample(of["yum_upgrades_pending"], (origin,), counted[origin])
        if not counted:
            yield Sample(of["yum_upgrades_pending"], ("",), 0)
        security = _pending(outside, program, "--security").total()
        yield Sample(of["regiowacht_updates_security_pending"], ("dnf",), security)
        if outside.has("needs-restarting"):
            code = outside.run("needs-restarting", "-r", fine=(0, 1)).code
            yield Sample(of["node_reboot_required"], (), code)


def _pending(outside: Outside, program: str, *further: str) -> Counter[str]:
    return _by_origin(outside.run(program, "-q", *further, "check-update", fine=(NONE, SOME)).text)


def _by_origin(text: str) -> Counter[str]:
    """Count packages by repository; a name that is too long for its column stands on a line of its own."""
    found: Counter[str] = Counter()
    begun: list[str] = []
    for row in END.split(text)[0].splitlines():
        words = row.split()
        if not words or len(begun) + len(words) > COLUMNS:
            begun = []
        if len(words) <= COLUMNS:
            begun += words
        if len(begun) == COLUMNS:
            name, _version, origin = begun
            if "." in name:
                found[origin] += 1
            begun = []
    return found


def make(_config: Config) -> Task:
    """Return the task."""
    return Dnf()
