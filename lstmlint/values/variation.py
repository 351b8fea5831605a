"""A value that stands for many: lengths born for one of them differ from one to the next."""
from __future__ import annotations

from lstmlint.shapes.dims import Dim, Poly, Symbol, birth, symbols
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.values.base import Integer, Value, integer
from lstmlint.values.data import Array, Items, ListObject, Tuple


def varying(name: str = "…", origin: str = "differs from one to the next") -> Dim:
    """A length that is another one for each element."""
    return Poly({(Symbol(name, origin, varies=True),): 1})


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


def vary(value: Value, young: Youth, depth: int = 3) -> Value:
    """`value` as one of many: young lengths differ from one to the next."""
    if depth == 0:
        return value
    if isinstance(value, Array):
        if not any(young.has(axis.dim) for axis in value.shape):
            return value
        axes = tuple(Axis(_varying(axis.dim, young), axis.meaning) for axis in value.shape)
        return Array(Shape(axes, value.shape.open), value.kind, value.dtype, None, value.source, value.known)
    if isinstance(value, Tuple):
        return Tuple(_vary_items(value.items, young, depth))
    if isinstance(value, ListObject):
        raw = value.cell.raw
        if isinstance(raw, Items):
            changed = _vary_items(raw, young, depth)
            return value if changed == raw else ListObject(changed, value.kind)
    if isinstance(value, Integer):
        return integer(_varying(value.dim, young))
    return value


def _vary_items(items: Items, young: Youth, depth: int) -> Items:
    length = _varying(items.length, young)
    if items.known is not None:
        changed = [vary(item, young, depth - 1) for item in items.known]
        return items if changed == list(items.known) else Items.of(changed)
    element = vary(items.element, young, depth - 1)
    return items if element == items.element and length == items.length else Items.many(element, length)


def _varying(dim: Dim, young: Youth) -> Dim:
    return varying() if young.has(dim) else dim
