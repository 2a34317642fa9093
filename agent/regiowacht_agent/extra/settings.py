"""Settings of the families that every reader has: what is declared on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from regiowacht_agent.settings import Invalid, Number, Places, Regex, setting

NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_. -]{0,99}")


@dataclass(frozen=True, slots=True)
class Patterns(Places):
    """Files, or the shell's patterns (``*``, ``?``, ``[...]``, ``**``) of files: one text, or a list of them."""

    name: str = "list of files"


@dataclass(frozen=True, slots=True)
class Named(Places):
    """``NAME=FILES`` where FILES is a file or a pattern: one text, or a list of them."""

    name: str = "list of NAME=FILES"

    def check(self, value: object) -> tuple[str, ...]:  # type: ignore[override] # as Places
        """Return the texts; every name stands once."""
        texts = Places.check(self, value)
        for text in texts:
            name, equals, pattern = text.partition("=")
            if not equals or not pattern or not NAME.fullmatch(name):
                raise Invalid("agent.bad-named", value=text, wanted="NAME=FILES")
        return _once(texts)


@dataclass(frozen=True, slots=True)
class Groups(Places):
    """``NAME`` of a process, or ``NAME=REGEX`` to look for in command lines: one text, or a list of them."""

    name: str = "list of NAME or NAME=REGEX"

    def check(self, value: object) -> tuple[str, ...]:  # type: ignore[override] # as Places
        """Return the texts; every name stands once."""
        texts = Places.check(self, value)
        for text in texts:
            name, equals, regex = text.partition("=")
            if not NAME.fullmatch(name) or (equals and not Regex().check(regex)):
                raise Invalid("agent.bad-named", value=text, wanted="NAME, NAME=REGEX")
        return _once(texts)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Settings of the family ``certificates``."""

    files: tuple[str, ...] = setting((), Patterns())
    interval_s: float = setting(60.0, Number(1, 86_400, "seconds"))


@dataclass(frozen=True, slots=True)
class Backups:
    """Settings of the family ``backups``."""

    files: tuple[str, ...] = setting((), Named())
    interval_s: float = setting(60.0, Number(1, 86_400, "seconds"))


@dataclass(frozen=True, slots=True)
class Namedprocess:
    """Settings of the family ``namedprocess``."""

    groups: tuple[str, ...] = setting((), Groups())
    interval_s: float = setting(30.0, Number(1, 86_400, "seconds"))


@dataclass(frozen=True, slots=True)
class Helper:
    """Settings of the helper."""

    timeout_s: float = setting(60.0, Number(1, 3600, "seconds"))


def _once(texts: tuple[str, ...]) -> tuple[str, ...]:
    names = [text.partition("=")[0] for text in texts]
    for name in names:
        if names.count(name) > 1:
            raise Invalid("agent.twice", value=name)
    return texts
