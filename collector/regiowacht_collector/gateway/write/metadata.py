"""Checks what a writer says of a metric's meaning: type, help, unit."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from regiowacht_collector.gateway.write.names import is_the_collectors, laag_by_name
from regiowacht_collector.gateway.write.reader import METADATA
from regiowacht_collector.gateway.write.rights import METRIC_NAME, is_utf8
from regiowacht_contract.catalogue import metric
from regiowacht_contract.wire.encode import TYPES, field, metadata, number

if TYPE_CHECKING:
    from regiowacht_collector.gateway.write.limits import WriteLimits
    from regiowacht_collector.gateway.write.reader import Reader

TAG = 0x1A


def read_metadata(reader: Reader, begin: int, stop: int, limits: WriteLimits) -> bytes | None:
    """Return an entry as a field of its request, in its shortest form.

    What a metric of the catalogue means, the catalogue says, to all gemeenten alike, whatever was sent. b"" where it
    goes nowhere, since only the collector tells such metrics; None where it is wrong.

    Raises:
        Malformed: it cannot be read, or not by everybody in the same way.
    """
    found = reader.message(begin, stop, METADATA)
    kind = found[1][0][0] if 1 in found else 0
    name, help_, unit = (reader.body[slice(*found[one][0])] if one in found else b"" for one in (2, 4, 5))
    if kind >= len(TYPES) or len(name) > limits.name_bytes or not METRIC_NAME.fullmatch(name):
        return None
    if max(len(help_), len(unit)) > limits.value_bytes or not is_utf8(help_) or not is_utf8(unit):
        return None
    if is_the_collectors(name):
        return b""
    if name in laag_by_name():
        return _catalogued(name.decode())
    parts = (_text(0x12, name), _text(0x22, help_), _text(0x2A, unit))
    return field(TAG, number(0x08, kind) + b"".join(parts))


@functools.cache
def _catalogued(name: str) -> bytes:
    """Return the entry of a metric of the catalogue."""
    known = metric(name)
    kind = known.exposition_type if known.exposition_type in TYPES else "unknown"
    return metadata([(name, kind, known.help, "")])


def _text(tag: int, content: bytes) -> bytes:
    return field(tag, content) if content else b""
