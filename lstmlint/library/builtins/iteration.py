"""Lengths, and what iterating yields."""
from __future__ import annotations

from typing import NamedTuple

from lstmlint.shapes.dims import Birth, Dim, derived
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import Choice, Const, Undecided, Unknown, Value, dim_of, unknown
from lstmlint.values.code import Caller, Class, Function, Instance
from lstmlint.values.data import (
    Array,
    DictObject,
    Frame,
    Items,
    ListObject,
    Range,
    Tuple,
    as_value,
    element_of_range,
    items_of,
    range_length,
)

KNOWN = 64
"""Up to how many items are kept apart."""

LITERAL = 512
"""Up to how many items a list may hold apart that was written out, or grown from one."""


class SizedText(NamedTuple):
    """The identity of a text of which only the number of characters is known."""

    born: Birth
    length: int


def length_of(value: Value) -> Dim | None:
    """len(value), None where it is not known or there is no such thing."""
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, Const):
        return len(value.value) if isinstance(value.value, (str, bytes)) else None
    items = items_of(value)
    if items is not None:
        # A deque with maxlen has another length after each append.
        return unknown_dim("len(deque)") if isinstance(value, ListObject) and value.kind == "bounded" else items.length
    if isinstance(value, Range):
        return range_length(value)
    if isinstance(value, DictObject):
        entries = value.entries
        return entries.length if entries.length is not None or entries.open else len(entries.known)
    if isinstance(value, Array):
        first = value.shape.axis(0)
        return None if first is None else first.dim
    if isinstance(value, Frame):
        return value.table.rows.dim
    if isinstance(value, Unknown) and value.type == "str" and isinstance(value.key, SizedText):
        return value.key.length
    if isinstance(value, Unknown) and value.type not in ("int", "float", "bool", "complex"):
        return derived(("len", value.key), f"len({value.name or '?'})")
    return None


def items_over(caller: Caller, value: Value) -> Items:
    """The items that a loop over `value` sees."""
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, (Tuple, ListObject)):
        items = items_of(value)
        if items is not None:
            return items
    if isinstance(value, Range):
        return _numbers(value)
    if isinstance(value, DictObject):
        return keys_of(value)
    if isinstance(value, Const) and isinstance(value.value, str):
        text = value.value
        return Items.of(Const(c) for c in text) if len(text) <= KNOWN else Items.many(unknown("str"), len(text))
    if isinstance(value, Frame):
        columns = value.table.columns
        if columns is None:
            return Items.many(unknown(), value.table.width)
        return Items.of(Const(c) if isinstance(c, (str, int, float)) else unknown() for c in columns)
    if isinstance(value, Const):
        return Items.many(unknown(), unknown_dim())
    length = length_of(value)
    return Items.many(caller.iterate(value), unknown_dim() if length is None else length)


def drained(caller: Caller, value: Value) -> Items:
    """The items of `value`, which are used up if it is an iterator."""
    items = items_over(caller, value)
    if isinstance(value, ListObject) and value.kind == "iterator" and items.length != 0:
        value.items = Items.of(())
    return items


def keys_of(value: DictObject) -> Items:
    """The keys of a dictionary."""
    entries = value.entries
    if not entries.open:
        return Items.of(as_value(key) for key, _ in entries.known)
    return Items.many(unknown(entries.keys), unknown_dim("len(dict)") if entries.length is None else entries.length)


def _numbers(value: Range) -> Items:
    length = range_length(value)
    start, step = dim_of(value.start), dim_of(value.step)
    if isinstance(length, int) and length <= KNOWN and isinstance(start, int) and isinstance(step, int):
        known = tuple(Const(start + i * step) for i in range(length))
        return Items(known, element_of_range(value) if known else unknown(), length)
    return Items.many(element_of_range(value), length)


def special(caller: Caller, value: Value, name: str, *args: Value) -> Value | None:
    """What the method `name` that a class of the program defines answers; None if there is none."""
    if isinstance(value, Instance):
        for ancestor in value.cls.ancestors():
            member = ancestor.namespace.get(name) if isinstance(ancestor, Class) else None
            if isinstance(member, Function):
                return caller.call(member, [value, *args])
    return None
