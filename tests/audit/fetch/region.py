"""A region folder whose devices are fake ones on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REGION = """\
name: Proefregio
regio: proef
language: en
timezone: Europe/Brussels
collector: {url: "https://regiowacht.example", probe: false}
audit: {baseline: minimal, key: "env:RW_TEST_KEY"}
credentials:
"""
TOWNS = {"zandbeke": 12, "oosthove": 13}


def write_region(
    folder: Path, devices: Mapping[str, tuple[str, int]], *, addresses: Mapping[str, str] | None = None
) -> None:
    """Write the folder.

    Args:
        folder: where.
        devices: ``GEMEENTE/NAME`` with its platform and port.
        addresses: where a device answers that does not at 127.0.0.1.
    """
    (folder / "gemeenten").mkdir(parents=True, exist_ok=True)
    logins = "".join(
        f'  ssh-{name.partition("/")[2]}: {{user: audit, password: "env:RW_TEST_PASSWORD", '
        f'enable: "env:RW_TEST_ENABLE", port: {port}}}\n'
        for name, (_platform, port) in devices.items()
    )
    (folder / "region.yml").write_text(REGION + logins)
    for gemeente, number in TOWNS.items():
        rows = [
            f"  - {{name: {name.partition('/')[2]}, site: stadhuis, "
            f"address: {(addresses or {}).get(name, '127.0.0.1')}, kind: switch, "
            f"platform: {platform}, ssh: ssh-{name.partition('/')[2]}}}\n"
            for name, (platform, _port) in devices.items()
            if name.startswith(f"{gemeente}/")
        ]
        (folder / "gemeenten" / f"{gemeente}.yml").write_text(
            f"gemeente: {gemeente}\nid: {number}\nname: {gemeente.title()}\ncountry: BE\ncode: '449{number}'\n"
            f"inhabitants: 1000\nsites:\n  stadhuis: {{address: Markt 1, poller: srv-{gemeente}}}\n"
            f"servers:\n  - {{name: srv-{gemeente}, site: stadhuis, address: 10.{number}.0.10, os: linux}}\n"
            f"devices:\n{''.join(rows) or '  []'}\n"
        )
