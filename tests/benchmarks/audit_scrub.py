"""Measures what taking the secrets out costs: 1,000 configurations of 500 lines, then one of 35,000 a syntax family.

Usage: ``python -m tests.benchmarks.audit_scrub [--count N] [--lines N]`` prints a table; exit code 1 when a line of a
large configuration costs more than twice what it costs in a tenth of it: then something grows with the square of the
length. The configurations are those of ``audit_offline``; the large ones repeat them, a secret of its own in each copy.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from regiowacht_audit.platform import find_platform
from regiowacht_audit.scrub import Fingerprint, scrub
from regiowacht_audit.scrub.scanner import Scanner
from tests.audit.case_files import cases
from tests.benchmarks.audit_offline import grown

LARGE = ("cisco_ios", "juniper_junos", "fortinet", "mikrotik_routeros")
TIMES_MAX = 2.0
ROWS_A_COPY = 60
SECRETS = {
    "indent": "username user{0} secret 5 $1$abcd{0}$MQbNXMNy//wugq{0}",
    "statements": """system {{
    login {{
        user u{0} {{
            authentication {{
                encrypted-password "$6$abcd{0}$IJKL{0}"; ## SECRET-DATA
            }}
        }}
    }}
}}""",
    "fortios": """config user local
    edit "u{0}"
        set passwd Geheim-{0}-Woord
    next
end""",
    "routeros": """/ppp secret
add name=u{0} pass\\
    word="Geheim-{0}-Woord" service=l2tp""",
}


def scrub_all(texts: list[tuple[str, str]]) -> tuple[float, float]:
    """Return the CPU seconds of scrubbing them all, and of the second scanner's look at the results."""
    made = Fingerprint(b"a key that is obviously of a benchmark")
    start = time.process_time()
    scrubbed = [scrub(text, syntax, made) for syntax, text in texts]
    between = time.process_time()
    for one in scrubbed:
        if list(Scanner(taken=one.secrets).find(one.text)):
            sys.exit("THE SECOND SCANNER FOUND A SECRET")
    return between - start, time.process_time() - between


def large(platform: str, lines: int) -> tuple[str, str]:
    """Return the syntax and a configuration of so many lines, in which every copy has a secret of its own."""
    case = next(case for case in cases() if case.platform == platform and case.name == "hardened")
    syntax = find_platform(platform).syntax
    rows: list[str] = []
    for copy in range(lines):
        if len(rows) >= lines:
            break
        rows += SECRETS[syntax].format(copy).splitlines()
        rows += grown(case, copy).splitlines()[:ROWS_A_COPY]
    return syntax, "\n".join(rows[:lines])


def main(arguments: list[str]) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--lines", type=int, default=35_000)
    asked = parser.parse_args(arguments)
    chosen = [case for case in cases() if case.name in {"hardened", "open"}]
    dealt = [(chosen[at % len(chosen)], at) for at in range(asked.count)]
    few = [(find_platform(case.platform).syntax, grown(case, at)) for case, at in dealt]
    scrub_all(few[: len(chosen)])  # compiles the grammars
    _show(f"{asked.count} configurations", few)
    times = []
    for platform in LARGE:
        tenth = _show(f"{platform}, a tenth", [large(platform, asked.lines // 10)])
        times.append(_show(platform, [large(platform, asked.lines)]) / tenth)
    print(f"a line of a large one costs at most {max(times):.1f} times one of a tenth of it (allowed {TIMES_MAX})")
    return 0 if max(times) <= TIMES_MAX else 1


def _show(name: str, texts: list[tuple[str, str]]) -> float:
    """Print a row; return microseconds a line, scrubbing alone."""
    lines = sum(text.count("\n") + 1 for _, text in texts)
    scrubbing, scanning = scrub_all(texts)
    each = scrubbing / lines * 1e6
    print(f"{name:<28}{lines:>8} lines: {scrubbing:6.2f} s CPU, {each:5.1f} us a line; scanned in {scanning:5.2f} s")
    return each


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
