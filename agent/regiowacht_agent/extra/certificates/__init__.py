"""Until when certificates in local files hold: the files that are declared, under x509-certificate-exporter's names.

Every certificate of a file is told: a server sends the whole chain, and any of them may end first.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
from pathlib import Path

from regiowacht_agent.extra.slowly import Slowly
from regiowacht_agent.family import NoData, Sample
from regiowacht_agent.x509 import Certificate, certificates, parse
from regiowacht_contract.light import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from regiowacht_agent.config import Config
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

FILES_MAX = 500
FILE_MAX_BYTES = 1 << 20
PER_FILE_MAX = 50
"""A chain has a few; a file with all the world's authorities is not what watching is for."""


class _Known(NamedTuple):
    """A file as it was last read: by what it is known again, what it holds, and what is wrong with it."""

    mark: tuple[int, ...]
    found: tuple[Certificate, ...]
    reason: str


class Certificates:
    """``x509_cert_*`` of the declared files, and why a file could not be read.

    Args:
        patterns: files, or the shell's patterns of files.
        metrics: names of the family ``certificates``.
    """

    def __init__(self, patterns: Iterable[str], metrics: Metrics) -> None:
        self._patterns = tuple(patterns)
        self._before = metrics["x509_cert_not_before"]
        self._after = metrics["x509_cert_not_after"]
        self._expired = metrics["x509_cert_expired"]
        self._problem = metrics["regiowacht_certificate_problem_info"]
        self._known: dict[str, _Known] = {}

    def look(self, now: float) -> Iterator[Sample]:
        """Yield what the files hold; one that has not changed is not read again.

        Raises:
            NoData: nothing is declared.
        """
        if not self._patterns:
            raise NoData("no files declared")
        problems: dict[str, str] = {}
        paths = self._paths(problems)
        self._known = {path: _look(path, self._known.get(path)) for path in paths}
        problems |= {path: known.reason for path, known in self._known.items() if known.reason}
        for path, known in self._known.items():
            for one in dict.fromkeys(known.found):
                labels = (one.serial_number, one.subject_cn, one.issuer_cn, Path(path).name, path)
                yield Sample(self._before, labels, one.not_before)
                yield Sample(self._after, labels, one.not_after)
                yield Sample(self._expired, labels, int(one.not_after < now))
        for path, reason in sorted(problems.items()):
            yield Sample(self._problem, (path, reason), 1)

    def _paths(self, problems: dict[str, str]) -> list[str]:
        paths: dict[str, None] = {}
        for pattern in self._patterns:
            found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - relative ones too
            if not found:
                problems[pattern] = _why_nothing(pattern)
            paths |= dict.fromkeys(os.path.normpath(path) for path in found)
        for path in list(paths)[FILES_MAX:]:
            problems[path] = "too-many-files"
        return list(paths)[:FILES_MAX]


def _look(path: str, before: _Known | None) -> _Known:
    mark: tuple[int, ...] = ()
    try:
        status = Path(path).stat()
        mark = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if before is not None and before.mark == mark and not before.reason:
            return before
        if not stat.S_ISREG(status.st_mode):
            return _Known(mark, (), "no-ordinary-file")
        if status.st_size > FILE_MAX_BYTES:
            return _Known(mark, (), "too-large")
        with Path(path).open("rb") as file:
            content = file.read(FILE_MAX_BYTES)
    except OSError as error:
        return _Known(mark, (), _reason(error))
    return _Known(mark, *_read(content))


def _read(content: bytes) -> tuple[tuple[Certificate, ...], str]:
    """Return what a file holds, and the first thing that is wrong with it."""
    found: list[Certificate] = []
    try:
        for der in certificates(content):
            if len(found) == PER_FILE_MAX:
                return tuple(found), "too-many-certificates"
            found.append(parse(der))
    except ValueError:
        return tuple(found), "bad-certificate"
    return tuple(found), "" if found else "no-certificate"


def _why_nothing(pattern: str) -> str:
    """Return why a pattern finds nothing: a folder above it may be closed to this process."""
    for above in Path(pattern).parents:
        try:
            next(above.iterdir(), None)
        except OSError as error:
            if error.errno in {errno.EACCES, errno.EPERM}:
                return "permission-denied"
    return "not-found"


def _reason(error: OSError) -> str:
    known = {errno.EACCES: "permission-denied", errno.EPERM: "permission-denied", errno.ENOENT: "not-found"}
    return known.get(error.errno or 0, "read-failed")


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    told = Certificates(config.certificates.files, metrics)

    def look(host: Host) -> Iterable[Sample]:
        return told.look(host.clock())

    return Slowly(look, config.certificates.interval_s)
