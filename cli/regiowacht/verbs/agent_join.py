"""``regiowacht agent join``: makes this server one of the region's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.polls.secret import REFERENCE
from regiowacht_contract.errors import PortTaken, Unavailable, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Mapping

    from regiowacht.console import Console
    from regiowacht_agent.config import Config
    from regiowacht_contract.texts import Lang


def add_join(parser: ArgumentParser, lang: Lang) -> None:
    """Declare what ``join`` takes."""
    from regiowacht_agent.joining.folder import DEFAULT

    parser.add_argument("url", metavar="URL", help=say("join.option-url", lang))
    parser.add_argument("code", metavar="CODE", nargs="?", help=say("join.option-code", lang))
    state = say("join.option-state", lang, default=DEFAULT)
    parser.add_argument("--state", metavar="DIR", type=Path, default=Path(DEFAULT), help=state)
    parser.add_argument("--ca", metavar="FILE", type=Path, help=say("join.option-ca", lang))
    parser.add_argument("--proxy", metavar="URL", help=say("join.option-proxy", lang))
    parser.add_argument("--proxy-login", metavar="REF", default="", help=say("join.option-proxy-login", lang))
    parser.add_argument("--name", metavar="NAME", default="", help=say("join.option-name", lang))
    parser.add_argument("--no-run", action="store_true", help=say("join.option-no-run", lang))


def joiner(run: Callable[[Path, Console], int]) -> Callable[[Namespace, Console], int]:
    """Return the verb, which goes on with ``run`` once this server has joined."""

    def join(chosen: Namespace, console: Console) -> int:
        try:
            folder = _join(chosen, console)
        except OSError as error:
            path = error.filename or chosen.state
            raise Unavailable("join.cannot-keep", path=path, reason=error.strerror) from None
        if chosen.no_run:
            console.tell("join.done", path=folder)
            return 0
        sys.argv[1:] = ["agent", "run", "--state", str(folder)]  # what a list of processes shows holds no code
        try:
            return run(folder, console)
        except PortTaken as taken:
            raise PortTaken("join.joined-but-taken", path=folder, reason=taken.message(console.lang)) from None

    return join


def load_joined(state: Path, overrides: Mapping[str, object]) -> Config:
    """Return the configuration of a server that has joined; where it has none yet, the collector is asked for it.

    Raises:
        RegiowachtError: there is none that can be used.
    """
    from regiowacht_agent.joining.folder import StateFolder

    folder = StateFolder(state)
    if not folder.config.exists():
        from regiowacht_agent.joining.ask import way_of
        from regiowacht_agent.joining.join import configure

        configure(way_of(folder, folder.membership()), folder, lambda key, **values: None)
    return folder.load(overrides)


def _join(chosen: Namespace, console: Console) -> Path:
    """Join, and return the absolute state folder.

    Raises:
        RegiowachtError: it did not work; says at which step, and what to do.
    """
    from regiowacht_agent.config_file import load
    from regiowacht_agent.joining.folder import StateFolder
    from regiowacht_agent.joining.join import configure, join
    from regiowacht_agent.joining.way import way_to

    if chosen.proxy_login and not REFERENCE.fullmatch(chosen.proxy_login):
        raise UsageError("join.bad-login-reference")
    ca = chosen.ca and chosen.ca.absolute()
    way = way_to(chosen.url, ca=str(ca or ""), proxy=chosen.proxy, proxy_login=chosen.proxy_login)
    folder = StateFolder(chosen.state.absolute())
    folder.make()
    join(way, folder, chosen.code or _code(console), chosen.name, console.tell)
    folder.trust(ca)
    configure(way, folder, console.tell)
    if not load(folder.config, folder.overrides()).push.url:
        console.tell("join.scraped")
    return folder.path


def _code(console: Console) -> str:
    """Ask for the code, so that it stands in no history and no list of processes."""
    if console.stderr is not None:
        console.stderr.write(say("join.ask-code", console.lang))
        console.stderr.flush()
    return sys.stdin.readline().strip() if sys.stdin is not None else ""
