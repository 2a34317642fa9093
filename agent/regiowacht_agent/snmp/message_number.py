"""The number of an answer, found in bytes of which nothing is proven: request-id (RFC 3416) or msgID (RFC 3412)."""

from __future__ import annotations

from regiowacht_agent.snmp.ber import Malformed

SNMP_3 = 3


def message_number(datagram: bytes) -> int:
    """Return the number by which the question to a datagram is found, whatever its version and whoever sent it.

    It is looked at before anything else, for every datagram: so it reads no more than that.

    Raises:
        Malformed: it is no message of SNMP.
    """
    try:
        at = 1
        at += (datagram[1] & 0x7F) + 1 if datagram[1] & 0x80 else 1
        version = datagram[at + 2]
        if datagram[0] != 0x30 or datagram[at] != 0x02 or datagram[at + 1] != 1:
            raise Malformed("no message of SNMP")
        at += 3
        if version != SNMP_3:  # over the community
            length = datagram[at + 1]
            at += 2
            if length & 0x80:
                octets = length & 0x7F
                length = int.from_bytes(datagram[at : at + octets], "big")
                at += octets
            at += length
        at += (datagram[at + 1] & 0x7F) + 2 if datagram[at + 1] & 0x80 else 2  # into the header, or the PDU
        length = datagram[at + 1]
        if datagram[at] != 0x02 or not 0 < length <= 5 or at + 2 + length > len(datagram):
            raise Malformed("no number where its number should be")
        return int.from_bytes(datagram[at + 2 : at + 2 + length], "big", signed=True)
    except IndexError:
        raise Malformed("it ends too early") from None
