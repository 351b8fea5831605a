"""Conversions that many library models need: anything array-like as an array, anything like a shape as a shape."""
from __future__ import annotations

from lstmlint.shapes.combine import as_sample
from lstmlint.shapes.dims import symbols
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Axis, Meaning, Shape
from lstmlint.values.base import Choice, Const, Integer, Undecided, Unknown, Value, dim_of
from lstmlint.values.data import Array, Frame, Items, ListObject, Range, Tuple, items_of, range_length
from lstmlint.values.memory import in_place_of

to_dim = dim_of


def to_shape(value: Value) -> Shape | None:
    """The shape that a shape argument means: 3, (3, 4), [n, -1]. None if its rank is not known. -1 stays -1."""
    if isinstance(value, (Tuple, ListObject)):
        items = items_of(value)
        if items is None or items.known is None:
            return None
        dims = [to_dim(item) for item in items.known]
        return None if any(d is None for d in dims) else Shape.of(*(d for d in dims if d is not None))
    is_number = isinstance(value, (Const, Integer)) or (isinstance(value, Unknown) and value.type == "int")
    dim = to_dim(value) if is_number else None
    return None if dim is None else Shape.of(dim)


_DTYPES = {"int": "int", "float": "float", "bool": "bool", "str": "str", "complex": "float", "bytes": "str", "scalar": None}


def to_array(value: Value) -> Array:
    """`value` as np.asarray would see it; of unknown shape where that is not known."""
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, Array):
        return value
    if isinstance(value, Frame):
        return in_place_of(value, Array(value.shape, "numpy", value.table.dtype, None, value.table.source))
    if isinstance(value, (Const, Integer)) or (isinstance(value, Unknown) and value.type in _DTYPES):
        return Array(SCALAR, dtype=_DTYPES.get(value.type_path or "", "object"))
    if isinstance(value, Range):
        return Array(Shape.of(range_length(value)), dtype="int")
    items = items_of(value)
    if isinstance(value, ListObject) and value.kind in ("set", "iterator", "view"):
        return Array(SCALAR, dtype="object")
    if items is not None:
        return in_place_of(value, items_to_array(items))
    return Array(UNKNOWN_SHAPE)


def items_to_array(items: Items, meaning: Meaning | None = None) -> Array:
    """np.array(list): the items stacked along a new first axis; of unknown shape where they may be ragged."""
    if items.known is not None and not items.known:
        return Array(Shape.of(0), dtype="float")
    if items.known is None:
        element = to_array(items.element)
    else:
        element = to_array(items.known[0])
        for item in items.known[1:]:
            part = to_array(item)
            if part.shape != element.shape:
                return Array(UNKNOWN_SHAPE)
            element = Array(part.shape, "numpy", _promoted(element.dtype, part.dtype), None, element.source or part.source)
    if any(s.varies for axis in element.shape for s in symbols(axis.dim)) and items.length != 1:
        return Array(UNKNOWN_SHAPE)
    if element.shape.open:
        # A first axis before unknown ones can't be told; the last ones stay.
        return Array(element.shape, "numpy", element.dtype, None, element.source)
    shape = element.shape
    if items.known is None:
        # Many alike are samples; a few that are written out may be anything.
        shape, meaning = as_sample(shape), meaning or Meaning.SAMPLE
    return Array(Shape((Axis(items.length, meaning), *shape.axes)), "numpy", element.dtype, None, element.source)


def _promoted(a: str | None, b: str | None) -> str | None:
    if a == b:
        return a
    numeric = {a, b} <= {"int", "float", "bool"}
    return ("float" if "float" in (a, b) else "int") if numeric else None
