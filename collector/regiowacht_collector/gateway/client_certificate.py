"""A client's certificate, as a proxy in front that checked it hands it on in a header: known by its SHA-256 alone.

Proxies write it in several ways, all of which hold either the certificate or its SHA-256:

========== ==========================================================================
RFC 9440   ``Client-Cert: :BASE64:``
nginx      ``$ssl_client_escaped_cert``: PEM, with ``%`` escapes
HAProxy    ``%[ssl_c_der,sha2(256),hex]``, or ``%[ssl_c_der,base64]``
Traefik    ``X-Forwarded-Tls-Client-Cert``: the inside of the PEM, with ``%`` escapes
Envoy      ``X-Forwarded-Client-Cert: Hash=HEX;...``
========== ==========================================================================

A SHA-1, as nginx' ``$ssl_client_fingerprint``, and a subject are not taken: the one can be forged, the other can be the
same in a certificate of another authority.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from starlette.types import Scope

IN_SCOPE = "regiowacht.client-certificate"
"""Where a request's ASGI scope holds the header's values, where a proxy wrote it and nobody else."""

SIZE_MAX = 16_384
LEAST_BYTES = 64
"""Of a certificate; anything shorter is something else."""

HEX = re.compile(r"[0-9a-f]{64}")
PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.DOTALL)
OF_ENVOY = re.compile(r"(?:^|;)\s*hash=([0-9a-f]{64})\s*(?=;|$)", re.IGNORECASE)
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
"""A subject, which may hold anything."""


def told(scope: Scope) -> tuple[str, ...]:
    """Return what a proxy said of the client's certificate: the values of its header that are not empty."""
    return tuple(value for value in scope.get(IN_SCOPE, ()) if value)


def fingerprint(value: str) -> str | None:
    """Return the SHA-256 of the certificate that a header or a person tells, in small hexadecimal digits.

    None where it tells none, or more than one.
    """
    text = value.strip()
    if text[:1] == text[-1:] == '"':
        text = text[1:-1]
    if not text or len(text) > SIZE_MAX:
        return None
    plain = text.replace(":", "").lower().removeprefix("sha256").lstrip("= ")
    if HEX.fullmatch(plain):
        return plain
    if ("=" in text and ";" in text) or text.lower().startswith("hash="):
        elements = QUOTED.sub("", text)
        found = OF_ENVOY.findall(elements)
        return str(found[0]).lower() if len(found) == 1 and "," not in elements else None
    return _of_certificate(unquote(text))


def _of_certificate(text: str) -> str | None:
    """Return the SHA-256 of one certificate in PEM or base64."""
    inside = PEM.findall(text)
    if len(inside) > 1 or (not inside and "-----" in text):
        return None
    packed = "".join((inside[0] if inside else text.strip(":")).split())
    try:
        certificate = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(certificate) < LEAST_BYTES or certificate[:1] != b"\x30":
        return None
    return hashlib.sha256(certificate).hexdigest()
