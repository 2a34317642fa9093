"""A host of the lab: a process tree with its own network, mounts, name, process ids and root file system."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab.errors import LabError
from tests.lab.namespaces import network_of
from tests.lab.reaper import started
from tests.lab.waiting import SLOWER, until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

INIT = Path(__file__).with_name("host_init.sh")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
RUN_MARK = "REGIOWACHT_TEST_RUN"
"""Environment variable by which the guard of a test run knows what belongs to it."""


class Host:
    """A running host. Killing its top process ends every process in it and frees its network and disk.

    Start it from a thread that lives as long as the host: the kernel kills it when that thread ends.

    Attributes:
        name: its host name; SNMP's sysName, and what a shell's prompt shows.
        pid: its first process, by which ``nsenter`` finds it.
        top: the process outside that holds it.
    """

    def __init__(self, name: str, run_dir: Path, lowerdir: str, binds: Mapping[Path, str] | None = None) -> None:
        self.name = name
        self.pid = 0
        self._mount_point = run_dir / "hosts" / name
        self._mount_point.mkdir(parents=True)
        words = [word for source, target in (binds or {}).items() for word in (str(source), target)]
        self._process = subprocess.Popen(
            [
                *("setpriv", "--pdeathsig", "KILL"),
                *("unshare", "--net", "--mount", "--uts", "--pid", "--ipc", "--fork", "--kill-child"),
                *("--propagation", "private"),
                *("sh", str(INIT), name, lowerdir, str(self._mount_point), *words),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment(),
        )
        self.top = self._process.pid
        self._started: list[subprocess.Popen[bytes]] = []

    def wait_started(self) -> None:
        """Wait until its disk and network stand; several hosts start side by side.

        Raises:
            LabError: it did not come up; tells what it said.
        """
        assert self._process.stdout is not None
        with self._process.stdout as said:
            lines = []
            for line in said:
                if line == b"ready\n":
                    break
                lines.append(line.decode(errors="replace").strip())
            else:
                raise LabError(f"host {self.name} did not start: {' / '.join(lines) or 'it said nothing'}")
        children = Path(f"/proc/{self.top}/task/{self.top}/children")
        self.pid = int(until(lambda: children.read_text().split(), 2, f"the first process of {self.name}")[0])

    def command(self, *words: str) -> list[str]:
        """Return the command that runs ``words`` inside, with the host's own root as its folder."""
        return ["nsenter", f"--target={self.pid}", "-m", "-u", "-i", "-n", "-p", "-r", "-w", "--", *words]

    def network_command(self, *words: str) -> list[str]:
        """Return the command that runs a program of this machine in the host's network; it dies with its starter."""
        return ["setpriv", "--pdeathsig", "KILL", "nsenter", f"--target={self.pid}", "-n", "--", *words]

    def run(
        self, *words: str, check: bool = True, within_s: float = 10, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside to its end and return it with what it said.

        Args:
            words: program and arguments; no shell.
            check: raise when it fails.
            within_s: how long it may take on a quiet machine.
            given: its standard input.

        Raises:
            LabError: it failed and ``check`` is on, or did not end.
        """
        try:
            done = subprocess.run(
                # A command that is given up on dies inside too.
                self.command("setpriv", "--pdeathsig", "KILL", *words),
                input=given,
                stdin=subprocess.DEVNULL if given is None else None,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=within_s * SLOWER,
                env=self._environment(),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LabError(f"{self.name}: {words[0]} did not end within {within_s * SLOWER:g} s") from None
        if check and done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise LabError(f"{self.name}: {' '.join(words)[:200]}: {said[-1]}")
        return done

    def start(self, *words: str, log: str = "/dev/null") -> subprocess.Popen[bytes]:
        """Start a program inside that stays in the foreground; it ends with the host at the latest.

        Args:
            words: program and arguments.
            log: file inside the host for what it says.
        """
        process = subprocess.Popen(
            self.command("sh", "-c", 'log=$1; shift; exec "$@" >>"$log" 2>&1', "sh", log, *words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self._environment(),
        )
        self._started.append(process)
        return process

    def write(self, path: str, text: str, *, owner: str = "root:root", mode: str = "644") -> None:
        """Write a file inside; symbolic links are the host's own, so nothing outside can be hit."""
        script = 'umask 077; mkdir -p -m 755 "${1%/*}"; cat >"$1"; chown "$2" "$1"; chmod "$3" "$1"'
        self.run("sh", "-euc", script, "sh", path, owner, mode, given=text)

    def read(self, path: str) -> str:
        """Return a file of the host."""
        return self.run("cat", path).stdout

    def network(self) -> AbstractContextManager[None]:
        """Have this thread see the host's network until the block ends."""
        return network_of(self.pid)

    def is_running(self) -> bool:
        """Return whether the host still stands."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Pull the plug without waiting, where several hosts go at once."""
        self._process.kill()

    def stop(self) -> None:
        """Pull the plug: every process in it is gone when this returns."""
        self.kill()
        self._process.wait()
        until(lambda: not self.pid or not started(self.pid), 2, f"host {self.name} to end")
        for process in self._started:
            process.wait()

    @staticmethod
    def _environment() -> dict[str, str]:
        kept = {name: os.environ[name] for name in (RUN_MARK,) if name in os.environ}
        return {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/root", "TERM": os.environ.get("TERM", "dumb"), **kept}
