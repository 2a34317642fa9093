from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING

import pytest

from regiowacht_agent.block import Block, Layout, render
from regiowacht_agent.polls.asset import Polled
from regiowacht_agent.push.capture import Capture
from regiowacht_contract.catalogue import catalogue
from regiowacht_contract.metric import Metric
from regiowacht_contract.wire.encode import head
from regiowacht_contract.wire.staleness import is_absent, is_stale

if TYPE_CHECKING:
    from regiowacht_agent.block import Value
    from regiowacht_agent.push.scrape import Scrape

SERVER = Polled("zandbeke", "stadhuis", "srv-files", "node", "infrastructuur")
TARGET = (("gemeente", "zandbeke"), ("instance", "srv-files"), ("job", "node"), ("site", "stadhuis"))
OWN = ("scope", "zandbeke/infrastructuur")
NOBODYS = ("scope", "zandbeke/overig")


def named(name: str, scope: tuple[str, str], *labels: tuple[str, str]) -> bytes:
    return head((("__name__", name), scope, *TARGET, *labels))


def told(scrape: Scrape) -> dict[bytes, object]:
    """Return what a reading says of each series: its value, or a word."""
    heads, values = scrape.shape.heads, scrape.values
    words = ["ended" if is_stale(one) else "absent" if is_absent(one) else one for one in values]
    assert len(set(heads)) == len(heads)
    return dict(zip(heads, words, strict=True))


def test_series_get_the_labels_of_the_server_and_a_scope_by_the_catalogue() -> None:
    page = "# HELP node_load1 1m load average.\n# TYPE node_load1 gauge\nnode_load1 0.25\n"
    page += 'node_arp_entries{device="eth0"} 3\nown_thing 1e+06\n'
    scrape = Capture("node", SERVER).page(page, 1_700_000_000_000)
    assert scrape.at_ms == 1_700_000_000_000
    assert scrape.shape.source == "node"
    assert told(scrape) == {
        named("node_load1", OWN): 0.25,
        named("node_arp_entries", _scope("node_arp_entries"), ("device", "eth0")): 3.0,
        named("own_thing", NOBODYS): 1e6,
    }


def _scope(name: str) -> tuple[str, str]:
    laag = catalogue()[name].laag
    return ("scope", f"zandbeke/{'infrastructuur' if laag == 'asset' else laag}")


def test_the_same_series_share_a_shape_whatever_their_values_are() -> None:
    capture = Capture("node", SERVER)
    shapes = {id(capture.page(f"node_load1 {at}\nnode_load5 {at}\n", at).shape) for at in range(5)}
    assert len(shapes) == 1


def test_a_series_that_ends_is_marked_once_and_keeps_its_place_until_it_is_back() -> None:
    capture, load1, load5 = Capture("node", SERVER), named("node_load1", OWN), named("node_load5", OWN)
    first = capture.page("node_load1 1\nnode_load5 5\n", 0)
    later = [capture.page(page, 0) for page in ("node_load5 6\n", "node_load5 7\n", "node_load5 8\nnode_load1 2\n")]
    assert [told(scrape)[load1] for scrape in later] == ["ended", "absent", 2.0]
    assert [told(scrape)[load5] for scrape in later] == [6.0, 7.0, 8.0]
    assert {scrape.shape for scrape in later} == {first.shape}


def test_a_new_series_makes_a_new_shape_without_the_places_that_were_empty() -> None:
    capture = Capture("node", SERVER)
    capture.page("node_load1 1\nnode_load5 5\n", 0)
    capture.page("node_load5 6\n", 0)
    scrape = capture.page("node_load15 15\n", 0)
    assert told(scrape) == {named("node_load15", OWN): 15.0, named("node_load5", OWN): "ended"}


def test_places_that_stay_empty_are_given_out_anew() -> None:
    capture = Capture("node", SERVER)
    capture.page("".join(f'own{{of="{at}"}} 1\n' for at in range(10)), 0)
    capture.page("".join(f'own{{of="{at}"}} 1\n' for at in range(4)), 0)
    scrape = capture.page("".join(f'own{{of="{at}"}} 1\n' for at in range(2)), 0)
    assert list(told(scrape).values()) == [1.0, 1.0, "ended", "ended"]


def test_the_end_of_a_source_ends_all_its_series_and_it_can_begin_again() -> None:
    capture = Capture("node", SERVER)
    capture.page("node_load1 1\nnode_load5 5\n", 0)
    assert list(told(capture.end(0)).values()) == ["ended", "ended"]
    assert set(told(capture.end(0)).values()) <= {"absent"}
    assert told(capture.page("node_load1 2\n", 0))[named("node_load1", OWN)] == 2.0


@pytest.mark.parametrize(
    "name", ["up", "ALERTS", "node:load:rate5m", "regiowacht_asset_info", "scrape_samples_scraped"]
)
def test_what_only_the_collector_says_is_left_out_and_counted(name: str) -> None:
    capture = Capture("node", SERVER)
    scrape = capture.page(f"{name} 1\nnode_load1 2\n", 0)
    assert list(told(scrape).values()) == [2.0]
    assert capture.left_out == 1


def test_a_series_that_is_there_twice_counts_once() -> None:
    capture = Capture("node", SERVER)
    assert list(told(capture.page("node_load1 1\nnode_load1 2\nnode_load5 5\n", 0)).values()) == [1.0, 5.0]
    assert capture.left_out == 1


def test_labels_are_read_as_they_were_written_and_empty_ones_are_none() -> None:
    page = r'own{path="C:\\x\n\"y\" {a,b}= z",empty="",é="x"} 1'.replace(',é="x"', "") + "\n"
    labels = (("path", 'C:\\x\n"y" {a,b}= z'),)
    assert told(Capture("node", SERVER).page(page, 0)) == {named("own", NOBODYS, *labels): 1.0}


def test_a_label_of_a_page_that_the_assets_would_hide_gets_another_name() -> None:
    page = 'own{job="backup",exported_job="x"} 1\n'
    labels = (("exported_job", "x"), ("exported_exported_job", "backup"))
    assert told(Capture("node", SERVER).page(page, 0)) == {named("own", NOBODYS, *labels): 1.0}


def test_a_page_whose_series_have_all_their_labels_keeps_them() -> None:
    page = 'up{gemeente="zandbeke",scope="zandbeke/connectiviteit",site="s",instance="mail",job="probe"} 1\n'
    labels = {
        "gemeente": "zandbeke",
        "scope": "zandbeke/connectiviteit",
        "site": "s",
        "instance": "mail",
        "job": "probe",
    }
    scrape = Capture("zandbeke/mail/probe").page(page, 0)
    assert told(scrape) == {head([("__name__", "up"), *labels.items()]): 1.0}


@pytest.mark.parametrize(
    "line", ["node_load1", "node_load1 x", 'node_load1{a="b} 1', 'node_load1{a="b"}x 1', 'n{a="b" 1']
)
def test_a_line_that_is_no_series_is_told(line: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        Capture("node", SERVER).page(line + "\n", 0)


def test_numbers_that_are_none_are_values_too() -> None:
    scrape = Capture("node", SERVER).page("a NaN\nb +Inf\nc -Inf\n", 0)
    assert math.isnan(scrape.values[0])
    assert not is_stale(scrape.values[0])
    assert list(scrape.values[1:]) == [math.inf, -math.inf]


def test_blocks_come_to_what_their_page_comes_to() -> None:
    layouts = [Layout([(catalogue()["node_load1"], ()), (catalogue()["node_load5"], ())]), Layout(_textfile())]
    of_blocks, of_page = Capture("node", SERVER), Capture("node", SERVER)
    readings: list[list[list[Value]]] = [[["1.5", 2], ["7", 1, 1.25]], [["2.5", "3"], ["NaN", 0, -1]]]
    for values in readings:
        blocks = [Block(layout, told) for layout, told in zip(layouts, values, strict=True)]
        one, other = of_blocks.blocks(blocks, 5), of_page.page(render(blocks).decode(), 5)
        assert {key: repr(value) for key, value in told(one).items()} == {
            key: repr(value) for key, value in told(other).items()
        }
        assert of_blocks.left_out == of_page.left_out == 1
    gone = of_blocks.blocks([Block(layouts[0], ["3", "4"])], 6)
    assert list(told(gone).values())[:2] == [3.0, 4.0]
    assert "ended" in told(gone).values()


def _textfile() -> list[tuple[Metric, tuple[str, ...]]]:
    """Return series that the catalogue does not hold, one that it holds, and one that is not a target's to say."""
    names = {"own_thing": ("a",), "node_reboot_required": (), "up": ()}
    metrics = [Metric(name, "gauge", "", "-", labels, "overig", "textfile", False) for name, labels in names.items()]
    return [(metric, ("x",) * len(metric.labels)) for metric in metrics]


def test_values_are_an_array_of_floats() -> None:
    assert Capture("node", SERVER).page("node_load1 1\n", 0).values == array("d", [1.0])
