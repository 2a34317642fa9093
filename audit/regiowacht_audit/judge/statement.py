"""Weighs one statement of a rule against the facts of one configuration."""

from __future__ import annotations

import functools
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from regiowacht_audit.judge.functions import FUNCTIONS
from regiowacht_audit.judge.verdict import Verdict, of_items

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from regiowacht_audit.facts.fact import Fact, Item
    from regiowacht_audit.facts.sheet import Sheet
    from regiowacht_audit.judge.schema import Check

    Params = Mapping[str, Any]
    Weigh = Callable[[Sheet, Fact, str, Any, Params], Verdict]


def weigh(check: Check, sheet: Sheet, params: Params) -> Verdict | None:
    """Return what becomes of a statement, or None where the baseline does not ask for it."""
    if check.only is not None and not param(check.only, params):
        return None
    fact = sheet.get(check.fact)
    test = next(iter(check.model_fields_set - {"fact", "only"}))
    if fact.origin == "unknown" and test != "function":
        return Verdict(None, (), (), check.fact)
    return TESTS[test](sheet, fact, check.fact, param(getattr(check, test), params), params)


def param(value: Any, params: Params) -> Any:
    """Return the parameter that ``$name`` stands for, or the value itself."""
    return params[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def _value(test: Callable[[Any, Any], bool]) -> Weigh:
    """Return a test of a fact that is one value."""

    def weigh_value(_sheet: Sheet, fact: Fact, name: str, wanted: Any, _params: Params) -> Verdict:
        holds = test(fact.value, wanted)
        return Verdict(holds, fact.lines, () if holds or fact.value is None else (_shown(fact.value),), name)

    return weigh_value


def _shown(value: object) -> str:
    return "" if isinstance(value, bool) else str(value)


def _count(_sheet: Sheet, fact: Fact, name: str, wanted: int, _params: Params) -> Verdict:
    holds = len({one.name for one in fact.items}) >= wanted
    return Verdict(holds, fact.lines if holds or fact.items else (), (), name)


def _within(_sheet: Sheet, fact: Fact, name: str, wanted: list[str], _params: Params) -> Verdict:
    bad = [one for one in fact.items if wanted and one.name not in wanted]
    return of_items(name, fact.items, bad, (), fact.lines)


def _named(_sheet: Sheet, fact: Fact, name: str, wanted: list[str], _params: Params) -> Verdict:
    missing = tuple(sorted(set(wanted) - {one.name for one in fact.items}))
    return Verdict(not missing, fact.lines if not missing else (), missing, name)


def _outside(_sheet: Sheet, fact: Fact, name: str, wanted: list[str], _params: Params) -> Verdict:
    bad = [one for one in fact.items if any(fnmatchcase(one.name, pattern) for pattern in wanted)]
    return of_items(name, fact.items, bad, (), fact.lines)


def _none(_sheet: Sheet, fact: Fact, name: str, wanted: dict[str, Any], params: Params) -> Verdict:
    met = [(one, meets(one, wanted, params)) for one in fact.items]
    bad = [one for one, is_met in met if is_met]
    return of_items(name, fact.items, bad, [one for one, is_met in met if is_met is None], fact.lines)


def _every(_sheet: Sheet, fact: Fact, name: str, wanted: dict[str, Any], params: Params) -> Verdict:
    met = [(one, meets(one, wanted, params)) for one in fact.items]
    bad = [one for one, is_met in met if is_met is False]
    return of_items(name, fact.items, bad, [one for one, is_met in met if is_met is None], fact.lines)


def _function(sheet: Sheet, _fact: Fact, name: str, wanted: str, params: Params) -> Verdict:
    return FUNCTIONS[wanted](sheet, name, params)


def meets(one: Item, wanted: Mapping[str, Any], params: Params) -> bool | None:
    """Tell whether an item has all these traits; None where one that would decide is unknown."""
    answers = [_trait(one.traits.get(trait), param(want, params), params) for trait, want in wanted.items()]
    if False in answers:
        return False
    return None if None in answers else True


def _trait(value: Any, wanted: Any, params: Params) -> bool | None:
    if value is None:
        return None
    if not isinstance(wanted, dict):
        return bool(value == wanted)
    tests = {"at_least": lambda limit: value >= limit, "at_most": lambda limit: value <= limit}
    return all(tests[test](param(limit, params)) for test, limit in wanted.items())


@functools.cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.DOTALL)


TESTS: dict[str, Weigh] = {
    "equals": _value(lambda value, wanted: bool(value == wanted)),
    "at_least": _value(lambda value, wanted: bool(value >= wanted)),
    "at_most": _value(lambda value, wanted: bool(value <= wanted)),
    "matches": _value(lambda value, wanted: _pattern(wanted).fullmatch(value) is not None),
    "count": _count,
    "within": _within,
    "named": _named,
    "outside": _outside,
    "none": _none,
    "every": _every,
    "function": _function,
}
