"""What scripts wrote into files for a scraper to find: ``*.prom`` in the folders that are named.

As node_exporter's collector of that name, with three differences: a broken line costs only itself, a series that is
told twice costs the second one, and where there is no room for all, the largest files are left out. What is refused is
logged once and told in ``regiowacht_textfile_*``.
"""

from __future__ import annotations

import os

from regiowacht_agent.block import Block, Layout
from regiowacht_agent.exposition import clean, series
from regiowacht_agent.extra.textfile import helper_folder
from regiowacht_agent.extra.textfile.fair import smallest_first
from regiowacht_agent.extra.textfile.format import WHY, Parsed, Refused
from regiowacht_agent.extra.textfile.merge import CLASHES, merge
from regiowacht_agent.extra.textfile.source import NOT_READ, Known, look
from regiowacht_agent.family import Metrics
from regiowacht_agent.log import LOGGER, line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from regiowacht_agent.block import Series
    from regiowacht_agent.config import Config
    from regiowacht_agent.extra.textfile.merge import Told
    from regiowacht_agent.host import Host

FILES_MAX = 1000
"""Files of all folders together."""

FULL_FILES_MAX = 8
"""What all files may hold together, in files of the greatest size."""

FOLDER = {
    "no-folder": "the folder cannot be read",
    "too-many-files": f"more than {FILES_MAX} files; the rest is not read",
}
REASONS = WHY | NOT_READ | CLASHES | FOLDER

OPEN_ENDED = {"meminfo": "node_memory_", "netstat": "node_netstat_", "vmstat": "node_vmstat_"}
"""Families that tell more names than the catalogue holds, by what those begin with."""

MAGIC = frozenset("*?[")


class Textfile:
    """The files of the folders, and what the agent says of them."""

    def __init__(self, config: Config, metrics: Metrics, is_own: Callable[[str], bool]) -> None:
        self._config = config.textfile
        self._helper = helper_folder()
        self._mtime = metrics["node_textfile_mtime_seconds"]
        self._error = metrics["node_textfile_scrape_error"]
        self._problem = metrics["regiowacht_textfile_problem_info"]
        self._lines = metrics["regiowacht_textfile_refused_lines"]
        self._is_own = is_own
        self._known: dict[str, Known] = {}
        self._wrong: dict[str, str] = {}
        self._said: dict[str, tuple[int, str]] = {}
        self._block: Block | None = None
        self._is_tight = False

    def read(self, host: Host) -> Block:
        """Return what the files tell; files that have not changed are not read again."""
        wrong: dict[str, str] = {}
        paths = self._paths(wrong)
        known = self._look(paths, host.clock())
        if self._block is None or known != self._known or wrong != self._wrong:
            self._known, self._wrong = known, wrong
            self._block = self._merge()
        return self._block

    def _look(self, paths: list[str], now: float) -> dict[str, Known]:
        """Return what is known of each file; where all hold too much together, the largest are not read."""
        known, fits = self._look_within(smallest_first(paths) if self._is_tight else paths, now)
        if not fits and not self._is_tight:
            known, fits = self._look_within(smallest_first(paths), now)
        self._is_tight = not fits
        return {path: known[path] for path in paths}

    def _look_within(self, paths: list[str], now: float) -> tuple[dict[str, Known], bool]:
        """Return what is known of each file, and whether there was room for all."""
        size_max = self._config.file_max_bytes
        left = size_max * FULL_FILES_MAX
        known: dict[str, Known] = {}
        fits = True
        for path in paths:
            room = min(left, size_max)
            before = self._known.get(path)
            one = look(path, before if before is not None and before.size_bytes <= room else None, now, room)
            known[path] = one
            left = max(0, left - one.size_bytes)
            fits = fits and (room == size_max or one.key is not None)
        return known, fits

    def _paths(self, wrong: dict[str, str]) -> list[str]:
        """Return the files of all folders in the order in which they count; what is no folder goes to ``wrong``."""
        paths: list[str] = []
        declared = [found for pattern in self._config.directory for found in _folders(pattern)]
        for folder in dict.fromkeys((*declared, *filter(None, (self._helper,)))):
            try:
                with os.scandir(folder) as entries:
                    names = sorted(entry.name for entry in entries if entry.name.endswith(".prom"))
            except FileNotFoundError:
                if folder in declared:  # no helper has run here yet, and none needs to
                    wrong[folder] = "no-folder"
                continue
            except OSError:
                wrong[folder] = "no-folder"
                continue
            if len(paths) + len(names) > FILES_MAX:
                wrong[folder] = "too-many-files"
            paths += [os.path.normpath(f"{folder}/{name}") for name in names[: FILES_MAX - len(paths)]]
        return paths

    def _merge(self) -> Block:
        files: dict[str, Parsed] = {path: known.parsed for path, known in self._known.items()}
        merged = merge(files, self._is_own, self._config.series_max)
        refused = {folder: Refused(1, 0, reason) for folder, reason in self._wrong.items()} | dict(merged.refused)
        bad = {path: one for path, one in refused.items() if one.count}
        self._say(bad)
        values: list[int | str] = [number for one in merged.told for number in one.numbers]
        own: list[Series] = []
        for path, known in sorted(self._known.items()):
            if known.mtime is not None and path not in merged.left_out:
                own.append((self._mtime, (path,)))
                values.append(known.mtime)
        own.append((self._error, ()))
        values.append(int(bool(bad)))
        for path, one in sorted(bad.items()):
            own.append((self._problem, (path, str(one.line), one.reason)))
            values.append(1)
        for path in sorted(merged.refused):
            own.append((self._lines, (path,)))
            values.append(merged.refused[path].count)
        return Block(_Passed(merged.told, own), values)

    def _say(self, bad: dict[str, Refused]) -> None:
        """Log what is new: each file once for the same line and reason."""
        for path in [path for path in self._said if path not in bad]:
            del self._said[path]
            LOGGER.info(line("textfile-recovered", file=path))
        for path, one in bad.items():
            first = (one.line, one.reason)
            if self._said.get(path) != first:
                self._said[path] = first
                why = REASONS[one.reason]
                LOGGER.warning(line("textfile-refused", file=path, line=one.line, reason=why, lines=one.count))


class _Passed(Layout):
    """A layout that begins with what files tell, as they told it."""

    __slots__ = ()

    def __init__(self, told: Sequence[Told], own: Sequence[Series]) -> None:
        super().__init__(own)
        self.series = (*(one for metric in told for one in metric.series), *self.series)
        self._template = clean("".join(_lines(told))) + self._template


def _lines(told: Sequence[Told]) -> Iterable[str]:
    for one in told:
        text = one.help.replace("\\", "\\\\").replace("\n", "\\n").replace("%", "%%")
        yield f"# HELP {one.name} {text}\n# TYPE {one.name} {one.kind}\n"
        for metric, labels in one.series:
            yield f"{series(metric, labels).replace('%', '%%')} %s\n"


def _folders(pattern: str) -> list[str]:
    """Return the folders that a pattern of the shell names, itself where it is none or names nothing."""
    if MAGIC.isdisjoint(pattern):
        return [pattern]
    import glob  # noqa: PLC0415 - only who uses patterns pays for it

    return sorted(glob.glob(pattern.replace("[^", "[!"), include_hidden=True)) or [pattern]  # noqa: PTH207 - relative ones too


def own_names(config: Config) -> Callable[[str], bool]:
    """Return whether a name is one that the families that are on tell, or the agent of itself."""
    from regiowacht_agent.reader import entries, in_force  # noqa: PLC0415 - the table this family stands in

    on = [entry.name for entry in entries(in_force(config)) if config.is_on(entry.name, entry.default)]
    names = {metric for name in (*on, "agent", "scrape", "textfile") for metric in Metrics.of(name)}
    begins = tuple(prefix for name, prefix in OPEN_ENDED.items() if name in on)
    return lambda name: name in names or (bool(begins) and name.startswith(begins))
