"""Why pysnmp got no answer, as one of the agent's reasons, in words for who set the device up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp.failure import SnmpFailed

if TYPE_CHECKING:
    from regiowacht_agent.snmp.failure import Reason

USER: tuple[Reason, str] = ("user", "the device does not know this user")
AUTH: tuple[Reason, str] = ("auth", "the passphrase or the protocol for authentication is not the device's")
PRIV: tuple[Reason, str] = ("priv", "the passphrase or the protocol for encryption is not the device's")
ENGINE: tuple[Reason, str] = ("engine", "the device goes by another engine identifier each time")
ALGORITHM: tuple[Reason, str] = ("algorithm", "this machine lacks the algorithm; is cryptography installed?")
ACCESS: tuple[Reason, str] = ("access", "the device has no such context, or does not let this user into it")
FORMAT: tuple[Reason, str] = ("format", "an answer that is none to what was asked")

REASONS: dict[str, tuple[Reason, str]] = {
    "RequestTimedOut": ("timeout", "no answer"),
    "UnknownUserName": USER,
    "UnknownSecurityName": USER,
    "WrongDigest": AUTH,
    "AuthenticationError": AUTH,
    "AuthenticationFailure": AUTH,
    "DecryptionError": PRIV,
    "UnsupportedSecurityLevel": ("level", "the device asks more of this user, or less, than was tried"),
    "NotInTimeWindow": ("clock", "the device does not take the time that it told itself"),
    "UnknownEngineID": ENGINE,
    "EngineIDMismatch": ENGINE,
    "EncryptionError": ALGORITHM,
    "UnsupportedAuthProtocol": ALGORITHM,
    "UnsupportedPrivProtocol": ALGORITHM,
    "TooBig": ("toobig", "the question does not fit into a message"),
    "NoSuchContext": ACCESS,
    "NotInView": ACCESS,
    "NoAccessEntry": ACCESS,
}
"""By the names of pysnmp's classes (pysnmp.proto.errind)."""

UNKNOWN_CONTEXTS = "1.3.6.1.6.3.12.1.5.0"
"""snmpUnknownContexts (RFC 3413, 3.2): the report about a context that the device has not."""


def failure(indication: Any) -> SnmpFailed:
    """Return what pysnmp's error indication comes to."""
    name = type(indication).__name__
    if name == "ReportPduReceived":
        about = str(indication)
        if UNKNOWN_CONTEXTS in about:
            return SnmpFailed(*ACCESS)
        return SnmpFailed("status", f"the device reports {about[:100]}")
    if isinstance(indication, str):
        return SnmpFailed(*FORMAT)
    return SnmpFailed(*REASONS.get(name, ("internal", f"pysnmp: {name}")))
