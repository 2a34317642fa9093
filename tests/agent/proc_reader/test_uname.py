"""The running kernel."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from regiowacht_contract.light import replace
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path


def test_this_kernel_is_told_and_a_new_name_is_followed(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path).reader("uname", reader="proc")
    family = reader.families["uname"]
    here = os.uname()
    assert f'release="{here.release}",version="{here.version}"' in family.read(reader.host).text()
    renamed = os.uname_result(("Linux", 'new "name"', "6.1", "#1", "x86_64"))
    text = family.read(replace(reader.host, uname=lambda: renamed)).text()
    assert 'nodename="new \\"name\\"",domainname="(none)"} 1\n' in text


@pytest.mark.parametrize(("text", "domain"), [("stad.example\n", "stad.example"), (None, "(none)")])
def test_the_domain_name_comes_from_the_kernel(tmp_path: Path, text: str | None, domain: str) -> None:
    host = FakeHost.write(tmp_path, {"sys/kernel/domainname": text})
    assert f'domainname="{domain}"' in host.exposition("uname", reader="proc")
