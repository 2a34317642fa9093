"""The manual page regiowacht(1), from the command's own words."""

from __future__ import annotations

from regiowacht.parser import parsers_of
from regiowacht.rooms import ROOMS
from regiowacht_contract.texts import say

HEAD = """.TH REGIOWACHT 1
.SH NAME
regiowacht \\- monitoring that municipalities share
.SH SYNOPSIS
.B regiowacht
.I ROOM VERB
[options]
.br
.B regiowacht
.I ROOM VERB
.B \\-\\-help
.SH COMMANDS
"""
TAIL = """.SH EXIT STATUS
0 fine, 1 it found something (an invalid region, a failing audit), 2 wrong use, 3 could not reach or start what it
needs.
.SH FILES
.TP
.I /etc/regiowacht
secrets, the region folder of a collector, agent.toml of a server that is scraped
.TP
.I /var/lib/regiowacht
what an agent keeps: who it is, its configuration, what could not be sent yet
.TP
.I /var/lib/regiowacht\\-collector
the data of a collector
"""


def page() -> str:
    """Return the page (man(7)): every room with its verbs; their options are told by ``--help``."""
    return (
        HEAD
        + "".join(f".TP\n.B {_plain(room.name)}\n{_plain(say(room.help, 'en'))}{_verbs(room.name)}\n" for room in ROOMS)
        + TAIL
    )


def _verbs(name: str) -> str:
    room = next(room for room in ROOMS if room.name == name)
    if room.is_verb:
        return ""
    return f"\n.br\nverbs: {_plain(', '.join(parsers_of(room, 'en')[1]))}"


def _plain(text: str) -> str:
    """Return a text that roff(7) shows as it is."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
