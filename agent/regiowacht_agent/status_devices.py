"""How it stands with the devices that a running agent asks over SNMP, and with the pollers that it stands by for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.texts import keys, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from regiowacht_contract.texts import Lang

    Read = tuple[str, Mapping[str, str], float]

FAILED, ENGINE, STANDBY = "regiowacht_agent_poll_failed", "snmp_poll_engine_info", "regiowacht_agent_standby_active"
WANTED = (f"{FAILED}{{", f"{ENGINE}{{")
"""What lines of the page of devices begin with that are needed here: one device has thousands of others."""

PENDING = "pending"


@dataclass(frozen=True, slots=True)
class DevicesStatus:
    """Devices by what became of their latest poll; those without one yet are in none.

    Attributes:
        answering: how many tell how they are.
        checked: those that answer, and of which nothing is told before both engines read the same.
        down: those that do not answer or cannot be asked, each with the reason in a word.
        stands_in: pollers whose devices this agent asks in their place now.
    """

    answering: int
    checked: tuple[str, ...]
    down: tuple[tuple[str, str], ...]
    stands_in: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return what ``--json`` prints."""
        return {
            "answering": self.answering,
            "failing": len(self.down),
            "pending": list(self.checked),
            "down": [{"instance": name, "reason": reason} for name, reason in self.down],
            "stands_in_for": list(self.stands_in),
        }

    def lines(self, lang: Lang) -> Iterator[str]:
        """Yield what a person reads; nothing where no device is asked."""
        counts = {"up": self.answering, "down": len(self.down), "checked": len(self.checked)}
        if any(counts.values()):
            yield say("agent.status-devices", lang, count=sum(counts.values()), **counts)
        if self.down:
            down = ", ".join(f"{name} ({_words(reason, lang)})" for name, reason in self.down)
            yield say("agent.status-devices-down", lang, devices=down)
        if self.checked:
            yield say("agent.status-devices-checked", lang, devices=", ".join(self.checked))
        if self.stands_in:
            yield say("agent.status-stands-in", lang, pollers=", ".join(self.stands_in))


def devices_status(own: Iterable[Read], devices: Iterable[Read]) -> DevicesStatus:
    """Return it from the samples of the agent's own page and of that of devices."""
    down: dict[str, str] = {}
    checks: dict[str, str] = {}
    for name, labels, _value in devices:
        if name == FAILED:
            down[labels["instance"]] = labels["reason"]
        elif name == ENGINE:
            checks[labels["instance"]] = labels["check"]
    checked = tuple(one for one, check in checks.items() if check == PENDING and one not in down)
    return DevicesStatus(
        answering=len(checks.keys() - down.keys()) - len(checked),
        checked=checked,
        down=tuple(down.items()),
        stands_in=tuple(labels["poller"] for name, labels, value in own if name == STANDBY and value == 1),
    )


def _words(reason: str, lang: Lang) -> str:
    """Return what a reason means; of an agent that knows more of them, the word."""
    key = f"snmp.missing-{reason}"
    return say(key, lang) if key in keys() else reason
