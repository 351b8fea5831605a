"""np.r_ and np.c_: joining what stands between brackets."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.arguments import is_scalar
from lstmlint.library.numpy.results import array, checked, common_dtype
from lstmlint.library.registry import attributes, models
from lstmlint.shapes import combine
from lstmlint.shapes.permute import at_least_rank
from lstmlint.shapes.shape import Axis, Result, Shape
from lstmlint.values.base import Unknown, Value, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, ListObject, Tuple


@attributes("numpy.r_")
def rows() -> Value:
    """numpy.org/doc: joins along the first axis."""
    return LibraryObject("numpy.r_")


@attributes("numpy.c_")
def columns() -> Value:
    """numpy.org/doc: joins along the last axis, vectors as columns."""
    return LibraryObject("numpy.c_")


def _parts(key: Value) -> list[Array] | None:
    """The arrays between the brackets; None where there is anything else, such as a slice or a directive."""
    values = list(key.items.known or ()) if isinstance(key, Tuple) else [key]
    parts: list[Array] = []
    for value in values:
        if isinstance(value, (Array, ListObject)) or (is_scalar(value) and value.type_path != "str"):
            parts.append(to_array(value))
        elif isinstance(value, Unknown) or not isinstance(value, Array):
            return None
    return parts or None


def _joined(caller: Caller, name: str, parts: Sequence[Array], result: Result) -> Value:
    shape, violation = result
    dtype = common_dtype([part.dtype for part in parts])
    return checked(caller, name, parts, array(shape, dtype, *parts), violation)


@models("numpy.r_.__getitem__")
def below(self: LibraryObject, caller: Caller, key: Value) -> Value:
    """numpy.org/doc: one below the other."""
    parts = _parts(key)
    if parts is None:
        return unknown()
    return _joined(caller, "r_", parts, combine.concatenate([at_least_rank(part.shape, 1) for part in parts], 0))


@models("numpy.c_.__getitem__")
def beside(self: LibraryObject, caller: Caller, key: Value) -> Value:
    """numpy.org/doc: side by side, vectors as columns."""
    parts = _parts(key)
    if parts is None or any(part.shape.rank is None for part in parts):
        return unknown()
    shapes = [part.shape if part.shape.rank and part.shape.rank > 1 else _column(part.shape) for part in parts]
    return _joined(caller, "c_", parts, combine.concatenate(shapes, -1))


def _column(shape: Shape) -> Shape:
    return Shape((*(shape.axes or (Axis(1),)), Axis(1)))
