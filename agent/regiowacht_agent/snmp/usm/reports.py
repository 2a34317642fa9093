"""What a device says by a Report (RFC 3414, 3.2 and 5; RFC 3412, 7.2; RFC 3413, 4.1.2): which object it counts in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from regiowacht_agent.snmp.failure import Reason
    from regiowacht_agent.snmp.oid import Oid

USM = (1, 3, 6, 1, 6, 3, 15, 1, 1)
LEVEL, CLOCK, USER, ENGINE, DIGEST, DECRYPTION = ((*USM, last) for last in range(1, 7))
MODEL = (1, 3, 6, 1, 6, 3, 11, 2, 1, 1)
CONTEXTS = ((1, 3, 6, 1, 6, 3, 12, 1, 4), (1, 3, 6, 1, 6, 3, 12, 1, 5))

REFUSALS: dict[Oid, tuple[Reason, str]] = {
    LEVEL: ("level", "the device does not know this user with this security level"),
    USER: ("user", "the device does not know this user"),
    DIGEST: ("auth", "the device says that the digest is wrong: another auth passphrase or protocol than it has"),
    DECRYPTION: ("priv", "the device cannot decrypt: another priv passphrase or protocol than it has"),
    MODEL: ("level", "the device does not speak the user-based security model"),
    CONTEXTS[0]: ("access", "the device says that the context is not available now"),
    CONTEXTS[1]: ("access", "the device does not know the context"),
}


def refusal(oid: Oid) -> tuple[Reason, str]:
    """Return the reason, and words, for the object of a Report; its instance may be missing."""
    for length in (10, 9):
        if oid[:length] in REFUSALS:
            return REFUSALS[oid[:length]]
    return "status", "the device refuses the message by a report of its own kind"
