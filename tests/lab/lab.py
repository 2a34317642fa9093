"""A lab: hosts, servers and links that stand and fall with the process that made them."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.lab import reaper
from tests.lab.errors import LabError
from tests.lab.host import Host
from tests.lab.links import Cable, set_up
from tests.lab.wire import End as WireEnd
from tests.lab.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.lab.links import End
    from tests.lab.machine import Machine
    from tests.lab.rootfs import Rootfs
    from tests.lab.wire import Shape


class Lab:
    """Some hosts and the links between them. Use it as a context manager, from a thread that lives as long as it.

    Nothing of it has a global name, so several labs run side by side; when the process that made it dies, of whatever
    cause, a reaper removes what the kernel does not remove by itself.

    Attributes:
        id: six hexadecimal digits.
        run_dir: ``/run/regio-lab-ID``.
        hosts: by name.
        machines: servers with systemd, by the name of the host whose network they use.
        links: by name.
    """

    def __init__(self, rootfs: Rootfs) -> None:
        if os.geteuid() != 0:
            raise LabError("the lab makes network namespaces, which only root may do")
        for folder in reaper.abandoned():
            reaper.reap(folder)
        self.id = secrets.token_hex(3)
        self.run_dir = reaper.ROOT / f"{reaper.PREFIX}{self.id}"
        self.rootfs = rootfs
        self.hosts: dict[str, Host] = {}
        self.machines: dict[str, Machine] = {}
        self.links: dict[str, Cable | Wire] = {}
        self._lines: dict[str, Callable[[], None]] = {}
        self._closing = contextlib.ExitStack()
        try:
            self.run_dir.mkdir(mode=0o755)
            reaper.claim(self.run_dir, os.getpid())
            self._reaper = self._start_reaper()
        except OSError as error:
            shutil.rmtree(self.run_dir, ignore_errors=True)
            raise LabError(f"cannot keep the lab's files in {self.run_dir}: {error.strerror}") from None

    def add_hosts(self, names: Mapping[str, str], binds: Mapping[Path, str] | None = None) -> None:
        """Start hosts side by side.

        Args:
            names: each host's name and which root file system it has: ``host`` (with network tools) or ``server``.
            binds: folders of this machine that each sees read-only, and where.
        """
        for name, kind in names.items():
            host = Host(name, self.run_dir, self.rootfs.host if kind == "host" else self.rootfs.server, binds)
            reaper.note(self.run_dir, host.top)
            self.hosts[name] = host
        for name in names:
            self.hosts[name].wait_started()

    def add_cable(self, name: str, a: End, b: End) -> None:
        """Lay a cable inside a building; ``b`` is the end that is pulled when it is cut."""
        self.links[name] = Cable(name, a, b)

    def add_line(self, name: str, a: End, b: End, shape: Shape | None = None) -> None:
        """Lay a line over land: it can be late, lossy, narrow, or cut."""
        self.control(name).parent.mkdir(exist_ok=True)
        self._lines[name] = partial(self._lay_line, name, a, b, shape)
        self._lines[name]()

    def lay_dead_lines_anew(self) -> None:
        """Start a new wire where one has died; it has the shape and the addresses that the line began with.

        Raises:
            LabError: a host that it ends at is gone.
        """
        for name, lay in self._lines.items():
            wire = self.links[name]
            if isinstance(wire, Wire) and not wire.is_running:
                wire.stop()
                lay()

    def _lay_line(self, name: str, a: End, b: End, shape: Shape | None) -> None:
        ends = [WireEnd(end.host.pid, end.name) for end in (a, b)]
        wire = Wire.start(name, end_a=ends[0], end_b=ends[1], control=self.control(name), shape=shape)
        reaper.note(self.run_dir, wire.pid)
        self._closing.callback(wire.stop)
        self.links[name] = wire
        for end in (a, b):
            set_up(end)

    def control(self, name: str) -> Path:
        """Return where the wire of a line takes its orders."""
        return self.run_dir / "links" / f"{name}.sock"

    def link(self, name: str) -> Cable | Wire:
        """Return a link by its name.

        Raises:
            LabError: there is none of that name; names those there are.
        """
        if name not in self.links:
            raise LabError(f"no link {name!r}; there are {', '.join(self.links)}")
        return self.links[name]

    def close(self) -> None:
        """End everything; nothing of the lab is left when this returns."""
        self._closing.close()
        for machine in self.machines.values():
            machine.close()
        for host in self.hosts.values():
            host.kill()
        for host in self.hosts.values():
            host.stop()
        reaper.reap(self.run_dir)
        assert self._reaper.stdin is not None
        self._reaper.stdin.close()
        self._reaper.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start_reaper(self) -> subprocess.Popen[bytes]:
        # Its only tie is the pipe: no child inherits our end, so that end closes just when this process is gone.
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(reaper.__file__)), str(self.run_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
            start_new_session=True,
        )
