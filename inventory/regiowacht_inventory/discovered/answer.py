"""Reads what ``snmp discover --json`` wrote on a server of a site."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from regiowacht_contract.errors import UsageError
from regiowacht_inventory.shown import shown_text
from regiowacht_inventory.source import NotReadableError, read_regular

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 50 * 2**20


def _address(text: str) -> str:
    return str(ipaddress.ip_address(text))


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text, strict=False))


Address = Annotated[str, AfterValidator(_address)]
Network = Annotated[str, AfterValidator(_network)]


class _Model(BaseModel):
    """Keys that a later version adds are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Found(_Model):
    """A device that answers; ``credential`` is empty where none fits, and then the rest is too."""

    address: Address
    credential: str = Field(default="", max_length=63)
    refused: dict[str, str] = Field(default_factory=dict)
    name: str = Field(default="", max_length=500)
    kind: str = Field(default="other", max_length=63)
    platform: str = Field(default="", max_length=63)
    family: str = Field(default="", max_length=63)
    vendor: str = Field(default="", max_length=500)
    model: str = Field(default="", max_length=500)
    version: str = Field(default="", max_length=500)
    serial: str = Field(default="", max_length=500)
    macs: tuple[Annotated[str, Field(max_length=63)], ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether it said what it is."""
        return bool(self.credential)


class Answer(_Model):
    """What a search came to."""

    networks: tuple[Network, ...]
    complete: bool
    devices: tuple[Found, ...]

    def covers(self, address: str) -> bool:
        """Return whether an address was asked."""
        try:
            told = ipaddress.ip_address(address)
        except ValueError:
            return False
        return self.complete and any(told in ipaddress.ip_network(network) for network in self.networks)


def read_answer(path: Path) -> Answer:
    """Return what stands in a file.

    Raises:
        UsageError: there is no such file, or it is none that ``snmp discover --json`` wrote.
    """
    file = shown_text(str(path), 120)
    try:
        content = read_regular(path, MAX_BYTES)
    except NotReadableError:
        raise UsageError("discover.not-a-file", file=file) from None
    except OSError as error:
        raise UsageError("discover.unreadable", file=file, reason=error.strerror) from None
    try:
        return Answer.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        at = ".".join(map(str, first["loc"])) or "-"
        raise UsageError("discover.not-ours", file=file, at=at, said=first["msg"]) from None


def line_of(path: Path, address: str) -> int:
    """Return the line of a file at which a device's address stands, from 1; 0 where it cannot be told."""
    wanted = f'"address": "{address}"'
    with path.open(encoding="utf-8", errors="replace") as file:
        return next((number for number, line in enumerate(file, 1) if wanted in line), 0)
