"""What all rules and alerts cost an engine with many series, and what Alertmanager's configuration costs to make.

Servers tell, over one page that a real Prometheus scrapes every 15 s, processors, file systems, units, memory and what
else alerts ask for, filled up to 460 series each (``tests/benchmarks/scale.py``). No peer has these rules, so there is
no ratio; the figures are shares of the 15 s that a turn of the rules may take. Queries that look a day or a week back
find nothing here, and cost what looking costs.

Usage: python -m tests.benchmarks.alert_rules [SERIES] [SECONDS]; default 200,000 series for 60 seconds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from regiowacht_collector import Options, Settings, running_collector
from regiowacht_collector.alerts.routing import alertmanager_file
from regiowacht_collector.client import Client
from regiowacht_collector.rule_files import rule_files
from regiowacht_inventory import load
from tests.benchmarks.scale import SERVER_SERIES
from tests.benchmarks.state_rules import GEMEENTEN, WARM_UP_S, add_targets, cpu_s, rss_mb, served, write_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from regiowacht_inventory import Region

TURN_S = 15
REGION_GEMEENTEN = 300
YEARS = (2026, 2027)
CPU_MODES = ("idle", "iowait", "user", "system", "nice", "irq", "softirq", "steal")
STATES = ("active", "activating", "deactivating", "failed", "inactive")


def of_a_server() -> Iterator[tuple[str, float]]:
    """Yield name with labels of its own, and value, of a server in good health."""
    yield "up", 1
    yield from ((f'node_cpu_seconds_total,cpu="{cpu}",mode="{mode}"', 1000) for cpu in range(8) for mode in CPU_MODES)
    for disk in range(5):
        labels = f'device="/dev/sd{disk}",fstype="ext4",mountpoint="/m{disk}"'
        for name, value in (("size_bytes", 9e10), ("free_bytes", 5e10), ("avail_bytes", 4e10), ("readonly", 0)):
            yield f"node_filesystem_{name},{labels}", value
        yield f"node_filesystem_files,{labels}", 1e6
        yield f"node_filesystem_files_free,{labels}", 9e5
    for name, value in (("MemTotal", 8e9), ("MemAvailable", 4e9)):
        yield f"node_memory_{name}_bytes", value
    yield from (
        (f'node_systemd_unit_state,name="u{n}.service",state="{state}"', 0) for n in range(30) for state in STATES
    )
    yield from ((f'node_hwmon_temp_celsius,chip="c",sensor="t{n}"', 45) for n in range(8))
    yield from ((f'node_hwmon_temp_crit_celsius,chip="c",sensor="t{n}"', 100) for n in range(8))
    yield from ((f'regiowacht_agent_family_failing,collector="f{n}"', 0) for n in range(40))
    yield from (("node_timex_offset_seconds", 0), ("node_timex_sync_status", 1), ("node_reboot_required", 0))
    yield "node_boot_time_seconds", 1e9


def page_of(region: Region) -> bytes:
    """Return every server's series as one exposition."""
    told = list(of_a_server())
    told += [(f'node_netstat_filler,n="{n}"', n) for n in range(SERVER_SERIES - len(told))]
    lines = []
    for asset in region.assets:
        target = ",".join(f'{label}="{value}"' for label, value in asset.target_labels.items())
        for name, value in told:
            bare, _, own = name.partition(",")
            lines.append(f"{bare}{{{target}{',' if own else ''}{own}}} {value:g}\n")
    return "".join(lines).encode()


def evaluation(series: int, seconds: int) -> None:
    """Print how long each group of rules takes, and what that is of a turn."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        region = write_region(home / "region", series // SERVER_SERIES // GEMEENTEN * GEMEENTEN)
        settings = Settings(data=home / "data", port=0)
        options = Options(exporter_port=0, only=[])
        with served(page_of(region)) as address, running_collector(region, settings, options) as collector:
            client = Client(collector.url)
            add_targets(home / "data" / "config" / "prometheus.yml", address, collector.url.removeprefix("http://"))
            client.reload()
            time.sleep(WARM_UP_S)
            before_s = cpu_s(collector.pid())
            time.sleep(seconds)
            core = (cpu_s(collector.pid()) - before_s) / seconds
            took = {
                labels["rule_group"].rpartition(";")[2]: value
                for labels, value in client.query("prometheus_rule_group_last_duration_seconds")
            }
            seen = client.query("prometheus_tsdb_head_series")[0][1]
            total = sum(took.values())
            groups = " ".join(f"{group}={value:.2f}s" for group, value in sorted(took.items()))
            print(
                f"{seen:,.0f} series, {groups}; {total:.2f} s = {total / TURN_S:.1%} of 15 s, {total / 60:.1%} of 60 s"
            )
            print(f"engine: {core:.2f} core with scraping, {rss_mb(collector.pid()):.0f} MB")


def rendering() -> None:
    """Print the processor time for all rules and for Alertmanager's configuration of a large region."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "region"
        write_region(folder, GEMEENTEN)
        for number in range(GEMEENTEN, REGION_GEMEENTEN):
            text = (folder / "gemeenten" / "g0.yml").read_text(encoding="utf-8")
            text = text.replace("g0", f"g{number}").replace("id: 1\n", f"id: {number + 1}\n")
            text = text.replace("name: G0", f"name: G{number}").replace("44000", str(44000 + number))
            text += "  - {name: back, site: huis, address: 10.99.0.1, os: linux}\n"
            text += f"alerts: {{receivers: {{ict: {{ntfy: 'https://ntfy.example/g{number}'}}}}, to: [{{to: [ict]}}]}}\n"
            (folder / "gemeenten" / f"g{number}.yml").write_text(text, encoding="utf-8")
        region = load(folder)
        begin_s = time.process_time()
        rules = sum(map(len, rule_files().values()))
        middle_s = time.process_time()
        size = len(alertmanager_file(region, YEARS, "http://127.0.0.1:9"))
        end_s = time.process_time()
    print(f"rules: {rules:,} bytes in {middle_s - begin_s:.2f} CPU s")
    print(f"{REGION_GEMEENTEN} gemeenten: {size:,} bytes of alertmanager.yml in {end_s - middle_s:.2f} CPU s")


if __name__ == "__main__":
    words = [int(word) for word in sys.argv[1:]]
    rendering()
    evaluation(words[0] if words else 200_000, words[1] if len(words) > 1 else 60)
