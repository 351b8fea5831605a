"""Conversions that many library models need: anything array-like as an array, anything like a shape as a shape."""
from __future__ import annotations

from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Axis, Meaning, Shape
from lstmlint.values.base import Choice, Const, Integer, Undecided, Unknown, Value, dim_of
from lstmlint.values.data import Array, Frame, Items, ListObject, Tuple, items_of

to_dim = dim_of


def to_shape(value: Value) -> Shape | None:
    """The shape that a shape argument means: 3, (3, 4), [n, -1]. None if its rank is not known. -1 stays -1."""
    if isinstance(value, (Tuple, ListObject)):
        items = items_of(value)
        if items is None or items.known is None:
            return None
        dims = [to_dim(item) for item in items.known]
        return None if any(d is None for d in dims) else Shape.of(*(d for d in dims if d is not None))
    dim = to_dim(value) if isinstance(value, (Const, Integer)) else None
    return None if dim is None else Shape.of(dim)


_DTYPES = {"int": "int", "float": "float", "bool": "bool", "str": "str", "complex": "float", "bytes": "str"}


def to_array(value: Value) -> Array:
    """`value` as np.asarray would see it; of unknown shape where that is not known."""
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, Array):
        return value
    if isinstance(value, Frame):
        return Array(value.shape, "numpy", None, None, value.table.source)
    if isinstance(value, (Const, Integer)) or (isinstance(value, Unknown) and value.type in _DTYPES):
        return Array(SCALAR, dtype=_DTYPES.get(value.type_path or "", "object"))
    items = items_of(value)
    if items is not None and not (isinstance(value, ListObject) and value.kind == "set"):
        return items_to_array(items)
    return Array(UNKNOWN_SHAPE)


def items_to_array(items: Items, meaning: Meaning | None = None) -> Array:
    """np.array(list): the items stacked along a new first axis; unknown where they may be ragged."""
    if items.known is not None and not items.known:
        return Array(Shape.of(0), dtype="float")
    element = to_array(items.element)
    if items.known is not None and len(items.known) > 1:
        parts = [to_array(item) for item in items.known]
        if any(part.shape.rank != element.shape.rank for part in parts):
            return Array(UNKNOWN_SHAPE)
    first = Axis(items.length, meaning or Meaning.SAMPLE)
    return Array(element.shape.insert(-1 - len(element.shape.axes), first), "numpy", element.dtype, None, element.source)


