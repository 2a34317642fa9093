"""The shape of an alert's file, refused with a plain sentence where it is wrong."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from regiowacht_contract.labels import Laag  # noqa: TC001 - pydantic reads it

DURATION = r"^([0-9]+(ms|s|m|h|d))+$"
Duration = Annotated[str, Field(pattern=DURATION)]


class Model(BaseModel):
    """A table of which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Said(Model):
    """One text in both languages.

    ``{instance}``, ``{site}``, ``{value}`` and the alert's other labels stand for what they are at that moment.
    """

    nl: Annotated[str, Field(min_length=3)]
    en: Annotated[str, Field(min_length=3)]


class Moment(Model):
    """What is to be seen at one moment of an example.

    Attributes:
        at: since the example's beginning.
        fires: the labels of each alert that fires then, those of the example's subject left out; ``[{}]`` is one
            alert without further labels, ``[]`` none.
    """

    at: Duration
    fires: list[dict[str, str]]


class Example(Model):
    """What is measured, and when the alert fires of it: a test and part of the alert's page.

    Attributes:
        name: what happens, in a few words.
        subject: name of one of the assets that examples know (``alerts/example.py``); a series without labels of a
            target is about it.
        series: values by series as promtool writes them, one each 15 seconds: ``1x10`` a value repeated ten more
            times, ``0+5x10`` rising, ``_x4`` no sample, ``stale`` a staleness marker.
        every: how far apart the values are instead, for examples of days; less than five minutes.
        moments: what is to be seen.
    """

    name: Said
    subject: str = "srv-1"
    series: dict[str, str]
    every: Literal["15s", "4m"] = "15s"
    moments: Annotated[list[Moment], Field(min_length=1)]


class Board(Model):
    """Where the alert's link leads.

    Attributes:
        uid: a dashboard that is generated.
        variables: the dashboard's variables by the alert's labels that fill them.
    """

    uid: str
    variables: dict[str, str] = {}


class AlertFile(Model):
    """One alert.

    Attributes:
        alert: its name, in CamelCase; the file has the same one.
        about: ``asset``: one declared thing, by its labels gemeente, instance and job; kind, laag and leverancier come
            from the region folder. ``gemeente``: something of a gemeente; ``region``: the shared side.
        laag: of what is about no asset.
        severity: ``critical``: someone should look now, also at night; ``warning``: this week.
        for: how long it must hold before it fires.
        for_behind: how long for an asset that hangs on another one (``regiowacht_asset_hangs_on``), so that the other
            one is seen first; while that is down, an asset behind it begins to fire no more. See "Who fires first" in
            ``docs/explanation/alerts.md``.
        always: it is on at all times, so that its absence says something; no example shows it off.
        keep: how long it goes on firing after it no longer holds.
        expr: PromQL; ``{cpu_usage.critical}`` is a threshold of the contract, ``{host.memory_usage}`` an
            expression that dashboards ask too (``contract/host.py``).
        value: how the value is shown: ``ratio`` as per cent, or its unit.
        summary: one line, for a subject and a telephone.
        means: what it means.
        check: what to look at, in order.
        call: whom to call.
        board: where its link leads.
        hidden_by: alerts that make this one needless where they fire for the same asset (the labels gemeente and
            instance), such as the critical one of a pair.
        examples: at least one that fires and resolves, and one that does not fire.
    """

    alert: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]+$")]
    about: Literal["asset", "gemeente", "region"] = "asset"
    laag: Laag | None = None
    severity: Literal["warning", "critical"]
    for_: Duration = Field(alias="for")
    for_behind: Duration | None = None
    always: bool = False
    keep: Duration | None = None
    expr: str
    value: Literal["ratio", "seconds", "bytes", "bits_per_second", "celsius", "days", "count", "none"] = "none"
    summary: Said
    means: Said
    check: list[Said]
    call: Said
    board: Board
    hidden_by: list[str] = []
    examples: list[Example]

    @model_validator(mode="after")
    def _is_proven(self) -> AlertFile:
        if self.about == "asset" and self.laag:
            raise ValueError("the laag of an asset is the region folder's")
        if self.about != "asset" and self.for_behind:
            raise ValueError("only an asset hangs on another one")
        if self.about != "asset" and not self.laag:
            raise ValueError("what is about no asset says its laag, by which it finds who is to hear of it")
        if not any(moment.fires for example in self.examples for moment in example.moments):
            raise ValueError("no example in which it fires")
        if self.always:
            return self
        if not any(not any(moment.fires for moment in example.moments) for example in self.examples):
            raise ValueError("no example in which it does not fire")
        if not any(_resolves(example) for example in self.examples):
            raise ValueError("no example in which it fires and then resolves")
        return self


def _resolves(example: Example) -> bool:
    seen = [bool(moment.fires) for moment in example.moments]
    return any(now and not later for now, later in pairwise(seen))
