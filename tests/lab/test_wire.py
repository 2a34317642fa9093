"""Wires between real networks."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lab.errors import LabError
from tests.lab.waiting import SLOWER, until
from tests.lab.wire import End, Shape, Wire, control

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.lab


@dataclass(frozen=True, slots=True)
class Network:
    """A network namespace, held by one process."""

    pid: int
    top: subprocess.Popen[bytes]

    def run(self, *words: str) -> str:
        """Run a program of this machine in it."""
        done = subprocess.run(
            ["nsenter", f"--target={self.pid}", "--net", "--", *words],
            capture_output=True,
            text=True,
            timeout=60 * SLOWER,
            check=False,
        )
        return done.stdout + done.stderr

    def addressed(self, interface: str, address: str) -> None:
        """Give an interface its address and bring it up; silent but for what a test sends."""
        self.run("sysctl", "-qw", f"net.ipv6.conf.{interface}.disable_ipv6=1")
        said = self.run("ip", "addr", "add", f"{address}/24", "dev", interface)
        said += self.run("ip", "link", "set", interface, "up")
        assert not said

    def carrier(self, interface: str) -> str:
        """Return ``up``, ``lost`` or ``gone``."""
        said = self.run("ip", "-o", "link", "show", interface)
        return "gone" if "does not exist" in said else "lost" if "NO-CARRIER" in said else "up"

    def ping(self, address: str, count: int = 3) -> list[float]:
        """Return the round trips in ms, once at least that many answers came; fewer when they do not come in time."""
        said = self.run("ping", "-n", "-c", f"{count}", "-i", "0.002", "-w", f"{2 * SLOWER}", address)
        return [float(ms) for ms in re.findall(r"time=([\d.]+) ms", said)]

    def hears_nothing(self, address: str) -> bool:
        """Whether nobody answers two questions."""
        return " 0 received" in self.run("ping", "-n", "-c", "2", "-i", "0.01", "-W", "0.5", address)


@contextmanager
def network() -> Iterator[Network]:
    """A network of its own until the block ends."""
    words = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--fork", "--kill-child", "sleep", "infinity"]
    with subprocess.Popen(words) as top:
        children = Path(f"/proc/{top.pid}/task/{top.pid}/children")
        try:
            yield Network(int(until(lambda: children.read_text().split(), 2, "a network")[0]), top)
        finally:
            top.kill()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two networks and the wire between them, with addresses 10.9.0.1 and 10.9.0.2."""

    a: Network
    b: Network
    wire: Wire


def wired(stack: ExitStack, folder: Path, name: str = "a-b", shape: Shape | None = None, *, cut: bool = False) -> Pair:
    """Make two networks with a wire between them, which end with the stack."""
    a, b = stack.enter_context(network()), stack.enter_context(network())
    wire = Wire.start(
        name,
        end_a=End(a.pid, "wan"),
        end_b=End(b.pid, "wan-a"),
        control=folder / f"{name}.sock",
        shape=shape,
        cut=cut,
        seed=1,
    )
    stack.callback(wire.stop)
    a.addressed("wan", "10.9.0.1")
    b.addressed("wan-a", "10.9.0.2")
    return Pair(a, b, wire)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with ExitStack() as stack:
        yield wired(stack, tmp_path)


def reaches(pair: Pair) -> None:
    """Wait until the far end answers; from here on both know each other's hardware address."""
    assert pair.a.ping("10.9.0.2", count=1)


def is_gone(pid: int) -> Callable[[], bool]:
    return lambda: not Path(f"/proc/{pid}").exists() or ") Z " in Path(f"/proc/{pid}/stat").read_text()


def test_frames_cross_in_both_directions(pair: Pair) -> None:
    assert len(pair.a.ping("10.9.0.2")) >= 3
    assert len(pair.b.ping("10.9.0.1")) >= 3
    stats = pair.wire.stats()
    assert stats.a_to_b.frames >= 6
    assert stats.b_to_a.frames >= 6
    assert stats.a_to_b.bytes > 6 * 84
    assert stats.a_to_b.dropped == stats.b_to_a.dropped == 0


def test_delay_is_felt_in_each_direction(pair: Pair) -> None:
    pair.wire.shape(Shape(delay_ms=40))
    trips_ms = pair.a.ping("10.9.0.2")
    assert len(trips_ms) >= 3
    assert min(trips_ms) >= 80
    pair.wire.shape(Shape(delay_ms=30), back=Shape())
    assert min(pair.a.ping("10.9.0.2")) >= 30
    assert pair.wire.stats().b_to_a.shape == Shape()


def test_a_black_hole_keeps_its_carrier(pair: Pair) -> None:
    reaches(pair)
    pair.wire.shape(Shape(loss=1))
    assert pair.a.hears_nothing("10.9.0.2")
    assert pair.a.carrier("wan") == pair.b.carrier("wan-a") == "up"
    assert pair.wire.stats().a_to_b.lost >= 2
    pair.wire.shape(Shape())
    reaches(pair)


def test_loss_takes_its_share_of_pings(pair: Pair) -> None:
    reaches(pair)
    pair.wire.shape(Shape(loss=0.3), back=Shape())
    before = pair.wire.stats().a_to_b
    answered = len(pair.a.ping("10.9.0.2", count=200))
    after = pair.wire.stats().a_to_b
    lost, arrived = after.lost - before.lost, after.frames - before.frames
    assert arrived >= answered >= 200
    assert lost / (lost + arrived) == pytest.approx(0.3, abs=0.1)


def test_a_rate_bounds_what_is_delivered_and_the_queue_drops_the_rest(pair: Pair) -> None:
    reaches(pair)
    rate_bps, queue_bytes = 1_000_000, 20_000
    pair.wire.shape(Shape(rate_bps=rate_bps, queue_bytes=queue_bytes), back=Shape())
    before = pair.wire.stats()
    flood = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    flood += "for _ in range(200): s.sendto(bytes(1400), ('10.9.0.2', 9))"
    assert not pair.a.run(sys.executable, "-I", "-S", "-c", flood)
    until(lambda: pair.wire.stats().a_to_b.held == 0, 5, "the queue to drain")
    after = pair.wire.stats()
    came = after.a_to_b.bytes - before.a_to_b.bytes
    assert 0 < came <= rate_bps / 8 * (after.clock_s - before.clock_s)
    assert after.a_to_b.overflowed > 0
    assert came >= queue_bytes - 1_500


def test_a_line_that_hardly_moves_holds_what_it_has_and_answers(pair: Pair) -> None:
    reaches(pair)
    before = pair.wire.stats().a_to_b
    # What is lost used the line too: the first frame that is not lost is due in weeks.
    pair.wire.shape(Shape(rate_bps=1, loss=0.998, queue_bytes=64 * 1024 * 1024), back=Shape())
    flood = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    flood += "for _ in range(200): s.sendto(bytes(1400), ('10.9.0.2', 9))"

    def holds_a_frame() -> bool:
        assert not pair.a.run(sys.executable, "-I", "-S", "-c", flood)
        return pair.wire.stats().a_to_b.held > 0

    until(holds_a_frame, 20, "a frame to be under way")
    assert pair.wire.stats().a_to_b.frames == before.frames
    pair.wire.shape(Shape())
    reaches(pair)


def test_a_cut_takes_the_carrier_from_both_ends_and_a_mend_gives_it_back(pair: Pair) -> None:
    reaches(pair)
    pair.wire.cut()
    assert pair.wire.stats().is_cut
    until(lambda: pair.a.carrier("wan") == pair.b.carrier("wan-a") == "lost", 2, "both carriers to drop")
    for network_, interface in ((pair.a, "wan"), (pair.b, "wan-a")):
        network_.run("ip", "link", "set", interface, "down")
        network_.run("ip", "link", "set", interface, "up")
        assert network_.carrier(interface) == "lost", "an interface that comes up found a carrier in a cut wire"
    pair.wire.mend()
    assert not pair.wire.stats().is_cut
    until(lambda: pair.a.carrier("wan") == pair.b.carrier("wan-a") == "up", 2, "both carriers to return")
    reaches(pair)


def test_a_cut_loses_what_is_under_way(pair: Pair) -> None:
    reaches(pair)
    pair.wire.shape(Shape(delay_ms=60_000))
    with subprocess.Popen(
        ["nsenter", f"--target={pair.a.pid}", "--net", "ping", "-c", "1", "-W", "1", "10.9.0.2"],
        stdout=subprocess.DEVNULL,
    ):
        until(lambda: pair.wire.stats().a_to_b.held, 2, "a frame under way")
        pair.wire.cut()
    stats = pair.wire.stats().a_to_b
    assert stats.held == 0
    assert stats.cut_off >= 1


def test_a_wire_can_start_cut(tmp_path: Path) -> None:
    with ExitStack() as stack:
        pair = wired(stack, tmp_path, cut=True)
        assert pair.a.carrier("wan") == pair.b.carrier("wan-a") == "lost"
        pair.wire.mend()
        reaches(pair)


def test_an_interface_that_is_down_refuses_frames_and_the_wire_goes_on(pair: Pair) -> None:
    reaches(pair)
    pair.b.run("ip", "link", "set", "wan-a", "down")
    assert pair.a.hears_nothing("10.9.0.2")
    assert pair.wire.stats().a_to_b.refused >= 1
    pair.b.run("ip", "link", "set", "wan-a", "up")
    reaches(pair)


def test_another_process_controls_the_wire_by_its_socket(pair: Pair) -> None:
    hand = control(pair.wire.path)
    assert hand.pid == pair.wire.process.pid
    hand.shape(replace(hand.stats().a_to_b.shape, delay_ms=5), back=Shape(loss=0.5))
    stats = pair.wire.stats()
    assert (stats.a_to_b.shape, stats.b_to_a.shape) == (Shape(delay_ms=5), Shape(loss=0.5))
    hand.cut()
    assert pair.wire.is_cut
    hand.stop()
    pair.wire.process.wait(10 * SLOWER)
    assert pair.a.carrier("wan") == pair.b.carrier("wan-a") == "gone"
    with pytest.raises(LabError, match=r"no wire answers at .*a-b\.sock"):
        hand.stats()


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"cut", "one JSON object"),
        (b"[1]", "one JSON object"),
        (b"\xff\x00", "one JSON object"),
        (b"[" * 4_000, "one JSON object"),
        (b" " * 5_000, "at most 4096 bytes"),
        (b"{}", "can do shape, cut, mend, stats and stop, not 'None'"),
        (b'{"do": ["cut"]}', "can do shape, cut, mend, stats and stop"),
        (b'{"do": "shape", "a_to_b": 5}', "JSON objects"),
        (b'{"do": "shape", "a_to_b": {"loss": 2}}', "loss is 0 to 1, not 2"),
        (b'{"do": "shape", "a_to_b": {"delay_ms": NaN}}', "delay_ms is a number"),
        (b'{"do": "shape", "b_to_a": {"delay_ms": 1e999}}', "delay_ms is a number"),
    ],
)
def test_a_malformed_order_is_answered_and_survived(pair: Pair, message: bytes, said: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as desk:
        desk.settimeout(5 * SLOWER)
        desk.connect(f"/proc/self/cwd/{os.path.relpath(pair.wire.path)}")
        desk.send(message)
        assert said in json.loads(desk.recv(65_536))["error"]
        desk.send(b'{"do": "stats"}')
        assert json.loads(desk.recv(65_536))["a_to_b"]["shape"]["loss"] == 0


def test_visitors_who_only_sit_there_keep_nobody_out(pair: Pair) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            idle = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET))
            idle.connect(f"/proc/self/cwd/{os.path.relpath(pair.wire.path)}")
            assert not pair.wire.stats().is_cut


def test_several_wires_at_once_know_nothing_of_each_other(tmp_path: Path) -> None:
    with ExitStack() as stack:
        pairs = [wired(stack, tmp_path, f"wire{number}") for number in range(4)]
        pairs[0].wire.cut()
        pairs[1].wire.shape(Shape(loss=1))
        assert [pair.a.hears_nothing("10.9.0.2") for pair in pairs[:2]] == [True, True]
        assert all(len(pair.a.ping("10.9.0.2")) >= 3 for pair in pairs[2:])


def test_a_lost_host_takes_the_carrier_at_the_other_end_and_both_lost_end_the_wire(pair: Pair) -> None:
    pair.b.top.kill()
    until(lambda: pair.a.carrier("wan") == "lost", 2, "the carrier to drop")
    with pytest.raises(LabError, match="end wan-a is gone"):
        pair.wire.mend()
    assert pair.wire.is_running
    pair.a.top.kill()
    assert pair.wire.process.wait(10 * SLOWER) == 0


def test_a_deleted_interface_is_a_lost_end(pair: Pair) -> None:
    pair.a.run("ip", "link", "delete", "wan")
    until(lambda: pair.b.carrier("wan-a") == "lost", 2, "the carrier to drop")
    assert pair.wire.is_running


def test_a_wire_waits_without_work(pair: Pair) -> None:
    reaches(pair)
    pair.a.run("ip", "link", "set", "wan", "down")

    def switches() -> int:
        status = Path(f"/proc/{pair.wire.pid}/status").read_text()
        return sum(int(number) for number in re.findall(r"ctxt_switches:\s+(\d+)", status))

    def ticks() -> int:
        return sum(
            int(word) for word in Path(f"/proc/{pair.wire.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
        )

    before, slept = ticks(), switches()
    until(lambda: switches() == slept or ticks() > before + 100, 2, "the wire to sleep")
    other = subprocess.run([sys.executable, "-c", "sum(range(20_000_000))"], check=True)
    assert other.returncode == 0
    assert ticks() - before < 5
    assert switches() - slept < 20


PARENT = """
import os, sys
from pathlib import Path
from tests.lab.wire import End, Wire
a, b, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
import threading
started = []
def start():
    started.append(Wire.start("w", end_a=End(a, "wan"), end_b=End(b, "wan-a"), control=folder / "w.sock"))
thread = threading.Thread(target=start); thread.start(); thread.join()
print(started[0].pid, flush=True)
sys.stdin.read()
"""


def test_a_wire_outlives_the_thread_that_started_it_and_not_the_process(tmp_path: Path) -> None:
    with network() as a, network() as b:
        words = [sys.executable, "-c", PARENT, str(a.pid), str(b.pid), str(tmp_path)]
        with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert control(tmp_path / "w.sock").pid == pid
            assert a.carrier("wan") != "gone"
            parent.send_signal(signal.SIGKILL)
        until(is_gone(pid), 2, "the wire to end")
        until(lambda: a.carrier("wan") == b.carrier("wan-a") == "gone", 2, "the interfaces to go")


def test_a_stopped_wire_leaves_no_interface_and_no_socket(pair: Pair) -> None:
    pair.wire.stop()
    assert not pair.wire.is_running
    assert not pair.wire.path.exists()
    assert pair.a.carrier("wan") == pair.b.carrier("wan-a") == "gone"


def test_a_wire_that_cannot_start_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.sock"
    with network() as a, network() as b:
        gone = subprocess.Popen(["true"])
        gone.wait()
        with pytest.raises(
            LabError, match=f"wire w did not start: no end wan .* process {gone.pid}: that process is gone"
        ):
            Wire.start("w", end_a=End(a.pid, "wan"), end_b=End(gone.pid, "wan"), control=path)
        assert a.carrier("wan") == "gone"
        with pytest.raises(LabError, match="has no network of its own"):
            Wire.start("w", end_a=End(os.getpid(), "wan"), end_b=End(b.pid, "wan"), control=path)
        with pytest.raises(LabError, match=r"no end lo .* an interface of that name exists there"):
            Wire.start("w", end_a=End(a.pid, "lo"), end_b=End(b.pid, "wan"), control=path)
        with pytest.raises(LabError, match=r"there is no folder .*none for its control socket"):
            Wire.start("w", end_a=End(a.pid, "wan"), end_b=End(b.pid, "wan"), control=tmp_path / "none" / "w.sock")


def test_a_second_wire_at_the_same_socket_is_refused_and_a_dead_ones_socket_is_taken_over(pair: Pair) -> None:
    a, b = End(pair.a.pid, "second"), End(pair.b.pid, "second")
    with pytest.raises(LabError, match="another wire listens at"):
        Wire.start("w", end_a=a, end_b=b, control=pair.wire.path)
    pair.wire.process.kill()
    pair.wire.process.wait()
    second = Wire.start("w", end_a=a, end_b=b, control=pair.wire.path)
    assert second.stats().pid == second.pid
    second.stop()


def test_a_control_path_longer_than_a_socket_address_works(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    with ExitStack() as stack:
        assert not wired(stack, folder).wire.is_cut


@pytest.mark.parametrize("name", ["", "sixteen-letters-", "a/b", "a b", ".", "wan%d", "wän"])
def test_a_name_no_interface_can_have_is_refused(name: str) -> None:
    with pytest.raises(LabError, match="no interface can be called"):
        End(1, name)


def test_a_line_that_makes_no_sense_is_refused_before_anything_starts() -> None:
    with pytest.raises(LabError, match="no such line: loss is 0 to 1, not 2"):
        Shape(loss=2)
