"""What every model of the region folder shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from regiowacht_inventory.values import Slug


class Model(BaseModel):
    """What all models share: frozen, and no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


Item = TypeVar("Item")
# `devices:` with nothing below it, all its lines commented out, is an empty list.
ListOf = Annotated[tuple[Item, ...], BeforeValidator(lambda raw: () if raw is None else raw)]
MapOf = Annotated[Mapping[Slug, Item], BeforeValidator(lambda raw: {} if raw is None else raw)]
OrEmpty = BeforeValidator(lambda raw: {} if raw is None else raw)
