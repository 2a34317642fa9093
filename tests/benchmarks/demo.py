"""How long from `regiowacht demo` to live numbers in a browser, once everything is set up.

No peer does this from one command on one machine; the figures are seconds on the wall, read beside the load of the
machine. Goal of the first issue: live numbers within 10 seconds from the second run on.

Then what each of its processes costs when nobody looks: memory, and its share of one processor over a minute.

Usage: python tests/benchmarks/demo.py [RUNS]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from tests.conftest import FLAGS
from tests.flow.demo_process import Demo, running_demo
from tests.parts import need

QUIET_S = 60
PARTS = {"agent run": "agent", "demo.example": "example region", "/example/": "its engine", "prometheus": "engine"}
"""What a command line holds, and what its process is called here; the first that fits."""

HERE = "var-gemeente=zandbeke&var-site=stadhuis&var-instance=srv-files&from=now-5m&to=now&refresh=5s"


def main(runs: int) -> None:
    """Print one row a run and the medians, then what the processes of the last one cost."""
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=need("chromium"), args=list(FLAGS))
        for number in range(1, runs + 1):
            began = time.monotonic()
            with running_demo() as demo:
                lines_s = time.monotonic() - began
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(f"{demo.url('dashboards')}/d/rw-server?{HERE}")
                page.locator('.panel[data-type="timeseries"] canvas').first.wait_for()
                numbers_s = time.monotonic() - began
                page.close()
                demo.example()
                rows.append((lines_s, numbers_s, time.monotonic() - began))
                print(f"run {number}: " + ", ".join(f"{seconds:.1f} s" for seconds in rows[-1]), flush=True)
                if number == runs:
                    costs(demo)
        browser.close()
    lines, numbers, example = (statistics.median(column) for column in zip(*rows, strict=True))
    print(
        f"median of {runs}: both lines {lines:.1f} s, a live graph {numbers:.1f} s, the example region {example:.1f} s"
    )
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def costs(demo: Demo) -> None:
    """Print memory and share of one processor of each process."""
    processes = {pid: next(n for words, n in PARTS.items() if words in c) for pid, c in demo.children().items()}
    processes[demo.process.pid] = "demo itself"
    time.sleep(QUIET_S)  # what starting it left to do is not what it costs
    before = {pid: cpu_s(pid) for pid in processes}
    time.sleep(QUIET_S)
    for pid, name in processes.items():
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        memory_kb = int(status.partition("VmRSS:")[2].split()[0])
        print(f"{name}: {memory_kb / 1000:.0f} MB, {(cpu_s(pid) - before[pid]) / QUIET_S:.1%} of one processor")


def cpu_s(pid: int) -> float:
    """Return the seconds of processor time a process has used, proc_pid_stat(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
