"""When the newest backup was made: of files that are declared, ``NAME=FILES``, the one that was written last.

FILES is a file, a pattern of dated files, or a marker that the backup's own script touches when it ends well.
"""

from __future__ import annotations

import errno
import glob
from pathlib import Path

from regiowacht_agent.extra.slowly import Slowly
from regiowacht_agent.family import NoData, Sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host


class Backups:
    """``regiowacht_backup_*``.

    Args:
        declared: ``NAME=FILES`` each.
        metrics: names of the family ``backups``.
    """

    def __init__(self, declared: Iterable[str], metrics: Metrics) -> None:
        self._declared = tuple(text.partition("=")[::2] for text in declared)
        self._when = metrics["regiowacht_backup_last_success_timestamp_seconds"]
        self._size = metrics["regiowacht_backup_size_bytes"]
        self._files = metrics["regiowacht_backup_files"]
        self._problem = metrics["regiowacht_backup_problem_info"]

    def look(self) -> Iterator[Sample]:
        """Yield time and size of the newest file of each backup, and how many there are.

        Raises:
            NoData: nothing is declared.
        """
        if not self._declared:
            raise NoData("no backups declared")
        for name, pattern in self._declared:
            found, reason = _stat(pattern)
            yield Sample(self._files, (name,), len(found))
            if found:
                newest = max(found, key=lambda status: status.st_mtime)
                yield Sample(self._when, (name,), round(newest.st_mtime, 3))
                yield Sample(self._size, (name,), newest.st_size)
            if reason:
                yield Sample(self._problem, (name, reason), 1)


def _stat(pattern: str) -> tuple[list[os.stat_result], str]:
    """Return what is known of the files of a pattern, and why one of them, or all, cannot be seen."""
    found: list[os.stat_result] = []
    reason = ""
    for path in glob.glob(pattern, recursive=True) or [pattern]:  # noqa: PTH207 - relative ones too
        try:
            found.append(Path(path).stat())
        except OSError as error:
            denied = error.errno in {errno.EACCES, errno.EPERM}
            reason = "permission-denied" if denied else "not-found" if error.errno == errno.ENOENT else "read-failed"
    return found, reason


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    told = Backups(config.backups.files, metrics)

    def look(_host: Host) -> Iterable[Sample]:
        return told.look()

    return Slowly(look, config.backups.interval_s)
