"""What iterating over a value yields."""

from __future__ import annotations

from lstmlint.interpreter.dispatch import CallContext, call_method
from lstmlint.interpreter.functions import call_member
from lstmlint.interpreter.machine import Machine
from lstmlint.library.builtins import iteration
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, Choice, Const, Value, unknown
from lstmlint.values.code import Instance, Site
from lstmlint.values.data import Array, DictObject, Frame, Items, ListObject, Range, Tuple
from lstmlint.values.variation import Youth, vary

_OWN = (Tuple, ListObject, Range, DictObject, Const, Frame, Choice)
"""What Python's own models know how to iterate over; of anything else, the method __iter__ gives one element."""


def items_over(machine: Machine, value: Value, node: object) -> Items:
    """The items that a loop over `value` sees."""
    if isinstance(value, _OWN):
        return iteration.items_over(CallContext(machine, Site(node, machine.tree)), value)
    if isinstance(value, Instance):
        return _of_program(machine, value, node)
    element = call_method(machine, value, "__iter__", (), node)
    if element is MISSING:
        return Items.many(unknown(), unknown_dim())
    length = iteration.length_of(value) if isinstance(value, Array) or value.type_path == "str" else None
    if isinstance(length, int) and length <= iteration.KNOWN and isinstance(value, Array):
        return Items.of([element] * length)
    return Items.many(element, unknown_dim() if length is None else length)


def _of_program(machine: Machine, value: Instance, node: object) -> Items:
    """What an object of the program's own classes yields: through __iter__, or element by element."""
    young = Youth(value)
    iterator = call_member(machine, value, "__iter__", (), node)
    if iterator is MISSING:
        element = call_member(machine, value, "__getitem__", (unknown("int", "index"),), node)
    elif iterator is value:
        element = call_member(machine, value, "__next__", (), node)
    elif isinstance(iterator, Instance):
        element = call_member(machine, iterator, "__next__", (), node)
    else:
        return items_over(machine, iterator, node)
    return Items.many(unknown() if element is MISSING else vary(element, young), unknown_dim())
