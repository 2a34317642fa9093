"""What operators ask, and where the answer stands: at most two clicks from the regio-overzicht."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from regiowacht_contract.texts import Lang

START = "rw-regio"
"""Where everyone begins."""

MOST_CLICKS = 2


@dataclass(frozen=True, slots=True)
class Click:
    """One click.

    Attributes:
        to: uid of the dashboard that opens.
        panel: key of the panel whose link is clicked; empty for a link on top of the dashboard.
    """

    to: str
    panel: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the way to its answer, and the panels that give it.

    Attributes:
        key: of its text among the texts of questions.
        answers: keys of the panels that together answer it, on the dashboard where the way ends.
        way: clicks from the regio-overzicht on.
    """

    key: str
    answers: tuple[str, ...]
    way: tuple[Click, ...] = ()

    @property
    def uid(self) -> str:
        """The dashboard that answers."""
        return self.way[-1].to if self.way else START

    def text(self, lang: Lang) -> str:
        """Return the question as it is asked."""
        return say(self.key, lang)


GEMEENTE = Click("rw-gemeente", "per-gemeente")
DEVICE = Click("rw-netdevice", "attention")
AUDIT, CHAIN, EXERCISES = Click("rw-audit"), Click("rw-meten"), Click("rw-trajecten", "unconnected")

QUESTIONS: tuple[Question, ...] = (
    Question("questions.site-cut-off", ("sites", "lines"), (GEMEENTE,)),
    Question("questions.on-this-site", ("attention", "lines", "neighbours"), (GEMEENTE, Click("rw-site", "sites"))),
    Question("questions.poor-line", ("lines", "per-supplier"), (Click("rw-wan"),)),
    Question("questions.lines-and-network", ("attention", "fullest-ports"), (Click("rw-connectiviteit"),)),
    Question("questions.what-is-down", ("attention",)),
    Question("questions.what-is-told", ("open-alerts",)),
    Question("questions.worst-gemeente", ("per-gemeente", "timeline")),
    Question("questions.never-seen", ("unconnected", "attention")),
    Question("questions.wall", ("critical-alerts", "sites-cut-off"), (Click("rw-noc"),)),
    Question("questions.two-layers", ("connectiviteit", "infrastructuur", "above"), (Click("rw-piramide", "reached"),)),
    Question("questions.better-or-worse", ("over-time",), (Click("rw-piramide"),)),
    Question("questions.failing-port", ("ports", "errors"), (DEVICE,)),
    Question("questions.who-hangs-where", ("neighbours",), (DEVICE,)),
    Question("questions.through-this-port", ("traffic", "errors"), (DEVICE, Click("rw-poort", "ports"))),
    Question("questions.access-point-gone", ("points", "busiest"), (Click("rw-wifi"),)),
    Question("questions.disk-filling", ("fill", "fill-over-time"), (Click("rw-server", "busiest-disk"),)),
    Question("questions.busy-server", ("cpu-modes", "load"), (Click("rw-server", "busiest-cpu"),)),
    Question("questions.memory-gone", ("memory-use", "swap-use"), (Click("rw-server", "busiest-memory"),)),
    Question("questions.all-servers", ("matrix",), (Click("rw-servers"),)),
    Question("questions.service-down", ("services", "answers"), (Click("rw-diensten"),)),
    Question("questions.certificate-ends", ("first-to-end", "certificates"), (Click("rw-diensten"),)),
    Question("questions.on-battery", ("sources", "runtime"), (Click("rw-ups"),)),
    Question("questions.old-backup", ("oldest-backup", "backups"), (Click("rw-opslag"),)),
    Question("questions.people-on-wifi", ("wifi-clients",), (GEMEENTE,)),
    Question("questions.worst-configuration", ("devices",), (AUDIT,)),
    Question("questions.got-worse", ("fell", "over-time"), (AUDIT,)),
    Question("questions.which-firmware", ("firmware",), (AUDIT,)),
    Question("questions.not-measured", ("families", "pollers"), (CHAIN,)),
    Question("questions.what-is-refused", ("refused-of-whom", "strangers"), (CHAIN,)),
    Question("questions.collector-well", ("targets", "rules", "deliveries"), (CHAIN,)),
    Question("questions.silent-agent", ("agents", "spools"), (Click("rw-meten", "stil"),)),
    Question("questions.when-full", ("lines-soon", "stores-soon", "lines", "stores"), (Click("rw-capaciteit"),)),
    Question("questions.volger-behind", ("volgers", "trekkers", "connected"), (EXERCISES,)),
    Question("questions.who-stays-out", ("without",), (Click("rw-trajecten"),)),
)
"""In the order in which a watch goes: what is wrong now, what will be, whether it is measured, how it is getting on."""
