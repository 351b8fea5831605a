"""A value that stands for many: lengths born for one of them differ from one to the next."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lstmlint.shapes.dims import Dim, Poly, Symbol, birth, single, substitute, symbol, symbols
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import Integer, Unknown, Value, integer, unknown
from lstmlint.values.data import Array, DictObject, Entries, Frame, Items, ListObject, Record, Table, Tuple
from lstmlint.values.memory import in_place_of


def varying(
    name: str = "…", origin: str = "differs from one to the next", lower: Dim | None = 0, upper: Dim | None = None
) -> Dim:
    """A length that is another one for each element."""
    return Poly({(Symbol(name, origin, lower, upper, varies=True),): 1})


def fresh(value: Value) -> Value:
    """`value`, which stands for many, as one of them: each length that differs from one to the next is one number now."""
    numbers: dict[Symbol, Dim] = {}

    def number(s: Symbol) -> Dim | None:
        if not s.varies:
            return None
        if s not in numbers:
            numbers[s] = symbol(s.name if s.name != "…" else "?", s.origin, s.lower, s.upper)
        return numbers[s]

    return _replaced(_singled(value), number, 4)


def _singled(value: Value) -> Value:
    """What is unknown, as one of many: what is computed from it differs from one to the next."""
    if isinstance(value, Unknown):
        return unknown(value.type, value.name)
    if isinstance(value, Tuple) and value.items.known is not None:
        return Tuple(Items.of(map(_singled, value.items.known)))
    return value


def _replaced(value: Value, number: Callable[[Symbol], Dim | None], depth: int) -> Value:
    if depth == 0:
        return value
    if isinstance(value, Array):
        dims = [substitute(axis.dim, number) for axis in value.shape]
        if dims == list(value.shape.dims):
            return value
        shape = Shape(tuple(axis.of_length(dim) for dim, axis in zip(dims, value.shape)), value.shape.open)
        return in_place_of(value, replace(value, shape=shape))
    if isinstance(value, Integer):
        return integer(substitute(value.dim, number))
    if isinstance(value, Tuple):
        items = _replaced_items(value.items, number, depth)
        return value if items is value.items else Tuple(items)
    if isinstance(value, ListObject) and isinstance(value.cell.raw, Items):
        items = _replaced_items(value.cell.raw, number, depth)
        return value if items is value.cell.raw else ListObject(items, value.kind)
    if isinstance(value, Record):
        return Record(value.path, tuple((name, _replaced(part, number, depth - 1)) for name, part in value.parts))
    if isinstance(value, DictObject) and isinstance(value.cell.raw, Entries):
        entries = value.cell.raw
        known = tuple((key, _replaced(part, number, depth - 1)) for key, part in entries.known)
        same = all(new is old for (_, new), (_, old) in zip(known, entries.known))
        return value if same else DictObject(replace(entries, known=known))
    return value


def _replaced_items(items: Items, number: Callable[[Symbol], Dim | None], depth: int) -> Items:
    if items.known is not None:
        parts = [_replaced(part, number, depth - 1) for part in items.known]
        return items if all(new is old for new, old in zip(parts, items.known)) else Items.of(parts)
    # How long each of several inner items is still differs from one to the next.
    length = substitute(items.length, number)
    return items if length == items.length else Items.many(items.element, length)


class Youth:
    """What differs from one iteration of a loop to the next: what was born since the loop began, and the loop's own variable."""

    __slots__ = ("own", "since")

    def __init__(self, element: Value) -> None:
        self.since = birth()
        self.own = _own_symbols(element)

    def has(self, dim: Dim) -> bool:
        """Whether `dim` differs from one iteration to the next (and is not marked so already)."""
        return isinstance(dim, Poly) and any((s.birth > self.since or s in self.own) and not s.varies for s in symbols(dim))


def _own_symbols(element: Value) -> frozenset[Symbol]:
    """The integers that an element is or consists of (not the lengths of an array, which all elements share)."""
    if isinstance(element, Integer):
        return frozenset(symbols(element.dim))
    if isinstance(element, Tuple):
        parts = element.items.known or (element.items.element,)
        return frozenset(s for part in parts for s in _own_symbols(part))
    return frozenset()


EARLIER = "of an earlier iteration, "
"""Before the origin of a length that a loop has carried over from one iteration to the next."""


def vary(value: Value, young: Youth, depth: int = 3, carried: bool = False) -> Value:
    """`value` as one of many: young lengths differ from one to the next; `carried`: to the next iteration of a loop."""
    if depth == 0:
        return value
    if isinstance(value, Array):
        if not any(young.has(axis.dim) for axis in value.shape):
            return value
        axes = tuple(axis.of_length(_varying(axis.dim, young, carried)) for axis in value.shape)
        shape = Shape(axes, value.shape.open)
        return in_place_of(value, Array(shape, value.kind, value.dtype, None, value.source, value.known))
    if isinstance(value, Tuple):
        return Tuple(_vary_items(value.items, young, depth, carried))
    if isinstance(value, ListObject):
        raw = value.cell.raw
        if isinstance(raw, Items):
            changed = _vary_items(raw, young, depth, carried)
            return value if changed == raw else ListObject(changed, value.kind)
    if isinstance(value, Integer):
        return integer(_varying(value.dim, young, carried))
    if isinstance(value, Frame) and isinstance(value.cell.raw, Table):
        table = value.cell.raw
        rows, width = (_varying(dim, young, carried) for dim in (table.rows.dim, table.width))
        same = rows == table.rows.dim and width == table.width
        return value if same else Frame(replace(table, rows=table.rows.of_length(rows), width=width))
    return value


def _vary_items(items: Items, young: Youth, depth: int, carried: bool) -> Items:
    length = _varying(items.length, young, carried)
    if items.known is not None:
        changed = [vary(item, young, depth - 1, carried) for item in items.known]
        return items if changed == list(items.known) else Items.of(changed)
    element = vary(items.element, young, depth - 1, carried)
    return items if element == items.element and length == items.length else Items.many(element, length)


def _varying(dim: Dim, young: Youth, carried: bool) -> Dim:
    if not young.has(dim):
        return dim
    known = single(dim) if carried else None
    if known is None or not isinstance(known.lower, int) or not isinstance(known.upper, int):
        return varying()
    return varying(known.name, EARLIER + known.origin.removeprefix(EARLIER), known.lower, known.upper)
