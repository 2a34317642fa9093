"""The page of devices: whole, in order, within bounds, and never between two polls."""

from __future__ import annotations

import subprocess
import zlib
from contextlib import ExitStack
from typing import TYPE_CHECKING

from regiowacht_agent.http.message import Request
from regiowacht_agent.pages import Pages
from regiowacht_agent.snmp import device_page
from regiowacht_agent.snmp import value as tags
from regiowacht_agent.snmp.nobody import chunks_of
from regiowacht_agent.snmp.value import Value
from tests.agent.snmp.asking import asking, config_of, count_polls, entry, is_told, named, page_of, samples, until
from tests.agent.snmp.fake_agent import Agent, Quirks, Server, answer_community, serving
from tests.agent.snmp.poll.switch import ALIAS, HC_IN, HC_OUT, IF, IFX, UPTIME, switch
from tests.parts import need

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from regiowacht_agent.snmp.devices import Devices

PORTS = 52
COUNTERS = (HC_IN, HC_OUT, (*IF, 13), (*IF, 14), (*IF, 19), (*IF, 20))
NASTY = (b'quote " and \\', b"line\nbreak\r\n", "één €".encode(), b"nul\0nul", b"\xff\xfe raw", b"x" * 1000, b"")


def names_in_order(page: str) -> list[str]:
    """Return the metric of each line of samples, one after the other without repeats."""
    found: list[str] = []
    for line in page.split("\n")[:-1]:
        name = line.partition("{")[0]
        if not line.startswith("#") and found[-1:] != [name]:
            found.append(name)
    return found


def check_metrics(page: str) -> None:
    """Have promtool read a page; it refuses what Prometheus would."""
    words = [need("promtool"), "check", "metrics"]
    done = subprocess.run(words, input=page.encode(), capture_output=True, timeout=60, check=False)
    assert b"error while linting" not in done.stderr, done.stderr
    assert done.returncode != 1, done.stderr


def series_of(devices: Devices, instance: str) -> int:
    return len([key for key in samples(page_of(devices)) if key[:2] == ("ifOperStatus", instance)])


def test_series_of_one_name_stand_together_and_nothing_is_lost(tmp_path: Path) -> None:
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(switch(range(1, 4 + number))))[1].port for number in range(4)]
        entries = [entry(f"sw-{number}", port, engine="fast") for number, port in enumerate(ports)]
        devices = stack.enter_context(asking(config_of(tmp_path, *entries)))
        until(lambda: all(map(is_told, devices.asked)))
        devices.stop()
        page = page_of(devices)
        names = names_in_order(page)
        assert len(set(names)) == len(names), "a metric in two places"
        assert names == sorted(names)
        heads = [line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")]
        assert heads == names
        own = {line for line in page.splitlines() if not line.startswith("#")}
        joined: set[str] = set()
        for asked, latest in devices.told():
            assert latest.took is not None
            assert latest.took.sheet is not None
            lines = b"".join(one.lines for one in latest.took.sheet.write()).decode().splitlines()
            assert all(f'instance="{asked.settings.instance}"' in line for line in lines)
            joined |= set(lines)
        assert joined <= own
        assert {line.partition("{")[0] for line in own - joined} <= {
            *("up", "scrape_duration_seconds", "scrape_samples_scraped"),
            *(name for name in names if name.startswith(("snmp_scrape_", "snmp_poll_", "regiowacht_agent_poll_"))),
        }
        told = samples(page)
        for asked, latest in devices.told():
            assert latest.took is not None
            assert latest.took.sheet is not None
            assert told["scrape_samples_scraped", asked.settings.instance] == latest.took.sheet.size
        check_metrics(page)


def test_what_a_device_says_of_itself_breaks_no_page(tmp_path: Path) -> None:
    objects = switch(range(1, len(NASTY) + 1))
    for row, name in enumerate(NASTY, 1):
        objects |= {(*ALIAS, row): Value(tags.OCTETS, name), (*IFX, 1, row): Value(tags.OCTETS, name)}
    with ExitStack() as stack:
        bad = stack.enter_context(serving(objects))[1]
        good = stack.enter_context(serving(switch([1])))[1]
        entries = [entry("bad", bad.port, engine="fast"), entry("good", good.port, engine="fast")]
        devices = stack.enter_context(asking(config_of(tmp_path, *entries)))
        until(lambda: all(map(is_told, devices.asked)))
        page = page_of(devices)
        assert series_of(devices, "bad") == len(NASTY), "each port is told"
        assert series_of(devices, "good") == 1
        check_metrics(page)


def test_a_compressed_page_is_the_same_page(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(serving(switch(range(1, PORTS + 1))))[1]
        devices = stack.enter_context(asking(config_of(tmp_path, entry("sw", server.port, engine="fast"))))
        until(lambda: is_told(devices.asked[0]))
    pages = Pages("en", ("", ""), bytes, bytes, lambda packs: chunks_of(devices, packs=packs))

    plain = pages.answer(Request("GET", "/devices", keep_alive=False, gzip=False)).body
    for _ in range(3):
        packed = pages.answer(Request("GET", "/devices", keep_alive=False, gzip=True))
        assert ("Content-Encoding", "gzip") in packed.fields
        assert len(packed.body) < len(plain) / 8
        assert zlib.decompress(packed.body, 31) == plain == page_of(devices).encode()


def test_a_device_too_many_tells_how_it_is_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as stack:
        ports = [stack.enter_context(serving(switch(range(1, rows))))[1].port for rows in (5, 60, 5)]
        entries = [entry(name, port, engine="fast") for name, port in zip("abc", ports, strict=True)]
        devices = stack.enter_context(asking(config_of(tmp_path, *entries)))
        until(lambda: all(map(is_told, devices.asked)))
        assert [series_of(devices, name) for name in "abc"] == [4, 59, 4]
        monkeypatch.setattr(device_page, "DEVICES_SERIES_MAX", 3 * device_page.HEALTH_SERIES + 200)
        assert [series_of(devices, name) for name in "abc"] == [4, 0, 4]
        told = samples(page_of(devices))
        assert [told["up", name] for name in "abc"] == [1, 1, 1]
        assert told["regiowacht_agent_poll_failed", "b", "snmp", "limit"] == 1
        assert told["scrape_samples_scraped", "b"] == 0


class Ticking(Agent):
    """All its counters hold the number of the poll: they go up with each question for its uptime."""

    def handle(self, pdu: bytes, *, is_v1: bool = False) -> bytes | None:
        """Answer, counting polls."""
        answer = super().handle(pdu, is_v1=is_v1)
        question = self.asked.pop()
        self.asked.clear()
        if UPTIME in question.oids:
            for oid, value in self.objects.items():
                if value.tag in {tags.COUNTER32, tags.COUNTER64}:
                    assert isinstance(value.data, int)
                    self.objects[oid] = Value(value.tag, value.data + 1)
        return answer


def test_a_page_never_stands_between_two_polls(tmp_path: Path) -> None:
    objects = switch(range(1, PORTS + 1))
    objects |= {oid: Value(value.tag, 1000) for oid, value in objects.items() if value.tag in {0x41, 0x46}}
    with Server(answer_community(Ticking(objects))).run() as server:
        config = config_of(tmp_path, entry("sw", server.port, engine="fast", interval_s=0.01, window=8))
        with asking(config) as devices:
            until(lambda: is_told(devices.asked[0]))
            count_polls(named(devices, "sw"), 1)
            seen: set[float] = set()
            looks = 0
            while len(seen) < 40:
                looks += 1
                assert looks < 20_000, "it is not polled meanwhile"
                told = samples(page_of(devices))
                values: dict[str, set[float]] = {
                    key[0]: set() for key in told if key[0].startswith(("ifHC", "ifIn", "ifOut"))
                }
                for key, value in told.items():
                    if key[0] in values:
                        values[key[0]].add(value)
                rows = [len([key for key in told if key[0] == name]) for name in values]
                assert rows == [PORTS] * len(values)
                assert len(values) >= len(COUNTERS)
                assert all(len(one) == 1 for one in values.values()), "one metric, one poll"
                every = {value for one in values.values() for value in one}
                assert max(every) - min(every) <= 1, every
                seen |= every


def test_while_a_device_is_learnt_anew_what_it_told_before_stands(tmp_path: Path) -> None:
    quirks = Quirks()
    with ExitStack() as stack:
        agent, server = stack.enter_context(serving(switch(range(1, 9)), quirks))
        devices = stack.enter_context(asking(config_of(tmp_path, entry("sw", server.port, engine="fast"))))
        one = devices.asked[0]
        until(lambda: is_told(one))
        assert one.polling is not None
        before = {key for key in samples(page_of(devices)) if key[0].startswith("if")}
        quirks.slow_every, quirks.slow_s = 1, 0.05
        agent.set({oid: value for oid, value in agent.objects.items() if oid != (*HC_IN, 3)})
        while one.polling.relearns == 0:
            missing = before - samples(page_of(devices)).keys()
            assert one.polling.relearns or not missing, missing
        until(lambda: len(before - samples(page_of(devices)).keys()) == 1)
