"""Whose certificates are trusted at a target, and the name they must have."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regiowacht_contract.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

LABEL = "__tmp_trust"
"""A target's label that says which job asks it; it goes no further."""


@dataclass(frozen=True, slots=True, order=True)
class Trust:
    """What a target's certificate is checked against.

    Attributes:
        ca: file with the authorities, on this machine; "" for those that the system trusts.
        name: name in the certificate; "" for the host that is asked.
    """

    ca: str = ""
    name: str = ""

    @property
    def text(self) -> str:
        """It as one text, no two alike: a name never begins with a slash or holds a space, a file begins with one."""
        return f"{self.name} {self.ca}".strip()

    @property
    def label(self) -> dict[str, str]:
        """The label of its targets; none for what every job would do."""
        return {LABEL: self.text} if self.text else {}

    @property
    def tls_config(self) -> dict[str, object]:
        """The setting of a job; see "tls_config" in Prometheus' documentation."""
        told = {"ca_file": self.ca, "server_name": self.name}
        return {"tls_config": {key: value for key, value in told.items() if value}} if self.text else {}

    def job(self, base: str) -> str:
        """Return the name of its job among those that do the same."""
        return f"{base}, trusting {self.text}" if self.text else base

    def only_its_targets(self) -> dict[str, object]:
        """Return the step that leaves other jobs' targets to them."""
        if self.text:
            return {"source_labels": [LABEL], "regex": re.escape(self.text), "action": "keep"}
        return {"source_labels": [LABEL], "regex": ".+", "action": "drop"}


def check_authorities(trusts: Iterable[Trust]) -> None:
    """Look whether the files are there: where one is not, Prometheus would leave out its targets without a word.

    Raises:
        Unavailable: a file cannot be read, or holds no certificate.
    """
    for ca in sorted({trust.ca for trust in trusts} - {""}):
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(ca)
        except ssl.SSLError:
            raise Unavailable("collector.no-certificates", path=ca) from None
        except OSError as error:
            raise Unavailable("collector.no-authorities", path=ca, reason=error.strerror) from None
