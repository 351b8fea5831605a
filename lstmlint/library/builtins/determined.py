"""Unknown values that their operands determine: the same operation on the same operands is the same value."""
from __future__ import annotations

from lstmlint.values.base import Const, Integer, Unknown, Value, unknown

WEIGHT = 24
"""How many operations one key may nest: hashing walks all of them."""


def determined(operation: str, *operands: Value, type: str | None = None, name: str = "") -> Unknown:
    """The unknown result of `operation` on these operands, equal to that of any other such operation."""
    key = (operation, *operands)
    if weight(key) > WEIGHT:
        return unknown(type, name)
    return Unknown(key, type, name)


def weight(key: object) -> int:
    """How many operations `key` nests."""
    total = 1
    if isinstance(key, tuple):
        for part in key:
            if isinstance(part, Unknown):
                total += weight(part.key)
            elif isinstance(part, tuple):
                total += weight(part)
            if total > WEIGHT:
                break
    return total


def is_fixed(value: Value) -> bool:
    """Whether equal values stand for the same thing at any time (what can be changed in place does not)."""
    return isinstance(value, (Const, Integer, Unknown))


def text_of(value: Value, nested: bool = False) -> str:
    """`value` in a symbol's name."""
    if isinstance(value, Const):
        return repr(value.value)
    if isinstance(value, Integer):
        several = nested and len(value.dim.terms) > 1
        return f"({value.dim})" if several else str(value.dim)
    if isinstance(value, Unknown) and value.name and len(value.name) <= 32:
        return f"({value.name})" if nested and " " in value.name else value.name
    return "?"




def one_of(element: Value, index: Value) -> Value:
    """The item at `index` of a sequence whose items are all like `element`: unknown items are told apart by their index."""
    if not isinstance(element, Unknown):
        return element
    if isinstance(index, (Const, Integer)):
        return determined("item", element, index, type=element.type, name=element.name)
    return unknown(element.type)


def condition_of(value: Value) -> tuple[Value, bool]:
    """A value as a condition: what it is keyed by, and whether it is negated.

    What can change between two tests (a list) or is equal to others of its like (an array) gets a fresh key, so that
    unrelated conditions are never correlated.
    """
    if isinstance(value, Unknown):
        if isinstance(value.key, tuple) and len(value.key) == 2 and value.key[0] == "not" and isinstance(value.key[1], Value):
            inner, negated = condition_of(value.key[1])
            return inner, not negated
        return value, False
    return (Unknown(("truth", value), "bool") if is_fixed(value) else unknown("bool")), False
