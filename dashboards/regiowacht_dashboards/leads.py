"""Where a click on an asset leads: to the dashboard of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regiowacht_contract.texts import say
from regiowacht_dashboards import links
from regiowacht_dashboards.column import Column
from regiowacht_dashboards.queries import ASSET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_dashboards.words import Words

BY_KIND: Mapping[str, str] = {
    "server": "rw-server",
    "link": "rw-wan",
    **dict.fromkeys(("router", "switch", "firewall", "modem", "printer", "camera", "phone", "other"), "rw-netdevice"),
    **dict.fromkeys(("access_point", "wifi_controller"), "rw-wifi"),
    **dict.fromkeys(("ups", "pdu", "sensor"), "rw-ups"),
    "storage": "rw-opslag",
}
"""The dashboard that shows one asset, by the kind of asset; those of other kinds have none."""

LABEL = "dashboard"
"""Label that ``labelled`` writes the dashboard's uid into."""


def labelled(expr: str) -> str:
    """Return the same series with the uid of their kind's dashboard in a label; ``expr`` has the label ``kind``."""
    kinds: dict[str, list[str]] = {}
    for kind, uid in BY_KIND.items():
        kinds.setdefault(uid, []).append(kind)
    for uid, found in kinds.items():
        expr = f'label_replace({expr}, "{LABEL}", "{uid}", "kind", "{"|".join(found)}")'
    return expr


def column(words: Words, width: int = 130) -> Column:
    """Return the column that leads on, in a table of ``labelled`` that has columns for gemeente, site and instance."""
    titles = {uid: say(f"{uid}.dashboard", words.lang) for uid in dict.fromkeys(BY_KIND.values())}
    return Column(source=LABEL, title="more", width=width, named=titles, links=(_onward(words),))


def _onward(words: Words) -> dict[str, Any]:
    """Return the data link to the uid that stands in the cell itself; the cell shows its title."""
    chosen = "".join(f'&var-{name}=${{__data.fields["{words.shared(f"column-{name}")}"]}}' for name in ASSET)
    return {"title": words.shared("link-more"), "url": f"/d/{links.OWN_VALUE}?{links.KEPT}{chosen}"}
