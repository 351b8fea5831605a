"""What iterating over a value yields."""

from __future__ import annotations

from lstmlint.interpreter.dispatch import CallContext, call_method
from lstmlint.interpreter.machine import Machine
from lstmlint.library.builtins import iteration
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, Choice, Const, Value, unknown
from lstmlint.values.code import Site
from lstmlint.values.data import Array, DictObject, Frame, Items, ListObject, Range, Tuple

_OWN = (Tuple, ListObject, Range, DictObject, Const, Frame, Choice)
"""What Python's own models know how to iterate over; of anything else, the method __iter__ gives one element."""


def items_over(machine: Machine, value: Value, node: object) -> Items:
    """The items that a loop over `value` sees."""
    if isinstance(value, _OWN):
        return iteration.items_over(CallContext(machine, Site(node, machine.tree)), value)
    element = call_method(machine, value, "__iter__", (), node)
    if element is MISSING:
        return Items.many(unknown(), unknown_dim())
    length = iteration.length_of(value) if isinstance(value, Array) else None
    if isinstance(length, int) and length <= iteration.KNOWN:
        return Items.of([element] * length)
    return Items.many(element, unknown_dim() if length is None else length)
