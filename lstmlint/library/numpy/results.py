"""How the models of numpy answer: arrays, single numbers, and the event of a violated precondition.

A number that numpy would return as a numpy scalar (a full reduction, an element) is an unknown "float", "int" or "bool", so
that it goes on like a Python number; a real array without axes (np.squeeze, np.zeros(())) stays an Array.
"""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.shapes.shape import Result, Shape, Violation
from lstmlint.trace import Operation
from lstmlint.values.base import NONE, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array

NUMBERS = ("float", "int", "bool")


def number(dtype: str | None) -> Value:
    """A single element of an array with this dtype; where the dtype is not known it still is no container (that is "object")."""
    return unknown("scalar" if dtype is None else dtype if dtype in (*NUMBERS, "str") else None)


def array(shape: Shape, dtype: str | None, *origins: Array) -> Array:
    """A numpy array whose data came from `origins`."""
    return Array(shape, "numpy", dtype, None, next((origin.source for origin in origins if origin.source), ""))


def array_or_number(shape: Shape, dtype: str | None, *origins: Array) -> Value:
    """As numpy's functions answer: a number where no axis is left."""
    return number(dtype) if shape.rank == 0 else array(shape, dtype, *origins)


def checked(caller: Caller, name: str, operands: Sequence[Array], value: Value, violation: Violation | None) -> Value:
    """`value`, after an event where the operands provably break a precondition."""
    if violation is not None:
        caller.emit(Operation(caller.site, f"numpy.{name}", tuple(operands), value, violation))
    return value


def reshaped(caller: Caller, name: str, operand: Array, result: Result) -> Array:
    """A change of `operand`'s axes."""
    shape, violation = result
    answer = array(shape.born_at(caller.site), operand.dtype, operand)
    checked(caller, name, [operand], answer, violation)
    return answer


def traced(caller: Caller, name: str, operand: Array, result: Result) -> Array:
    """A change of `operand`'s axes that is always an event, and known as the producer of its result."""
    shape, violation = result
    event = Operation(caller.site, f"numpy.{name}", (operand,), NONE, violation)
    if violation is not None and shape.rank is not None:
        # Whoever mends this changes the lengths, too: no later line is blamed for them.
        shape = Shape.of_rank(shape.rank)
    answer = Array(shape.born_at(caller.site), "numpy", operand.dtype, event, operand.source)
    event.result = answer
    caller.emit(event)
    return answer


def common_dtype(dtypes: Sequence[str | None]) -> str | None:
    """What numpy promotes to; None where that is not known."""
    kinds = set(dtypes)
    if len(kinds) == 1:
        return kinds.pop()
    if None in kinds or not kinds:
        return None
    if kinds <= {"float", "int", "bool"}:
        return "float" if "float" in kinds else "int"
    return "object" if "object" in kinds else "str"
