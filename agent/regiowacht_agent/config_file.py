"""Reads the agent's configuration file, and tells every mistake in it with its line."""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from regiowacht_agent.config import Config, settings
from regiowacht_agent.config_lists import Mistake, read_lists
from regiowacht_agent.polls.trust import trusting
from regiowacht_agent.reader import entries
from regiowacht_agent.settings import Flag, Invalid, Setting
from regiowacht_agent.system import AS_IT_IS, NOT_BLOCKING, NOT_INHERITED
from regiowacht_agent.toml_lines import line_of, split_reason
from regiowacht_agent.toml_text import text_of
from regiowacht_contract.errors import ConfigInvalid, Problem, UsageError
from regiowacht_contract.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from regiowacht_contract.texts import Lang

MAX_BYTES = 1 << 20
"""A configuration file is a few kilobytes; what is larger is something else."""


BOTH_HOLD = frozenset({"systemd"})
"""Tables in which an include and an exclude hold together, as in node_exporter."""


class FileInvalid(ConfigInvalid):
    """A configuration file with every mistake in it, sorted by line."""

    def __init__(self, path: Path, problems: Iterable[Problem]) -> None:
        super().__init__("agent.config-invalid", path=path)
        self.problems = tuple(sorted(problems))

    def message(self, lang: Lang) -> str:
        """Return one line for the file and one for each mistake, ``file:line: what``."""
        lines = [f"  {problem.place()}: {problem.message(lang)}" for problem in self.problems]
        return "\n".join([super().message(lang), *lines])


def load(path: Path | None, overrides: Mapping[str, object] | None = None) -> Config:
    """Return the configuration of a file with the command line's say on top.

    Args:
        path: the file; None means all defaults.
        overrides: values by the setting's key, or ``families.NAME``.

    Raises:
        FileInvalid: the file holds mistakes.
        UsageError: there is no such file, or a switch has a value it cannot have.
    """
    config = Config()
    if path is not None:
        text = _text(path)
        config, problems = _apply(_toml(path, text), config)
        if problems:
            raise FileInvalid(path, (_in_file(mistake, path, text) for mistake in problems))
    config, wrong = _apply(_nested(overrides or {}), config)
    for mistake in wrong:
        raise UsageError(mistake.text, **mistake.values, key=_switch(mistake.key))
    return trusting(config)


def _in_file(mistake: Mistake, path: Path, text: str) -> Problem:
    return Problem(str(path), line_of(text, mistake.key), mistake.text, {**mistake.values, "key": mistake.shown})


def _text(path: Path) -> str:
    try:
        content = _content(path)
    except OSError as error:
        raise UsageError("agent.config-unreadable", path=path, reason=error.strerror) from None
    if len(content) > MAX_BYTES:
        raise FileInvalid(path, [Problem(str(path), 0, "agent.too-large", {"limit": MAX_BYTES})])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileInvalid(path, [Problem(str(path), 0, "agent.not-utf8")]) from None


def _content(path: Path) -> bytes:
    """Return what is in an ordinary file, up to a byte too many; a pipe or a device could be waited for without end."""
    descriptor = os.open(path, os.O_RDONLY | NOT_BLOCKING | NOT_INHERITED | AS_IT_IS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise UsageError("agent.no-ordinary-file", path=path)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        raw = tomllib.loads(text)
        repr(raw)  # a number or nesting that Python cannot write out could not be told about either
    except (ValueError, RecursionError) as error:
        reason, line = split_reason(str(error))
        raise FileInvalid(path, [Problem(str(path), line, "agent.not-toml", {"reason": reason})]) from None
    return raw


def _apply(raw: Mapping[str, Any], base: Config) -> tuple[Config, list[Mistake]]:
    """Return the configuration with the raw values in it, beside what is wrong with them."""
    known = {setting.key: setting for setting in settings()}
    tables = {key.partition(".")[0] for key in known if "." in key}
    mistakes: list[Mistake] = []
    lists, rest = read_lists(raw, mistakes)
    changes: dict[str, dict[str, Any]] = {}
    for key, value in _flat(rest, tables | {"families"}, mistakes):
        table, _, name = key.rpartition(".")
        try:
            changes.setdefault(table, {})[name] = _check(key, value, known)
        except Invalid as invalid:
            mistakes.append(Mistake(key, invalid.key, invalid.values))
    mistakes += _exclusive(changes)
    mistakes += _lonely(changes, base)
    reader = changes.get("", {}).get("reader", base.reader)
    mistakes += _unknown_families(changes.get("families", {}), reader)
    if lists and not changes.get("asset", {}).get("gemeente", base.asset.gemeente):
        mistakes.append(Mistake(next(iter(lists)), "agent.polls-of-nobody", {}))
    return replace(_replaced(base, changes), **lists), mistakes


def _flat(raw: Mapping[str, Any], tables: Collection[str], mistakes: list[Mistake]) -> Iterator[tuple[str, object]]:
    """Yield ``TABLE.NAME`` and ``NAME`` with their values; a table that is none is a mistake."""
    for name, value in raw.items():
        if name not in tables:
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{inner}", inside) for inner, inside in value.items())
        else:
            mistakes.append(Mistake(name, "agent.wanted-table", {"value": text_of(value)}))


def _check(key: str, value: object, known: Mapping[str, Setting]) -> Any:
    if key.startswith("families."):
        return Flag().check(value)
    if key not in known:
        raise Invalid("agent.unknown-key", nearest=nearest(key, known) or ", ".join(sorted(_siblings(key, known))))
    return known[key].kind.check(value)


def _siblings(key: str, known: Mapping[str, Setting]) -> set[str]:
    table = key.rpartition(".")[0]
    return {name for name in known if name.rpartition(".")[0] == table} or set(known)


def _exclusive(changes: Mapping[str, Mapping[str, Any]]) -> list[Mistake]:
    """An exclude and an include of the same thing cannot both be asked for."""
    return [
        Mistake(f"{table}.{name}", "agent.exclusive", {"other": f"{table}.{name.replace('_include', '_exclude')}"})
        for table, values in changes.items()
        for name, value in values.items()
        if table not in BOTH_HOLD
        and name.endswith("_include")
        and value
        and values.get(name.replace("_include", "_exclude"))
    ]


def _lonely(changes: Mapping[str, Mapping[str, Any]], base: Config) -> list[Mistake]:
    """A certificate is of no use without its key, nor a key without its certificate."""
    told = {name: changes.get("http", {}).get(name, getattr(base.http, name)) for name in ("tls_cert", "tls_key")}
    there = [name for name, value in told.items() if value]
    if len(there) != 1:
        return []
    (missing,) = told.keys() - there
    return [Mistake(f"http.{there[0]}", "agent.lonely", {"other": f"http.{missing}"})]


def _unknown_families(families: Mapping[str, object], reader: str) -> list[Mistake]:
    names = {entry.name for entry in entries(reader)}
    return [
        Mistake(f"families.{name}", "agent.unknown-family", {"families": ", ".join(sorted(names)), "name": name})
        for name in families
        if name not in names
    ]


def _replaced(base: Config, changes: Mapping[str, Mapping[str, Any]]) -> Config:
    new: dict[str, Any] = {}
    for table, values in changes.items():
        if table == "families":
            new[table] = dict(sorted({**base.families, **values}.items()))
        elif table:
            new[table] = replace(getattr(base, table), **values)
        else:
            new.update(values)
    return replace(base, **new)


def _nested(flat: Mapping[str, object]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for key, value in flat.items():
        table, _, name = key.rpartition(".")
        (nested.setdefault(table, {}) if table else nested)[name] = value
    return nested


def _switch(key: str) -> str:
    """Return what a person typed for a setting."""
    by_key = {setting.key: setting.switch for setting in settings()}
    return by_key.get(key) or f"--collector.{key.removeprefix('families.')}"
