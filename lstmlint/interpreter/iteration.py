"""What iterating over a value yields."""

from __future__ import annotations

from lstmlint.interpreter.dispatch import CallContext, call_method
from lstmlint.interpreter.functions import call_member
from lstmlint.interpreter.machine import Machine
from lstmlint.library.builtins import iteration
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, Choice, Const, Integer, Value, dim_of, unknown
from lstmlint.values.code import Instance, LibraryObject, Site
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
    plain = isinstance(value, Array) or value.type_path == "str"
    length = iteration.length_of(value) if plain else _length(machine, value, node)
    if isinstance(length, int) and length <= iteration.KNOWN and isinstance(value, Array):
        return Items.of([element] * length)
    return Items.many(element, unknown_dim() if length is None else length)


def _length(machine: Machine, value: Value, node: object) -> Dim | None:
    """How many items an object of a library says that it has."""
    answer = call_method(machine, value, "__len__", (), node) if isinstance(value, LibraryObject) else MISSING
    return dim_of(answer) if isinstance(answer, (Const, Integer)) else None


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
