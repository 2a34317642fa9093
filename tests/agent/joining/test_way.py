"""The way to a collector where DNS is slow, or does not answer at all."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from regiowacht_agent.joining import way
from regiowacht_contract.errors import Unreachable


def test_dns_that_does_not_answer_is_given_up_on_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def silent(*_: object, **__: object) -> list[Any]:
        release.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr(way, "STEP_S", 0.2)
    try:
        with pytest.raises(Unreachable) as told:
            way.way_to("https://collector.example").ask("GET", "/v1/hello")
    finally:
        release.set()
    assert told.value.key == "join.dns-slow"
    assert "collector.example" in told.value.message("nl")
    assert "/etc/resolv.conf" in told.value.message("en")


def test_slow_dns_is_told_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = server.getsockname()
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr(way, "DNS_SLOW_S", -1.0)
        told: list[str] = []
        one = way.Way(way.way_to(f"https://collector.example:{where[1]}").url, tell=lambda key, **_: told.append(key))
        with one._connected() as sock:
            assert sock.getpeername() == where
    assert told == ["join.dns-took", "join.found", "join.connected"]


def test_a_name_that_there_is_not_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", none)
    with pytest.raises(Unreachable, match="Name or service not known"):
        way.way_to("https://collector.example").ask("GET", "/v1/hello")
