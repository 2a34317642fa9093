"""The Dutch page for a technician: the pasted line says what the page shows, and its commands do what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.docs.pages import ROOT, blocks
from tests.lab.test_pasted_line import site  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from tests.docs.pages import Block
    from tests.lab.test_pasted_line import Site

pytestmark = [pytest.mark.lab, pytest.mark.systemd, pytest.mark.tools, pytest.mark.timeout(900)]

PAGE = ROOT / "docs/nl/snel-starten.md"
SHOWN: tuple[Block, ...] = tuple(block for block in blocks(PAGE) if block.lang == "text")
COMMANDS = [
    line.removeprefix("sudo ") for block in blocks(PAGE) if block.lang == "sh" for line in block.body.splitlines()
]


def beginnings(text: str) -> list[str]:
    """Return how each line that the page shows begins: its mark and first word."""
    return [" ".join(re.split(r"\s+", line.strip())[:2]) for line in text.splitlines() if line.strip()]


def test_a_technician_sees_and_does_what_the_page_says(site: Site) -> None:  # noqa: F811 - the fixture
    (shown,) = SHOWN
    done = site.paste(site.invite("--server", "srv-zandbeke", "--lang", "nl")["line"])
    assert done.returncode == 0, done.stdout + done.stderr
    said = "\n".join(beginnings(done.stdout + done.stderr)).replace("\n+ ", "\n✓ ")
    assert [one for one in beginnings(shown.body) if one not in said] == []

    assert len(COMMANDS) == 4
    status, journal, would, leave = COMMANDS
    assert site.server.run("sh", "-c", status, check=False, within_s=60).returncode == 0
    assert "Started regiowacht-agent.service" in site.server.run("sh", "-c", journal).stdout
    before = site.server.run("sh", "-c", would, check=False, within_s=60)
    assert (before.returncode, "regiowacht-agent.service" in before.stdout + before.stderr) == (0, True)
    assert site.server.is_active("regiowacht-agent")
    after = site.server.run("sh", "-c", leave, check=False, within_s=60)
    assert after.returncode == 0, after.stderr
    assert site.server.run("test", "-e", "/opt/regiowacht", check=False).returncode == 1
