"""A server of the lab: systemd as PID 1 over a root file system of its own, in the network of a host or in its own.

systemd-nspawn boots it. One process holds its disk and everything that runs in it: when that is killed, or the process
that made the server ends in any way, nothing is left but an empty control group and a folder.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.lab import nspawn
from tests.lab.cgroup import make_cgroup, remove_cgroups
from tests.lab.errors import LabError
from tests.lab.processes import children, is_alive, systemd_of
from tests.lab.waiting import SLOWER, until

if TYPE_CHECKING:
    from collections.abc import Mapping

HOLDER = Path(__file__).with_name("machine_holder.sh")
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/root",
    "TERM": "dumb",
}
BOOT_WITHIN_S = 20
STOP_WITHIN_S = 10
WRITE = 'umask 077; mkdir -p -m 755 "$(dirname "$1")"; cat >"$1"; chown "$2" "$1"; chmod "$3" "$1"'


class Machine:
    """A server with a disk that outlives its boots.

    A power cut loses nothing the server wrote: its disk is memory. So what a real disk loses when it was not synced is
    not seen here. MemoryMax= and TasksMax= bind only where the machine has cgroup2 with these controllers.

    Attributes:
        name: its host name.
        top: the process that holds it; killing that leaves nothing of it running.
    """

    def __init__(self, name: str, run_dir: Path, lowerdir: str, net_pid: int | None, binds: Mapping[Path, str]) -> None:
        """Make its disk; :meth:`boot` is the way to one that runs."""
        nspawn.require(name)
        self.name = name
        self._group = f"{run_dir.name}-{name}"
        self._place = run_dir / "machines" / name
        self._console = self._place.with_suffix(".console")
        make_cgroup(self._group)
        network = "" if net_pid is None else f"/proc/{net_pid}/ns/net"
        try:
            self._place.mkdir(parents=True)
            console = self._console.open("wb")
        except OSError as error:
            remove_cgroups(self._group)
            raise LabError(f"server {name}: {error.filename}: {error.strerror}") from None
        with console:
            self._holder = subprocess.Popen(
                [
                    *("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"),
                    *("sh", str(HOLDER), lowerdir, str(self._place), network, self._group),
                    *nspawn.command(name, self._place, binds, in_network=net_pid is not None),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=console,
                # Ctrl-C in a terminal reaches the lab alone, which stops its servers in good order.
                start_new_session=True,
            )
        self.top = self._holder.pid
        self._inside = 0
        try:
            self._inside = self._wait_ready()
        except BaseException:
            self.close()
            raise

    @classmethod
    def boot(
        cls,
        name: str,
        run_dir: Path,
        lowerdir: str,
        net_pid: int | None = None,
        files: Mapping[str, bytes] | None = None,
        binds: Mapping[Path, str] | None = None,
    ) -> Self:
        """Switch on a new server; it is booting when this returns.

        Args:
            name: its host name: small letters, digits and dashes.
            run_dir: folder of its lab; its disk is mounted below, for itself alone.
            lowerdir: overlayfs' ``lowerdir=`` of a root file system with systemd, never written to.
            net_pid: a process in whose network it lives; in one of its own without a way out when left out.
            files: what stands on its disk before it boots; nothing in /run, /tmp, /dev survives the boot.
            binds: folders of this machine that it sees read-only, and where.

        Raises:
            LabError: it cannot be; says why.
        """
        machine = cls(name, run_dir, lowerdir, net_pid, binds or {})
        try:
            identity = {"/etc/hostname": f"{name}\n", "/etc/hosts": f"127.0.0.1 localhost {name}\n"}
            for path, content in {**{path: text.encode() for path, text in identity.items()}, **(files or {})}.items():
                machine.write(path, content)
            machine.boot_again()
        except BaseException:
            machine.close()
            raise
        return machine

    @property
    def leader(self) -> int:
        """Its systemd, as this machine counts processes.

        Raises:
            LabError: it is off.
        """
        if not (pid := self._find_leader()):
            raise LabError(f"server {self.name} is off{self._last_words()}")
        return pid

    @property
    def is_on(self) -> bool:
        """Whether its systemd runs."""
        return self._find_leader() != 0

    def boot_again(self) -> None:
        """Switch it on, with the disk as it was left; it is booting when this returns.

        Raises:
            LabError: it is on already, or systemd-nspawn could not start it.
        """
        if self.is_on:
            raise LabError(f"server {self.name} is on already")
        # Whatever ran in it when its power was cut is gone a moment later than that.
        until(lambda: not self._boots(), STOP_WITHIN_S, f"the rest of {self.name} to go")
        self._require_disk()
        make_cgroup(self._group)
        assert self._holder.stdin is not None
        assert self._holder.stdout is not None
        self._holder.stdin.write(b"boot\n")
        self._holder.stdin.flush()
        self._holder.stdout.readline()  # from here on it runs, or has ended already
        until(lambda: self._find_leader() or not self._boots(), BOOT_WITHIN_S, f"systemd of {self.name}")
        if not self.is_on:
            raise LabError(f"server {self.name} did not boot{self._last_words()}")

    def wait_booted(self, within_s: float = BOOT_WITHIN_S) -> None:
        """Wait until every unit it starts by itself has started.

        Args:
            within_s: how long that takes on a quiet machine at most; five times that are granted.

        Raises:
            LabError: it does not come up, or a unit failed; names the units.
        """

        def settled() -> str:
            state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
            return state if state in ("running", "degraded", "maintenance", "stopping") else ""

        state = until(settled, within_s, f"{self.name} to boot")
        if state != "running":
            failed = self.run("systemctl", "--failed", "--plain", "--no-legend", check=False).stdout.splitlines()
            units = ", ".join(line.split()[0] for line in failed) or "no unit"
            raise LabError(f"server {self.name} is {state}; failed: {units}")

    def command(self, *words: str) -> list[str]:
        """Return the command that runs ``words`` in it; as root, in its /, outside its control group."""
        inside = ["nsenter", f"--target={self.leader}", "--all", "--root", "--wd", "--"]
        # Without this a command given up on would run on in there.
        return [*inside, "setpriv", "--pdeathsig", "KILL", *words]

    def run(
        self, *words: str, check: bool = True, within_s: float = 10, given: bytes | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it to its end and return it with what it said.

        Args:
            words: program and arguments; no shell.
            check: raise when it fails.
            within_s: how long it may take on a quiet machine; five times that are granted.
            given: its standard input.

        Raises:
            LabError: the server is off, or the command failed and ``check`` is on, or did not end.
        """
        done = self._run(self.command(*words), words, check=check, within_s=within_s, given=given)
        out, err = (said.decode(errors="replace") for said in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(words, done.returncode, out, err)

    def write(self, path: str, content: bytes, *, owner: str = "root:root", mode: str = "644") -> None:
        """Write a file on its disk, on or off; symbolic links are the server's own, so nothing outside can be hit.

        Raises:
            LabError: there is no room, or no such owner.
        """
        self._run(self._anywhere("sh", "-euc", WRITE, "sh", path, owner, mode), ("write", path), given=content)

    def read(self, path: str) -> bytes:
        """Return a file of its disk, on or off.

        Raises:
            LabError: there is none.
        """
        return self._run(self._anywhere("cat", path), ("read", path)).stdout

    def is_active(self, unit: str) -> bool:
        """Return whether a unit runs."""
        return self.run("systemctl", "is-active", "--quiet", unit, check=False).returncode == 0

    def journal(self, unit: str) -> str:
        """Return what a unit said, a line each, without time and name."""
        return self.run("journalctl", "--no-pager", "--quiet", "--output=cat", f"--unit={unit}").stdout

    def shut_down(self) -> None:
        """Have systemd stop its units and switch it off; :meth:`boot_again` finds the disk as they left it."""
        with suppress(ProcessLookupError):
            os.kill(self.leader, signal.SIGRTMIN + 4)  # systemd(1): poweroff.target
        until(lambda: not self._boots(), STOP_WITHIN_S, f"{self.name} to shut down")

    def kill(self) -> None:
        """Cut its power; :meth:`boot_again` finds the disk as it was at that moment."""
        found = (self._find_leader(), *self._nspawns())
        # Whoever would boot it again goes first.
        for pid in (*self._boots(), *found):
            if pid:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        until(lambda: not self._boots() and not self.is_on, STOP_WITHIN_S, f"{self.name} to be off")

    def stop(self) -> None:
        """Shut it down in good order, then :meth:`close` it; by force when it does not go."""
        try:
            if self.is_on:
                self.shut_down()
        except LabError:
            self.close()
            raise
        self.close()

    def close(self) -> None:
        """Remove it at once: its processes, its disk and its control group are gone when this returns."""
        self._holder.kill()
        self._holder.wait()
        # The first process of its namespace is the last to go.
        until(lambda: not is_alive(self._inside), STOP_WITHIN_S, f"the processes of {self.name} to go")
        for stream in (self._holder.stdin, self._holder.stdout):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()
        remove_cgroups(self._group)
        with suppress(OSError):
            self._place.rmdir()

    def _wait_ready(self) -> int:
        """Return the process that holds the disk, once it does."""
        assert self._holder.stdout is not None
        said = self._holder.stdout.readline().decode(errors="replace").strip()
        if said != "ready":
            raise LabError(f"server {self.name} has no disk: {said or 'its holder ended without a word'}")
        return until(lambda: children(self.top), 2, f"the holder of {self.name}")[0]

    def _find_leader(self) -> int:
        return systemd_of(self.top)

    def _boots(self) -> list[int]:
        """Return what runs its systemd-nspawn, again when it reboots: nothing while it is off."""
        return children(self._inside)

    def _nspawns(self) -> list[int]:
        return [nspawn for boot in self._boots() for nspawn in children(boot)]

    def _anywhere(self, *words: str) -> list[str]:
        """Return the command that runs ``words`` in it, or on its disk alone while it is off."""
        if self.is_on:
            return self.command(*words)
        self._require_disk()
        return ["nsenter", f"--target={self._inside}", "--mount", "--", "chroot", f"{self._place}/root", *words]

    def _require_disk(self) -> None:
        if not is_alive(self._inside):
            raise LabError(f"server {self.name} is gone, and its disk with it")

    def _run(
        self,
        command: list[str],
        words: tuple[str, ...],
        *,
        check: bool = True,
        within_s: float = 10,
        given: bytes | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        try:
            done = subprocess.run(
                command,
                input=given,
                stdin=subprocess.DEVNULL if given is None else None,
                capture_output=True,
                timeout=within_s * SLOWER,
                env=ENVIRONMENT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise LabError(f"{self.name}: {words[0]} did not end within {within_s * SLOWER:g} s") from None
        if check and done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines() or ["it said nothing"]
            raise LabError(f"{self.name}: {' '.join(words)[:200]}: {said[-1]}")
        return done

    def _last_words(self) -> str:
        lines = self._console.read_text(errors="replace").strip().splitlines() if self._console.exists() else []
        return f"; its console says: {lines[-1].strip()}" if lines else ""
