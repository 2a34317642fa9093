"""The light data classes and named tuples do what those of the standard library do."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import typing
from types import SimpleNamespace
from typing import Any

import pytest

from regiowacht_contract import labels, light

STANDARD = SimpleNamespace(
    dataclass=dataclasses.dataclass, field=dataclasses.field, replace=dataclasses.replace, NamedTuple=typing.NamedTuple
)

DECLARED = """
from __future__ import annotations

@dataclass(frozen=True, slots=True, order=True)
class Point:
    x: int
    y: int = 2
    names: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="", repr=False)

    @property
    def sum(self) -> int:
        return self.x + self.y

@dataclass
class Count:
    number: int = 0

@dataclass
class Deeper(Count):
    depth: typing.ClassVar[int] = 3

class Pair(NamedTuple):
    left: str
    right: str = "r"

    def both(self) -> str:
        return self.left + self.right
"""


@pytest.fixture(params=[light, STANDARD], ids=["light", "standard"])
def made(request: pytest.FixtureRequest) -> SimpleNamespace:
    """Return the classes above as one of the two makes them, with its ``replace``."""
    names = ("dataclass", "field", "replace", "NamedTuple")
    scope: dict[str, Any] = {name: getattr(request.param, name) for name in names}
    scope |= {"typing": typing, "__name__": __name__}
    exec(DECLARED, scope)
    return SimpleNamespace(**scope)


def test_fields_have_defaults_and_factories(made: SimpleNamespace) -> None:
    one, other = made.Point(1), made.Point(x=1)
    assert (one.x, one.y, one.names, one.sum) == (1, 2, [], 3)
    assert one.names is not other.names
    with pytest.raises(TypeError):
        made.Point()


def test_equal_where_compared_and_hashed_alike(made: SimpleNamespace) -> None:
    assert made.Point(1, names=["a"]) == made.Point(1)
    assert hash(made.Point(1, names=["a"])) == hash(made.Point(1))
    assert made.Point(1) != made.Point(2)
    assert made.Point(1) != (1, 2)
    assert sorted([made.Point(2), made.Point(1, 3), made.Point(1)])[0] == made.Point(1)
    with pytest.raises(TypeError):
        hash(made.Count())


def test_frozen_ones_stay_and_slots_hold_no_more(made: SimpleNamespace) -> None:
    with pytest.raises(AttributeError):
        made.Point(1).x = 2
    assert not hasattr(made.Point(1), "__dict__")
    count = made.Count()
    count.number += 1
    assert count.number == 1


def test_a_copy_with_another_value(made: SimpleNamespace) -> None:
    assert made.replace(made.Point(1), y=5) == made.Point(1, 5)


def test_fields_are_inherited_and_class_variables_are_none(made: SimpleNamespace) -> None:
    assert made.Deeper(4).number == 4
    assert made.Deeper.depth == 3
    with pytest.raises(TypeError):
        made.Deeper(4, 5)


def test_it_shows_its_fields(made: SimpleNamespace) -> None:
    assert repr(made.Point(1)) == "Point(x=1, y=2, names=[])"
    assert repr(made.Pair("l")) == "Pair(left='l', right='r')"


def test_a_named_tuple_is_a_tuple_with_methods(made: SimpleNamespace) -> None:
    pair = made.Pair("l")
    assert pair == ("l", "r")
    assert pair.both() == "lr"
    assert pair._replace(right="x").right == "x"
    assert not hasattr(pair, "__dict__")


def test_the_heavy_modules_stay_out() -> None:
    script = "import sys, regiowacht_contract.errors, regiowacht_contract.metric; print(*sys.modules)"
    path = f"import sys; sys.path[:] = {sys.path!r}; "
    done = subprocess.run([sys.executable, "-I", "-S", "-c", path + script], capture_output=True, text=True, check=True)
    assert {"dataclasses", "typing", "inspect", "tomllib", "difflib"} & set(done.stdout.split()) == set()


def test_types_of_labels_are_there_for_who_reads_them_at_run_time() -> None:
    assert typing.get_args(labels.Laag) == labels.LAGEN
    assert typing.get_args(labels.Job) == labels.JOBS
    with pytest.raises(AttributeError, match="Nothing"):
        labels.Nothing  # type: ignore[attr-defined] # noqa: B018 - that is the test
