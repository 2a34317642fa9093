"""``regiowacht agent join``: makes this server one of the region's."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_agent.polls.secret import REFERENCE
from regiowacht_contract.errors import PortTaken, Unavailable, UsageError
from regiowacht_contract.texts import say

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable

    from regiowacht.console import Console
    from regiowacht_agent.joining.folder import Membership, StateFolder
    from regiowacht_agent.joining.way import Way
    from regiowacht_contract.texts import Lang

HIDDEN = "regiowacht-code"
"""Name of the memory that a code is handed over in."""


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
    parser.add_argument("--install", action="store_true", help=say("install.option-install", lang))
    parser.add_argument("--no-run", action="store_true", help=say("join.option-no-run", lang))


def joiner(run: Callable[[Path, Console], int]) -> Callable[[Namespace, Console], int]:
    """Return the verb, which goes on with ``run`` once this server has joined."""

    def join(chosen: Namespace, console: Console) -> int:
        if chosen.install and chosen.no_run:
            raise UsageError("install.install-or-no-run")
        _hide_code(chosen)
        try:
            if chosen.install:
                return _install(chosen, console)
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


def _join(chosen: Namespace, console: Console) -> Path:
    """Join, and return the absolute state folder.

    Raises:
        RegiowachtError: it did not work; says at which step, and what to do.
    """
    from regiowacht_agent.config_file import load
    from regiowacht_agent.joining.folder import StateFolder
    from regiowacht_agent.joining.join import join

    folder = StateFolder(chosen.state.absolute())
    way = _way(chosen)
    folder.make()
    join(way, folder, chosen.code or _code(console), chosen.name, console.tell)
    _configure(chosen, way, folder, console.tell)
    if not load(folder.config, folder.overrides()).push.url:
        console.tell("join.scraped")
    return folder.path


def _way(chosen: Namespace, known: StateFolder | None = None) -> Way:
    """Return the way that was told; what was not told, as this server joined before, where it did.

    Raises:
        UsageError: it cannot be used.
    """
    from regiowacht_agent.joining.way import way_to

    if chosen.proxy_login and not REFERENCE.fullmatch(chosen.proxy_login):
        raise UsageError("join.bad-login-reference")
    member = known.member() if known is not None else None
    if known is not None and chosen.ca is None and known.ca.exists():
        chosen.ca = known.ca
    proxy, login = chosen.proxy, chosen.proxy_login
    if known is not None and member is not None and proxy is None:
        proxy, login = member.proxy or None, login or known.proxy_login(member)
    return way_to(chosen.url, ca=str(chosen.ca.absolute() if chosen.ca else ""), proxy=proxy, proxy_login=login)


def _configure(chosen: Namespace, way: Way, folder: StateFolder, tell: Callable[..., None]) -> None:
    """Keep whom to trust, and get the configuration."""
    from regiowacht_agent.joining.join import configure

    folder.trust(chosen.ca and chosen.ca.absolute())
    configure(way, folder, tell)


def _install(chosen: Namespace, console: Console) -> int:
    """Join, put the services on this server, and wait until the region has its first samples.

    Every step may find that it was done before: after a power cut the same command goes on from there.
    """
    from regiowacht.services.beforehand import look, require_port
    from regiowacht.services.install import AgentServices, place_of
    from regiowacht.services.seen import wait_seen
    from regiowacht.services.steps import Steps
    from regiowacht.services.systemd import Systemd
    from regiowacht.services.units import names
    from regiowacht_agent.joining.folder import DEFAULT, StateFolder
    from regiowacht_contract.defaults import AGENT_PORT

    if chosen.state.absolute() != Path(DEFAULT):
        raise UsageError("install.own-state", default=DEFAULT)
    steps, systemd = Steps(console), Systemd()
    program = look(systemd, steps.done)
    require_port(systemd)
    steps.done("install.port-fine", port=AGENT_PORT)
    folder = StateFolder(Path(DEFAULT))
    is_new = _be_joined(chosen, folder, console, steps.done)
    place = place_of()
    require_port(systemd, place.config.listen)
    services = AgentServices(systemd, program)
    services.write(place)
    was_begun = services.start(again=is_new)
    steps.done("install.units-fine", units=", ".join(names("agent")))
    if was_begun:
        services.wait_ready()
    steps.done("install.agent-fine")
    status = wait_seen(place.config, systemd)
    if status.push is None:
        steps.done("install.asked-fine", url=status.url)
    else:
        steps.done("install.sample-fine", count=status.push.sent)
    console.tell("install.ready", seconds=f"{steps.total_s:.1f}", state=DEFAULT)
    return 0


def _be_joined(chosen: Namespace, folder: StateFolder, console: Console, tell: Callable[..., None]) -> bool:
    """See that this server has joined and has a configuration.

    Returns:
        whether the agent has to begin anew: its credential, or its way to the collector, is another one now.
    """
    from regiowacht_agent.joining.join import code_mark, greet, join, knows

    way = _way(chosen, folder)
    folder.make()
    code = chosen.code or _piped_code()
    member = folder.member()
    if member is not None and member.url != str(way.url).rstrip("/"):
        raise UsageError("install.other-collector", url=member.url, server=member.server, gemeente=member.gemeente)
    if member is not None and (not code or code_mark(code) == member.code):
        greet(replace(way, tell=tell), tell)
        if knows(way, folder):
            tell("install.joined-before", server=member.server, gemeente=member.gemeente)
            _configure(chosen, way, folder, tell)
            return _keep_proxy(chosen, way, folder, member)
    join(way, folder, code or _code(console), chosen.name, tell)
    _configure(chosen, way, folder, tell)
    return True


def _keep_proxy(chosen: Namespace, way: Way, folder: StateFolder, member: Membership) -> bool:
    """Remember a proxy that was told anew, and has just let this server through; return whether it is another one."""
    if chosen.proxy is None:
        return False
    told = replace(member, proxy=str(way.proxy).rstrip("/") if way.proxy else "", proxy_login=way.proxy_login)
    if told != member:
        folder.keep(told)
    return told != member


def _hide_code(chosen: Namespace) -> None:
    """Start again with the code on standard input: a list of processes shows what stands on the command line."""
    words = list(sys.orig_argv)
    if not chosen.code or chosen.code not in words or not hasattr(os, "memfd_create"):
        return
    del words[len(words) - 1 - words[::-1].index(chosen.code)]
    descriptor = os.memfd_create(HIDDEN, 0)
    os.write(descriptor, f"{chosen.code}\n".encode())
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.dup2(descriptor, 0)
    os.close(descriptor)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    os.execv(sys.executable, [sys.executable, *words[1:]])  # noqa: S606 - the same interpreter


def _is_hidden_code() -> bool:
    try:
        return os.readlink("/proc/self/fd/0").startswith(f"/memfd:{HIDDEN}")  # noqa: PTH115 - no path of a file system
    except OSError:
        return False


def _piped_code() -> str:
    """Return the code that another program hands over; "" where a person sits there, who is asked when it is needed."""
    return "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.readline().strip()


def _code(console: Console) -> str:
    """Ask for the code, so that it stands in no history and no list of processes."""
    if console.stderr is not None and not _is_hidden_code():
        console.stderr.write(say("join.ask-code", console.lang))
        console.stderr.flush()
    return sys.stdin.readline().strip() if sys.stdin is not None else ""
