"""Judges the labels of a series: whether this writer may write it, and how it is labelled where it goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from regiowacht_collector.gateway.write import reasons
from regiowacht_collector.gateway.write.names import ASSET, is_the_collectors, laag_by_name, with_a_scope_of_their_own
from regiowacht_contract.labels import LAGEN, OVERIG, scope
from regiowacht_contract.wire.encode import field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from regiowacht_collector.gateway.write.limits import WriteLimits

Label = tuple[bytes, bytes]
"""Name and value as they were sent."""

LABEL_NAME = re.compile(rb"[a-zA-Z_][a-zA-Z0-9_]*")
METRIC_NAME = re.compile(rb"[a-zA-Z_:][a-zA-Z0-9_:]*")
"""As every Prometheus takes them; what later ones allow besides, an older one drops without a word."""

NAME, GEMEENTE, SCOPE, INSTANCE, JOB = b"__name__", b"gemeente", b"scope", b"instance", b"job"
RESERVED = b"__"
EXPORTED = b"exported_scope"

MOST_NAMES = 4096
"""Names of labels that are judged once; a gemeente has some hundreds."""


class Verdict(NamedTuple):
    """What became of a series' labels.

    Attributes:
        head: the labels as they go on, encoded and sorted by name; empty where they are refused.
        refusal: why they are refused, one of ``reasons``; empty where they are not.
        pair: instance and job, where it goes on and has both.
        corrected: whether its scope was another one of the same gemeente.
    """

    head: bytes = b""
    refusal: str = ""
    pair: tuple[str, str] | None = None
    corrected: bool = False


class Rights:
    """What one gemeente may write.

    Args:
        gemeente: its slug.
        copy: number of a machine that holds a copy of another's credential; its instances get ``~NUMBER`` from 2 on.
        limits: of labels.
    """

    def __init__(self, gemeente: str, copy: int, limits: WriteLimits) -> None:
        self._gemeente = gemeente.encode()
        self._copy = f"~{copy}".encode() if copy > 1 else b""
        self._limits = limits
        self._scopes = {laag: scope(gemeente, laag).encode() for laag in (*LAGEN, OVERIG)}
        self._own = frozenset(self._scopes.values())
        self._names: dict[bytes, str] = {}

    def judge(self, sent: bytes, labels: Sequence[Label]) -> Verdict:
        """Return what becomes of a series.

        Args:
            sent: its labels encoded in the shortest form, in the order in which they were sent.
            labels: the same, not encoded.
        """
        told = dict(labels)
        refusal = self._shape(labels, told)
        if not refusal:
            _export_scope(told)
            refusal = self._foreign(told)
        if refusal:
            return Verdict(refusal=refusal)
        own = {GEMEENTE: self._gemeente, SCOPE: self._scope(told)}
        if INSTANCE in told:
            own[INSTANCE] = told[INSTANCE] + self._copy
        corrected = SCOPE in told and told[SCOPE] != own[SCOPE]
        is_right = all(told.get(name) == value for name, value in own.items()) and _is_sorted(told)
        pair = (own[INSTANCE].decode(), told[JOB].decode()) if INSTANCE in told and JOB in told else None
        return Verdict(sent if is_right else head_of({**told, **own}.items()), "", pair, corrected)

    def _shape(self, labels: Sequence[Label], told: dict[bytes, bytes]) -> str:
        """Return what is wrong with labels, whoever sends them."""
        if len(labels) > self._limits.labels:
            return reasons.MANY_LABELS
        if len(told) < len(labels):
            return reasons.LABEL_TWICE
        for name, value in labels:
            wrong = self.of_label(name, value)
            if wrong:
                return wrong
        if NAME not in told:
            return reasons.NO_METRIC_NAME
        if len(told[NAME]) > self._limits.name_bytes:
            return reasons.LONG_NAME
        return "" if METRIC_NAME.fullmatch(told[NAME]) else reasons.BAD_METRIC_NAME

    def of_label(self, name: bytes, value: bytes) -> str:
        """Return what is wrong with one label, or ""."""
        wrong = self._names.get(name)
        if wrong is None:
            wrong = self._of_name(name)
        if wrong or (value and len(value) <= self._limits.value_bytes and value.isascii()):
            return wrong
        if not value or len(value) > self._limits.value_bytes:
            return reasons.LONG_VALUE if value else reasons.EMPTY_VALUE
        return "" if is_utf8(value) else reasons.NOT_UTF8

    def _of_name(self, name: bytes) -> str:
        """Return what is wrong with a label's name, or "", and remember it."""
        if not name:
            wrong = reasons.EMPTY_NAME
        elif len(name) > self._limits.name_bytes:
            wrong = reasons.LONG_NAME
        elif not LABEL_NAME.fullmatch(name):
            wrong = reasons.BAD_NAME
        else:
            wrong = reasons.RESERVED_LABEL if name.startswith(RESERVED) and name != NAME else ""
        if len(self._names) < MOST_NAMES and len(name) <= self._limits.name_bytes:
            self._names[name] = wrong
        return wrong

    def _foreign(self, told: dict[bytes, bytes]) -> str:
        """Return what is wrong with labels for this writer."""
        if is_the_collectors(told[NAME]):
            return reasons.COLLECTORS_NAME
        if told.get(GEMEENTE, self._gemeente) != self._gemeente:
            return reasons.FOREIGN_GEMEENTE
        return reasons.FOREIGN_SCOPE if SCOPE in told and told[SCOPE] not in self._own else ""

    def _scope(self, told: dict[bytes, bytes]) -> bytes:
        """Return the scope of a series: that of its metric's laag; of one that is its asset's laag, as it was sent."""
        laag = laag_by_name().get(told[NAME], OVERIG)
        return told.get(SCOPE, self._scopes[OVERIG]) if laag == ASSET else self._scopes[laag]


def head_of(labels: Iterable[Label]) -> bytes:
    """Return labels encoded, sorted by name; of none of them name or value is empty."""
    return b"".join(label(name, value) for name, value in sorted(labels))


def _export_scope(told: dict[bytes, bytes]) -> None:
    """Give a label ``scope`` that is the metric's own, and says no right, the name that Prometheus gives it."""
    if told[NAME] in with_a_scope_of_their_own() and b"/" not in told.get(SCOPE, b"/") and EXPORTED not in told:
        told[EXPORTED] = told.pop(SCOPE)


def _is_sorted(told: Iterable[bytes]) -> bool:
    names = list(told)
    return names == sorted(names)


def label(name: bytes, value: bytes) -> bytes:
    """Return a label as a field of its series, in the shortest form; what is empty is left away."""
    return field(0x0A, (field(0x0A, name) if name else b"") + (field(0x12, value) if value else b""))


def is_utf8(value: bytes) -> bool:
    """Return whether it is UTF-8."""
    if value.isascii():
        return True
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
