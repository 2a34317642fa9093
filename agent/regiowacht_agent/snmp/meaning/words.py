"""What a series' file says of values that are codes, words, or cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regiowacht_agent.snmp.meaning import checks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from regiowacht_agent.snmp.meaning.checks import Place

ANY_NUMBER = r"-?\d+(?:[.,]\d+)?"
"""What ``text = true`` takes out of a text: its first number."""


def of(place: Place, told: Mapping[str, Any]) -> tuple[dict[str, float | None], float | None]:
    """Return what numbers or words of a column mean, and what all others do; None: nothing."""
    if "states" in told:
        place.keys(told["states"], dict.fromkeys((*checks.STATES, checks.ABSENT), list))
        given = [(str(one), checks.STATES.get(state)) for state, ones in told["states"].items() for one in ones]
        if len({one for one, _state in given}) < len(given):
            raise place.bad("states", "one value stands in two lists")
        return dict(given), checks.STATES["unknown"]
    given_map = told.get("map", {})
    if not all(isinstance(value, int | float) for value in given_map.values()):
        raise place.bad("map", given_map)
    words: dict[str, float | None] = {str(key): float(value) for key, value in given_map.items()}
    return words, words.pop("*", None)


def limits(place: Place, told: Mapping[str, Any]) -> tuple[float, float] | None:
    """Return the least and the most that can be; None: anything can."""
    if "range" not in told:
        return None
    match told["range"]:
        case [int() | float() as least, int() | float() as most] if least <= most:
            return least, most
    raise place.bad("range", told["range"])


def pattern(place: Place, told: Mapping[str, Any]) -> str:
    """Return the regular expression that finds the number, or the word, within a text; "" where it is the whole."""
    text = told.get("text", "")
    return ANY_NUMBER if text is True else place.regex(text or "")
