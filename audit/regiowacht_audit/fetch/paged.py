"""Reads what a command prints, page by page where a device insists on pages."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from regiowacht_audit.document import SIZE_MAX_BYTES
from regiowacht_contract.errors import Found, Unavailable

if TYPE_CHECKING:
    from netmiko import BaseConnection

PAGER = re.compile(
    r"(?:^|(?<=[\r\n]))[^\r\n]{0,20}?(?:-{2,} ?\(?more\)?[^\r\n]{0,60}?|<-+ ?more ?-+>"
    r"|press any key to continue[^\r\n]{0,60}|lines \d+-\d+[^\r\n]{0,20}|(?:press|more:) <space>[^\r\n]{0,60})\s*$",
    re.IGNORECASE,
)
ERASED = re.compile(r"\A(?:[\x08\r ]|\x1b\[[0-9;]*[A-Za-z])*[\x08\r](?: *\r)?")
"""How a device wipes its pager's mark out, at the begin of the next page: backspaces, returns, blanks."""

TAIL = 400
"""Characters at the end in which a prompt or a pager's mark stands."""

PAUSE_S, SETTLE_S, QUIET_S = 0.01, 0.15, 20.0
"""Between two looks; until nothing more comes after a prompt; until a device that says nothing is not going on."""


def read_paged(session: BaseConnection, command: str, whole_s: float) -> str:
    """Return what a command prints, without the command and the prompt.

    Args:
        session: logged in, its prompt known.
        command: what to type.
        whole_s: seconds that all of it may take.

    Raises:
        Unavailable: no prompt came back.
        Found: it does not end.
    """
    session.clear_buffer()
    session.write_channel(session.normalize_cmd(command))
    prompt = re.compile(rf"(?:^|[\r\n])[^\r\n]{{0,40}}{re.escape(session.base_prompt)}[^\r\n]{{0,60}}[#>$%\]]\s*\Z")
    pages: list[str] = []
    page: list[str] = []
    tail, size, heard = "", 0, time.monotonic()
    until = heard + whole_s
    while True:
        said = session.read_channel()
        now = time.monotonic()
        if said:
            page.append(said)
            tail, size, heard = (tail + said)[-TAIL:], size + len(said), now
            if size > SIZE_MAX_BYTES:
                raise Found("fetch.too-large", megabytes=SIZE_MAX_BYTES >> 20)
            if PAGER.search(tail):
                pages.append(_page("".join(page)))
                page, tail = [], ""
                session.write_channel(" ")
        elif now - heard > SETTLE_S and prompt.search(tail):
            return _body([*pages, _page("".join(page))], command, prompt)
        elif _is_gone(session):
            raise Unavailable("fetch.hung-up")
        elif now - heard > QUIET_S or now > until:
            raise Unavailable("fetch.stopped", seconds=round(whole_s if now > until else QUIET_S))
        else:
            time.sleep(PAUSE_S)


def _page(said: str) -> str:
    """Return a page without the pager's mark at its end, and without what wiped out the one before."""
    return PAGER.sub("", ERASED.sub("", said))


def _is_gone(session: BaseConnection) -> bool:
    line = session.remote_conn
    return line is None or bool(getattr(line, "closed", False)) or bool(getattr(line, "eof_received", False))


def _body(pages: list[str], command: str, prompt: re.Pattern[str]) -> str:
    """Return the rows between the command, which the device repeats, and its prompt, which may stand there twice."""
    rows = "".join(pages).replace("\r\r\n", "\n").replace("\r\n", "\n").split("\n")
    first = next((at for at, row in enumerate(rows[:4]) if command in row), -1)
    rows = rows[first + 1 :]
    while rows and (not rows[-1].strip() or prompt.search(rows[-1])):
        rows.pop()
    return "\n".join(rows)
