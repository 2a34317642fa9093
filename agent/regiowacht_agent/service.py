"""Runs the agent: serves readings until it is told to stop, and takes a new configuration when it is told to."""

from __future__ import annotations

import gc
import os
import signal
import socket
import time

from regiowacht_agent.block import Block, Sampled, render
from regiowacht_agent.http.connection import Limits
from regiowacht_agent.http.listen import open_listener
from regiowacht_agent.http.server import HttpServer
from regiowacht_agent.joining.about import ABOUT
from regiowacht_agent.joining.nobody import asking_of
from regiowacht_agent.log import LOGGER, line
from regiowacht_agent.notify import Notifier
from regiowacht_agent.own import Own
from regiowacht_agent.pages import Pages
from regiowacht_agent.polls.nobody import page_of, schedule_of
from regiowacht_agent.push.nobody import push_of
from regiowacht_agent.reader import open_reader
from regiowacht_agent.reading import Readings
from regiowacht_agent.snmp.nobody import chunks_of, devices_of
from regiowacht_agent.snmp.polling import word
from regiowacht_agent.system import SIGHUP
from regiowacht_contract.credentials import at_hand
from regiowacht_contract.errors import RegiowachtError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from regiowacht_agent.config import Config
    from regiowacht_agent.http.packed import Piece
    from regiowacht_agent.http.tls import Tls
    from regiowacht_agent.polls.nobody import Nobody
    from regiowacht_agent.polls.schedule import Schedule
    from regiowacht_agent.snmp.devices import Devices
    from regiowacht_agent.snmp.nobody import NoDevices

PARENT_EVERY_S = 1.0
LONGEST_WAIT_S = 60.0

COLLECT_EVERY = 100
"""Readings between two full collections, which also empty CPython's lists of free tuples: some of those only grow."""


class Service:
    """The agent as a process.

    Args:
        load: reads the configuration, at the start and again on SIGHUP.
        environ: the process's environment, for systemd's notification socket.
        parent: end when the parent is no longer this process id; None: outlive it.
        listener: the socket to listen with, where it is open already.
        joined: what this server needs to keep to the region that it joined (``plan.joined``), or None.

    Raises:
        RegiowachtError: from ``load``, or the address cannot be listened on, or the certificate cannot be used.
    """

    def __init__(
        self,
        load: Callable[[], Config],
        environ: Mapping[str, str] = os.environ,
        parent: int | None = None,
        listener: socket.socket | None = None,
        joined: Mapping[str, Any] | None = None,
    ) -> None:
        self._load = load
        self._parent = parent
        self._notifier = Notifier(environ)
        self._stopping = False
        self._reload_wanted = False
        self._reload_worked = True
        self.config = load()
        self._loaded = time.time()
        self._readings = Readings(open_reader(self.config))
        self._polls = schedule_of(self.config)
        self._devices = devices_of(self.config)
        ABOUT.update(joined["about"] if joined else {})
        self._asking, self._has_bundle = asking_of(joined), False
        self._push = push_of(self.config)
        self._own = Own()
        self._standing_by, self._pushing, self._joined = Sampled(), Sampled(), Sampled()
        self._pages = Pages(
            self.config.lang, self.config.words, self.expose, self.expose_assets, self.expose_devices, self._polling,
            self._asking.page,
        )  # fmt: skip
        tls = open_tls(self.config)
        self.server = HttpServer(
            [listener or open_listener(self.config.listen)], self._pages.answer, limits(self.config), tls=tls
        )

    @property
    def url(self) -> str:
        """Where the agent answers."""
        host, port = self.server.addresses[0]
        scheme = "https" if self.server.tls else "http"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    def run(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serve until SIGTERM or SIGINT; SIGHUP reads the configuration again. Runs in the main thread.

        Args:
            on_ready: called once signals are heeded.
        """
        with _Signals(self._on_signal) as signals:
            self.server.watch(signals.wake)
            on_ready()
            self._notifier.say("READY=1", f"STATUS={self.url}")
            self._polls.start()
            self._devices.start()
            self._push.start()
            try:
                while not self._is_over():
                    self._turn(self._longest_wait())
                    if self._reload_wanted:
                        self._reload()
            finally:
                self._notifier.say("STOPPING=1")
                self._asking.stop()
                self._push.stop(self._polls, self._devices)
                self._polls.stop()
                self._devices.stop()
                self.server.close()

    def serve_for(self, wait_s: float) -> None:
        """Answer clients for so many seconds, or fewer, while another process reads the configuration."""
        self._turn(wait_s)

    def expose(self) -> bytes:
        """Return the exposition of one reading, the agent's own metrics included."""
        return render(self._take())

    def _turn(self, wait_s: float) -> None:
        """Answer clients for so many seconds at most, and take what is to be sent."""
        self.server.turn(min(wait_s, self._push.wait_s(), self._asking.wait_s()))
        self._notifier_alive()
        self._push.turn(self._take, self._polls, self._devices)
        if self._asking.turn():
            self._reload_wanted = self._has_bundle = True

    def _take(self) -> list[Block]:
        """Take one reading, the agent's own metrics included."""
        blocks = self._readings.take()
        blocks.append(
            self._own.read(self.config, self._loaded, self._reload_worked, self._readings, self.server, self._polls)
        )
        if self._devices.asked:
            blocks.append(self._standing_by.block(self._devices.samples()))
        if self._asking.is_on:
            blocks.append(self._joined.block(self._asking.samples()))
        if self._push.is_on:
            blocks.append(self._pushing.block(self._push.samples()))
        if self._readings.count % COLLECT_EVERY == 0:
            gc.collect()
        return blocks

    def expose_assets(self) -> bytes:
        """Return the exposition of what was asked for others, with the labels of those."""
        return page_of(self._polls)

    def expose_devices(self, packs: bool = False) -> Iterator[Piece]:
        """Yield the exposition of what was asked of devices, in pieces, which may be compressed ones if ``packs``."""
        return chunks_of(self._devices, packs=packs)

    def _polling(self) -> bytes:
        return word(self._devices.age_s())

    def _on_signal(self, number: int) -> None:
        if number == SIGHUP:
            self._reload_wanted = True
        else:
            self._stopping = True

    def _is_over(self) -> bool:
        return self._stopping or (self._parent is not None and os.getppid() != self._parent)

    def _longest_wait(self) -> float:
        waits = [LONGEST_WAIT_S]
        if self._notifier.watchdog_s is not None:
            waits.append(self._notifier.watchdog_s)
        if self._parent is not None:
            waits.append(PARENT_EVERY_S)
        return min(waits)

    def _notifier_alive(self) -> None:
        if self._notifier.watchdog_s is not None:
            self._notifier.say("WATCHDOG=1")

    def _reload(self) -> None:
        """Put a new configuration in force, or keep the one there is and say why."""
        self._reload_wanted = False
        self._notifier.say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            config = self._load()
            reader = open_reader(config, mounts=self._readings.reader.host.mounts)
            tls = open_tls(config)
            polls = schedule_of(config, self._polls)
            moved = [open_listener(config.listen)] if config.listen != self.config.listen else None
            devices = devices_of(config, self._devices)  # it holds sockets: nothing can go wrong after it
        except (RegiowachtError, OSError) as error:
            self._reload_worked = False
            if self._has_bundle:
                self._asking.put_back(error)
            LOGGER.error(line("reload-failed", reason=error, kept=self.config.hash))
        else:
            self.server.tls = tls
            self._apply(config, Readings(reader, self._readings), polls, devices, moved)
        self._has_bundle = False
        self._notifier.say("READY=1", f"STATUS={self.url}")

    def _apply(
        self,
        config: Config,
        readings: Readings,
        polls: Schedule | Nobody,
        devices: Devices | NoDevices,
        moved: list[socket.socket] | None,
    ) -> None:
        before, self._polls = self._polls, polls
        before.stop()
        polls.start()
        self._devices.stop()
        self._push.take_last(before, self._devices)
        self._devices = devices
        devices.start()
        self._push = self._push.renewed(config)
        self._readings.reader.close()
        self.config, self._readings, self._loaded, self._reload_worked = config, readings, time.time(), True
        self._pages.lang, self._pages.words = config.lang, config.words
        self.server.limits = limits(config)
        if moved is not None:
            self.server.turn(0.0)  # who connected to the address that is left still gets an answer
            self.server.listen_on(moved)
        LOGGER.info(line("reloaded", config=config.hash, listen=config.listen))


class _Signals:
    """Hands signals to a function and makes a socket readable, so that a waiting server wakes up."""

    NUMBERS = (signal.SIGTERM, signal.SIGINT, *([SIGHUP] if SIGHUP else ()))

    def __init__(self, on_signal: Callable[[int], None]) -> None:
        self._on_signal = on_signal

    def __enter__(self) -> _Signals:
        self.wake, self._write = socket.socketpair()
        self.wake.setblocking(False)
        self._write.setblocking(False)
        self._wakeup_before = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._handle) for number in self.NUMBERS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self.wake.close()
        self._write.close()

    def _handle(self, number: int, _: object) -> None:
        self._on_signal(number)


def open_tls(config: Config) -> Tls | None:
    """Return the certificate and key to answer with; None where the configuration names none.

    Raises:
        RegiowachtError: they cannot be used.
    """
    if not config.http.tls_cert:
        return None
    from regiowacht_agent.http.tls import Tls  # noqa: PLC0415 - 5 MB that only TLS pays

    return Tls(at_hand(config.http.tls_cert), at_hand(config.http.tls_key))


def limits(config: Config) -> Limits:
    """Return the HTTP server's bounds of a configuration."""
    told = config.http
    return Limits(
        connections_max=told.connections_max,
        header_timeout_s=told.header_timeout_s,
        idle_timeout_s=told.idle_timeout_s,
        write_timeout_s=told.write_timeout_s,
        header_max_bytes=told.header_max_bytes,
    )
