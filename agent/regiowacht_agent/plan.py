"""Reads the configuration for a process that does not: what the agent is to do, as plain values.

Reading arguments, TOML, the catalogue and texts takes more modules than measuring does. So ``regiowacht agent run``
reads, and then becomes another program that gets the result alone (``second.py``, ``light.py``): the same process id, a
third less memory. When it is to read its configuration again, it starts a short process that answers with a new plan.
"""

from __future__ import annotations

import marshal
import os
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regiowacht_agent import second
from regiowacht_agent.config_file import load
from regiowacht_agent.extra import textfile
from regiowacht_agent.reader import entries, in_force
from regiowacht_agent.relay.known import names
from regiowacht_agent.snmp.meaning.known import is_told
from regiowacht_agent.version import version
from regiowacht_contract import catalogue
from regiowacht_contract.errors import RegiowachtError

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping, Sequence

    from regiowacht_agent.config import Config
    from regiowacht_contract.metric import Metric

LIGHT_READERS = frozenset({"proc"})
"""Readers that do without what this process has loaded."""

ALWAYS = ("agent", "agent_bundle", "scrape")
FOR_POLLS = ("polls", "prometheus", "probe")
FOR_PUSH = ("push", "prometheus")
ALSO = {"cpufreq": ("cpu",)}
"""Families of the catalogue that another one looks into."""

UNKNOWN = frozenset({"families"})
"""What of the configuration is told in another way."""


def is_possible(config: Config) -> bool:
    """Return whether the agent can run in two stages here, with this configuration."""
    return (
        sys.platform == "linux"
        and in_force(config) in LIGHT_READERS
        and bool(sys.executable)
        and sys.implementation.name == "cpython"
    )


def become_light(
    config: Config,
    listener: socket.socket,
    path: Path | None,
    overrides: Mapping[str, object],
    parent: int | None,
    listening: str,
    state: Path | None = None,
) -> None:
    """Make this process the light one; return only where the system does not let it.

    Args:
        config: what it is to do.
        listener: where it listens.
        path: the configuration's file, to read again when told to.
        overrides: what the command line said on top of it.
        parent: end when the parent is no longer this process id; None: outlive it.
        listening: what is said once it listens, with a place for the URL.
        state: the state folder of a server that has joined a region.
    """
    reload = {"task": "load", "path": sys.path, "file": path and os.fspath(path), "overrides": dict(overrides)}
    told = {
        "task": "run",
        "path": sys.path,
        "command": _command(),
        "reload": reload,
        "listener": listener.fileno(),
        "parent": parent,
        "listening": listening,
        "plan": make(config),
        "joined": state and joined(state),
    }
    try:
        descriptor = os.memfd_create("regiowacht-plan", 0)
    except OSError:
        return
    with os.fdopen(descriptor, "wb") as file:
        marshal.dump(told, file)
        file.flush()
        listener.set_inheritable(True)
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()
        command = _command()
        try:
            os.execve(command[0], [*command, str(descriptor), *sys.argv[1:]], _environment())  # noqa: S606 - the same interpreter
        except OSError:
            listener.set_inheritable(False)


def joined(state: Path) -> dict[str, Any]:
    """Return what a process needs to keep to the region that this server joined; counts a start of the agent."""
    from regiowacht_agent.joining import asking, machine  # noqa: PLC0415 - only who has joined needs it
    from regiowacht_agent.joining.folder import StateFolder  # noqa: PLC0415 - likewise

    folder = StateFolder(state)
    return {
        "state": str(state),
        "command": _command(),
        "task": asking.task_of(str(state), sys.path),
        "about": machine.fields(folder),
    }


def make(config: Config) -> dict[str, Any]:
    """Return what a configuration comes to, in values that ``marshal`` knows."""
    on = [entry.name for entry in entries(in_force(config)) if config.is_on(entry.name, entry.default)]
    told: dict[str, Any] = {"version": version(), "on": tuple(on), "config": _plain(config)}
    if config.relay or config.push.url:
        told["names"] = _names(config)
    if config.device:
        from regiowacht_agent.snmp.meaning import loader  # noqa: PLC0415 - most servers ask no devices

        told["tables"] = loader.book().packed
    return told | {"metrics": {name: _metrics(name) for name in sorted(set(_families(config, on)))}}


def answer(asked: Mapping[str, Any], descriptor: int) -> int:
    """Read the configuration again for the process that asked, and write the plan, or why there is none."""
    told: dict[str, object]
    try:
        told = {"plan": make(load(asked["file"] and Path(asked["file"]), asked["overrides"]))}
    except (RegiowachtError, OSError) as error:
        told = {"reason": str(error)}
    with os.fdopen(descriptor, "wb") as file:
        file.seek(0)
        file.truncate()
        marshal.dump(told, file)
    return 0


def _command() -> list[str]:
    """Return the start of the command of a light process, which has the encoding of file names that this one has."""
    return [sys.executable, "-I", "-S", "-X", f"utf8={int(_is_utf8())}", os.path.abspath(second.__file__)]  # noqa: PTH100


def _environment() -> dict[str, str]:
    """Return the environment of a light process: told otherwise of UTF-8, it needs no locale and its large tables."""
    return {**os.environ, "LC_ALL": "C"} if _is_utf8() else dict(os.environ)


def _is_utf8() -> bool:
    return sys.getfilesystemencoding() == "utf-8"


def _families(config: Config, on: Sequence[str]) -> Iterator[str]:
    yield from ALWAYS
    known = catalogue.families()
    if config.push.url:
        yield from FOR_PUSH
    if config.probe or config.relay or config.device:
        yield from (name for name in known if name.startswith(FOR_POLLS))
    if config.device:
        yield from filter(is_told, known)
    for name in on:
        yield name
        yield from ALSO.get(name, ())


def _names(config: Config) -> dict[str, tuple[str, str]]:
    """Return family and laag of every name that may come from elsewhere: without pages of others and scripts, few."""
    if config.relay or textfile.is_read(config):
        return names()
    return {name: told for name, told in names().items() if told[0] == "textfile"}


def _metrics(family: str) -> bytes:
    """Return the metrics of a family, packed until somebody asks for them."""
    return marshal.dumps(tuple(_facts(one) for one in catalogue.family(family)))


def _facts(metric: Metric) -> Any:
    """Return what a metric is made of, in the order in which ``Metric`` takes it."""
    return (
        metric.name, metric.kind, metric.unit, metric.help, metric.labels, metric.laag, metric.family,
        metric.monotonic, metric.jobs, metric.planned,
    )  # fmt: skip


def _plain(one: Any) -> Any:
    """Return settings as plain values: fields and what is worked out from them, by name."""
    if is_dataclass(one):
        names = [declared.name for declared in fields(one)]
        names += [name for name, value in vars(type(one)).items() if isinstance(value, property)]
        return {name: _plain(getattr(one, name)) for name in names if name not in UNKNOWN}
    if isinstance(one, tuple):
        return tuple(map(_plain, one))
    return one
