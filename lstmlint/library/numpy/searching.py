"""Sorting, searching, counting, and functions along one axis. What depends on the data gets a fresh length."""
from __future__ import annotations

from lstmlint.library.coerce import to_array, to_shape
from lstmlint.library.numpy.arguments import UNSURE, axes_of, flag
from lstmlint.library.numpy.results import array, array_or_number, checked, reshaped
from lstmlint.library.registry import models
from lstmlint.shapes import window
from lstmlint.shapes.broadcast import broadcast
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.shapes.permute import at_least_rank, axis_violation
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Unknown, Value, constant_int, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, items_of, tuple_of


def _counted(name: str, origin: str, upper: Dim | None = None) -> Dim:
    return symbol(name, origin, 0, upper)


@models("numpy.unique")
def unique(caller: Caller, ar: Array, return_index: Value = FALSE, return_inverse: Value = FALSE,
           return_counts: Value = FALSE, axis: Value = NONE) -> Value:  # fmt: skip
    """numpy.org/doc: the distinct values, in order; with them their positions and counts, where asked for."""
    axes = axes_of(axis)
    extras = [flag(value) for value in (return_index, return_inverse, return_counts)]
    total = ar.shape.elements()
    if isinstance(axes, tuple):
        violation = axis_violation(ar.shape, axes[0])
        found = ar.shape.axis(axes[0])
        count = _counted("unique", "distinct slices", None if found is None else found.dim)
        values = array(UNKNOWN_SHAPE if found is None else ar.shape.replace(axes[0], Axis(count)), ar.dtype, ar)
        checked(caller, "unique", [ar], values, violation)
    else:
        count = _counted("unique", "distinct values", total)
        values = array(Shape.of(count) if axes is None else UNKNOWN_SHAPE, ar.dtype, ar)
    if UNSURE in extras:
        return unknown()
    # The shape of the inverse changed between numpy 1 and 2, but not for rank 1.
    inverse = ar.shape if ar.shape.rank == 1 else UNKNOWN_SHAPE
    more = [array(shape, "int") for shape, wanted in zip((Shape.of(count), inverse, Shape.of(count)), extras) if wanted]
    return tuple_of(values, *more) if more else values


@models("numpy.sort")
def sort(caller: Caller, a: Array, axis: Value = Const(-1), kind: Value = NONE, order: Value = NONE) -> Value:  # noqa: B008
    """numpy.org/doc: sorted along an axis, flattened where that is None."""
    return _sorted(caller, "sort", a, axis, a.dtype)


@models("numpy.argsort", "numpy.ndarray.argsort")
def argsort(caller: Caller, a: Array, axis: Value = Const(-1), kind: Value = NONE, order: Value = NONE) -> Value:  # noqa: B008
    """numpy.org/doc: the positions that would sort."""
    return _sorted(caller, "argsort", a, axis, "int")


@models("numpy.partition")
def partition(caller: Caller, a: Array, kth: Value, axis: Value = Const(-1)) -> Value:  # noqa: B008
    """numpy.org/doc: partly sorted."""
    return _sorted(caller, "partition", a, axis, a.dtype)


@models("numpy.argpartition")
def argpartition(caller: Caller, a: Array, kth: Value, axis: Value = Const(-1)) -> Value:  # noqa: B008
    """numpy.org/doc: the positions that would partly sort."""
    return _sorted(caller, "argpartition", a, axis, "int")


def _sorted(caller: Caller, name: str, a: Array, axis: Value, dtype: str | None) -> Value:
    axes = axes_of(axis)
    shape = at_least_rank(a.shape, 1) if name == "argsort" else a.shape
    if axes is None:
        return array(Shape.of(flat_length(shape)), dtype, a)
    violation = None if axes is UNSURE else axis_violation(shape, axes[0])
    shape = shape if axes is not UNSURE else UNKNOWN_SHAPE
    return checked(caller, name, [a], array(shape, dtype, a), violation)


def positions(a: Array) -> Value:
    """One array of positions for each axis."""
    if a.shape.rank is None:
        return unknown("tuple")
    found = _counted("found", "how many are not zero", a.shape.elements())
    return tuple_of(*(array(Shape.of(found), "int") for _ in a.shape.axes))


@models("numpy.nonzero", "numpy.ndarray.nonzero")
def nonzero(caller: Caller, a: Array) -> Value:
    """numpy.org/doc: the positions of what is not zero, an array for each axis."""
    return checked(caller, "nonzero", [a], positions(a), axis_violation(a.shape, 0))


@models("numpy.flatnonzero")
def flatnonzero(a: Array) -> Value:
    """numpy.org/doc: the positions of what is not zero, flattened."""
    return array(Shape.of(_counted("found", "how many are not zero", a.shape.elements())), "int")


@models("numpy.argwhere")
def argwhere(a: Array) -> Value:
    """numpy.org/doc: a row for each position of what is not zero."""
    if a.shape.rank is None:
        return array(Shape.of_rank(2), "int")
    return array(Shape.of(_counted("found", "how many are not zero", a.shape.elements()), a.shape.rank), "int")


@models("numpy.searchsorted", "numpy.ndarray.searchsorted")
def searchsorted(a: Array, v: Value) -> Value:
    """numpy.org/doc: where each element would be inserted."""
    return unknown() if isinstance(v, Unknown) and v.type is None else array_or_number(to_array(v).shape, "int")


@models("numpy.digitize")
def digitize(x: Value, bins: Value) -> Value:
    """numpy.org/doc: the bin of each element."""
    return searchsorted(to_array(bins), x)


@models("numpy.bincount")
def bincount(x: Array, weights: Value = NONE, minlength: Value = NONE) -> Value:
    """numpy.org/doc: how often each number occurs."""
    return array(Shape.of(unknown_dim("bins", "the largest number and one")), "int" if is_none(weights) else "float")


@models("numpy.histogram")
def histogram(a: Array, bins: Value = Const(10)) -> Value:  # noqa: B008
    """numpy.org/doc: counts and the edges of the bins."""
    number = constant_int(bins)
    given = to_shape(bins) if items_of(bins) is not None else None
    count: Dim = number if number is not None else len(given.dims) - 1 if given is not None else unknown_dim("bins")
    return tuple_of(array(Shape.of(count), None), array(Shape.of(count + 1), None))


@models("numpy.intersect1d", "numpy.union1d", "numpy.setdiff1d", "numpy.setxor1d", "numpy.trim_zeros")
def set_operation(ar1: Value, ar2: Value = NONE) -> Value:
    """numpy.org/doc: a rank-1 array of distinct values."""
    return array(Shape.of_rank(1), None)


@models("numpy.extract")
def extract(condition: Value, arr: Array) -> Value:
    """numpy.org/doc: the elements where a condition holds."""
    return array(Shape.of(_counted("selected", "elements selected", arr.shape.elements())), arr.dtype, arr)


@models("numpy.compress")
def compress(caller: Caller, condition: Value, a: Array, axis: Value = NONE) -> Value:
    """numpy.org/doc: the slices where a condition holds."""
    axes = axes_of(axis)
    if axes is None:
        return array(Shape.of_rank(1), a.dtype, a)
    if not isinstance(axes, tuple):
        return array(UNKNOWN_SHAPE, a.dtype, a)
    known = a.shape.axis(axes[0]) is not None
    shape = a.shape.replace(axes[0], Axis(unknown_dim())) if known else UNKNOWN_SHAPE
    return checked(caller, "compress", [a], array(shape, a.dtype, a), axis_violation(a.shape, axes[0]))


@models("numpy.take", "numpy.ndarray.take")
def take(caller: Caller, a: Array, indices: Array, axis: Value = NONE) -> Value:
    """numpy.org/doc: the elements at some positions."""
    axes = axes_of(axis)
    if axes is UNSURE:
        return array(UNKNOWN_SHAPE, a.dtype, a)
    source = Shape.of(flat_length(a.shape)) if axes is None else at_least_rank(a.shape, 1)
    at = 0 if axes is None else axes[0]
    violation = axis_violation(source, at)
    if source.axis(at) is None or indices.shape.open:
        return checked(caller, "take", [a], array(UNKNOWN_SHAPE, a.dtype, a), violation)
    return checked(caller, "take", [a], array_or_number(source.replace(at, *indices.shape.axes), a.dtype, a), violation)


@models("numpy.take_along_axis")
def take_along_axis(arr: Array, indices: Array, axis: Value = NONE) -> Value:
    """numpy.org/doc: as many elements as there are indices."""
    axes = axes_of(axis)
    if not isinstance(axes, tuple) or arr.shape.rank != indices.shape.rank or indices.shape.axis(axes[0]) is None:
        rank = indices.shape.rank
        return array(UNKNOWN_SHAPE if rank is None else Shape.of_rank(rank), arr.dtype, arr)
    along = indices.shape.axes[indices.shape.position(axes[0]) or 0]
    # The other axes may have length one on either side.
    shape = indices.shape if indices.shape == arr.shape else broadcast(indices.shape, arr.shape.replace(axes[0], along))[0]
    return array(shape, arr.dtype, arr)


@models("numpy.diff")
def diff(caller: Caller, a: Array, n: int = 1, axis: int = -1, prepend: Value = MISSING, append: Value = MISSING) -> Value:
    """numpy.org/doc: differences of neighbours, fewer by `n`."""
    extra: Dim = 0
    for more in (prepend, append):
        if more is MISSING:
            continue
        part = to_array(more).shape
        along = part.axis(axis)
        extra = extra + (1 if part.rank == 0 else unknown_dim() if along is None else along.dim)
    shape, violation = window.differences(a.shape, n, axis, extra)
    return checked(caller, "diff", [a], array(shape, a.dtype, a), violation)


@models("numpy.ediff1d")
def ediff1d(ary: Array) -> Value:
    """numpy.org/doc: differences of neighbours, flattened."""
    return array(window.differences(Shape.of(flat_length(ary.shape)))[0], ary.dtype, ary)


@models("numpy.gradient")
def gradient(caller: Caller, f: Array, *varargs: Value, axis: Value = NONE) -> Value:
    """numpy.org/doc: of a rank-1 array or along one axis, one of the same shape; otherwise one for each axis."""
    axes = axes_of(axis)
    if axes is UNSURE or f.shape.rank is None:
        return unknown()
    count = f.shape.rank if not isinstance(axes, tuple) else len(axes)
    answer = array(f.shape, "float", f)
    violation = axis_violation(f.shape, axes[0]) if isinstance(axes, tuple) else None
    return checked(caller, "gradient", [f], answer if count == 1 else tuple_of(*[answer] * count), violation)


@models("numpy.convolve", "numpy.correlate")
def convolve(caller: Caller, a: Array, v: Array, mode: Value = MISSING) -> Value:
    """numpy.org/doc: the discrete convolution of two rank-1 arrays."""
    if mode is not MISSING and not (isinstance(mode, Const) and isinstance(mode.value, str)):
        return array(Shape.of_rank(1), None)
    chosen = mode.value if isinstance(mode, Const) else "full"
    shape, violation = window.convolve(a.shape, v.shape, str(chosen))
    return checked(caller, "convolve", [a, v], array(shape, None, a), violation)


@models("numpy.interp")
def interp(x: Value, xp: Value, fp: Value) -> Value:
    """numpy.org/doc: a value for each element of `x`."""
    return unknown() if isinstance(x, Unknown) and x.type is None else array_or_number(to_array(x).shape, "float")


@models("numpy.polyfit")
def polyfit(x: Array, y: Array, deg: Dim) -> Value:
    """numpy.org/doc: the coefficients, one more than the degree."""
    return array(Shape.of(deg + 1), "float") if y.shape.rank == 1 else unknown()


@models("numpy.polyval")
def polyval(p: Value, x: Value) -> Value:
    """numpy.org/doc: a value for each element of `x`."""
    return interp(x, p, p)


@models("numpy.apply_along_axis")
def apply_along_axis(func1d: Value, axis: Value, arr: Value) -> Value:
    """numpy.org/doc: depends on the function."""
    return array(UNKNOWN_SHAPE, None)


@models("numpy.lib.stride_tricks.sliding_window_view")
def sliding_window_view(caller: Caller, x: Array, window_shape: Shape | Unknown, axis: Value = NONE) -> Value:
    """numpy.org/doc: all windows; their positions stand where the axes were, their content comes last."""
    axes = axes_of(axis)
    if isinstance(window_shape, Unknown) or axes is UNSURE:
        return array(UNKNOWN_SHAPE, x.dtype, x)
    return reshaped(caller, "lib.stride_tricks.sliding_window_view", x, window.sliding_windows(x.shape, window_shape.dims, axes))


@models("numpy.lib.stride_tricks.as_strided")
def as_strided(x: Array, shape: Shape | Unknown | None = None, strides: Value = NONE) -> Value:
    """numpy.org/doc: a view of any shape."""
    return array(x.shape if shape is None else UNKNOWN_SHAPE if isinstance(shape, Unknown) else shape, x.dtype, x)


@models("numpy.array_equal", "numpy.allclose", "numpy.array_equiv", "numpy.isscalar", "numpy.iscomplexobj")
def test(*args: Value) -> Value:
    """numpy.org/doc: a truth value."""
    return unknown("bool")
