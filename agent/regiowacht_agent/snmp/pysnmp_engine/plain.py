"""Targets and what they are told as plain values, which two processes hand each other."""

from __future__ import annotations

from regiowacht_agent.snmp.credential import Community, User
from regiowacht_agent.snmp.session import Columns, Scalars, Target, Trouble
from regiowacht_agent.snmp.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from regiowacht_agent.snmp.oid import Oid

    Cells = dict[Oid, tuple[int, Any]]


def plain_target(target: Target) -> tuple[Any, ...]:
    """Return a target as a tuple; equal ones for equal targets."""
    who = target.credential
    if isinstance(who, Community):
        credential: tuple[Any, ...] = (who.version, who.community)
    else:
        credential = (who.name, who.auth, who.auth_secret, who.priv, who.priv_secret, who.context)
    how = (target.port, target.timeout_s, target.retries, target.window, target.size_max_bytes)
    return (target.host, credential, *how)


def read_target(told: tuple[Any, ...]) -> Target:
    """Return the target that a tuple is of."""
    host, credential, *how = told
    return Target(host, Community(*credential) if len(credential) == 2 else User(*credential), *how)


def plain_scalars(scalars: Scalars) -> tuple[Any, ...]:
    """Return objects as plain values."""
    return _plain_cells(scalars.values), _plain_troubles(scalars.troubles)


def read_scalars(told: tuple[Any, ...]) -> Scalars:
    """Return the objects again."""
    return Scalars(_cells(told[0]), _troubles(told[1]))


def plain_columns(columns: Columns) -> tuple[Any, ...]:
    """Return columns as plain values."""
    cells = {column: _plain_cells(rows) for column, rows in columns.cells.items()}
    return cells, _plain_troubles(columns.troubles)


def read_columns(told: tuple[Any, ...]) -> Columns:
    """Return the columns again."""
    return Columns({column: _cells(rows) for column, rows in told[0].items()}, _troubles(told[1]))


def _plain_cells(cells: dict[Oid, Value]) -> Cells:
    return {name: (value.tag, value.data) for name, value in cells.items()}


def _cells(told: Cells) -> dict[Oid, Value]:
    return {name: Value(*value) for name, value in told.items()}


def _plain_troubles(troubles: tuple[Trouble, ...]) -> tuple[Any, ...]:
    return tuple((one.reason, one.detail, one.oid, one.rows) for one in troubles)


def _troubles(told: tuple[Any, ...]) -> tuple[Trouble, ...]:
    return tuple(Trouble(*one) for one in told)
