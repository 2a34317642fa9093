"""The shape of a rule's file and of a baseline's file, refused with a plain sentence where it is wrong."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from regiowacht_audit.facts.names import NAMES

Severity = Literal["critical", "high", "medium", "low"]
Cell = bool | int | str | None


class Model(BaseModel):
    """A table of which every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Model):
    """One text in both languages."""

    nl: Annotated[str, Field(min_length=3)]
    en: Annotated[str, Field(min_length=3)]


class Example(Model):
    """A good or a bad piece of configuration, for the rule's page; a test judges both."""

    platform: str
    config: str


class Check(Model):
    """One statement about a fact. Exactly one of the tests stands in it.

    A value that begins with ``$`` is a parameter of the rule.

    Attributes:
        fact: the fact's name (``facts/names.toml``).
        only: the statement counts only where this parameter is true.
        equals: the value is this one.
        at_least: the number is at least this.
        at_most: the number is at most this.
        matches: the text matches this regular expression, from its begin to its end.
        count: there are at least so many items.
        within: every item's name is one of these; an empty list sets no limit.
        named: every one of these names is among the items.
        outside: no item's name matches one of these (``*`` stands for any text).
        none: no item has all these traits (a value, or ``{at_least, at_most}``).
        every: every item has all these traits.
        function: a function of ``judge/functions.py`` says.
    """

    fact: str
    only: str | None = None
    equals: Cell = None
    at_least: int | str | None = None
    at_most: int | str | None = None
    matches: str | None = None
    count: int | str | None = None
    within: list[str] | str | None = None
    named: list[str] | str | None = None
    outside: list[str] | str | None = None
    none: dict[str, Any] | None = None
    every: dict[str, Any] | None = None
    function: str | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Check:
        tests = self.model_fields_set - {"fact", "only"}
        if self.fact not in NAMES:
            raise ValueError(f"no fact is called {self.fact!r}; facts/names.toml lists them")
        if len(tests) != 1:
            raise ValueError(f"{self.fact}: exactly one test stands beside a fact, not {len(tests)}")
        unknown = {*(self.none or {}), *(self.every or {})} - NAMES[self.fact].traits.keys()
        if unknown:
            raise ValueError(f"{self.fact}: its items have no trait {', '.join(sorted(unknown))}")
        return self


class RuleFile(Model):
    """``rules/RW-XXX-00.yaml``.

    Attributes:
        params: what a baseline may set, with the value that holds where it sets nothing.
        when: the rule applies only where all of these hold; ``n/a`` elsewhere.
        holds: what must hold, all of it (written ``assert`` in the file).
        refs: ``{cyfun: PR.IP-1}``, ``{stig: title or number}``, ``{cis: id}``, ``{bio: chapter}``, ``{csf: id}``.
    """

    id: Annotated[str, Field(pattern=r"^RW-[A-Z]{3}-\d\d$")]
    severity: Severity
    title: Text
    reason: Text
    remedy: Text
    refs: list[dict[str, str]] = []
    params: dict[str, bool | int | str | list[str]] = {}
    when: list[Check] = []
    holds: Annotated[list[Check], Field(alias="assert", min_length=1)]
    good: Example
    bad: Example


class BaselineFile(Model):
    """``baselines/NAME.yaml``: which parameters hold, and which rules are left out."""

    version: Annotated[str, Field(min_length=1)]
    title: Text
    rules: dict[str, dict[str, bool | int | str | list[str]]] = {}
    without: list[str] = []
