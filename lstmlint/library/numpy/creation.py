"""Functions that make arrays: from sizes, from numbers, from sequences."""
from __future__ import annotations

import math

from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.arguments import dtype_of, flag, is_scalar, scalar_dtype
from lstmlint.library.numpy.results import array
from lstmlint.library.registry import models
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.dims import Dim, larger
from lstmlint.shapes.permute import at_least_rank
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, unknown_dim
from lstmlint.values.base import MISSING, NONE, Const, Integer, Unknown, Value, constant_int, dim_of, is_none
from lstmlint.values.data import Array, Frame, ListObject, items_of, tuple_of


@models("numpy.zeros", "numpy.ones", "numpy.empty")
def filled(shape: Shape | Unknown, dtype: Value = NONE, order: Value = NONE) -> Value:
    """numpy.org/doc: a new array of this shape, float by default."""
    return array(UNKNOWN_SHAPE if isinstance(shape, Unknown) else shape, dtype_of(dtype, "float"))


@models("numpy.full")
def full(shape: Shape | Unknown, fill_value: Value, dtype: Value = NONE, order: Value = NONE) -> Value:
    """numpy.org/doc: a new array of this shape, of the fill value's dtype by default."""
    return array(UNKNOWN_SHAPE if isinstance(shape, Unknown) else shape, dtype_of(dtype, to_array(fill_value).dtype))


@models("numpy.zeros_like", "numpy.ones_like", "numpy.empty_like")
def like(a: Array, dtype: Value = NONE, order: Value = NONE, subok: Value = NONE, shape: Shape | Unknown | None = None) -> Value:
    """numpy.org/doc: a new array of the same shape and dtype as another."""
    chosen = a.shape if shape is None else UNKNOWN_SHAPE if isinstance(shape, Unknown) else shape
    return array(chosen, dtype_of(dtype, a.dtype))


@models("numpy.full_like")
def full_like(a: Array, fill_value: Value, dtype: Value = NONE) -> Value:
    """numpy.org/doc: as full, of the shape and dtype of another array."""
    return array(a.shape, dtype_of(dtype, a.dtype))


@models("numpy.eye")
def eye(N: Dim, M: Dim | None = None, k: Value = NONE, dtype: Value = NONE) -> Value:  # noqa: N803
    """numpy.org/doc: ones on a diagonal."""
    return array(Shape.of(N, N if M is None else M), dtype_of(dtype, "float"))


@models("numpy.identity")
def identity(n: Dim, dtype: Value = NONE) -> Value:
    """numpy.org/doc: the identity matrix."""
    return array(Shape.of(n, n), dtype_of(dtype, "float"))


@models("numpy.tri")
def tri(N: Dim, M: Dim | None = None, k: Value = NONE, dtype: Value = NONE) -> Value:  # noqa: N803
    """numpy.org/doc: ones at and below a diagonal."""
    return array(Shape.of(N, N if M is None else M), dtype_of(dtype, "float"))


@models("numpy.ascontiguousarray", "numpy.asfortranarray")
def contiguous(a: Value, dtype: Value = NONE) -> Value:
    """numpy.org/doc: anything array-like as an array of at least one axis."""
    return as_array(a, dtype, ndmin=Const(1))


@models("numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.copy", "numpy.asarray_chkfinite", "numpy.require")
def as_array(object: Value, dtype: Value = NONE, *others: Value, ndmin: Value = NONE) -> Value:
    """numpy.org/doc: anything array-like as an array."""
    if isinstance(object, Frame) or not isinstance(object, Array):
        made = to_array(object)
    else:
        made = object if object.kind != "dataset" else Array(UNKNOWN_SHAPE)
    shape = made.shape
    least = 0 if is_none(ndmin) else constant_int(ndmin)
    if least is None:
        shape = UNKNOWN_SHAPE
    elif least and not shape.open:
        shape = Shape((Axis(1),) * max(0, least - len(shape.axes)) + shape.axes)
    elif least and len(shape.axes) < least:
        shape = UNKNOWN_SHAPE
    # A list of unequal lists is an array of lists where that is asked for, so numbers that are sequences stay unknown.
    wanted = dtype_of(dtype, made.dtype)
    return array(shape, wanted, made)


@models("numpy.arange")
def arange(start: Value, stop: Value = MISSING, step: Value = MISSING, dtype: Value = NONE) -> Value:
    """numpy.org/doc: evenly spaced numbers within a half-open interval."""
    if stop is MISSING or is_none(stop):
        start, stop = Const(0), start
    if step is MISSING or is_none(step):
        step = Const(1)
    parts = (start, stop, step)
    kinds = {scalar_dtype(part) for part in parts}
    default = "int" if kinds == {"int"} else "float" if "float" in kinds and None not in kinds else None
    return array(Shape.of(_arange_length(start, stop, step)), dtype_of(dtype, default))


def _arange_length(start: Value, stop: Value, step: Value) -> Dim:
    if isinstance(start, Const) and isinstance(stop, Const) and isinstance(step, Const):
        first, last, by = start.value, stop.value, step.value
        if isinstance(first, (int, float)) and isinstance(last, (int, float)) and isinstance(by, (int, float)) and by:
            size = (last - first) / by
            return max(0, math.ceil(size)) if math.isfinite(size) else unknown_dim()
    if all(isinstance(part, (Const, Integer)) and part.type_path == "int" for part in (start, stop)) and step == Const(1):
        low, high = dim_of(start), dim_of(stop)
        if low is not None and high is not None:
            return high - low if isinstance(high - low, int) is False else larger(high - low, 0)
    return unknown_dim()


@models("numpy.linspace", "numpy.logspace", "numpy.geomspace")
def linspace(start: Array, stop: Array, num: Dim | Unknown = 50, endpoint: Value = NONE, base_or_retstep: Value = NONE,
             dtype: Value = NONE, axis: Value = NONE, *, retstep: Value = NONE) -> Value:  # fmt: skip
    """numpy.org/doc: `num` evenly spaced numbers; a new first axis where the ends are arrays."""
    plain = start.shape.rank == 0 and stop.shape.rank == 0
    count = unknown_dim() if isinstance(num, Unknown) else num
    result = array(Shape.of(count) if plain else UNKNOWN_SHAPE, dtype_of(dtype, "float"))
    wants_step = flag(retstep)
    if wants_step is True or flag(base_or_retstep) is True:
        return tuple_of(result, Unknown(("step", id(result)), "float"))
    return result


@models("numpy.fromiter")
def fromiter(iter: Value, dtype: Value = NONE, count: Value = Const(-1)) -> Value:  # noqa: B008
    """numpy.org/doc: a rank-1 array of the items of an iterable."""
    number = constant_int(count)
    items = items_of(iter) if isinstance(iter, ListObject) else None
    length = number if number is not None and number >= 0 else items.length if items is not None else unknown_dim()
    return array(Shape.of(length), dtype_of(dtype, None))


@models("numpy.fromfunction")
def fromfunction(function: Value, shape: Value) -> Value:
    """numpy.org/doc: whatever the function answers for arrays of this shape."""
    return array(UNKNOWN_SHAPE, None)


@models("numpy.meshgrid")
def meshgrid(*xi: Value, indexing: Value = Const("xy")) -> Value:  # noqa: B008
    """numpy.org/doc: one array for each coordinate, each with an axis for every coordinate."""
    grids = [to_array(value) for value in xi]
    lengths = [flat_length(grid.shape) for grid in grids]
    if not isinstance(indexing, Const):
        lengths = [unknown_dim() for _ in lengths]
    elif indexing.value == "xy" and len(lengths) >= 2:
        lengths[:2] = lengths[1], lengths[0]
    return tuple_of(*(array(Shape.of(*lengths), grid.dtype, grid) for grid in grids))


@models("numpy.indices")
def indices(dimensions: Shape, dtype: Value = NONE) -> Value:
    """numpy.org/doc: the index of each element, with a first axis for the coordinates."""
    return array(Shape.of(len(dimensions.axes), *dimensions.dims), dtype_of(dtype, "int"))


@models("numpy.vander")
def vander(x: Array, N: Dim | None = None) -> Value:  # noqa: N803
    """numpy.org/doc: powers of a vector as columns."""
    length = flat_length(x.shape)
    return array(Shape.of(length, length if N is None else N), x.dtype, x)


@models("numpy.matrix", "numpy.asmatrix", "numpy.mat")
def matrix(data: Value) -> Value:
    """numpy.org/doc: a matrix, whose operators differ from an array's, so that only its rank is told."""
    made = to_array(data) if not is_scalar(data) else Array(Shape.of(1, 1))
    return array(at_least_rank(made.shape, 2) if made.shape.rank in (0, 1, 2) else UNKNOWN_SHAPE, made.dtype, made)
