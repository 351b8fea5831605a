"""Several shapes made into one, one into several, and repetition."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lstmlint.shapes.dims import Dim, Poly, differ, floor_divide, modulo, same
from lstmlint.shapes.permute import at_least_rank, axis_violation
from lstmlint.shapes.reshape import flatten
from lstmlint.shapes.shape import (
    UNKNOWN_SHAPE,
    Axis,
    Meaning,
    Result,
    Shape,
    Violation,
    product,
    ranks_differ,
    shapes_differ,
    unknown_dim,
)
from lstmlint.shapes.slices import slice_length


def equal_axis(x: Axis, y: Axis) -> Axis:
    """The axis that `x` and `y` both are, where they must be equal: the number, where one is a number."""
    return x.or_as(y).of_length(y.dim if isinstance(x.dim, Poly) and isinstance(y.dim, int) else x.dim)


def equal_shape(a: Shape, b: Shape) -> Shape:
    """The shape that `a` and `b` both are, where they must be equal."""
    wide, narrow = (a, b) if len(a.axes) >= len(b.axes) else (b, a)
    front = len(wide.axes) - len(narrow.axes)
    axes = wide.axes[:front] + tuple(equal_axis(x, y) for x, y in zip(wide.axes[front:], narrow.axes))
    return Shape(axes, a.open and b.open)


def _names(shapes: Sequence[Shape]) -> str:
    shown = list(dict.fromkeys(map(str, shapes)))
    return " and ".join(shown[:2]) if len(shown) > 1 else shown[0]


def concatenate(shapes: Sequence[Shape], axis: int | None = 0) -> Result:
    """The shapes joined along an axis that they have; all other axes must be equal."""
    if not shapes:
        return UNKNOWN_SHAPE, Violation("concatenate", "there is nothing to concatenate")
    if axis is None:
        shapes, axis = [flatten(shape) for shape in shapes], 0
    violation: Violation | None = None
    result = shapes[0]
    if any(shape.rank == 0 for shape in shapes):
        return UNKNOWN_SHAPE, Violation("concatenate", "arrays without axes can't be concatenated", shapes[0])
    for shape in shapes:
        violation = violation or axis_violation(shape, axis)
    for shape in shapes[1:]:
        if ranks_differ(result, shape):
            wrong = Violation("concatenate", f"shapes {result} and {shape} have different ranks", result, shape)
            return result, violation or wrong
        result, mismatch = _joined(result, shape, axis)
        violation = violation or mismatch
    return result, violation


def _joined(a: Shape, b: Shape, axis: int) -> Result:
    if a.open and b.open and axis >= 0:
        return UNKNOWN_SHAPE, None
    rank = a.rank if a.rank is not None else b.rank
    full = [_with_rank(shape, rank) for shape in (a, b)]
    at = full[0].position(axis)
    if at is None or full[1].position(axis) is None:
        return UNKNOWN_SHAPE, None
    back = at - len(full[0].axes)
    axes: list[Axis] = []
    violation: Violation | None = None
    for offset in range(-min(len(full[0].axes), len(full[1].axes)), 0):
        x, y = full[0].axes[offset], full[1].axes[offset]
        if offset == back:
            axes.append((x if x.meaning is y.meaning else Axis(x.dim)).of_length(x.dim + y.dim))
            continue
        if differ(x.dim, y.dim):
            words = f"shapes {a} and {b} differ in an axis other than {axis}, along which they are joined"
            violation = violation or Violation("concatenate", words, a, b)
        axes.append(equal_axis(x, y))
    return Shape(tuple(axes), rank is None), violation


def _with_rank(shape: Shape, rank: int | None) -> Shape:
    if rank is None or not shape.open or len(shape.axes) > rank:
        return shape
    return Shape(tuple(Axis(unknown_dim()) for _ in range(rank - len(shape.axes))) + shape.axes)


def stack(shapes: Sequence[Shape], axis: int = 0, count: Dim | None = None) -> Result:
    """Equal shapes along a new axis. `count` is their number where `shapes` holds only one that stands for all."""
    if not shapes:
        return UNKNOWN_SHAPE, Violation("stack", "there is nothing to stack")
    violation: Violation | None = None
    result = shapes[0]
    for shape in shapes[1:]:
        if shapes_differ(result, shape):
            violation = violation or Violation("stack", f"shapes {_names([result, shape])} differ", result, shape)
        else:
            result = equal_shape(result, shape)
    if result.rank is not None:
        violation = violation or axis_violation(result, axis, result.rank + 1)
    new = Axis(len(shapes) if count is None else count)
    if result.open and axis == 0:
        return Shape(result.axes, True), violation
    return (result if count is None else as_sample(result)).insert(axis, new), violation


def as_sample(shape: Shape) -> Shape:
    """One of many samples that are put beside each other: of a part of a series, the axis is time."""
    if not any(axis.meaning in (Meaning.SAMPLE, Meaning.WINDOW) for axis in shape):
        return shape
    return Shape(tuple(_in_sample(axis) for axis in shape), shape.open)


def _in_sample(axis: Axis) -> Axis:
    if axis.meaning is Meaning.WINDOW:
        return replace(axis, meaning=Meaning.TIME)
    return replace(axis, meaning=None) if axis.meaning is Meaning.SAMPLE else axis


def _stacked(prepare: Callable[[Shape], Shape], axis: int) -> Callable[[Sequence[Shape]], Result]:
    def combine(shapes: Sequence[Shape]) -> Result:
        return concatenate([prepare(shape) for shape in shapes], axis)

    return combine


vstack = _stacked(lambda shape: at_least_rank(shape, 2), 0)
"""np.vstack: rows on top of each other; a rank-1 array is one row."""

dstack = _stacked(lambda shape: at_least_rank(shape, 3), 2)
"""np.dstack: along the third axis."""


def _as_columns(shape: Shape) -> Shape:
    return Shape((*shape.axes, Axis(1))) if shape.rank == 1 else at_least_rank(shape, 2)


column_stack = _stacked(_as_columns, 1)
"""np.column_stack: side by side; a rank-1 array is one column."""


def hstack(shapes: Sequence[Shape]) -> Result:
    """np.hstack: along the second axis, or the only one, which the first array decides."""
    prepared = [at_least_rank(shape, 1) for shape in shapes]
    first = next((shape.rank for shape in prepared if shape.rank is not None), None)
    if first is None and prepared:
        return UNKNOWN_SHAPE, None
    return concatenate(prepared, 0 if first == 1 else 1)


def split_evenly(shape: Shape, parts: int, axis: int = 0, exactly: bool = True) -> tuple[list[Shape], Violation | None]:
    """`parts` shapes along `axis`: equal ones, or (not `exactly`) the first ones longer by one, as np.array_split does."""
    violation = axis_violation(shape, axis)
    found = shape.axis(axis)
    if found is None or parts <= 0:
        return [UNKNOWN_SHAPE] * max(parts, 0), violation or (
            Violation("split", f"{shape} can't be split into {parts} parts", shape) if parts <= 0 else None
        )
    rest = modulo(found.dim, parts)
    if exactly:
        if differ(rest, 0):
            violation = Violation("split", f"axis {axis} of {shape} can't be split into {parts} equal parts", shape, parts)
        return [shape.replace(axis, found.of_length(floor_divide(found.dim, parts)))] * parts, violation
    if not isinstance(found.dim, int):
        return [shape.replace(axis, found.of_length(unknown_dim())) for _ in range(parts)], violation
    small, longer = divmod(found.dim, parts)
    return [shape.replace(axis, found.of_length(small + (at < longer))) for at in range(parts)], violation


def split_at(shape: Shape, points: Sequence[Dim], axis: int = 0) -> tuple[list[Shape], Violation | None]:
    """The shapes between the positions `points` along `axis`."""
    violation = axis_violation(shape, axis)
    found = shape.axis(axis)
    if found is None:
        return [UNKNOWN_SHAPE] * (len(points) + 1), violation
    bounds: list[Dim | None] = [None, *points, None]
    lengths = [slice_length(found.dim, start, stop) for start, stop in zip(bounds, bounds[1:])]
    return [shape.replace(axis, found.of_length(length)) for length in lengths], violation


def tile(shape: Shape, repetitions: Sequence[Dim]) -> Shape:
    """np.tile: each axis repeated as a whole."""
    if shape.open:
        return UNKNOWN_SHAPE
    rank = max(len(shape.axes), len(repetitions))
    axes = (Axis(1),) * (rank - len(shape.axes)) + shape.axes
    times: list[Dim] = [*[1] * (rank - len(repetitions)), *repetitions]
    return Shape(tuple(axis if same(n, 1) else _tiled(axis, n) for axis, n in zip(axes, times)))


def _tiled(axis: Axis, times: Dim) -> Axis:
    """An axis repeated as a whole: the repetitions are the slower of its two parts."""
    longer = axis.of_length(axis.dim * times)
    return longer if axis.dim == 1 else replace(longer, parts=(Axis(times), *(axis.parts or (axis,))))


def repeat(shape: Shape, times: Dim | None, axis: int | None = None) -> Result:
    """np.repeat: each element `times` (None: not known) along `axis`, or of the flattened array."""
    if axis is None:
        shape, axis = flatten(shape), 0
    shape = at_least_rank(shape, 1)
    violation = axis_violation(shape, axis)
    found = shape.axis(axis)
    if found is None:
        return UNKNOWN_SHAPE, violation
    return shape.replace(axis, found.of_length(unknown_dim() if times is None else found.dim * times)), violation


def changed_length(shape: Shape, change: Callable[[Dim], Dim], axis: int) -> Result:
    """Axis `axis` with another length: what padding, appending and cutting do."""
    violation = axis_violation(shape, axis)
    found = shape.axis(axis)
    if found is None:
        return (UNKNOWN_SHAPE if shape.open else shape), violation
    return shape.replace(axis, found.of_length(change(found.dim))), violation


def flat_length(shape: Shape) -> Dim:
    """The number of elements, a new symbol where it is not known."""
    return unknown_dim() if shape.open else product(axis.dim for axis in shape)
