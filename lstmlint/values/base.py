"""The ground of the abstract values: what is known exactly, what is not known, and what depends on a condition."""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from types import EllipsisType

from lstmlint.shapes.dims import Birth, Dim, Poly, birth, derived, floor_divide, modulo, single


class Value:
    """An abstract value. `type_path` is the dotted path of its class, under which its methods and attributes are modelled."""

    __slots__ = ()

    @property
    def type_path(self) -> str | None:
        return None


class _Missing(Value):
    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()
"""No value: an unbound name, an argument that was not given."""



@dataclass(frozen=True, slots=True)
class Unknown(Value):
    """A value of which only its identity is known (`key`), and perhaps its type (a dotted path such as "float")."""

    key: Hashable
    type: str | None = field(default=None, compare=False)
    name: str = field(default="", compare=False)

    @property
    def type_path(self) -> str | None:
        return self.type

    @property
    def identity(self) -> Hashable:
        """What tells this value from others."""
        return self.key


def unknown(type: str | None = None, name: str = "") -> Unknown:
    """A fresh unknown value."""
    return Unknown(Birth(birth()), type, name)


Scalar = None | bool | int | float | complex | str | bytes | EllipsisType


@dataclass(frozen=True, slots=True)
class Const(Value):
    """A value known exactly."""

    value: Scalar
    type: str = field(init=False)
    """Part of equality, so that Const(1) and Const(True) differ."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", type(self.value).__name__)

    @property
    def type_path(self) -> str | None:
        return self.type

    @property
    def identity(self) -> Hashable:
        """What tells this value from others."""
        return 0


NONE = Const(None)
TRUE = Const(True)
FALSE = Const(False)


@dataclass(frozen=True, slots=True)
class Integer(Value):
    """An integer that is known as a polynomial over symbols (a known number is a Const)."""

    dim: Poly

    @property
    def type_path(self) -> str | None:
        return "int"

    @property
    def identity(self) -> Hashable:
        """What tells this value from others."""
        return self.dim


def integer(dim: Dim) -> Value:
    """The integer `dim` as a value."""
    return Integer(dim) if isinstance(dim, Poly) else Const(dim)


def dim_of(value: Value) -> Dim | None:
    """The integer that `value` is, None if it is none. An unknown value becomes the symbol that it determines."""
    if isinstance(value, Const):
        return int(value.value) if isinstance(value.value, int) else None
    if isinstance(value, Integer):
        return value.dim
    if isinstance(value, Unknown) and value.type in (None, "int"):
        known = _computed(value.key)
        if known is not None:
            return known
        return derived(("value", value.key), value.name or "?", lower=None)
    return None


_ARITHMETIC: dict[Hashable, Callable[[Dim, Dim], Dim]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": floor_divide,
    "%": modulo,
}


def _computed(key: Hashable) -> Dim | None:
    """The integer that an arithmetic key, such as ("+", left, right), stands for."""
    if isinstance(key, tuple) and len(key) == 3 and key[0] in _ARITHMETIC:
        left, right = (dim_of(part) if isinstance(part, Value) else None for part in key[1:])
        if left is not None and right is not None:
            return _ARITHMETIC[key[0]](left, right)
    return None


def constant_int(value: Value) -> int | None:
    """The number that `value` is, if it is known exactly."""
    return int(value.value) if isinstance(value, Const) and isinstance(value.value, int) else None


def is_none(value: Value) -> bool:
    """Proven to be None."""
    return isinstance(value, Const) and value.value is None


@dataclass(frozen=True, slots=True)
class Choice(Value):
    """`then` where `condition` holds, `orelse` where it does not. Conditions are values, so equal ones are correlated."""

    condition: Value
    then: Value
    orelse: Value

    def under(self, path: Mapping[Value, bool]) -> Value:
        """What is left of the choice on `path`."""
        if not path:
            return self
        known = path.get(self.condition)
        if known is not None:
            side = self.then if known else self.orelse
            return side.under(path) if isinstance(side, Choice) else side
        then = self.then.under(path) if isinstance(self.then, Choice) else self.then
        orelse = self.orelse.under(path) if isinstance(self.orelse, Choice) else self.orelse
        if then is self.then and orelse is self.orelse:
            return self
        return choice(self.condition, then, orelse)

    def leaves(self) -> list[Value]:
        """All the alternatives."""
        return [leaf for side in (self.then, self.orelse) for leaf in (side.leaves() if isinstance(side, Choice) else [side])]


class Undecided(Exception):
    """A plain value was needed of one that depends on `condition`: whoever dispatches splits on it and tries again."""

    def __init__(self, condition: Value) -> None:
        super().__init__()
        self.condition = condition


LEAVES = 6
"""How many alternatives a value may have before it is given up as unknown."""


def choice(condition: Value, then: Value, orelse: Value) -> Value:
    """`then` or `orelse`, as one value where they are equal, unknown where there would be too many alternatives."""
    if then == orelse:
        return then
    result = Choice(condition, then, orelse)
    return result if len(result.leaves()) <= LEAVES else unknown()


def lift(function: Callable[[Value], Value], value: Value) -> Value:
    """`function` applied to each alternative of `value`."""
    if isinstance(value, Choice):
        return choice(value.condition, lift(function, value.then), lift(function, value.orelse))
    return function(value)


def symbol_name(dim: Dim) -> str:
    """A short name for `dim` in a message."""
    s = single(dim)
    return s.name if s is not None else str(dim)
