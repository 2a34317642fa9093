"""Waits until what the agent measures has reached the region, as the agent itself tells."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from regiowacht.services import units
from regiowacht_agent.status import NotReached, ask
from regiowacht_contract.errors import Unreachable
from regiowacht_contract.texts import keys, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht.services.systemd import Systemd
    from regiowacht_agent.config import Config
    from regiowacht_agent.status import Status
    from regiowacht_contract.texts import Lang

SEEN_WITHIN_S = 60.0
LOOK_EVERY_S = 0.2


class NotSeen(Unreachable):
    """The region has not seen this server within the time that was waited."""

    def __init__(self, key: str, why: str, **values: object) -> None:
        super().__init__(key, **values)
        self._why = why

    def message(self, lang: Lang) -> str:
        """Return it, with why nothing gets through in the reader's language."""
        key = f"sending.why-{self._why}"
        why = say(key, lang) if key in keys() else self._why or "?"
        return say(self.key, lang, why=why, **self.values)


def wait_seen(
    config: Config,
    systemd: Systemd,
    within_s: float = SEEN_WITHIN_S,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Status:
    """Wait until the collector took the first samples; of a server that is asked, until its agent answers.

    Raises:
        NotSeen: it did not come to that; says why as far as the agent knows, and what the agent said last.
    """
    until, why = now() + within_s, ""
    while True:
        try:
            status = ask(config.listen, has_tls=bool(config.http.tls_cert))
        except NotReached as error:
            why = error.reason
        else:
            if status.push is None or (status.push.sent and status.push.last_s is not None):
                return status
            why = status.push.failing
        if now() >= until:
            said = "\n".join(f"    {line}" for line in systemd.journal(units.AGENT)) or "    -"
            raise NotSeen("install.not-seen", why, seconds=f"{within_s:g}", said=said)
        sleep(LOOK_EVERY_S)
