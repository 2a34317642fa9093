"""What systemd says of its units: over D-Bus, reading only, with the names of node_exporter's collector systemd."""

from __future__ import annotations

import os
import re
import time

from regiowacht_agent.block import Sampled
from regiowacht_agent.family import NoData, Sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from regiowacht_agent.block import Block
    from regiowacht_agent.config import Config
    from regiowacht_agent.extra.systemd.manager import Manager, State, Unit
    from regiowacht_agent.family import Family, Metrics
    from regiowacht_agent.host import Host

TIMEOUT_S = 2.0
"""How long the bus may take for one round of questions; a reading has four at most."""

ASK_AGAIN_S = 60.0
"""A bus that did not answer in time is left alone for this long, since every reading would wait for it."""

STATES = ("active", "activating", "deactivating", "inactive", "failed")
VERSION = re.compile(r"[0-9]{3,}(\.[0-9]+)?")
USEC = 1_000_000
UNLIMITED = 2**64 - 1
NAMES_MAX = 10_000
"""Names of units whose choice is remembered: transient ones come and go."""

SOCKETS = (
    ("NAccepted", "node_systemd_socket_accepted_connections_total"),
    ("NConnections", "node_systemd_socket_current_connections"),
    ("NRefused", "node_systemd_socket_refused_connections_total"),
)
TASKS = (("TasksCurrent", "node_systemd_unit_tasks_current"), ("TasksMax", "node_systemd_unit_tasks_max"))


class NotAsked(Exception):
    """The bus did not answer a while ago, and is left alone for now."""


class NotInstalled(Exception):
    """The library that speaks D-Bus is not installed."""


class Systemd:
    """``node_systemd_*``.

    Args:
        config: the agent's configuration.
        metrics: the family's metrics.
        address: of the bus, as in DBUS_SYSTEM_BUS_ADDRESS.
        monotonic: seconds that never jump.
    """

    def __init__(
        self, config: Config, metrics: Metrics, address: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._config = config.systemd
        self._running = f"{config.paths.rootfs.rstrip('/')}/run/systemd/system"
        self._include = re.compile(self._config.unit_include)
        self._exclude = re.compile(self._config.unit_exclude)
        self._address = address
        self._monotonic = monotonic
        self._of = {name: metrics[name] for name in NAMES}
        self._manager: Manager | None = None
        self._sampled = Sampled()
        self._takes: dict[str, bool] = {}
        self._ask_again = 0.0

    def read(self, host: Host) -> Block:
        """Return the manager's state, how many units are in each, and the units that the settings name."""
        del host  # systemd is asked over its bus, wherever /proc and /sys are
        if not os.path.isdir(self._running):  # noqa: PTH112 - what sd_booted(3) asks
            raise NoData("systemd does not run this machine")
        left = self._ask_again - self._monotonic()
        if left > 0:
            raise NotAsked(f"the system bus did not answer; asked again in {left:.0f} s")
        manager = self._open()
        from regiowacht_agent.extra.systemd.bus import Silent  # noqa: PLC0415 - loaded with the manager

        try:
            return self._sampled.block(self._tell(manager))
        except Silent:
            self._ask_again = self._monotonic() + ASK_AGAIN_S
            raise

    def close(self) -> None:
        """Close the connection to the bus."""
        if self._manager is not None:
            self._manager.close()

    def _open(self) -> Manager:
        if self._manager is None:
            try:
                from regiowacht_agent.extra.systemd.bus import Bus  # noqa: PLC0415 - 2 MB that only this family pays
                from regiowacht_agent.extra.systemd.manager import Manager  # noqa: PLC0415
            except ImportError as error:
                raise NotInstalled(f"{error.name} is missing; pip install 'regiowacht[agent]' brings it") from None
            self._manager = Manager(lambda: Bus(self._address, TIMEOUT_S, self._monotonic))
        return self._manager

    def _tell(self, manager: Manager) -> Iterator[Sample]:
        state, every = manager.look()
        units = [unit for unit in every if unit.load == "loaded" and self._is_wanted(unit.name)]
        yield from self._tell_manager(state, every)
        types = manager.types(units, state.loaded)
        of = self._of
        for unit in units:
            for name in STATES:
                labels = (unit.name, name, types.get(unit.name, ""))
                yield Sample(of["node_systemd_unit_state"], labels, int(unit.active == name))
        yield from self._tell_properties(manager, units)

    def _tell_manager(self, state: State, units: list[Unit]) -> Iterator[Sample]:
        of = self._of
        version = VERSION.search(state.version)
        labels = (state.version if version else "",)
        yield Sample(of["node_systemd_version"], labels, float(version[0]) if version else 0)
        virtualization = "unknown" if state.virtualization is None else state.virtualization or "none"
        yield Sample(of["node_systemd_virtualization_info"], (virtualization,), 1)
        yield Sample(of["node_systemd_system_running"], (), int(state.state == "running"))
        counts = dict.fromkeys(STATES, 0)
        for unit in units:
            counts[unit.active] = counts.get(unit.active, 0) + 1
        for name, count in counts.items():
            yield Sample(of["node_systemd_units"], (name,), count)

    def _tell_properties(self, manager: Manager, units: list[Unit]) -> Iterator[Sample]:
        """Yield what is asked unit by unit; a unit that has gone meanwhile, or is too old to know, is left out."""
        from regiowacht_agent.extra.systemd.bus import value  # noqa: PLC0415 - loaded with the manager

        wanted = [(unit, *one) for unit in units for one in self._wanted(unit)]
        answers = manager.ask([unit.ask(kind, name) for unit, kind, name, _ in wanted])
        for (unit, _kind, name, metric), answer in zip(wanted, answers, strict=True):
            found = value(answer)
            if found is None or found == UNLIMITED:
                continue
            yield Sample(self._of[metric], (unit.name,), found / USEC if name in TIMES else found)
        if self._config.enable_start_time_metrics:
            for unit in units:
                if unit.active != "active":
                    yield Sample(self._of["node_systemd_unit_start_time_seconds"], (unit.name,), 0)

    def _wanted(self, unit: Unit) -> Iterator[tuple[str, str, str]]:
        """Yield kind, property and metric of what is asked of a unit."""
        if self._config.enable_start_time_metrics and unit.active == "active":
            yield "Unit", "ActiveEnterTimestamp", "node_systemd_unit_start_time_seconds"
        if unit.suffix == ".service":
            if self._config.enable_restarts_metrics:
                yield "Service", "NRestarts", "node_systemd_service_restart_total"
            if self._config.enable_task_metrics:
                yield from (("Service", *one) for one in TASKS)
        elif unit.suffix == ".timer":
            yield "Timer", "LastTriggerUSec", "node_systemd_timer_last_trigger_seconds"
        elif unit.suffix == ".socket":
            yield from (("Socket", *one) for one in SOCKETS)

    def _is_wanted(self, name: str) -> bool:
        known = self._takes.get(name)
        if known is None:
            if len(self._takes) >= NAMES_MAX:
                self._takes.clear()
            known = self._include.fullmatch(name) is not None and self._exclude.fullmatch(name) is None
            self._takes[name] = known
        return known


TIMES = ("LastTriggerUSec", "ActiveEnterTimestamp")
NAMES = (
    "node_systemd_version",
    "node_systemd_virtualization_info",
    "node_systemd_system_running",
    "node_systemd_units",
    "node_systemd_unit_state",
    "node_systemd_unit_start_time_seconds",
    "node_systemd_service_restart_total",
    "node_systemd_timer_last_trigger_seconds",
    *(metric for _, metric in (*TASKS, *SOCKETS)),
)


def make(config: Config, metrics: Metrics) -> Family:
    """Return the family."""
    return Systemd(config, metrics, os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "") or "SYSTEM")
