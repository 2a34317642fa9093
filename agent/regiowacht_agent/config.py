"""The agent's configuration: one TOML file, parsed into one frozen object; an empty file means all defaults."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from regiowacht_agent.reader import READERS, entries
from regiowacht_agent.settings import (
    Address,
    Choice,
    Directory,
    Flag,
    Invalid,
    Number,
    Regex,
    Setting,
    Text,
    setting,
    settings_of,
)
from regiowacht_agent.toml_lines import line_of, split_reason
from regiowacht_contract.defaults import AGENT_PORT
from regiowacht_contract.errors import ConfigInvalid, Problem, UsageError
from regiowacht_contract.nearest import nearest
from regiowacht_contract.texts import LANGS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from regiowacht_contract.texts import Lang

MAX_BYTES = 1_000_000
"""A configuration file is a few kilobytes; what is larger is something else."""

MOUNT_POINTS_EXCLUDE = r"^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)"
FS_TYPES_EXCLUDE = (
    r"^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|erofs|fusectl|hugetlbfs|iso9660|mqueue|nsfs"
    r"|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$"
)
DISKS_EXCLUDE = r"^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$"


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the host's own trees are mounted, for an agent inside a container."""

    procfs: str = setting("/proc", Directory(), "--path.procfs")
    sysfs: str = setting("/sys", Directory(), "--path.sysfs")
    rootfs: str = setting("/", Directory(), "--path.rootfs")
    udev_data: str = setting("/run/udev/data", Directory(), "--path.udev.data")


@dataclass(frozen=True, slots=True)
class Cpu:
    """Settings of the family ``cpu``."""

    guest: bool = setting(True, Flag(), "--collector.cpu.guest")


@dataclass(frozen=True, slots=True)
class Filesystem:
    """Settings of the family ``filesystem``."""

    mount_points_exclude: str = setting(MOUNT_POINTS_EXCLUDE, Regex(), "--collector.filesystem.mount-points-exclude")
    mount_points_include: str = setting("", Regex(), "--collector.filesystem.mount-points-include")
    fs_types_exclude: str = setting(FS_TYPES_EXCLUDE, Regex(), "--collector.filesystem.fs-types-exclude")
    fs_types_include: str = setting("", Regex(), "--collector.filesystem.fs-types-include")
    mount_timeout_s: float = setting(2.0, Number(0.1, 5, "seconds"), "--collector.filesystem.mount-timeout")


@dataclass(frozen=True, slots=True)
class Diskstats:
    """Settings of the family ``diskstats``."""

    device_exclude: str = setting(DISKS_EXCLUDE, Regex(), "--collector.diskstats.device-exclude")
    device_include: str = setting("", Regex(), "--collector.diskstats.device-include")


@dataclass(frozen=True, slots=True)
class Netdev:
    """Settings of the family ``netdev``."""

    device_exclude: str = setting("", Regex(), "--collector.netdev.device-exclude")
    device_include: str = setting("", Regex(), "--collector.netdev.device-include")


@dataclass(frozen=True, slots=True)
class Netclass:
    """Settings of the family ``netclass``."""

    ignored_devices: str = setting("^$", Regex(), "--collector.netclass.ignored-devices")


@dataclass(frozen=True, slots=True)
class Hwmon:
    """Settings of the family ``hwmon``."""

    chip_exclude: str = setting("", Regex(), "--collector.hwmon.chip-exclude")
    chip_include: str = setting("", Regex(), "--collector.hwmon.chip-include")


@dataclass(frozen=True, slots=True)
class Powersupplyclass:
    """Settings of the family ``powersupplyclass``."""

    ignored_supplies: str = setting("^$", Regex(), "--collector.powersupply.ignored-supplies")


@dataclass(frozen=True, slots=True)
class Http:
    """Bounds of the small HTTP server."""

    connections_max: int = setting(32, Number(2, 512))
    header_timeout_s: float = setting(5.0, Number(0.1, 60, "seconds"))
    idle_timeout_s: float = setting(5.0, Number(0.1, 60, "seconds"))
    write_timeout_s: float = setting(10.0, Number(0.1, 60, "seconds"))
    header_max_bytes: int = setting(8192, Number(512, 65536))


@dataclass(frozen=True, slots=True)
class Asset:
    """Who this agent is in the region; information, the collector decides by the credential."""

    gemeente: str = setting("", Text(may_be_empty=True))
    site: str = setting("", Text(may_be_empty=True))
    instance: str = setting("", Text(may_be_empty=True))


@dataclass(frozen=True, slots=True)
class Config:
    """Everything the agent is told.

    Attributes:
        families: families switched on (True) or off (False) against the reader's own default.
        disable_defaults: families that nobody switched on stay off.
    """

    listen: str = setting(f"127.0.0.1:{AGENT_PORT}", Address(), "--listen")
    reader: str = setting("psutil", Choice(words=tuple(READERS)), "--reader")
    language: str = setting("nl", Choice(words=LANGS))
    disable_defaults: bool = setting(False, Flag(), "--collector.disable-defaults")
    families: Mapping[str, bool] = field(default_factory=dict)
    asset: Asset = field(default_factory=Asset)
    paths: Paths = field(default_factory=Paths)
    cpu: Cpu = field(default_factory=Cpu)
    filesystem: Filesystem = field(default_factory=Filesystem)
    diskstats: Diskstats = field(default_factory=Diskstats)
    netdev: Netdev = field(default_factory=Netdev)
    netclass: Netclass = field(default_factory=Netclass)
    hwmon: Hwmon = field(default_factory=Hwmon)
    powersupplyclass: Powersupplyclass = field(default_factory=Powersupplyclass)
    http: Http = field(default_factory=Http)

    @property
    def lang(self) -> Lang:
        """The language of the agent's own page."""
        return "en" if self.language == "en" else "nl"

    @property
    def hash(self) -> str:
        """Eight digits that differ between two configurations (CRC-32, no proof against intent)."""
        return f"{zlib.crc32(repr(self).encode()):08x}"

    def is_on(self, family: str, default: bool) -> bool:
        """Return whether a family is to be read."""
        return self.families.get(family, default and not self.disable_defaults)


def settings() -> tuple[Setting, ...]:
    """Return every setting there is, in the order of the file; ``families.NAME`` stands apart."""
    return tuple(settings_of(Config))


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
            raise FileInvalid(path, (p.in_file(path, text) for p in problems))
    config, wrong = _apply(_nested(overrides or {}), config)
    for mistake in wrong:
        raise UsageError(mistake.text, **mistake.values, key=_switch(mistake.key))
    return config


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One value or name that cannot be: the key where it stands, the text and what fills it."""

    key: str
    text: str
    values: Mapping[str, object]

    def in_file(self, path: Path, text: str) -> Problem:
        return Problem(str(path), line_of(text, self.key), self.text, {**self.values, "key": self.key})


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileInvalid(path, [Problem(str(path), 0, "agent.too-large", {"size": path.stat().st_size})])
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise FileInvalid(path, [Problem(str(path), 0, "agent.not-utf8")]) from None
    except OSError as error:
        raise UsageError("agent.config-unreadable", path=path, reason=error.strerror) from None


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        reason, line = split_reason(str(error))
        raise FileInvalid(path, [Problem(str(path), line, "agent.not-toml", {"reason": reason})]) from None


def _apply(raw: Mapping[str, Any], base: Config) -> tuple[Config, list[_Mistake]]:
    """Return the configuration with the raw values in it, beside what is wrong with them."""
    known = {setting.key: setting for setting in settings()}
    tables = {key.partition(".")[0] for key in known if "." in key}
    mistakes: list[_Mistake] = []
    changes: dict[str, dict[str, Any]] = {}
    for key, value in _flat(raw, tables | {"families"}, mistakes):
        table, _, name = key.rpartition(".")
        try:
            changes.setdefault(table, {})[name] = _check(key, value, known)
        except Invalid as invalid:
            mistakes.append(_Mistake(key, invalid.key, invalid.values))
    mistakes += _exclusive(changes)
    reader = changes.get("", {}).get("reader", base.reader)
    mistakes += _unknown_families(changes.get("families", {}), reader)
    return _replaced(base, changes), mistakes


def _flat(raw: Mapping[str, Any], tables: Collection[str], mistakes: list[_Mistake]) -> Iterator[tuple[str, object]]:
    """Yield ``TABLE.NAME`` and ``NAME`` with their values; a table that is none is a mistake."""
    for name, value in raw.items():
        if name not in tables:
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{inner}", inside) for inner, inside in value.items())
        else:
            mistakes.append(_Mistake(name, "agent.bad-type", {"wanted": f"[{name}]", "value": value}))


def _check(key: str, value: object, known: Mapping[str, Setting]) -> Any:
    if key.startswith("families."):
        return Flag().check(value)
    if key not in known:
        raise Invalid("agent.unknown-key", nearest=nearest(key, known) or ", ".join(sorted(_siblings(key, known))))
    return known[key].kind.check(value)


def _siblings(key: str, known: Mapping[str, Setting]) -> set[str]:
    table = key.rpartition(".")[0]
    return {name for name in known if name.rpartition(".")[0] == table} or set(known)


def _exclusive(changes: Mapping[str, Mapping[str, Any]]) -> list[_Mistake]:
    """An exclude and an include of the same thing cannot both be asked for."""
    return [
        _Mistake(f"{table}.{name}", "agent.exclusive", {"other": f"{table}.{name.replace('_include', '_exclude')}"})
        for table, values in changes.items()
        for name, value in values.items()
        if name.endswith("_include") and value and values.get(name.replace("_include", "_exclude"))
    ]


def _unknown_families(families: Mapping[str, object], reader: str) -> list[_Mistake]:
    names = {entry.name for entry in entries(reader)}
    return [
        _Mistake(f"families.{name}", "agent.unknown-family", {"families": ", ".join(sorted(names)), "name": name})
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
