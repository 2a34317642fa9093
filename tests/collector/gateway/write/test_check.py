"""What a writer writes goes on as its own gemeente's, or not at all."""

from __future__ import annotations

import pytest

from regiowacht_collector.gateway.write import Refused, WriteLimits, check, reasons
from regiowacht_collector.gateway.writer import Writer
from regiowacht_contract.wire.snappy import compress
from tests.collector.gateway.write.bodies import (
    LIMITS,
    NOW_MS,
    WRITER,
    body,
    checked,
    labels,
    one,
    told_labels,
    without,
)
from tests.contract.wire.prompb import series

LOAD = labels("node_load1")


def test_what_is_right_goes_on_as_it_was_sent() -> None:
    sent = body(one(LOAD), one(labels("up", scope="zandbeke/connectiviteit")))
    found = checked(sent)
    assert (found.fresh, found.old) == (sent, b"")
    assert (found.samples, found.series, found.refused, found.newest_ms) == (2, 2, {}, NOW_MS)
    assert found.instances == {("srv-zb-01", "node"): NOW_MS}


def test_nothing_is_a_write_of_nothing() -> None:
    found = checked(b"")
    assert (found.fresh, found.old, found.samples, found.refused) == (b"", b"", 0, {})


def test_gemeente_and_scope_are_added_where_they_are_missing() -> None:
    sent = body(*(one(without(labels(name), "gemeente", "scope")) for name in ("node_load1", "up", "mine")))
    found = told_labels(checked(sent).fresh)
    assert {each["gemeente"] for each in found} == {"zandbeke"}
    assert {each["__name__"]: each["scope"] for each in found} == {
        "node_load1": "zandbeke/infrastructuur",
        "up": "zandbeke/overig",
        "mine": "zandbeke/overig",
    }


@pytest.mark.parametrize(
    ("name", "scope", "becomes"),
    [
        ("node_load1", "connectiviteit", "infrastructuur"),
        ("mine", "infrastructuur", "overig"),
        ("up", "connectiviteit", "connectiviteit"),
        ("up", "overig", "overig"),
    ],
)
def test_the_catalogue_says_under_which_laag_a_metric_stands(name: str, scope: str, becomes: str) -> None:
    found = checked(body(one(labels(name, scope=f"zandbeke/{scope}"))))
    assert told_labels(found.fresh)[0]["scope"] == f"zandbeke/{becomes}"
    assert found.corrected == (scope != becomes)


@pytest.mark.parametrize(
    ("told_", "reason"),
    [
        (labels("node_load1", gemeente="polderdam"), reasons.FOREIGN_GEMEENTE),
        (labels("node_load1", gemeente="Zandbeke"), reasons.FOREIGN_GEMEENTE),
        (labels("node_load1", gemeente="_regio"), reasons.FOREIGN_GEMEENTE),
        (labels("node_load1", scope="polderdam/infrastructuur"), reasons.FOREIGN_SCOPE),
        (labels("node_load1", scope="zandbeke/anders"), reasons.FOREIGN_SCOPE),
        (labels("node_load1", scope="zandbeke/"), reasons.FOREIGN_SCOPE),
        (labels("regiowacht_asset_info"), reasons.COLLECTORS_NAME),
        (labels("regiowacht:asset_state"), reasons.COLLECTORS_NAME),
        (labels("my:rule"), reasons.COLLECTORS_NAME),
        (labels("ALERTS"), reasons.COLLECTORS_NAME),
        (labels("ALERTS_FOR_STATE"), reasons.COLLECTORS_NAME),
        (labels("node_load1", __tmp_in_catalogue="1"), reasons.RESERVED_LABEL),
        (labels("node_load1", __address__="x"), reasons.RESERVED_LABEL),
        ({"": "x", **LOAD}, reasons.EMPTY_NAME),
        ({**LOAD, "mode": ""}, reasons.EMPTY_VALUE),
        ({**LOAD, "gemeente": ""}, reasons.EMPTY_VALUE),
        ({**LOAD, "a-b": "x"}, reasons.BAD_NAME),
        ({**LOAD, "é": "x"}, reasons.BAD_NAME),
        ({**LOAD, "1a": "x"}, reasons.BAD_NAME),
        (without(LOAD, "__name__"), reasons.NO_METRIC_NAME),
        (labels("node load"), reasons.BAD_METRIC_NAME),
        (labels("node_load1\n"), reasons.BAD_METRIC_NAME),
        (labels("x" * 201), reasons.LONG_NAME),
        ({**LOAD, "x" * 201: "x"}, reasons.LONG_NAME),
        ({**LOAD, "mode": "x" * 2049}, reasons.LONG_VALUE),
        ({**LOAD, **{f"l{number}": "x" for number in range(40)}}, reasons.MANY_LABELS),
    ],
)
def test_a_series_that_is_not_right_goes_nowhere_and_is_counted(told_: dict[str, str], reason: str) -> None:
    found = checked(body(one(told_, (1.0, NOW_MS), (2.0, NOW_MS + 1)), one(labels("node_load5"))))
    assert found.refused == {reason: 2}
    assert told_labels(found.fresh) == [labels("node_load5")]
    assert (found.samples, found.series) == (1, 1)


@pytest.mark.parametrize("name", ["gemeente", "scope", "__name__", "mode"])
def test_a_label_that_stands_there_twice_refuses_its_series(name: str) -> None:
    each = sorted([*LOAD.items(), ("mode", "idle"), (name, "zandbeke")])
    assert checked(body(series(each, (1.0, NOW_MS)))).refused == {reasons.LABEL_TWICE: 1}


def test_labels_in_another_order_go_on_sorted() -> None:
    sent = body(series(sorted(LOAD.items(), reverse=True), (1.0, NOW_MS)))
    assert checked(sent).fresh == body(one(LOAD, (1.0, NOW_MS)))


def test_of_a_copied_machine_every_instance_is_told_apart() -> None:
    copy = Writer("c1", "zandbeke", 7, "srv-zb-01", copy=2)
    found = checked(body(one(LOAD), one(labels("ifInErrors", instance="sw-1", job="snmp"))), copy)
    assert [each["instance"] for each in told_labels(found.fresh)] == ["srv-zb-01~2", "sw-1~2"]
    assert found.instances == {("srv-zb-01~2", "node"): NOW_MS, ("sw-1~2", "snmp"): NOW_MS}


def test_a_requests_behind_another_is_one_with_it() -> None:
    sent = body(one(LOAD)) + body(one(labels("node_load5"))) + body(one(labels("x", gemeente="polderdam")))
    found = checked(sent)
    assert told_labels(found.fresh) == [LOAD, labels("node_load5")]
    assert found.refused == {reasons.FOREIGN_GEMEENTE: 1}


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (WriteLimits(series=1), "many-series"),
        (WriteLimits(samples=2), "many-samples"),
        (WriteLimits(decoded_bytes=100), "too-large"),
    ],
)
def test_a_write_that_holds_too_much_is_refused_whole(limits: WriteLimits, reason: str) -> None:
    sent = body(one(LOAD), one(labels("node_load5"), (1.0, NOW_MS), (2.0, NOW_MS + 1)))
    with pytest.raises(Refused) as refused:
        checked(sent, limits=limits)
    assert (refused.value.status, refused.value.reason) == (413, reason)
    assert refused.value.message("nl")


def test_every_reason_has_a_sentence() -> None:
    assert all(reasons.sentence(reason, "nl") != reasons.sentence(reason, "en") for reason in reasons.REASONS)


def test_what_is_no_write_is_refused_by_its_kind() -> None:
    packed = compress(body(one(LOAD)))
    for sent, reason in (
        (compress(packed), "packed-twice"),
        (b"\x00" * 9, "not-snappy"),
        (compress(b"{}"), "not-protobuf"),
    ):
        with pytest.raises(Refused) as refused:
            check(sent, WRITER, LIMITS, NOW_MS)
        assert (refused.value.status, refused.value.reason) == (400, reason)


def test_a_scope_that_is_the_metrics_own_makes_room_for_the_gemeentes() -> None:
    sent = without(labels("node_network_address_info", device="eth0"), "scope", "gemeente")
    found = checked(body(one({**sent, "scope": "global"}), one({**sent, "scope": "polderdam/infrastructuur"})))
    assert [(each["scope"], each["exported_scope"]) for each in told_labels(found.fresh)] == [
        ("zandbeke/infrastructuur", "global")
    ]
    assert found.refused == {reasons.FOREIGN_SCOPE: 1}
