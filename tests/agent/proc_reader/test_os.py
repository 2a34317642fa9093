"""The distribution of a recorded host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.os_release import parse, support_end, version
from regiowacht_agent.reading import Readings
from tests.agent.fake_host import FakeHost

if TYPE_CHECKING:
    from pathlib import Path


def test_name_version_and_end_of_support_are_told(tmp_path: Path) -> None:
    assert FakeHost.write(tmp_path).exposition("os", reader="proc") == (
        'node_os_info{build_id="",id="debian",id_like="",image_id="",image_version="",name="Debian GNU/Linux",'
        'pretty_name="Debian GNU/Linux 12 (bookworm)",variant="",variant_id="",version="",version_codename="",'
        'version_id="12"} 1\n'
        "node_os_support_end_timestamp_seconds 1845936000.0\n"
        'node_os_version{id="debian",id_like="",name="Debian GNU/Linux"} 12\n'
    )


def test_the_file_of_the_system_serves_where_etc_has_none(tmp_path: Path) -> None:
    root = {"etc/os-release": None, "usr/lib/os-release": "ID=other\n"}
    assert 'id="other"' in FakeHost.write(tmp_path, root=root).exposition("os", reader="proc")


def test_an_upgrade_that_puts_another_file_in_its_place_is_seen(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path).reader("os", reader="proc")
    family = reader.families["os"]
    before = family.read(reader.host)
    assert family.read(reader.host) is before
    new = tmp_path / "root/etc/new"
    new.write_text("ID=debian\nVERSION_ID=13\n")
    new.replace(tmp_path / "root/etc/os-release")
    text = family.read(reader.host).text()
    assert 'node_os_version{id="debian",id_like="",name=""} 13\n' in text
    assert "support_end" not in text


def test_a_distribution_without_such_a_file_is_no_failure(tmp_path: Path) -> None:
    reader = FakeHost.write(tmp_path, root={"etc/os-release": None}).reader("os", reader="proc")
    readings = Readings(reader)
    readings.take()
    assert [outcome.state for outcome in readings.outcomes] == ["no-data"]


@pytest.mark.parametrize(
    ("value", "number"), [("22.04", "22.04"), ("12", "12"), ("9.4.1", "9.4"), ("rolling", ""), ("", ""), ("v3", "")]
)
def test_the_version_is_the_major_and_minor_part(value: str, number: str) -> None:
    assert version({"VERSION_ID": value}) == number


@pytest.mark.parametrize(
    ("value", "end"), [("2028-06-30", 1845936000.0), ("soon", None), ("", None), ("2028-13-01", None)]
)
def test_an_end_of_support_that_is_no_date_is_left_out(value: str, end: float | None) -> None:
    assert support_end({"SUPPORT_END": value}) == end


def test_lines_that_are_no_assignments_are_left_out() -> None:
    text = '# note\n\nNAME=\'a b\'\nID=x y\nBROKEN="no end\nA-B=1\nPRETTY_NAME="caf\u00e9 \\"x\\""\n'
    assert parse(text) == {"NAME": "a b", "ID": "x", "BROKEN": '"no end', "PRETTY_NAME": 'café "x"'}
