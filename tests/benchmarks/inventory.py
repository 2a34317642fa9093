"""Measures what loading and checking a region costs, for three sizes, each in a fresh process.

Usage: ``python tests/benchmarks/inventory.py [--runs N]`` prints a table; exit code 1 when a floor is missed.
``python tests/benchmarks/inventory.py generate FOLDER GEMEENTEN ASSETS`` only writes the seeded region.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SEED = 20261125

_LOAD = """
import json, resource, sys
from pathlib import Path
from regiowacht_inventory import load
def cpu_s():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
start_s = cpu_s()
region = load(Path(sys.argv[1]))
rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"assets": len(region.assets), "cpu_s": cpu_s(), "start_s": start_s, "rss_mb": rss_mb}))
"""

REGION = """\
name: Meetregio
regio: meet
leveranciers:
  telco-a: {name: Telco A, phone: "+32 2 000 00 00", sla: 0.995}
  telco-b: {name: Telco B}
trajecten:
  - {name: netwerk, laag: connectiviteit, trekkers: [gemeente-0], volgers: [gemeente-1], from: 2026-01-01}
credentials:
  snmp-v3: {version: 3, user: monitor, auth: {protocol: sha256, secret: "env:SNMP_AUTH"}}
  ssh-audit: {user: audit, password: "env:AUDIT_PASSWORD"}
"""
KINDS = ("switch", "access_point", "printer", "ups", "phone", "camera", "firewall")


@dataclass(frozen=True, slots=True)
class Size:
    """One generated region, with the aim and the floor of its cost."""

    gemeenten: int
    assets: int
    aim_s: float
    floor_s: float
    aim_mb: float


SIZES = (Size(20, 4_000, 1.0, 2.0, 500), Size(100, 20_000, 4.0, 8.0, 500), Size(300, 60_000, 12.0, 24.0, 500))


def generate(folder: Path, gemeenten: int, assets: int) -> None:
    """Write a seeded region of that many gemeenten and exactly that many assets."""
    dice = random.Random(SEED)
    (folder / "gemeenten").mkdir(parents=True)
    (folder / "region.yml").write_text(REGION, encoding="utf-8")
    for number in range(gemeenten):
        count = assets * (number + 1) // gemeenten - assets * number // gemeenten
        text = _gemeente(dice, number, count)
        (folder / "gemeenten" / f"gemeente-{number}.yml").write_text(text, encoding="utf-8")


def _gemeente(dice: random.Random, number: int, count: int) -> str:
    net = f"10.{number // 250}.{number % 250}"
    lines = [
        f"gemeente: gemeente-{number}\nid: {number + 1}\nname: Gemeente {number}",
        f'country: BE\ncode: "{90000 + number}"\nsites:',
    ]
    for site in range(4):
        link = (
            f"{{name: wan-{site}, device: dev-{site}, leverancier: telco-a, bandwidth: 500M, far_end: 10.255.{site}.1}}"
        )
        lines.append(f"  site-{site}:\n    address: Markt {site}\n    poller: srv-0\n    uplinks:\n      - {link}")
    lines.append("servers:")
    servers = count // 10
    lines += [
        f"  - {{name: srv-{n}, site: site-{n % 4}, address: {net}.{n % 250 + 1}, os: linux}}" for n in range(servers)
    ]
    lines.append("devices:")
    for n in range(count - servers - 8):
        uplink = f", uplink: dev-{dice.randrange(n)}" if n > 3 else ""
        lines.append(
            f"  - {{name: dev-{n}, site: site-{n % 4}, address: {net}.{n % 250 + 1}, kind: {dice.choice(KINDS)}, "
            f"platform: aruba_osswitch{uplink}, snmp: snmp-v3, ssh: ssh-audit}}"
        )
    lines.append("services:")
    lines += [f'  - {{name: svc-{n}, site: site-{n}, probe: tcp, target: "{net}.9:25"}}' for n in range(4)]
    return "\n".join(lines) + "\n"


def measure(size: Size) -> dict[str, float]:
    """Return CPU seconds (user and system, start of Python included) and peak memory of one load."""
    with tempfile.TemporaryDirectory(prefix="regiowacht-bench-") as folder:
        region = Path(folder) / "region"
        generate(region, size.gemeenten, size.assets)
        done = subprocess.run([sys.executable, "-c", _LOAD, str(region)], check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def main(arguments: list[str]) -> int:
    """Print the table; return 1 when a floor is missed."""
    if arguments[:1] == ["generate"]:
        generate(Path(arguments[1]), int(arguments[2]), int(arguments[3]))
        return 0
    runs = int(arguments[1]) if arguments[:1] == ["--runs"] else 3
    print(
        "| gemeenten | assets | CPU s (median) | of which start | aim s | floor s "
        "| ms an asset (best) | peak MB | aim MB |"
    )
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    per_asset, missed = [], False
    for size in SIZES:
        found = sorted((measure(size) for _ in range(runs)), key=lambda one: one["cpu_s"])
        median = found[runs // 2]
        # Other work on the machine only ever adds: the cheapest run says most about proportion.
        per_asset.append((found[0]["cpu_s"] - found[0]["start_s"]) / found[0]["assets"] * 1000)
        missed |= median["cpu_s"] > size.floor_s or median["rss_mb"] > size.aim_mb
        print(
            f"| {size.gemeenten} | {median['assets']:.0f} | {median['cpu_s']:.2f} | {median['start_s']:.2f} "
            f"| {size.aim_s:g} | {size.floor_s:g} | {per_asset[-1]:.3f} | {median['rss_mb']:.0f} | {size.aim_mb:g} |"
        )
    ratio = per_asset[-1] / per_asset[0]
    print(f"\ncost an asset without the start, largest against smallest: {ratio:.2f} (1 is in proportion)")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
