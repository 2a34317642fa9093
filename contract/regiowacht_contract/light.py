"""Data classes, named tuples and the like without the modules that have them in the standard library.

``dataclasses`` and ``typing`` bring ``inspect`` and half a parser along, 2 MB that a running agent would pay as long
as it runs. What stands here does what the agent needs of them, no more; for a type checker it is the standard library's
own.
"""

from __future__ import annotations

from collections import namedtuple
from operator import attrgetter
from sys import modules

__all__ = ["NamedTuple", "Protocol", "dataclass", "field", "import_module", "replace", "suppress"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import suppress
    from dataclasses import dataclass, field, replace
    from typing import Any, NamedTuple, Protocol
else:

    class suppress:  # noqa: N801 - the name it has in contextlib
        """Lets errors of these kinds go."""

        __slots__ = ("_kinds",)

        def __init__(self, *kinds):
            self._kinds = kinds

        def __enter__(self):
            return None

        def __exit__(self, kind, error, trace):
            return kind is not None and issubclass(kind, self._kinds)

    FIELDS = "_light_fields"
    _MISSING = object()

    class Protocol:
        """What a type checker compares shapes with; at run time a class like any other."""

        __slots__ = ()

    class _NamedTupleType(type):
        """Makes a named tuple of a class whose body names its fields."""

        def __new__(cls, name, bases, body):
            """Return the tuple's class, with the body's methods."""
            if not bases:
                return super().__new__(cls, name, bases, body)
            names = body.pop("__annotations__", {})
            defaults = [body.pop(one) for one in names if one in body]
            made = namedtuple(name, names, defaults=defaults, module=body["__module__"])
            for key, value in body.items():
                if key not in {"__module__", "__qualname__", "__slots__"}:
                    setattr(made, key, value)
            made.__annotations__ = names
            return made

    class NamedTuple(metaclass=_NamedTupleType):
        """``typing.NamedTuple``, for classes."""

    class _Field:
        """What ``field`` says of a field."""

        __slots__ = ("compare", "default", "make", "shown")

        def __init__(self, default, make, compare, shown):
            self.default, self.make, self.compare, self.shown = default, make, compare, shown

    def field(*, default=_MISSING, default_factory=None, compare=True, repr=True):
        """Describe a field as ``dataclasses.field`` does."""
        return _Field(default, default_factory, compare, repr)

    def replace(one, **changes):
        """Return a copy with some fields replaced."""
        return type(one)(**{name: getattr(one, name) for name in getattr(one, FIELDS)} | changes)

    def dataclass(cls=None, /, *, frozen=False, slots=False, order=False, eq=True):
        """Make a data class as ``dataclasses.dataclass`` does."""
        if cls is None:
            return lambda one: dataclass(one, frozen=frozen, slots=slots, order=order, eq=eq)
        told = dict(getattr(cls, FIELDS, {}))
        own = [name for name, kind in cls.__annotations__.items() if "ClassVar" not in kind]
        told |= {name: _described(cls.__dict__.get(name, _MISSING)) for name in own}
        body = {name: value for name, value in cls.__dict__.items() if name not in {"__dict__", "__weakref__", *own}}
        body |= _methods(told, frozen=frozen, order=order, eq=eq)
        body[FIELDS] = told
        if slots:
            body["__slots__"] = tuple(own)
        else:
            body |= {name: told[name].default for name in own if told[name].default is not _MISSING}
        return type(cls)(cls.__name__, cls.__bases__, body)

    def _described(default):
        return default if isinstance(default, _Field) else _Field(default, None, True, True)

    def _methods(told, *, frozen, order, eq):
        made = {"__init__": _init(told, frozen=frozen), "__repr__": _repr, "__match_args__": tuple(told)}
        if frozen:
            made |= {"__setattr__": _refuse, "__delattr__": _refuse}
        compared = [name for name, one in told.items() if one.compare]
        if not eq or not compared:
            return made
        get = attrgetter(*compared)

        def same(self, other):
            return get(self) == get(other) if other.__class__ is self.__class__ else NotImplemented

        def less(self, other):
            return get(self) < get(other) if other.__class__ is self.__class__ else NotImplemented

        made |= {"__eq__": same, "__hash__": (lambda self: hash(get(self))) if frozen else None}
        return made | {"__lt__": less} if order else made

    def _init(told, *, frozen):
        """Return ``__init__``: written out, since taking names at run time would cost every call."""
        scope = {"_missing": _MISSING, "_set": object.__setattr__}
        words, lines = ["self"], ["pass"]
        for name, one in told.items():
            value = name
            if one.make is not None:
                scope[f"_make_{name}"] = one.make
                words.append(f"{name}=_missing")
                value = f"_make_{name}() if {name} is _missing else {name}"
            elif one.default is not _MISSING:
                scope[f"_default_{name}"] = one.default
                words.append(f"{name}=_default_{name}")
            else:
                words.append(name)
            lines.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
        text = f"def __init__({', '.join(words)}):\n " + "\n ".join(lines)
        exec(text, scope)  # noqa: S102 - names of fields out of our own classes
        return scope["__init__"]

    def _repr(self):
        shown = (name for name, one in getattr(self, FIELDS).items() if one.shown)
        told = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({told})"

    def _refuse(self, name, *_):
        raise AttributeError(f"cannot assign to field {name!r}")


def import_module(name: str) -> Any:
    """Return the module of that name, imported if need be."""
    __import__(name)
    return modules[name]
