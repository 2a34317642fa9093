"""Answers of sock_diag(7), as the kernel might give them."""

from __future__ import annotations

import errno
import struct

import pytest

from regiowacht_agent.proc_reader.sock_diag import DONE, ERROR, SOCK_DIAG_BY_FAMILY, take

NUMBER = 2


def message(kind: int, payload: bytes, number: int = NUMBER) -> bytes:
    data = struct.pack("=IHHII", 16 + len(payload), kind, 2, number, 77) + payload
    return data + bytes(-len(data) % 4)


def tcp(state: int, incoming: int = 0, outgoing: int = 0, attributes: bytes = b"", number: int = NUMBER) -> bytes:
    told = struct.pack("=BBBB48sIIIII", 2, state, 0, 0, bytes(48), 0, incoming, outgoing, 1000, 5)
    return message(SOCK_DIAG_BY_FAMILY, told + attributes, number)


def test_sockets_of_different_lengths_are_all_read() -> None:
    seen: list[int] = []
    datagram = tcp(10) + tcp(1, 16, 5, b"\x05\x00\x08\x00\x01") + tcp(6) + tcp(1, 4)
    assert take(datagram, NUMBER, seen) == (False, 20, 5)
    assert seen == [10, 1, 6, 1]


def test_the_answer_is_complete_when_the_kernel_says_so() -> None:
    seen: list[int] = []
    assert take(tcp(10) + message(DONE, struct.pack("=i", 0)) + tcp(1), NUMBER, seen) == (True, 0, 0)
    assert seen == [10]


def test_messages_of_another_question_are_left_out() -> None:
    seen: list[int] = []
    assert take(tcp(1, 9, 9, number=10) + message(DONE, bytes(4), 10) + tcp(6), NUMBER, seen) == (False, 0, 0)
    assert seen == [6]


@pytest.mark.parametrize("kind", [DONE, ERROR])
def test_a_kernel_without_the_module_refuses(kind: int) -> None:
    with pytest.raises(FileNotFoundError):
        take(message(kind, struct.pack("=i", -errno.ENOENT)), NUMBER, [])


@pytest.mark.parametrize("rubbish", [b"", b"\x00", bytes(200), b"\xff" * 40])
def test_rubbish_comes_to_an_end(rubbish: bytes) -> None:
    assert take(rubbish, NUMBER, [])[0] is False
