"""CPU and memory of an audit's reading, against netmiko and RANCID: ``python -m tests.benchmarks.audit_fetch``.

The devices are a fake one in a process of its own, asked over and over. Each side runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from netmiko import ConnectHandler

from regiowacht_audit.fetch import session
from regiowacht_audit.fetch.pool import read_all
from regiowacht_audit.fetch.target import Login, Target
from regiowacht_audit.judge.baseline import find_baseline
from regiowacht_audit.outcome import Examiner
from regiowacht_audit.platform import find_platform
from regiowacht_audit.scrub import Fingerprint
from tests.audit.fetch.dialogues import DIALOGUES
from tests.audit.fetch.fake_device import PASSWORD, USER, FakeDevice
from tests.lab.peers import peer

XE = find_platform("cisco_xe")
SIDES = ("netmiko", "read", "audit", "clogin")
CLOGIN_S = 300


def serve() -> None:
    """Play the device until standard input ends; its line of known_hosts and its port go to standard output."""
    dialogue = DIALOGUES["cisco_xe"]
    more = {"show version": "Cisco IOS Software, Version 15.2(7)E2", "terminal width 512": ""}  # what others ask
    with FakeDevice(replace(dialogue, answers={**dialogue.answers, **more})) as device:
        print(json.dumps({"port": device.port, "known": device.known_hosts()}), flush=True)
        sys.stdin.read()


def by_netmiko(port: int, known: str, count: int, at_once: int) -> int:
    """Read with netmiko alone, as its manual shows it with threads; return how many came."""

    def one(_number: int) -> str:
        with ConnectHandler(
            device_type="cisco_xe",
            host="127.0.0.1",
            port=port,
            username=USER,
            password=PASSWORD,
            ssh_strict=True,
            alt_host_keys=True,
            alt_key_file=known,
            conn_timeout=120,
            banner_timeout=120,
            auth_timeout=120,
        ) as line:
            return str(line.send_command("show running-config", read_timeout=120))

    with ThreadPoolExecutor(at_once) as pool:
        return sum("hostname" in text for text in pool.map(one, range(count)))


def by_regiowacht(port: int, known: str, count: int, at_once: int, *, judged: bool) -> int:
    """Read with the product, and judge where asked; return how many came."""
    os.environ["RW_BENCH_PASSWORD"] = PASSWORD
    login = Login("bench", USER, "env:RW_BENCH_PASSWORD")
    targets = [Target("zandbeke", f"sw-{n}", "127.0.0.1", XE, login, port=port) for n in range(count)]
    examiner, baseline = Examiner(Fingerprint(b"bench"), (PASSWORD,)), find_baseline("recommended")
    session.CONNECT_S = session.LOGIN_S = 120.0
    came = 0
    for one in read_all(targets, lambda one: session.read(one, Path(known)), at_once=at_once, a_gemeente=at_once):
        came += one.error is None
        if one.error is not None:
            print(one.error, file=sys.stderr)
        elif judged:
            examiner.examine(one.said.text, "zandbeke", one.target.name, XE, baseline)
    return came


def by_clogin(port: int, known: str, count: int, at_once: int) -> int:
    """Read with RANCID's clogin, which starts OpenSSH's client for every device; return how many came."""
    clogin = peer("rancid", own_suite=True)
    libraries = [str(one.parent) for one in clogin.prefix.glob("usr/lib/**/lib*.so*")]
    environ = {
        **os.environ,
        "LD_LIBRARY_PATH": ":".join(dict.fromkeys(libraries)),
        "TCL_LIBRARY": str(clogin.prefix / "usr/share/tcltk/tcl8.6"),
        "TERM": "network",
    }
    rules = Path(known).with_name("cloginrc")
    rules.write_text(
        f"add user * {{{USER}}}\nadd password * {{{PASSWORD}}} {{{PASSWORD}}}\nadd autoenable * {{1}}\n"
        f"add method * {{ssh:{port}}}\nadd sshcmd * {{ssh\\ -oUserKnownHostsFile={known}}}\n"
    )
    rules.chmod(0o600)
    words = [str(clogin.prefix / "usr/bin/expect"), "--", str(clogin.path), "-f", str(rules), "-t", str(CLOGIN_S)]

    def one(_number: int) -> str:
        return subprocess.run(
            [*words, "-c", "show running-config", "127.0.0.1"],
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=CLOGIN_S,
        ).stdout

    with ThreadPoolExecutor(at_once) as pool:
        return sum("hostname" in text and "line vty" in text for text in pool.map(one, range(count)))


def cpu_s() -> float:
    """Return the CPU seconds of this process and of the children that it has waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def measure(side: str, port: int, known: str, count: int, at_once: int) -> dict[str, float]:
    """Return CPU milliseconds a device, peak RSS in MB and seconds of one side; once before to warm up."""

    def run(many: int) -> int:
        if side == "netmiko":
            return by_netmiko(port, known, many, at_once)
        if side == "clogin":
            return by_clogin(port, known, many, at_once)
        return by_regiowacht(port, known, many, at_once, judged=side == "audit")

    run(2)
    cpu, wall = cpu_s(), time.monotonic()
    came = run(count)
    cpu, wall = cpu_s() - cpu, time.monotonic() - wall
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "came": came,
        "cpu_ms": round(1000 * cpu / count, 2),
        "peak_mb": round(peak_mb, 1),
        "wall_s": round(wall, 1),
    }


def main() -> None:
    """Measure every side in a process of its own, several rounds, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=50)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--known", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve()
        return
    if chosen.side:
        print(json.dumps(measure(chosen.side, chosen.port, chosen.known, chosen.devices, chosen.at_once)))
        return
    me = [sys.executable, "-m", "tests.benchmarks.audit_fetch"]
    with tempfile.TemporaryDirectory() as folder:
        device = subprocess.Popen(
            [*me, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert device.stdin is not None
        assert device.stdout is not None
        try:
            told = json.loads(device.stdout.readline())
            known = Path(folder) / "known_hosts"
            known.write_text(told["known"])
            how = ["--devices", str(chosen.devices), "--at-once", str(chosen.at_once)]
            for number in range(chosen.rounds):
                for side in SIDES if number % 2 == 0 else reversed(SIDES):
                    words = [*me, *how, "--side", side, "--port", str(told["port"]), "--known", str(known)]
                    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
                    print(f"{side:9} {done.stdout.strip()}", flush=True)
        finally:
            device.stdin.close()
            device.wait(30)


if __name__ == "__main__":
    main()
