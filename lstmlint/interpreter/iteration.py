"""What iterating over a value yields."""

from __future__ import annotations

from lstmlint.interpreter.dispatch import call_method
from lstmlint.interpreter.machine import Machine
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, Choice, Const, Undecided, Value, unknown
from lstmlint.values.data import (
    Array,
    DictObject,
    Frame,
    Items,
    ListObject,
    Range,
    Tuple,
    element_of_range,
    items_of,
    range_length,
)

KNOWN = 64
"""Up to how many items are kept apart."""


def items_over(machine: Machine, value: Value, node: object) -> Items:
    """The items that a loop over `value` sees."""
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, (Tuple, ListObject)):
        items = items_of(value)
        if items is not None:
            return items
    if isinstance(value, Range):
        return _range(value)
    if isinstance(value, DictObject):
        entries = value.entries
        if not entries.open:
            return Items.of(key for key, _ in entries.known)
        return Items.many(unknown(), unknown_dim() if entries.length is None else entries.length)
    if isinstance(value, Const) and isinstance(value.value, str):
        text = value.value
        return Items.of(Const(c) for c in text) if len(text) <= KNOWN else Items.many(unknown("str"), len(text))
    if isinstance(value, Frame) and value.table.columns is not None:
        return Items.of(Const(label) if isinstance(label, (str, int, float)) else unknown() for label in value.table.columns)
    element = call_method(machine, value, "__iter__", (), node)
    length: Dim = unknown_dim()
    if isinstance(value, Array) and value.shape.rank:
        first = value.shape.axes[0].dim
        if isinstance(first, int) and first <= KNOWN and element is not MISSING:
            return Items.of([element] * first)
        length = first
    return Items.many(unknown() if element is MISSING else element, length)


def _range(value: Range) -> Items:
    length = range_length(value)
    start, step = value.start, value.step
    if isinstance(length, int) and length <= KNOWN and isinstance(start, Const) and isinstance(step, Const):
        first, by = start.value, step.value
        if isinstance(first, int) and isinstance(by, int):
            return Items.of(Const(first + i * by) for i in range(length))
    return Items.many(element_of_range(value), length)
