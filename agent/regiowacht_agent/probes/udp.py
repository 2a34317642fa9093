"""Asks a question in one datagram, again when no answer comes: a lost packet is no lost service."""

from __future__ import annotations

import socket

from regiowacht_agent.polls.network import failure_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.polls.network import Address, Deadline

QUESTIONS = 3
LARGEST_BYTES = 65_535


def exchange(
    address: Address, port: int, question: bytes, deadline: Deadline, is_ours: Callable[[bytes], bool]
) -> tuple[bytes, float]:
    """Return the first datagram that is an answer to the question, and the seconds since it was last asked.

    Raises:
        Failed: none came, or the other side has nobody at that port.
    """
    wait_s = deadline.left() / QUESTIONS
    with socket.socket(address.family, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect((address.text, port))
            for _ in range(QUESTIONS):
                asked = deadline.now()
                sock.send(question)
                while (left := asked + wait_s - deadline.now()) > 0:
                    sock.settimeout(min(left, deadline.left()))
                    try:
                        answer = sock.recv(LARGEST_BYTES)
                    except TimeoutError:
                        break
                    if is_ours(answer):
                        return answer, deadline.now() - asked
        except OSError as error:
            raise failure_of(error, deadline) from None
    raise deadline.over()


def split_port(target: str, port: int) -> tuple[str, int]:
    """Return host and port of ``HOST``, ``IPV6``, ``HOST:PORT`` or ``[IPV6]:PORT``."""
    if target.startswith("["):
        host, _, told = target[1:].partition("]:")
        return host.rstrip("]"), int(told or port)
    if target.count(":") == 1:
        host, _, told = target.partition(":")
        return host, int(told)
    return target, port
