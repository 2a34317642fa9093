"""The lab by hand: ``python -m tests.lab up|status|shell|cut|mend|delay|loss|rate|down``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tests.lab import reaper, state
from tests.lab.errors import LabError
from tests.lab.host import PATH
from tests.lab.missing import missing
from tests.lab.state import FAILED, READY
from tests.lab.waiting import until
from tests.lab.wire import START_WITHIN_S, Shape, control

if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_USAGE = 2
EXIT_UNAVAILABLE = 3
HERE = Path(__file__).parents[2]


def up(arguments: argparse.Namespace) -> int:
    """Start the small region and leave it running."""
    if lacks := missing():
        raise LabError("; ".join(lacks))
    others = [one.id for one in state.running() if one.kept]
    if others and not arguments.another:
        raise LabError(
            f"lab {others[0]} is up already; use it, end it with: down, or start a second one with: up --another"
        )
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.lab.keeper"],
        cwd=HERE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    lab = _follow(keeper)
    print(_summary(state.choose(lab)))
    return 0


def _follow(keeper: subprocess.Popen[str]) -> str:
    """Tell what the keeper says until the lab is up; return its id."""
    assert keeper.stdout is not None
    try:
        for line in keeper.stdout:
            word, _, rest = line.strip().partition(" ")
            if word == READY:
                return rest
            if word == FAILED:
                raise LabError(rest)
            print(line.rstrip(), file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        keeper.terminate()
        keeper.wait()
        raise LabError("stopped; nothing was left") from None
    raise LabError(f"the lab's keeper ended with {keeper.wait()}")


def status(arguments: argparse.Namespace) -> int:
    """Show what is up."""
    labs = state.running() if arguments.lab is None else [state.choose(arguments.lab)]
    if arguments.json:
        print(json.dumps([asdict(one) for one in labs], indent=1))
    else:
        print("\n\n".join(_summary(one) for one in labs) or "no lab is up; start one with: python -m tests.lab up")
    return 0


def _summary(lab: state.State) -> str:
    kind = "kept for you" if lab.kept else "of a test run"
    hosts = [f"  {name:14} {' '.join(place.addresses)}" for name, place in lab.hosts.items()]
    links = [f"  {name:30} {_look_of(way)}" for name, way in lab.links.items()]
    urls = [f"{what} {url}" for what, url in lab.urls.items()]
    return "\n".join([f"lab {lab.id} ({kind})", "hosts", *hosts, "links", *links, *urls])


def _look_of(way: state.Way) -> str:
    if not way.control:
        return "cable"
    if not os.access(way.control, os.W_OK):
        return "line" if Path(way.control).exists() else "line, gone"
    try:
        stats = control(Path(way.control)).stats()
    except LabError:
        return "line, gone"
    shape = stats.a_to_b.shape
    told = [f"{shape.delay_ms:g} ms"] if shape.delay_ms else []
    told += [f"{shape.loss:.0%} lost"] if shape.loss else []
    told += [f"{shape.rate_bps:g} bit/s"] if shape.rate_bps else []
    return "line" + (", cut" if stats.is_cut else "") + "".join(f", {one}" for one in told)


def shell(arguments: argparse.Namespace) -> int:
    """Become a shell, or a command, on a host."""
    lab = state.choose(arguments.lab)
    if arguments.host not in lab.hosts:
        raise LabError(f"no host {arguments.host!r}; there are {', '.join(lab.hosts)}")
    if not (pid := lab.hosts[arguments.host].pid_now):
        raise LabError(f"{arguments.host} is off or just booting")
    words = arguments.command or ["bash", "-i"]
    command = ["nsenter", f"--target={pid}", "-m", "-u", "-i", "-n", "-p", "-r", "-w", "--"]
    kept = {name: os.environ[name] for name in ("TERM", "COLUMNS", "LINES") if name in os.environ}
    os.execvpe(command[0], [*command, *words], {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", **kept})


def cut(arguments: argparse.Namespace) -> int:
    """Take the carrier from a link."""
    _set(arguments, up=False)
    return 0


def mend(arguments: argparse.Namespace) -> int:
    """Give it back, and lay the line anew where its wire has died."""
    _revive(arguments)
    _set(arguments, up=True)
    return 0


def _revive(arguments: argparse.Namespace) -> None:
    """Have the keeper lay a dead line anew: a wire lives as long as the process that started it."""
    lab, way = state.choose(arguments.lab), _way(arguments)
    if not way.control or not lab.kept or _answers(way):
        return
    try:
        os.kill(lab.owner, state.RELAY_LINES)
    except ProcessLookupError:
        return
    except PermissionError:
        raise LabError(f"lab {lab.id} is root's; sudo python -m tests.lab mend {arguments.link}") from None
    until(lambda: _answers(way), START_WITHIN_S, f"line {arguments.link} to be laid anew")


def _answers(way: state.Way) -> bool:
    try:
        control(Path(way.control)).stats()
    except LabError:
        return False
    return True


def _set(arguments: argparse.Namespace, *, up: bool) -> None:
    way = _way(arguments)
    if way.control:
        wire = control(Path(way.control))
        return wire.mend() if up else wire.cut()
    words = ["nsenter", f"--target={way.pid}", "-n", "ip", "link", "set", way.interface, "up" if up else "down"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{arguments.link}: {done.stderr.strip()}")
    return None


def _way(arguments: argparse.Namespace) -> state.Way:
    lab = state.choose(arguments.lab)
    if arguments.link not in lab.links:
        raise LabError(f"no link {arguments.link!r}; there are {', '.join(lab.links)}")
    return lab.links[arguments.link]


def delay(arguments: argparse.Namespace) -> int:
    """Make a line late."""
    return _reshape(arguments, delay_ms=arguments.ms, jitter_ms=arguments.jitter)


def loss(arguments: argparse.Namespace) -> int:
    """Make a line lossy."""
    if not 0 <= arguments.percent <= 100:
        raise LabError(f"no such line: 0 to 100 percent can be lost, not {arguments.percent:g}")
    return _reshape(arguments, loss=arguments.percent / 100)


def rate(arguments: argparse.Namespace) -> int:
    """Make a line narrow."""
    return _reshape(arguments, rate_bps=arguments.kbit * 1000)


def _reshape(arguments: argparse.Namespace, **changes: float) -> int:
    way = _way(arguments)
    if not way.control:
        lines = [name for name, other in state.choose(arguments.lab).links.items() if other.control]
        raise LabError(f"{arguments.link} is a cable: it can be cut and mended only; lines are {', '.join(lines)}")
    wire = control(Path(way.control))
    wire.shape(Shape(**{**asdict(wire.stats().a_to_b.shape), **changes}))
    return 0


def down(arguments: argparse.Namespace) -> int:
    """End a lab; nothing of it is left, nor of labs whose keeper and reaper were killed."""
    if os.geteuid() == 0:
        for left in reaper.abandoned():
            reaper.reap(left)
    lab = state.choose(arguments.lab)
    folder = reaper.ROOT / f"{reaper.PREFIX}{lab.id}"
    try:
        os.kill(lab.owner, signal.SIGTERM)
    except ProcessLookupError:
        pass  # it ends by itself
    except PermissionError:
        raise LabError(f"lab {lab.id} is root's; sudo python -m tests.lab down") from None
    until(lambda: not folder.exists() and not reaper.started(lab.owner), 5, f"lab {lab.id} to end")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    top = argparse.ArgumentParser(prog="python -m tests.lab", description="A region of real hosts on this machine.")
    verbs = top.add_subparsers(metavar="VERB", required=True)

    def verb(run: Callable[[argparse.Namespace], int], *words: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(run.__name__, help=(run.__doc__ or "").splitlines()[0])
        for word in words:
            made.add_argument(word)
        made.add_argument("--lab", metavar="ID", help="which, where several are up")
        made.set_defaults(run=run)
        return made

    verb(up).add_argument("--another", action="store_true", help="also when one is up already")
    verb(status).add_argument("--json", action="store_true", help="for programs")
    verb(shell, "host").add_argument("command", nargs=argparse.REMAINDER, help="a command instead of a shell")
    verb(cut, "link")
    verb(mend, "link")
    late = verb(delay, "link")
    late.add_argument("ms", type=float)
    late.add_argument("--jitter", type=float, default=0.0, metavar="MS")
    verb(loss, "link").add_argument("percent", type=float)
    verb(rate, "link").add_argument("kbit", type=float, help="kilobits a second, 0 for no limit")
    verb(down)
    return top


def main() -> int:
    """Run one verb; a mistake is one line on standard error."""
    arguments = parser().parse_args()
    try:
        done = int(arguments.run(arguments))
        print(end="", flush=True)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # then who read along has seen enough
            print(f"lab: {error.filename or 'cannot go on'}: {error.strerror or error}", file=sys.stderr)
        # What is still in the buffer would fail once more on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    else:
        return done
    return EXIT_UNAVAILABLE


if __name__ == "__main__":
    sys.exit(main())
