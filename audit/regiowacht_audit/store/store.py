"""The configurations of a region as they were, day by day: a commit only where something changed."""

from __future__ import annotations

import difflib
import fcntl
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_audit.store.git import git
from regiowacht_contract.errors import Found, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_audit.scrub.scanner import Scanner

BRANCH = "refs/heads/main"
SEEN = "seen"
"""Folder in a repository with one file a device: when it was last read."""

TOKENS = "<secret:[0-9a-f]{8}>"
SEPARATOR = "\x1f"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
ADDRESS = "regiowacht@localhost"


@dataclass(frozen=True, slots=True)
class Change:
    """One commit.

    Attributes:
        id: its hash.
        at_s: when the configuration was read, in seconds since 1970.
        who: who had it read.
        device: which device changed.
        added: rows that came.
        removed: rows that went.
    """

    id: str
    at_s: int
    who: str
    device: str
    added: int
    removed: int


class Store:
    """The repositories of one region.

    Args:
        folder: where they are; each is ``GEMEENTE.git``, bare.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, gemeente: str, device: str, text: str, *, scanner: Scanner, who: str, at_s: int) -> Change | None:
        """Keep a configuration; return the change, or None where it is as it was.

        The commit's hash follows from the repository's past and from the arguments alone.

        Args:
            gemeente: its slug.
            device: its name.
            text: the configuration, scrubbed.
            scanner: looks at it once more.
            who: who had it read.
            at_s: when, in seconds since 1970.

        Raises:
            Leak: the scanner found a secret; nothing was kept.
            Unavailable: the repository cannot be written.
        """
        scanner.check(text, f"{gemeente}/{device}")
        with self._locked(gemeente) as repository:
            before = self._read(repository, device)
            if before == text:
                return None
            added, removed = _counts(before or "", text)
            title = f"{device}: +{added} -{removed}" if before is not None else f"{device}: new, {added} rows"
            head = self._head(repository)
            git(
                repository,
                "fast-import",
                "--quiet",
                "--date-format=raw",
                given=_import(head, title, who, at_s, device, text),
            )
            return Change(self._head(repository), at_s, who, device, added, removed)

    def seen(self, gemeente: str, device: str, at_s: int) -> None:
        """Note that what is kept of a device is what the device said at that time, changed or not.

        Raises:
            Unavailable: it cannot be written.
        """
        with self._locked(gemeente) as repository:
            file = repository / SEEN / _file(device)
            file.parent.mkdir(exist_ok=True)
            new = file.with_name(f".{file.name}.new")
            new.write_text(f"{at_s}\n", encoding="ascii")
            new.replace(file)

    def seen_s(self, gemeente: str, device: str) -> int | None:
        """Return when what is kept of a device was last read from it, in seconds since 1970; None where never.

        A repository in which nobody noted it knows when the configuration last changed.
        """
        try:
            return int((self._path(gemeente) / SEEN / _file(device)).read_text(encoding="ascii"))
        except (OSError, ValueError):
            changes = self.history(gemeente, device, most=1)
            return changes[0].at_s if changes else None

    def tokens(self, gemeente: str) -> list[tuple[str, str]]:
        """Return (device, fingerprint) for every secret in the newest configurations of a gemeente."""
        repository = self._path(gemeente)
        if not repository.is_dir() or not self._head(repository):
            return []
        said = git(repository, "grep", "-a", "-o", "-E", TOKENS, BRANCH, "--", "*.cfg", fine=(0, 1)).decode()
        rows = (row.removeprefix(f"{BRANCH}:").partition(".cfg:") for row in said.splitlines())
        return [(device, token) for device, _, token in rows]

    def newest(self, gemeente: str, device: str) -> str | None:
        """Return the configuration that was kept last; None where there is none."""
        repository = self._path(gemeente)
        return self._read(repository, device) if repository.is_dir() else None

    def at(self, gemeente: str, device: str, change: str) -> str:
        """Return the configuration as it was after a change.

        Raises:
            Found: there is no such change, or the device was not there then.
        """
        repository = self._path(gemeente)
        if not repository.is_dir() or not re.fullmatch(r"[0-9a-f]{4,64}", change):
            raise Found("store.no-change", change=change, gemeente=gemeente)
        try:
            return git(repository, "cat-file", "blob", f"{change}:{_file(device)}").decode("utf-8", "surrogateescape")
        except Unavailable:
            raise Found("store.no-change", change=change, gemeente=gemeente) from None

    def history(self, gemeente: str, device: str = "", most: int = 1000) -> list[Change]:
        """Return the changes of a gemeente, or of one device, newest first."""
        repository = self._path(gemeente)
        if not repository.is_dir() or not self._head(repository):
            return []
        form = SEPARATOR.join(("%H", "%at", "%an", "%s"))
        only = ("--", _file(device)) if device else ()
        said = git(repository, "log", f"--max-count={most}", f"--format=tformat:{form}", BRANCH, *only)
        return [_change(row) for row in said.decode("utf-8", "replace").splitlines()]

    def gemeenten(self) -> list[str]:
        """Return the gemeenten of which something is kept, sorted."""
        return sorted(path.name.removesuffix(".git") for path in self._folder.glob("*.git") if path.is_dir())

    def devices(self, gemeente: str) -> list[str]:
        """Return the devices of which a configuration is kept, sorted."""
        repository = self._path(gemeente)
        if not repository.is_dir() or not self._head(repository):
            return []
        names = git(repository, "ls-tree", "--name-only", BRANCH).decode().splitlines()
        return sorted(name.removesuffix(".cfg") for name in names)

    def _path(self, gemeente: str) -> Path:
        _file(gemeente)
        return self._folder / f"{gemeente}.git"

    def _head(self, repository: Path) -> str:
        return git(repository, "rev-parse", "--quiet", "--verify", BRANCH, fine=(0, 1)).decode().strip()

    def _read(self, repository: Path, device: str) -> str | None:
        if not self._head(repository):
            return None
        found = git(repository, "ls-tree", "--name-only", BRANCH, "--", _file(device))
        if not found:
            return None
        return git(repository, "cat-file", "blob", f"{BRANCH}:{_file(device)}").decode("utf-8", "surrogateescape")

    @contextmanager
    def _locked(self, gemeente: str) -> Iterator[Path]:
        """Hold a gemeente's repository, made where it is not there; two audits at once wait for each other."""
        repository = self._path(gemeente)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (self._folder / f"{gemeente}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not (repository / "HEAD").is_file():
                    git(
                        repository, "init", "--quiet", "--bare", "--initial-branch=main", "--template=", str(repository)
                    )
                    repository.chmod(0o700)
                yield repository
        except OSError as error:
            raise Unavailable("store.cannot-write", folder=self._folder, said=error.strerror) from None


def difference(before: str, after: str, one: str, other: str, context: int = 3) -> list[str]:
    """Return the rows of a unified difference; none where both are the same."""
    rows = difflib.unified_diff(before.splitlines(), after.splitlines(), one, other, lineterm="", n=context)
    return list(rows)


def _file(name: str) -> str:
    if not NAME.fullmatch(name):
        raise Found("store.bad-name", name=name)
    return f"{name}.cfg"


def _counts(before: str, after: str) -> tuple[int, int]:
    rows = difference(before, after, "", "", context=0)[2:]
    return sum(row.startswith("+") for row in rows), sum(row.startswith("-") for row in rows)


def _import(head: str, title: str, who: str, at_s: int, device: str, text: str) -> bytes:
    """Return one commit in the form of git-fast-import(1)."""
    content = text.encode("utf-8", "surrogateescape")
    name = re.sub(r"[<>\x00-\x1f]", "", who).strip() or "regiowacht"
    message = f"{title}\n".encode()
    return b"".join(
        (
            f"commit {BRANCH}\n".encode(),
            f"committer {name} <{ADDRESS}> {at_s} +0000\n".encode(),
            f"data {len(message)}\n".encode(),
            message,
            f"from {head}\n".encode() if head else b"",
            f"M 100644 inline {_file(device)}\ndata {len(content)}\n".encode(),
            content,
            b"\n",
        )
    )


def _change(row: str) -> Change:
    commit, at, who, title = row.split(SEPARATOR, 3)
    device, _, rest = title.partition(": ")
    counts = re.fullmatch(r"\+(\d+) -(\d+)", rest)
    new = re.fullmatch(r"new, (\d+) rows", rest)
    added = int(counts[1]) if counts else int(new[1]) if new else 0
    return Change(commit, int(at), who, device, added, int(counts[2]) if counts else 0)
