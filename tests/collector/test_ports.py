"""Ports are given out below what outgoing connections take, and a taken one is said."""

from __future__ import annotations

import socket

import pytest

from regiowacht_collector import ports
from regiowacht_collector.ports import LOOPBACK, OUTGOING, free_port, refuse_taken
from regiowacht_contract.errors import PortTaken


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_a_free_port_is_none_that_an_outgoing_connection_is_given(kind: socket.SocketKind) -> None:
    first = int(OUTGOING.read_text().split()[0])
    given = {free_port(kind) for _ in range(50)}
    assert all(ports.LOWEST <= port < first for port in given)
    assert len(given) > 25


def test_where_all_are_taken_the_kernel_gives_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((LOOPBACK, free_port())) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "LOWEST", port)
        monkeypatch.setattr(ports, "_first_outgoing", lambda: port + 1)
        given = free_port()
        assert given != port
        with pytest.raises(PortTaken):
            refuse_taken(port)
        refuse_taken(given)
