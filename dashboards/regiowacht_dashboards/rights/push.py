"""Has a Grafana's organisation, teams and rights on folders be what the region folder says; twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from regiowacht_contract.errors import Found
from regiowacht_contract.texts import say
from regiowacht_dashboards.provisioning.folders import FOLDERS, folder_uid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht_contract.texts import Lang
    from regiowacht_dashboards.rights.grafana import Grafana
    from regiowacht_inventory import Region

VIEW = 1
"""Grafana's number for looking without changing."""

Kind = Literal["organisation", "team", "folder"]
Change = Literal["new", "changed", "unchanged", "missing", "left"]


@dataclass(frozen=True, slots=True)
class Step:
    """What was done about one thing, or would be.

    Attributes:
        kind: what it is.
        name: as people know it.
        change: ``missing`` for a folder that Grafana has not made yet, ``left`` for a team of ours that no gemeente has
            any more, and that a person may take away.
    """

    kind: Kind
    name: str
    change: Change


def team_names(region: Region, lang: Lang) -> tuple[str, ...]:
    """Return the teams of a region: the ICT-dienst's, then one a gemeente."""
    shared = say("rights.team-ict", lang)
    return (shared, *(say("rights.team", lang, gemeente=gemeente.name) for gemeente in region.gemeenten))


def push(
    grafana: Grafana, region: Region, lang: Lang, organisation: str = "", *, dry_run: bool = False
) -> Iterator[Step]:
    """Yield each step as it is done.

    Only the teams see the folders of dashboards then, and administrators, who always do. Rights that a person gave to
    another team or to a user stay; members of teams are theirs to choose, or the login's.

    Args:
        grafana: the Grafana.
        region: says who there is.
        lang: names of teams are in this language.
        organisation: name of the organisation; empty for the one that the credential belongs to.
        dry_run: only tell.

    Raises:
        Found: Grafana refuses.
        Unreachable: it does not answer.
    """
    if organisation:
        number = grafana.organisation_id(organisation)
        yield Step("organisation", organisation, "unchanged" if number is not None else "new")
        if number is None and dry_run:
            yield from (Step("team", name, "new") for name in team_names(region, lang))
            return
        grafana = grafana.of(grafana.make_organisation(organisation) if number is None else number)
    there = grafana.teams()
    wanted = team_names(region, lang)
    teams: dict[str, int] = {}
    for name in wanted:
        yield Step("team", name, "unchanged" if name in there else "new")
        if name in there or not dry_run:
            teams[name] = there[name] if name in there else grafana.make_team(name)
    ours = say("rights.team", lang, gemeente="")
    yield from (Step("team", name, "left") for name in sorted(there) if name.startswith(ours) and name not in wanted)
    new = len(teams) < len(wanted)
    for folder in FOLDERS:
        yield _folder(grafana, folder, lang, tuple(teams.values()), new_teams=new, dry_run=dry_run)


def _folder(grafana: Grafana, folder: str, lang: Lang, teams: Sequence[int], *, new_teams: bool, dry_run: bool) -> Step:
    title = say(f"provisioning.folder-{folder}", lang)
    before = grafana.rights(folder_uid(folder))
    if before is None:
        return Step("folder", title, "missing")
    given = [item for item in map(_item, before) if item]
    kept = [item for item in given if item.get("teamId") not in teams and "role" not in item]
    wanted = [*kept, *({"teamId": team, "permission": VIEW} for team in teams)]
    if not new_teams and _sorted(given) == _sorted(wanted):
        return Step("folder", title, "unchanged")
    if not dry_run:
        grafana.give_rights(folder_uid(folder), wanted)
    return Step("folder", title, "changed")


def _item(right: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a right as it is given; None for one that a folder above gives, which is not ours to give."""
    if right.get("inherited"):
        return None
    for key in ("teamId", "userId", "role"):
        if right.get(key):
            return {key: right[key], "permission": right.get("permission")}
    raise Found("rights.odd-right")


def _sorted(items: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(str(sorted(item.items())) for item in items)
