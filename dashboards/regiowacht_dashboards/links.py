"""Links between dashboards that keep the time range and the choices made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafanalib import core

from regiowacht_dashboards.queries import ASSET

if TYPE_CHECKING:
    from regiowacht_dashboards.words import Words

TAG = "regiowacht"
"""Tag of every dashboard; the menu of dashboards lists by it."""

OWN_VALUE = "${__value.raw}"
"""The value of the cell that is clicked, as it came: a mapping may show it as words."""

KEPT = "${__url_time_range}&${datasource:queryparam}&${regio:queryparam}"


def menu(words: Words) -> core.DashboardLink:
    """Return the menu of all dashboards."""
    return core.DashboardLink(
        type="dashboards",
        title=words.shared("link-menu"),
        tooltip=words.shared("link-menu-about"),
        tags=[TAG],
        asDropdown=True,
        includeVars=True,
        keepTime=True,
    )


def back(uid: str, words: Words) -> core.DashboardLink:
    """Return the way back to dashboard ``uid``, with everything chosen except the one asset."""
    kept = ("datasource", "regio", "gemeente", "site")
    return core.DashboardLink(
        type="link",
        icon="dashboard",
        title=words.shared(f"link-{uid}"),
        tooltip=words.shared(f"link-{uid}-about"),
        uri=f"/d/{uid}?" + "&".join(f"${{{name}:queryparam}}" for name in kept),
        keepTime=True,
    )


def onward(uid: str, words: Words, *kept: str) -> core.DashboardLink:
    """Return the way to dashboard ``uid`` with the time, and of what is chosen the variables ``kept``."""
    names = ("datasource", "regio", *kept)
    return core.DashboardLink(
        type="link",
        icon="dashboard",
        title=words.link(uid),
        tooltip=words.shared("link-onward-about"),
        uri=f"/d/{uid}?" + "&".join(f"${{{name}:queryparam}}" for name in names),
        keepTime=True,
    )


def named(uid: str, words: Words, *kept: str) -> core.DashboardLink:
    """Return the same way under the dashboard's own title: where many stand beside each other, short ones are read."""
    link = onward(uid, words, *kept)
    link.title = words.link_title(uid)
    return link


def to(uid: str, words: Words, **values: str) -> dict[str, Any]:
    """Return a data link to dashboard ``uid`` with its variables set, as ``gemeente="${__field.labels.gemeente}"``."""
    chosen = "".join(f"&var-{name}={value}" for name, value in values.items())
    return {"title": words.link(uid), "url": f"/d/{uid}?{KEPT}{chosen}"}


def whole(uid: str, words: Words) -> dict[str, Any]:
    """Return a data link to a dashboard of many gemeenten, with those chosen that are chosen here."""
    return {"title": words.link(uid), "url": f"/d/{uid}?{KEPT}&${{gemeente:queryparam}}"}


def by_labels(uid: str, words: Words, *names: str) -> dict[str, Any]:
    """Return a data link that takes variables from the labels of the series that is clicked.

    Args:
        uid: where it leads.
        words: what it says.
        names: labels, which are called as the variables are; without any those of one asset.
    """
    return to(uid, words, **{name: f"${{__field.labels.{name}}}" for name in names or ASSET})


def by_row(uid: str, words: Words, *names: str) -> dict[str, Any]:
    """Return a data link that takes variables from the table's row that is clicked.

    Args:
        uid: where it leads.
        words: what it says.
        names: columns' titles (``column-NAME``), which are called as the variables are; without any those of one asset.
    """
    return to(
        uid, words, **{name: f'${{__data.fields["{words.shared(f"column-{name}")}"]}}' for name in names or ASSET}
    )
