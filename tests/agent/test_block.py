"""Layouts and the values that go through them."""

from __future__ import annotations

import pytest

from regiowacht_agent.block import Block, Kept, Layout, Same, Sampled, render
from regiowacht_agent.family import Metrics, Sample

OF = Metrics.of("netdev")
BYTES = OF["node_network_receive_bytes_total"]
DROPS = OF["node_network_receive_drop_total"]


def rows(text: str) -> list[str]:
    return [row for row in text.splitlines() if not row.startswith("#")]


def test_series_of_one_metric_stand_together_whatever_order_values_come_in() -> None:
    layout = Layout([(BYTES, ("eth0",)), (DROPS, ("eth0",)), (BYTES, ("lan",)), (DROPS, ("lan",))])
    assert rows(layout.text(["1", 2, 3.5, "4"])) == [
        'node_network_receive_bytes_total{device="eth0"} 1',
        'node_network_receive_bytes_total{device="lan"} 3.5',
        'node_network_receive_drop_total{device="eth0"} 2',
        'node_network_receive_drop_total{device="lan"} 4',
    ]


@pytest.mark.parametrize("device", ["50%", "%s", 'quote"d', "back\\slash", "two\nlines", "\udcff"])
def test_whatever_a_label_holds_does_no_harm(device: str) -> None:
    told = render([Block(Layout([(BYTES, (device,))]), ["1"])])
    assert len(rows(told.decode())) == 1
    assert told.endswith(b"} 1\n")


def test_too_few_or_too_many_values_are_refused() -> None:
    layout = Layout([(BYTES, ("a",)), (BYTES, ("b",))])
    for values in (["1"], ["1", "2", "3"]):
        with pytest.raises(TypeError):
            layout.text(values)


def test_labels_that_do_not_fit_the_metric_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        Layout([(BYTES, ())])


def test_a_layout_is_kept_as_long_as_the_same_things_are_there() -> None:
    kept = Kept()
    first = kept.layout(["a"], lambda: [(BYTES, ("a",))])
    assert kept.layout(["a"], lambda: pytest.fail("made again")) is first
    assert kept.layout(["b"], lambda: [(BYTES, ("b",))]) is not first


def test_a_series_that_is_told_twice_is_refused_and_the_next_reading_is_well() -> None:
    kept = Kept()
    first = kept.layout(["a"], lambda: [(BYTES, ("a",))])
    with pytest.raises(ValueError, match=r'node_network_receive_bytes_total\{device="a"\} is told twice'):
        kept.layout(["a", "a"], lambda: [(BYTES, ("a",)), (BYTES, ("a",))])
    again = kept.layout(["a"], lambda: [(BYTES, ("a",))])
    assert again is not first, "what was noted on the way to the refused one is noted anew"
    assert again.series == first.series


def test_samples_become_a_block_and_come_back() -> None:
    sampled = Sampled()
    told = [Sample(BYTES, ("a",), 1.0), Sample(DROPS, ("a",), float("inf"))]
    block = sampled.block(told)
    assert [Sample(*one) for one in block.samples()] == told
    assert sampled.block(told).layout is block.layout


def test_nothing_told_is_no_text() -> None:
    assert Layout(()).text(()) == ""


def test_a_block_is_told_again_while_what_it_is_made_of_is_the_same() -> None:
    same = Same()
    layout = Layout([(BYTES, ("a",))])
    first = same.block("1", lambda: Block(layout, ["1"]))
    assert same.block("1", lambda: pytest.fail("made again")) is first
    with pytest.raises(ZeroDivisionError):
        same.block("2", lambda: Block(layout, [1 / 0]))
    assert same.block("1", lambda: pytest.fail("made again")) is first
    assert render([same.block("2", lambda: Block(layout, ["2"]))]).endswith(b"} 2\n")
