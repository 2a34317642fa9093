"""Measures what judging configurations offline costs: 1,000 of 500 lines by 30 rules, twice, to the same bytes.

Usage: ``python tests/benchmarks/audit_offline.py [--count N]`` prints a table; exit code 1 when the floor is missed or
two runs differ. The configurations are grown from the cases of every platform to 500 lines with ports and routes, by a
seed; none is judged twice in a run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from regiowacht_audit.judge.baseline import find_baseline
from regiowacht_audit.judge.check import check_text
from regiowacht_audit.judge.show import as_json
from regiowacht_audit.platform import find_platform
from tests.audit.case_files import Case, cases

SEED, LINES, AIM_S, FLOOR_S = 20261127, 500, 10.0, 20.0
PORTS = {
    "indent": """interface Ethernet9/{0}/1
 description port {0}
 switchport access vlan {1}
 switchport mode access""",
    "statements": """set interfaces ge-9/{0}/0 description port-{0}
set routing-options static route 10.{1}.{0}.0/24 reject""",
    "fortios": """config firewall address
    edit "net-{0}"
        set subnet 10.{1}.{0}.0 255.255.255.0
    next
end""",
    "routeros": """/ip firewall filter
add action=accept chain=forward comment="{0}" dst-address=10.{1}.{0}.0/24""",
}


def grown(case: Case, index: int) -> str:
    """Return the case's configuration with ports in front, up to 500 lines."""
    rows = case.config.splitlines()
    random_ports = random.Random(f"{SEED}-{index}")
    syntax = find_platform(case.platform).syntax
    more: list[str] = []
    while len(rows) + len(more) < LINES:
        text = PORTS["indent" if "{" in case.config and syntax == "statements" else syntax]
        more += text.format(len(more), random_ports.randint(2, 250)).splitlines()
    return "\n".join([*rows[:2], *more, *rows[2:]] if syntax == "indent" else [*more, *rows])


def judge_all(texts: list[tuple[str, str]]) -> tuple[float, str]:
    """Return the CPU seconds of judging them all, and a digest of every answer."""
    baseline, digest = find_baseline("recommended"), hashlib.sha256()
    start = time.process_time()
    for platform, text in texts:
        answer = as_json(check_text(text, find_platform(platform), baseline), "en")
        digest.update(json.dumps(answer).encode())
    return time.process_time() - start, digest.hexdigest()


def main(arguments: list[str]) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1_000)
    count = parser.parse_args(arguments).count
    chosen = [case for case in cases() if case.name in {"hardened", "open"}]
    texts = [(case.platform, grown(case, index)) for index in range(count) for case in [chosen[index % len(chosen)]]]
    first, second = judge_all(texts), judge_all(texts)
    lines = sum(text.count("\n") + 1 for _, text in texts)
    took = f"{first[0]:.2f} s CPU, then {second[0]:.2f} (aim {AIM_S})"
    print(f"{count} configurations, {lines} lines, 30 rules: {took}")
    print("identical bytes" if first[1] == second[1] else "THE TWO RUNS DIFFER")
    return 0 if first[1] == second[1] and first[0] <= FLOOR_S * count / 1_000 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
