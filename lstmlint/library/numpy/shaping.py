"""Functions that change an array's axes and keep its elements."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.arguments import UNSURE, axes_of, target_dims
from lstmlint.library.numpy.results import array, array_or_number, checked, number, reshaped, traced
from lstmlint.library.registry import models
from lstmlint.shapes import permute
from lstmlint.shapes import reshape as reshapes
from lstmlint.shapes.broadcast import broadcast_to as stretch
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape, Violation
from lstmlint.values.base import MISSING, NONE, Const, Value, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, ListObject, tuple_of


def _wanted(shape: Sequence[Value]) -> list[Dim] | None:
    """The lengths asked for. Of NumPy's, any negative number is as good as -1."""
    dims = target_dims(shape)
    return None if dims is None else [-1 if isinstance(dim, int) and dim < 0 else dim for dim in dims]


def _reshape(caller: Caller, a: Array, *shape: Value) -> Value:
    dims = _wanted(shape)
    if dims is None:
        return traced(caller, "reshape", a, (UNKNOWN_SHAPE, None))
    return traced(caller, "reshape", a, reshapes.reshape(a.shape, dims))


@models("numpy.reshape")
def reshape(caller: Caller, a: Array, shape: Value = MISSING, order: Value = NONE, newshape: Value = NONE) -> Value:
    """numpy.org/doc: the same elements under other axes; one length may be -1."""
    if not is_none(order) and order != Const("C"):
        # The elements are read in another order, so that no axis keeps its meaning.
        dims = _wanted((newshape if shape is MISSING else shape,))
        own = a.shape if a.shape.open else Shape.of(*a.shape.dims)
        return reshaped(caller, "reshape", a, (UNKNOWN_SHAPE, None) if dims is None else reshapes.reshape(own, dims))
    return _reshape(caller, a, newshape if shape is MISSING else shape)


@models("numpy.ndarray.reshape")
def reshape_method(caller: Caller, self: Array, *shape: Value) -> Value:
    """numpy.org/doc: as numpy.reshape, but the lengths may be separate arguments."""
    return _reshape(caller, self, *shape)


@models("numpy.ravel", "numpy.ndarray.ravel", "numpy.ndarray.flatten")
def ravel(a: Array, order: Value = NONE) -> Value:
    """numpy.org/doc: all elements along one axis."""
    if a.shape.rank == 1:
        return array(a.shape, a.dtype, a)
    return array(Shape.of(flat_length(a.shape)), a.dtype, a)


def _transpose(caller: Caller, a: Array, *axes: Value) -> Value:
    order = None if not axes else axes_of(axes[0]) if len(axes) == 1 else axes_of(tuple_of(*axes))
    if order is UNSURE:
        rank = a.shape.rank
        return array(UNKNOWN_SHAPE if rank is None else Shape.of_rank(rank), a.dtype, a)
    return reshaped(caller, "transpose", a, permute.transpose(a.shape, order))


@models("numpy.transpose", "numpy.permute_dims")
def transpose(caller: Caller, a: Array, axes: Value = NONE) -> Value:
    """numpy.org/doc: the axes in another order, reversed by default."""
    return _transpose(caller, a, axes)


@models("numpy.ndarray.transpose")
def transpose_method(caller: Caller, self: Array, *axes: Value) -> Value:
    """numpy.org/doc: as numpy.transpose, but the axes may be separate arguments."""
    return _transpose(caller, self, *axes)


@models("numpy.swapaxes", "numpy.ndarray.swapaxes")
def swapaxes(caller: Caller, a: Array, axis1: int, axis2: int) -> Value:
    """numpy.org/doc: two axes exchanged."""
    return reshaped(caller, "swapaxes", a, permute.swapaxes(a.shape, axis1, axis2))


@models("numpy.moveaxis")
def moveaxis(caller: Caller, a: Array, source: Value, destination: Value) -> Value:
    """numpy.org/doc: some axes moved to other places."""
    starts, ends = axes_of(source), axes_of(destination)
    if not isinstance(starts, tuple) or not isinstance(ends, tuple):
        return array(_same_rank(a.shape), a.dtype, a)
    return reshaped(caller, "moveaxis", a, permute.moveaxis(a.shape, starts, ends))


@models("numpy.rollaxis")
def rollaxis(caller: Caller, a: Array, axis: int, start: int = 0) -> Value:
    """numpy.org/doc: one axis rolled back until it lies before `start`."""
    rank = a.shape.rank
    if rank is None:
        return array(UNKNOWN_SHAPE, a.dtype, a)
    violation = permute.axis_violation(a.shape, axis) or permute.axis_violation(a.shape, start, rank + 1)
    if violation:
        return reshaped(caller, "rollaxis", a, (a.shape, violation))
    start, axis = start + rank if start < 0 else start, axis % rank
    return reshaped(caller, "rollaxis", a, permute.moveaxis(a.shape, [axis], [start - (axis < start)]))


def _same_rank(shape: Shape) -> Shape:
    return UNKNOWN_SHAPE if shape.rank is None else Shape.of_rank(shape.rank)


@models("numpy.expand_dims")
def expand_dims(caller: Caller, a: Array, axis: Value) -> Value:
    """numpy.org/doc: new axes of length one at `axis`."""
    axes = axes_of(axis)
    if not isinstance(axes, tuple):
        return array(UNKNOWN_SHAPE, a.dtype, a)
    return reshaped(caller, "expand_dims", a, permute.expand_dims(a.shape, axes))


@models("numpy.squeeze", "numpy.ndarray.squeeze")
def squeeze(caller: Caller, a: Array, axis: Value = NONE) -> Value:
    """numpy.org/doc: without the axes of length one."""
    axes = axes_of(axis)
    if axes is UNSURE:
        return array(UNKNOWN_SHAPE, a.dtype, a)
    return reshaped(caller, "squeeze", a, permute.squeeze(a.shape, axes))


@models("numpy.broadcast_to")
def broadcast_to(caller: Caller, a: Array, shape: Shape | None) -> Value:
    """numpy.org/doc: stretched to `shape`."""
    target = UNKNOWN_SHAPE if shape is None else shape
    return reshaped(caller, "broadcast_to", a, stretch(a.shape, target))


def _atleast(rank: int) -> None:
    @models(f"numpy.atleast_{rank}d")
    def atleast(*arys: Value) -> Value:
        """numpy.org/doc: axes of length one added up to this rank; a tuple for several arrays."""
        results = []
        for value in arys:
            a = to_array(value)
            results.append(array(permute.at_least_rank(a.shape, rank), a.dtype, a))
        return results[0] if len(results) == 1 else tuple_of(*results)


for _rank in (1, 2, 3):
    _atleast(_rank)


@models("numpy.flipud")
def flipud(caller: Caller, m: Array) -> Value:
    """numpy.org/doc: the first axis reversed."""
    return reshaped(caller, "flipud", m, (m.shape, permute.axis_violation(m.shape, 0)))


@models("numpy.fliplr")
def fliplr(caller: Caller, m: Array) -> Value:
    """numpy.org/doc: the second axis reversed."""
    return reshaped(caller, "fliplr", m, (m.shape, permute.axis_violation(m.shape, 1)))


@models("numpy.sort_complex")
def sort_complex(caller: Caller, a: Array) -> Value:
    """numpy.org/doc: complex numbers in order, along the last axis."""
    return checked(caller, "sort_complex", [a], array(a.shape, "float", a), permute.axis_violation(a.shape, -1))


@models("numpy.flip", "numpy.roll", "numpy.real_if_close")
def same_axes(m: Array, *others: Value) -> Value:
    """numpy.org/doc: other elements, the same axes."""
    return array(m.shape, m.dtype, m)


@models("numpy.rot90")
def rot90(caller: Caller, m: Array, k: int = 1, axes: Value = MISSING) -> Value:
    """numpy.org/doc: turned by 90 degrees in the plane of two axes, the first two by default."""
    plane = (0, 1) if axes is MISSING else axes_of(axes)
    if not isinstance(plane, tuple) or len(plane) != 2:
        return array(_same_rank(m.shape), m.dtype, m)
    turned, violation = permute.swapaxes(m.shape, *plane)
    return reshaped(caller, "rot90", m, (turned if k % 2 else m.shape, violation))


@models("numpy.diag")
def diag(caller: Caller, v: Array, k: int = 0) -> Value:
    """numpy.org/doc: a square matrix from a diagonal, or the diagonal of a matrix."""
    if v.shape.rank == 1:
        side = v.shape.axes[0].dim + abs(k)
        return array(Shape.of(side, side), v.dtype, v)
    if v.shape.rank in (0, None) or v.shape.rank == 2:
        return reshaped(caller, "diag", v, permute.diagonal(v.shape, k))
    return reshaped(caller, "diag", v, (UNKNOWN_SHAPE, Violation("rank", f"diag takes 1 or 2 axes, got {v.shape}", v.shape)))


@models("numpy.triu", "numpy.tril")
def triangle(m: Array, k: Value = NONE) -> Value:
    """numpy.org/doc: a triangle of a matrix, the rest zero."""
    if m.shape.rank == 1:
        return array(Shape(m.shape.axes * 2), m.dtype, m)
    return array(m.shape, m.dtype, m)


@models("numpy.ndarray.__iter__")
def iterate(self: Array) -> Value:
    """numpy.org/doc: the parts along the first axis."""
    return element(self)


def element(a: Array) -> Value:
    """One part of `a` along its first axis."""
    if a.shape.open:
        rest = permute.behind(a.shape, 1)
        return array(rest, a.dtype, a) if rest.axes else unknown()
    return array_or_number(Shape(a.shape.axes[1:]), a.dtype, a)


@models("numpy.ndarray.tolist")
def tolist(self: Array) -> Value:
    """numpy.org/doc: nested lists of Python numbers."""
    return _nested(self)


def _nested(a: Array) -> Value:
    if a.shape.open:
        return unknown()
    if not a.shape.axes:
        return number(a.dtype)
    inner = _nested(array(Shape(a.shape.axes[1:]), a.dtype, a))
    return ListObject(Items.many(inner, a.shape.axes[0].dim))
