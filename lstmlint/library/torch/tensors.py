"""How the models of torch answer: tensors, and the event of a violated precondition."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lstmlint.library.coerce import to_array
from lstmlint.shapes.permute import axis_violation
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Result, Shape, Violation
from lstmlint.trace import Operation
from lstmlint.values.base import NONE, Const, Integer, Unknown, Value
from lstmlint.values.code import Caller
from lstmlint.values.data import Array
from lstmlint.values.network import plain

_NUMBERS = ("int", "float", "bool", "scalar")


def tensor(shape: Shape, dtype: str | None, *origins: Array, producer: object = None) -> Array:
    """A tensor whose data came from `origins`."""
    source = next((origin.source for origin in origins if origin.source), "")
    behind = next((last for origin in origins if (last := origin.producer or origin.behind) is not None), None)
    return Array(shape, "torch", dtype, producer, source, behind=behind)


def operand(value: Value) -> Array | None:
    """The tensor that an argument is, of unknown shape where it is unknown; None for what is proven to be none."""
    value = plain(value)
    if isinstance(value, Array):
        return value
    if isinstance(value, Unknown) and value.type is None:
        return Array(UNKNOWN_SHAPE, "torch")
    return None


def operand_or_number(value: Value) -> Array | None:
    """As `operand`, and a plain number is a tensor without axes."""
    if isinstance(value, (Const, Integer, Unknown)) and value.type_path in _NUMBERS:
        return to_array(value)
    return operand(value)


def axis_fault(shape: Shape, dim: int) -> Violation | None:
    """The violation of naming an axis that `shape` does not have. Most of torch's functions take a number for one axis."""
    return None if shape.rank == 0 and dim in (0, -1) else axis_violation(shape, dim)


def checked(caller: Caller, name: str, operands: Sequence[Array], value: Value, violation: Violation | None) -> Value:
    """`value`, after an event where the operands provably break a precondition."""
    if violation is not None:
        caller.emit(Operation(caller.site, f"torch.{name}", tuple(operands), value, violation))
    return value


def regrouped(caller: Caller, name: str, x: Array, result: Result) -> Array:
    """A change of the axes of `x`, whose elements stay what they are (so does what made them).

    After a violation only the rank is still known: whoever mends it changes the lengths, too.
    """
    shape, violation = result
    if violation is not None:
        shape = UNKNOWN_SHAPE if shape.rank is None else Shape.of_rank(shape.rank)
    answer = tensor(shape, x.dtype, x, producer=x.producer)
    checked(caller, name, [x], answer, violation)
    return answer


def traced(caller: Caller, name: str, x: Array, result: Result) -> Array:
    """As `regrouped`, but always an event."""
    shape, violation = result
    event = Operation(caller.site, f"torch.{name}", (x,), NONE, violation)
    if violation is not None:
        shape = UNKNOWN_SHAPE if shape.rank is None else Shape.of_rank(shape.rank)
    answer = tensor(shape, x.dtype, x, producer=x.producer)
    event.result = answer if answer.behind is not None else replace(answer, behind=event)
    caller.emit(event)
    return event.result
