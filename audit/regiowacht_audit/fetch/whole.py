"""Proves that what a device said is its configuration, from the first line to the last."""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING

from regiowacht_audit.document import SIZE_MAX_BYTES, is_whole
from regiowacht_audit.platform import find_platform
from regiowacht_audit.refusal import NOT_UNDERSTOOD
from regiowacht_audit.scrub import scrub
from regiowacht_contract.errors import Found

if TYPE_CHECKING:
    from regiowacht_audit.fetch.commands import Commands
    from regiowacht_audit.platform import Platform

SYSLOG = re.compile(
    r"^\*?(?:\d{6}: )?[*.]?[A-Z][a-z]{2} +\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?"
    r"[^%\n]{0,40}: %[A-Z0-9_]+-\d-[A-Z0-9_]+: .*\n?",
    re.MULTILINE,
)
"""A message of the log that a device prints into whatever it is printing."""

COMPLAINT = re.compile(r"\A\s*(?:% Can't open configuration file [^\n]*\n\s*)+")
"""What FRR's vtysh says first to a user who may not read its own settings; it goes on all the same."""

ROWS_MIN = 8
"""No device that anybody uses has a shorter configuration."""

PAGER = re.compile(
    r"^.{0,20}(?:--+ ?\(?more.*\)?-*|<--- More --->|Press any key to continue|More: <space>|lines \d+-\d+)", re.I | re.M
)
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[78=>]")
SIGNED_ROWS = 40
"""A configuration says within these who wrote it."""

LOOKED_AT_ROWS = 4
"""A refusal stands in the first rows; further down the same words may be a banner's."""


def cleaned(raw: str) -> str:
    """Return what was said, with line ends of one kind without what steers a terminal or is said beside it."""
    text = ANSI.sub("", raw.replace("\r\r\n", "\n").replace("\r\n", "\n"))
    while "\b" in text:
        shorter = re.sub(r"[^\b]\x08", "", text)
        if shorter == text:
            text = text.replace("\b", "")
        text = shorter if "\b" in text else text
    return COMPLAINT.sub("", SYSLOG.sub("", text.replace("\r", ""))).strip("\n") + "\n"


def check_whole(text: str, platform: Platform, commands: Commands) -> str:
    """Return the configuration.

    Raises:
        Found: it is none, or not the whole of one; says why.
    """
    if len(text) > SIZE_MAX_BYTES:
        raise Found("fetch.too-large", megabytes=SIZE_MAX_BYTES >> 20)
    rows = text.rstrip("\n").split("\n")
    head = "\n".join(rows[:LOOKED_AT_ROWS])
    refused = NOT_UNDERSTOOD.search(head) or next(
        filter(None, (re.search(one, head) for one in commands.refused)), None
    )
    if refused and len(rows) < ROWS_MIN * 2:
        said = scrub(refused.group().strip()[:120], platform.syntax).text
        raise Found("fetch.refused", command=commands.read[0], said=said, platform=platform.title)
    if "\0" in text:
        raise Found("fetch.binary")
    _refuse_other("\n".join(rows[:SIGNED_ROWS]), platform)
    if PAGER.search(text):
        raise Found("fetch.paged")
    if len(rows) < ROWS_MIN:
        raise Found("fetch.too-short", rows=len(rows), platform=platform.title)
    if not is_whole(rows, platform):
        raise Found("fetch.incomplete", rows=len(rows), platform=platform.title)
    return text


@functools.cache
def _signs() -> list[tuple[str, re.Pattern[str], frozenset[str]]]:
    """Return (platform, how its configuration begins, which platforms may begin so)."""
    table = tomllib.loads((resources.files("regiowacht_audit") / "fetch" / "signs.toml").read_text(encoding="utf-8"))
    told = {name: sign if isinstance(sign, dict) else {"sign": sign} for name, sign in table.items()}
    return [
        (name, re.compile(one["sign"], re.MULTILINE), frozenset({name, *one.get("alike", ())}))
        for name, one in told.items()
    ]


def _refuse_other(head: str, platform: Platform) -> None:
    """Refuse what says of itself that another system wrote it."""
    other = next((name for name, sign, may in _signs() if platform.name not in may and sign.search(head)), None)
    if other is not None and not any(platform.name in may and sign.search(head) for _, sign, may in _signs()):
        raise Found("fetch.other-platform", platform=platform.title, other=find_platform(other).title, name=other)
