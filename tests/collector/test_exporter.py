"""The collector's own page, and the server it stands behind."""

from __future__ import annotations

import socket
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from regiowacht_collector.engine import Engine
from regiowacht_collector.exporter import CONNECTIONS, Exporter
from regiowacht_collector.memory import REFRESH_S, Memory, Remembered
from regiowacht_collector.page import Health, Page
from regiowacht_collector.scopes import ONLY_THE_COLLECTORS
from regiowacht_collector.series import expose, region_families, remembered_family
from regiowacht_collector.series import family as family_of
from regiowacht_contract.catalogue import catalogue, family
from regiowacht_contract.errors import Unreachable
from tests.collector.live import until
from tests.collector.regions import example, region_of, server

ENGINE = Engine(Path("prometheus"), (2, 42, 0), "2.42.0", frozenset(), None)


def page(known: Remembered = frozenset()) -> Page:
    return Page(example(), ENGINE, Memory(lambda: known), Health(config_ok=True, config_since_s=12.5, starts=1))


def samples(text: bytes) -> list[tuple[str, dict[str, str], float]]:
    found = text_string_to_metric_families(text.decode())
    return [(s.name, dict(s.labels), s.value) for metric in found for s in metric.samples]


def test_every_name_of_the_family_is_on_the_page_and_no_other() -> None:
    known = frozenset((a.gemeente, a.name, a.job) for a in example().assets)
    nobody_pushes = {"regiowacht_asset_push_interval_seconds"}
    wanted = {metric.name for metric in family("region")} - nobody_pushes
    assert {name for name, _, _ in samples(page(known).render())} == wanted


def test_every_declared_asset_is_there_with_the_labels_of_the_design() -> None:
    infos = [
        labels for name, labels, value in samples(page().render()) if name == "regiowacht_asset_info" and value == 1
    ]

    assert len(infos) == len(example().assets)
    for labels, asset in zip(infos, example().assets, strict=True):
        assert labels == {
            "gemeente": asset.gemeente,
            "scope": f"{asset.gemeente}/{asset.laag}",
            "site": asset.site,
            "instance": asset.name,
            "job": asset.job,
            "kind": asset.kind,
            "laag": asset.laag,
            "leverancier": asset.leverancier,
            "uplink": asset.uplink,
            "poller": asset.poller,
        }


def test_gemeenten_and_trajecten_are_there() -> None:
    found = samples(expose(region_families(example())))
    zandbeke = next(g for g in example().gemeenten if g.gemeente == "zandbeke")
    own = {"gemeente": "zandbeke", "scope": "zandbeke/overig"}
    about = {"regio": example().regio, "id": str(zandbeke.id), "country": zandbeke.country, "code": zandbeke.code}

    assert ("regiowacht_gemeente_info", {**own, **about}, 1) in found
    assert ("regiowacht_gemeente_inhabitants", own, zandbeke.inhabitants) in found
    for traject in example().trajecten:
        for role, gemeenten in (("trekker", traject.trekkers), ("volger", traject.volgers)):
            for gemeente in gemeenten:
                labels = {"traject": traject.name, "laag": traject.laag, "gemeente": gemeente, "role": role}
                assert ("regiowacht_traject_info", {**labels, "scope": f"{gemeente}/{traject.laag}"}, 1) in found


def test_odd_characters_stay_what_they_are() -> None:
    odd = server("zandbeke", 'srv "é" \\ x')
    [asset] = [labels for name, labels, _ in samples(expose(region_families(region_of([odd])))) if "asset" in name]
    assert asset["instance"] == odd.name


def test_only_declared_assets_are_remembered() -> None:
    region = region_of([server("zandbeke", "a"), server("zandbeke", "b")])
    text = expose([remembered_family(region, [("zandbeke", "a", "node"), ("zandbeke", "gone", "node")])])
    assert [labels["instance"] for _, labels, _ in samples(text)] == ["a"]


def test_the_page_tells_what_every_metric_means_that_others_push_and_each_once() -> None:
    shown = page()
    shown.more = lambda: (family_of("regiowacht_gateway_connections", [({}, 1)]),)
    rows = [row.split(" ", 3) for row in shown.render().decode().splitlines() if row.startswith("# TYPE ")]
    kinds = {name: kind for _, _, name, kind in rows}
    assert len(kinds) == len(rows)
    ours = {metric.name for word in ONLY_THE_COLLECTORS for metric in family(word)}
    for name, metric in catalogue().items():
        assert name in kinds or name in ours
        assert kinds.get(name, metric.exposition_type) == metric.exposition_type


def test_another_region_is_shown_from_then_on() -> None:
    shown = page()
    shown.show(region_of([server("zandbeke", "new")]))
    assert [labels["instance"] for name, labels, _ in samples(shown.render()) if name == "regiowacht_asset_info"] == [
        "new"
    ]


def test_memory_asks_once_a_minute_and_keeps_its_last_answer() -> None:
    now = [0.0]
    answers: list[Remembered | Unreachable] = [
        frozenset({("a", "b", "node")}),
        Unreachable("collector.engine-silent", url="-", reason="-"),
        frozenset(),
    ]
    asked = 0

    def ask() -> Remembered:
        nonlocal asked
        asked += 1
        answer = answers[asked - 1]
        if isinstance(answer, Unreachable):
            raise answer
        return answer

    memory = Memory(ask, clock=lambda: now[0])
    for at, expected_asked, is_fresh, count in ((0, 1, True, 1), (REFRESH_S / 2, 1, True, 1), (REFRESH_S, 2, False, 1),
                                                (REFRESH_S + 1, 3, True, 0)):  # fmt: skip
        now[0] = at
        memory.refresh()
        assert (asked, memory.is_fresh, len(memory.remembered)) == (expected_asked, is_fresh, count)


def get(port: int, path: str = "/metrics") -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        body: bytes = answer.read()
        return body


def test_the_page_is_served_and_nothing_else() -> None:
    with Exporter(0, lambda: b"a 1\n") as exporter:
        assert get(exporter.port) == b"a 1\n"
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(exporter.port, "/etc/passwd")
        with refused.value:
            assert refused.value.code == 404


def test_idle_connections_neither_stop_the_page_nor_pile_up() -> None:
    before = threading.active_count()
    with Exporter(0, lambda: b"a 1\n") as exporter:
        idle = [socket.create_connection(("127.0.0.1", exporter.port)) for _ in range(CONNECTIONS * 3)]
        try:
            assert threading.active_count() - before <= CONNECTIONS + 1
            until(lambda: can_get(exporter.port), within_s=30)
        finally:
            for connection in idle:
                connection.close()
    until(lambda: threading.active_count() == before)


def can_get(port: int) -> bool:
    """Tell whether the page is answered; refused while every place is taken."""
    try:
        return get(port) == b"a 1\n"
    except OSError:
        return False
