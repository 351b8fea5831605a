"""Comparisons of numbers, text and sequences: decided where that is proven, else a condition that the operands determine.

`compare(operator, left, right)`, `equal`, `negation` and `truth` also serve the interpreter. Conditions are in a normal form, so
that equal ones are correlated: only "<", "<=" and "==" occur in keys, the others are swapped or negated.
"""
from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from lstmlint.library.builtins.determined import determined, is_fixed
from lstmlint.library.builtins.numbers import NUMBERS
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, at_least, differ, same
from lstmlint.values.base import FALSE, MISSING, TRUE, Const, Integer, Unknown, Value, dim_of, unknown
from lstmlint.values.code import External
from lstmlint.values.data import Array, DictObject, Frame, Items, ListObject, Object, Range, Slice, Tuple, items_of, range_length

_EXACT: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}
_METHODS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_TOLD_APART = frozenset(
    ["builtins.list", "builtins.tuple", "builtins.dict", "builtins.set", "builtins.str"]
    + ["numpy.ndarray", "pandas.DataFrame", "pandas.Series"]
)
_COMPARED_BY_VALUE = ("str", "bytes", "NoneType", "ellipsis", "tuple", "list", *NUMBERS)


def compare(op: str, left: Value, right: Value) -> Value:
    """`left op right` for numbers, text, sequences and values of unknown type."""
    if op == "!=":
        return negation(equal(left, right))
    if op == "==":
        return equal(left, right)
    if isinstance(left, Const) and isinstance(right, Const):
        try:
            return Const(bool(_EXACT[op](left.value, right.value)))
        except TypeError:
            return unknown("bool")
    a, b = _integer(left), _integer(right)
    if a is not None and b is not None:
        decided = _ordered(op, a, b)
        if decided is not None:
            return Const(decided)
    return _condition(op.replace(">", "<"), *((right, left) if op.startswith(">") else (left, right)))


def equal(left: Value, right: Value) -> Value:
    """`left == right`."""
    if isinstance(left, Const) and isinstance(right, Const):
        return Const(left.value == right.value)
    a, b = _integer(left), _integer(right)
    if a is not None and b is not None:
        if same(a, b):
            return TRUE
        if differ(a, b):
            return FALSE
    elif left.type_path == right.type_path and left.type_path in ("tuple", "list"):
        mine, other = items_of(left), items_of(right)
        return unknown("bool") if mine is None or other is None else _equal_items(mine, other)
    elif _types_differ(left, right):
        return FALSE
    one_class = same_class(left, right)
    return _condition("==", left, right) if one_class is None else Const(one_class)


def same_class(left: Value, right: Value) -> bool | None:
    """Whether two classes are one; None where that is not known: numbers of NumPy, say, have classes of their own."""
    if not isinstance(left, External) or not isinstance(right, External):
        return None
    return left == right if {left.path, right.path} <= _TOLD_APART else None


def _order(value: Value) -> tuple[bool, int]:
    return (isinstance(value, Const), hash(value))


def _equal_items(left: Items, right: Items) -> Value:
    if differ(left.length, right.length):
        return FALSE
    if left.known is None or right.known is None:
        return unknown("bool")
    results = [equal(a, b) for a, b in zip(left.known, right.known)]
    if FALSE in results:
        return FALSE
    return TRUE if all(result == TRUE for result in results) else unknown("bool")


def _types_differ(left: Value, right: Value) -> bool:
    """Proven unequal by type: text and a number, None and anything that has a type."""
    types = [("number" if t in NUMBERS else t) for t in (left.type_path, right.type_path)]
    if "scalar" in (left.type_path, right.type_path):
        return False
    return None not in types and types[0] != types[1] and all(t in (*_COMPARED_BY_VALUE, "number") for t in types)


def _integer(value: Value) -> Dim | None:
    return dim_of(value) if value.type_path in ("int", "bool") else None


def _ordered(op: str, a: Dim, b: Dim) -> bool | None:
    if op.startswith(">"):
        a, b = b, a
    strict = len(op) == 1
    if at_least(b, a + 1 if strict else a):
        return True
    if at_least(a, b if strict else b + 1):
        return False
    return None


def _condition(op: str, left: Value, right: Value) -> Value:
    if is_fixed(left) and is_fixed(right):
        plain = all(value.type_path in ("str", "bytes", "NoneType", *NUMBERS) for value in (left, right))
        if op == "==":
            left, right = sorted((left, right), key=_order)
        return determined(op, left, right, type="bool" if plain else None)
    return unknown("bool" if isinstance(left, (Tuple, ListObject, DictObject)) else None)


def negation(condition: Value) -> Value:
    """`not condition`, for a condition that is a bool or has no known type."""
    if isinstance(condition, Const):
        return Const(not condition.value)
    if isinstance(condition, Unknown):
        if isinstance(condition.key, tuple) and condition.key[0] == "not" and isinstance(condition.key[1], Value):
            return condition.key[1]
        return determined("not", condition, type="bool")
    return unknown("bool")


@models("builtins.bool", *(f"{type}.__bool__" for type in NUMBERS))
def truth(x: Value = FALSE) -> Value:
    """Python: what `if x` goes by."""
    if isinstance(x, Const):
        return Const(bool(x.value))
    if isinstance(x, Integer):
        return negation(equal(x, Const(0)))
    length = _emptiness(x)
    if length is not None:
        return TRUE if at_least(length, 1) else FALSE if same(length, 0) else unknown("bool")
    if isinstance(x, Unknown):
        return x if x.type == "bool" else determined("truth", x, type="bool")
    known = isinstance(x, Object) and not isinstance(x, Frame) and x.type_path in (None, "function")
    return TRUE if known and x.type_path == "function" else unknown("bool")


def _emptiness(x: Value) -> Dim | None:
    if isinstance(x, Tuple) or isinstance(x, ListObject) and x.kind != "iterator":
        return x.items.length
    if isinstance(x, Range):
        return range_length(x)
    if isinstance(x, DictObject):
        entries = x.entries
        return len(entries.known) if not entries.open else entries.length
    return 1 if isinstance(x, Slice) else None


def _comparable(left: Value, right: Value) -> bool:
    """Whether the comparison is the left operand's to make: arrays and objects have their own."""
    return not isinstance(right, (Array, Frame)) and (right.type_path in (*_COMPARED_BY_VALUE, None))


def _register(method: str, op: str) -> None:
    def model(left: Value, right: Value) -> Value:
        return compare(op, left, right) if _comparable(left, right) else MISSING

    types = (*NUMBERS, "str", "bytes", "NoneType", "tuple", "list")
    models(*(f"{type}.__{method}__" for type in types))(model)


for _method, _op in _METHODS.items():
    _register(_method, _op)


@models("operator.not_")
def opposite(x: Value) -> Value:
    """Python: not x."""
    return negation(truth(x))
