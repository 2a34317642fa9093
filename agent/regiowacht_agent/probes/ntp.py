"""Asks a time server the time. Source: RFC 5905 sections 7.3 (packet), 7.4 (kiss codes), 8 (offset and delay)."""

from __future__ import annotations

import os
import struct
import time

from regiowacht_agent.polls.names import resolve
from regiowacht_agent.polls.outcome import Failed
from regiowacht_agent.probes.udp import exchange, split_port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.polls.network import Deadline
    from regiowacht_agent.polls.settings import Probe
    from regiowacht_agent.probes.found import Found
    from regiowacht_agent.probes.runner import Ask

FAMILIES = ("probe_ntp",)
PORT = 123
PACKET = struct.Struct("!BBbbIII8s8s8s8s")
"""Flags, stratum, poll, precision, root delay, root dispersion, reference id; four times: reference, origin, receive,
transmit."""

CLIENT = 4 << 3 | 3
SERVER_MODE = 4
UNSYNCHRONISED = 3
STRATUM_MAX = 15
REFUSALS = {int.from_bytes(code.encode(), "big"): code for code in ("DENY", "RSTR", "RATE")}
"""Codes in place of the reference id, when the stratum is 0, of a server that wants to be asked less or not at all."""

SECONDS_1900_TO_1970 = 2_208_988_800
ERA_S = 2**32


def make(wanted: Probe) -> Ask:
    """Return the probe of a time server, ``HOST`` or ``HOST:PORT``."""
    host, port = split_port(wanted.target, PORT)

    def ask(deadline: Deadline, found: Found) -> None:
        begin = deadline.now()
        address = resolve(host, deadline)[0]
        found.tell_address(address, deadline.now() - begin)
        cookie = os.urandom(8)  # in place of our time, which is nobody's business; it comes back as the origin
        question = PACKET.pack(CLIENT, 0, 0, 0, 0, 0, 0, b"", b"", b"", cookie)

        def is_ours(answer: bytes) -> bool:
            return len(answer) >= PACKET.size and PACKET.unpack_from(answer)[8] == cookie

        answer, elapsed_s = exchange(address, port, question, deadline, is_ours)
        _judge(answer, time.time(), elapsed_s, found)

    return ask


def _judge(answer: bytes, now: float, elapsed_s: float, found: Found) -> None:
    flags, stratum, _, _, delay, dispersion, identifier, reference, _, received, sent = PACKET.unpack_from(answer)
    leap = flags >> 6
    found.tell("probe_ntp_stratum", stratum)
    found.tell("probe_ntp_leap", leap)
    if flags & 7 != SERVER_MODE:
        raise Failed("protocol", "the answer is no time server's")
    if not stratum and identifier in REFUSALS:
        raise Failed("answer", f"the time server refuses: {REFUSALS[identifier]}")
    if not 0 < stratum <= STRATUM_MAX or leap == UNSYNCHRONISED:
        raise Failed("answer", "the time server has no time itself")
    there, back = _time(received, now), _time(sent, now)
    found.tell("probe_ntp_rtt_seconds", round(max(0.0, elapsed_s - (back - there)), 6))
    found.tell("probe_ntp_offset_seconds", round((there - (now - elapsed_s) + (back - now)) / 2, 6))
    found.tell("probe_ntp_root_delay_seconds", round(delay / 65536, 6))
    found.tell("probe_ntp_root_dispersion_seconds", round(dispersion / 65536, 6))
    found.tell("probe_ntp_reference_timestamp_seconds", round(_time(reference, now), 3))


def _time(stamp: bytes, near: float) -> float:
    """Return a time stamp in seconds since 1970, in the era of 136 years that is nearest to ``near``."""
    seconds, fraction = struct.unpack("!II", stamp)
    told: float = seconds - SECONDS_1900_TO_1970 + fraction / 2**32
    return told + round((near - told) / ERA_S) * ERA_S
