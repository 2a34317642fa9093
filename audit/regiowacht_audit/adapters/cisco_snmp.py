"""SNMP as Cisco IOS, and those who write like it, configure it: communities, traps, groups and users of version 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regiowacht_audit.adapters.secret import Secret, community, is_cut, say_secrets
from regiowacht_audit.facts.sheet import item

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from regiowacht_audit.facts.fact import Item, Value
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.tree.line import Line


RIGHTS = {"ro": "ro", "rw": "rw", "su": "rw"}
"""What a community may do; ``su`` of the Small Business switches reads and writes all there is."""


def say_snmp(document: Line, sheet: Sheet, secrets: Iterable[Secret], by_list: Sequence[Line] = ()) -> None:
    """Fill the facts about SNMP, and those about secrets, of which communities are a part.

    Args:
        document: where the lines stand.
        sheet: what is filled.
        secrets: the other secrets.
        by_list: lines that put one list of addresses in front of all of SNMP.
    """
    shown = document.find("snmp-server")
    lines = document.find("snmp-server community")
    groups = [line for line in document.find("snmp-server group") if "v3" in line.words]
    users = [line for line in document.find("snmp-server user") if "v3" in line.words]
    traps = [line for line in document.find("snmp-server host") if "3" not in (line.after("version"),)]
    sheet.flag(
        "snmp_server.enabled",
        [*lines, *groups, *users],
        [line for line in document.find("no snmp-server") if len(line.words) == 2],
        default=False,
    )
    found = [
        *(_community(line, by_list=by_list) for line in lines),
        *(one for line in traps for one in trap_community(line)),
    ]
    sheet.items("snmp_server.communities", found, shown)
    found_groups = [_group(line, by_list=by_list) for line in groups]
    by_name = {one.name.strip('"'): one for one in found_groups}
    sheet.items("snmp_server.users", [*found_groups, *(_user(line, by_name) for line in users)], shown)
    say_secrets(sheet, secrets, [Secret("community", line, "plain", line.word(2)) for line in lines])


def _community(line: Line, *, by_list: Sequence[Line]) -> Item:
    if is_cut(line, line.word(2)):
        return community(line.word(2), line, None, restricted=None)
    words = [word.casefold() for word in line.words[3:]]
    place = next((index for index, word in enumerate(words) if word in RIGHTS), -1)
    if place < 0 and words and words[0] != "view" and not words[0].isdigit():
        return community(line.word(2), line, None, restricted=None)  # words of another system's
    last = words[place + 1 :]
    if "view" in last:  # what it may see is no limit on who may ask
        del last[last.index("view") : last.index("view") + 2]
    return community(line.word(2), line, RIGHTS[words[place]] if place >= 0 else "ro", restricted=bool(last or by_list))


def trap_community(line: Line) -> list[Item]:
    """Return the community that ``snmp-server host`` sends traps with, if the line says one."""
    words = list(line.words[3:])
    for word in ("traps", "informs", "trap", "inform"):
        words = [other for other in words if other != word]
    for option in ("vrf", "version", "use-vrf"):
        if option in words:
            place = words.index(option)
            del words[place : place + 2]
    return [community(words[0], line, "trap", restricted=True)] if words else []


def _group(line: Line, *, by_list: Sequence[Line]) -> Item:
    level = {"priv": "priv", "auth": "auth", "noauth": "noauth"}.get(line.after("v3"))
    access = "rw" if "write" in line.words else "ro"
    is_restricted = "access" in line.words or bool(by_list)
    return item(line.word(2), [line, *by_list], level=level, access=access, restricted=is_restricted)


def _user(line: Line, groups: Mapping[str, Item]) -> Item:
    """Return a user with what holds for its group; a list of its own restricts it too."""
    group = groups.get(line.word(3).strip('"'))
    traits: dict[str, Value] = dict(group.traits) if group else {}
    if "access" in line.words:
        traits["restricted"] = True
    return item(line.word(2), line, **traits)
