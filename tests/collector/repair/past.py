"""A past that an engine is given as it would have had it: measurements, then what rules record of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from regiowacht_collector.client import Client
from regiowacht_collector.ports import LOOPBACK, free_port
from regiowacht_collector.process import EngineProcess
from regiowacht_collector.repair import scratch
from regiowacht_collector.repair.evaluate import WINDOW_MS, Evaluation
from regiowacht_collector.repair.scratch import scratch_engine
from regiowacht_collector.samples import bodies, encoded, packed, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from regiowacht_collector.engine import Engine
    from regiowacht_collector.samples import Labels, Rows

INTERVAL_MS = 15_000
GEMEENTEN = ("aa", "bb", "cc", "dd")
GRID = {"state": 1_234, "poller": 5_000, "counts": 9_876, "server": 0, "regio": 14_999}
"""As an engine has it: each group at its own moment."""


class Main:
    """An engine on a storage that outlives it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.storage = folder / "storage"
        self._engine = engine
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "prometheus.yml").write_bytes(scratch.CONFIG)
        self._start()

    def restart(self) -> None:
        """End it and start it again, which has it read its blocks and its journal."""
        self._process.stop()
        self._start()

    def kill(self) -> None:
        """End it as a power cut does, and start it again."""
        self._process._process.kill()
        self.restart()

    def stop(self) -> None:
        """End it."""
        self._process.stop()

    def _start(self) -> None:
        port = free_port()
        self._process = EngineProcess(scratch._command(self._engine, self._folder, port))
        self.client = Client(f"http://{LOOPBACK}:{port}", timeout_s=300)
        scratch._wait(self._process, self.client)


@contextmanager
def main_engine(engine: Engine, folder: Path) -> Iterator[Main]:
    """Run one for as long as the block lasts."""
    main = Main(engine, folder)
    try:
        yield main
    finally:
        main.stop()


def measured(gemeente: str, from_ms: int, until_ms: int) -> Rows:
    """Return what is measured in one gemeente up to ``until_ms``: a server that is busy, and a line."""
    times = range(from_ms + 700, until_ms, INTERVAL_MS)
    number = GEMEENTEN.index(gemeente) + 1

    def row(name: str, values: list[float], **labels: str) -> tuple[Labels, list[tuple[int, bytes]]]:
        told = {"gemeente": gemeente, "site": "huis", "instance": "srv", "job": "node", **labels}
        told.setdefault("scope", f"{gemeente}/infrastructuur")
        key = tuple(sorted({**told, "__name__": name}.items()))
        return key, [(at_ms, packed(value)) for at_ms, value in zip(times, values, strict=True)]

    seconds = [at_ms / 1000 - 1.7e9 for at_ms in times]
    line = {"instance": "wan", "job": "probe", "scope": f"{gemeente}/connectiviteit"}
    is_up = [float(int(second) % 3600 >= 300) for second in seconds]  # the line is down five minutes an hour
    return dict(
        [
            row("up", [1.0] * len(times)),
            row("up", is_up, **line),
            *(
                row("node_cpu_seconds_total", [share * number * second for second in seconds], cpu="0", mode=mode)
                for mode, share in (("idle", 0.1), ("user", 0.05))
            ),
            row("node_memory_MemTotal_bytes", [8e9] * len(times)),
            row("node_memory_MemAvailable_bytes", [1e9 * number + second % 1000 for second in seconds]),
        ]
    )


def declared(gemeente: str, from_ms: int, until_ms: int) -> Rows:
    """Return what the collector says of that gemeente by itself, cut or not."""
    times = range(from_ms + 300, until_ms, INTERVAL_MS)
    rows: Rows = {}
    for instance, job, kind, laag, poller in (
        ("srv", "node", "server", "infrastructuur", ""),
        ("wan", "probe", "link", "connectiviteit", "srv"),
        ("sw", "snmp", "switch", "connectiviteit", ""),
    ):
        target = {"gemeente": gemeente, "scope": f"{gemeente}/{laag}", "site": "huis", "instance": instance, "job": job}
        info = {"kind": kind, "laag": laag, **({"poller": poller} if poller else {})}
        for name, value, labels in (
            ("regiowacht_asset_info", 1, info),
            ("regiowacht_asset_push_interval_seconds", 15, {}),
        ):
            key = tuple(sorted({**target, **labels, "__name__": name}.items()))
            rows[key] = [(at_ms, packed(value)) for at_ms in times]
    return rows


def write(client: Client, rows: Rows) -> None:
    """Write all rows."""
    for body in bodies(encoded(rows)):
        client.write(body)


def live(engine: Engine, main: Main, folder: Path, from_ms: int, until_ms: int, cut: tuple[int, int] | None) -> None:
    """Have ``main`` take in the past as it came, and record what rules said then; ``cut`` cuts off the gemeente bb."""
    with scratch_engine(engine, folder) as rules:
        evaluation = Evaluation(main.client, rules, GEMEENTEN, GRID, INTERVAL_MS)
        at_ms = from_ms
        while at_ms < until_ms:
            end_ms = min(until_ms, at_ms + WINDOW_MS)
            for gemeente in GEMEENTEN:
                write(main.client, declared(gemeente, at_ms, end_ms))
                rows = measured(gemeente, at_ms, end_ms)
                write(main.client, rows if cut is None or gemeente != "bb" else _without(rows, cut))
            write(main.client, evaluation.window(at_ms, end_ms))
            at_ms = end_ms


def late(from_ms: int, until_ms: int, cut: tuple[int, int]) -> Rows:
    """Return the samples that were cut off."""
    return {
        labels: [sample for sample in row if cut[0] <= sample[0] < cut[1]]
        for labels, row in measured("bb", from_ms, until_ms).items()
    }


def everything(client: Client, from_ms: int, until_ms: int) -> Rows:
    """Return all series with a gemeente."""
    rows: Rows = {}
    for at_ms in range(from_ms, until_ms, WINDOW_MS):
        told = client.read([("gemeente", "!=", "")], at_ms, min(until_ms, at_ms + WINDOW_MS) - 1)
        for labels, row in read_rows(told).items():
            rows.setdefault(labels, []).extend(row)
    return rows


def _without(rows: Rows, cut: tuple[int, int]) -> Rows:
    return {labels: [one for one in row if not cut[0] <= one[0] < cut[1]] for labels, row in rows.items()}
