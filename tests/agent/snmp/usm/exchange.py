"""One question and its answer over UDP, as an engine asks: with hello first, and again after a report."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING

from regiowacht_agent.snmp import pdu
from regiowacht_agent.snmp.ber import Malformed
from regiowacht_agent.snmp.message import Report
from regiowacht_agent.snmp.oid import parse_oid

if TYPE_CHECKING:
    from collections.abc import Callable

    from regiowacht_agent.snmp.pdu import Response
    from regiowacht_agent.snmp.usm.security import Usm

UPTIME = parse_oid("1.3.6.1.2.1.1.3.0")
NUMBERS = itertools.count(0x1000_0000)
ROUNDS_MAX = 40
PATIENCE_S = 20.0


class Silent(Exception):
    """No answer that could be taken."""


def asked(usm: Usm, ask: Callable[[bytes], bytes | None], kind: int = pdu.GET, repetitions: int = 0) -> Response:
    """Return the answer to a question about the time up.

    Raises:
        SnmpFailed: as the security says.
        Silent: nothing came that it takes.
    """
    for _ in range(ROUNDS_MAX):
        number = next(NUMBERS)
        datagram = usm.hello(number) or usm.wrap(pdu.request(kind, number, (UPTIME,), 0, repetitions), number)
        answer = ask(datagram)
        try:
            if answer is None or usm.number(answer) != number:
                raise Silent
            return pdu.read(usm.unwrap(answer).pdu)
        except Malformed as error:
            raise Silent(str(error)) from None
        except Report as report:
            if report.number != number or not report.again:
                raise Silent("not again") from None
    raise AssertionError("asked again without end")


def over_udp(port: int) -> Callable[[bytes], bytes | None]:
    """Return what asks an agent on loopback and waits for what it says."""

    def ask(datagram: bytes) -> bytes | None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.connect(("127.0.0.1", port))
            own.settimeout(PATIENCE_S)
            own.send(datagram)
            try:
                return own.recv(65_536)
            except (TimeoutError, ConnectionRefusedError):
                return None

    return ask
