"""A value that stands for many: lengths born for one of them differ from one to the next."""
from __future__ import annotations

from lstmlint.shapes.dims import Dim, Poly, Symbol, symbols
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.values.base import Integer, Value, integer
from lstmlint.values.data import Array, Items, ListObject, Tuple

DEPTH = 3


def varying(name: str = "…", origin: str = "differs from one to the next") -> Dim:
    """A length that is another one for each element."""
    return Poly({(Symbol(name, origin, varies=True),): 1})


def vary(value: Value, since: int) -> Value:
    """`value` as one of many: the symbols born after the one numbered `since` differ from one to the next."""
    return _vary(value, since, DEPTH)


def _vary(value: Value, since: int, depth: int) -> Value:
    if depth == 0:
        return value
    if isinstance(value, Array):
        if not any(_is_young(axis.dim, since) for axis in value.shape):
            return value
        axes = tuple(Axis(_varied(axis.dim, since), axis.meaning) for axis in value.shape)
        return Array(Shape(axes, value.shape.open), value.kind, value.dtype, None, value.source)
    if isinstance(value, Tuple) and value.type_path == "tuple":
        return Tuple(_vary_items(value.items, since, depth))
    if isinstance(value, ListObject):
        raw = value.cell.raw
        if isinstance(raw, Items):
            changed = _vary_items(raw, since, depth)
            return value if changed == raw else ListObject(changed, value.kind)
    if isinstance(value, Integer):
        return integer(_varied(value.dim, since))
    return value


def _vary_items(items: Items, since: int, depth: int) -> Items:
    length = _varied(items.length, since)
    if items.known is not None:
        changed = [_vary(item, since, depth - 1) for item in items.known]
        return items if changed == list(items.known) else Items.of(changed)
    element = _vary(items.element, since, depth - 1)
    return items if element == items.element and length == items.length else Items.many(element, length)


def _is_young(dim: Dim, since: int) -> bool:
    return isinstance(dim, Poly) and any(s.serial > since and not s.varies for s in symbols(dim))


def _varied(dim: Dim, since: int) -> Dim:
    return varying() if _is_young(dim, since) else dim
