"""Axes put in another order, added or dropped: the lengths and their meanings travel with them."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.shapes.dims import Dim, differ, smaller
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Result, Shape, Violation, unknown_dim


def axis_violation(shape: Shape, axis: int, rank: int | None = None) -> Violation | None:
    """The violation of naming an axis that `shape` (or a shape of `rank` axes) does not have."""
    size = shape.rank if rank is None else rank
    if size is None or -size <= axis < size:
        return None
    return Violation("axis", f"axis {axis} is out of range for {shape}, which has {shape.rank} axes", shape, axis)


def behind(shape: Shape, count: int) -> Shape:
    """What is sure to be untouched by something that happens among the first `count` axes of an open shape."""
    return Shape(shape.axes[count:], True)


def transpose(shape: Shape, axes: Sequence[int] | None = None) -> Result:
    """The axes in the order `axes`, reversed when that is None."""
    if axes is None:
        return (UNKNOWN_SHAPE if shape.open else Shape(shape.axes[::-1])), None
    if shape.open:
        # It has as many axes as are named.
        missing = len(axes) - len(shape.axes)
        if missing < 0:
            return Shape.of_rank(len(axes)), None
        shape = Shape((*Shape.of_rank(missing).axes, *shape.axes))
    wrong = f"the order {tuple(axes)} does not fit {shape}"
    positions = [shape.position(axis) for axis in axes]
    if len(axes) != len(shape.axes) or None in positions or len(set(positions)) != len(axes):
        return Shape.of_rank(len(axes)), Violation("axis", wrong, shape)
    return Shape(tuple(shape.axes[at] for at in positions if at is not None)), None


def swapaxes(shape: Shape, a: int, b: int) -> Result:
    """Axes `a` and `b` exchanged."""
    violation = axis_violation(shape, a) or axis_violation(shape, b)
    i, j = shape.position(a), shape.position(b)
    if i is None or j is None:
        return UNKNOWN_SHAPE, violation
    axes = list(shape.axes)
    axes[i], axes[j] = axes[j], axes[i]
    return Shape(tuple(axes), shape.open), violation


def moveaxis(shape: Shape, source: Sequence[int], destination: Sequence[int]) -> Result:
    """The axes `source` put to the places `destination`, the others in their order."""
    for axis in (*source, *destination):
        violation = axis_violation(shape, axis)
        if violation:
            return shape, violation
    rank = shape.rank
    if rank is None:
        return UNKNOWN_SHAPE, None
    starts, ends = [axis % rank for axis in source], [axis % rank for axis in destination]
    if len(starts) != len(ends) or len(set(starts)) != len(starts) or len(set(ends)) != len(ends):
        return shape, Violation("axis", f"moveaxis can't put the axes {tuple(source)} to {tuple(destination)}", shape)
    order = [axis for axis in range(rank) if axis not in starts]
    for end, start in sorted(zip(ends, starts)):
        order.insert(end, start)
    return Shape(tuple(shape.axes[at] for at in order)), None


def expand_dims(shape: Shape, axes: Sequence[int]) -> Result:
    """New axes of length one, so that they stand at `axes` of the result."""
    if shape.rank is None:
        if len(axes) == 1:
            at = axes[0]
            if at >= 0:
                return behind(shape, at), None
            return shape.insert(at, Axis(1)), None
        return UNKNOWN_SHAPE, None
    rank = shape.rank + len(axes)
    if any(not -rank <= axis < rank for axis in axes) or len({axis % rank for axis in axes}) != len(axes):
        shown = axes[0] if len(axes) == 1 else tuple(axes)
        return shape.insert(0, Axis(1)), Violation("axis", f"there can be no new axis {shown} in {shape}", shape)
    new = {axis % rank for axis in axes}
    old = iter(shape.axes)
    return Shape(tuple(Axis(1) if at in new else next(old) for at in range(rank))), None


def squeeze(shape: Shape, axes: Sequence[int] | None = None) -> Result:
    """Without the axes of length one; with `axes`, without those, which must have length one."""
    if axes is None:
        # An axis of symbolic length may be one: then the rank is not known.
        certain = all(axis.dim == 1 or differ(axis.dim, 1) for axis in shape)
        return (Shape(tuple(a for a in shape if a.dim != 1)) if certain and not shape.open else UNKNOWN_SHAPE), None
    if shape.rank == 0 and set(axes) <= {0, -1}:
        # numpy and torch let this pass.
        return shape, None
    for axis in axes:
        violation = axis_violation(shape, axis)
        if violation:
            return UNKNOWN_SHAPE, violation
    positions = [shape.position(axis) for axis in axes]
    if None in positions:
        return UNKNOWN_SHAPE, None
    violation = None
    for at in positions:
        if at is not None and differ(shape.axes[at].dim, 1):
            violation = Violation("squeeze", f"axis {at} of {shape} has not length one", shape, shape.axes[at].dim)
    if len(set(positions)) != len(positions):
        violation = violation or Violation("axis", f"an axis is squeezed twice: {tuple(axes)}", shape)
    return Shape(tuple(axis for at, axis in enumerate(shape.axes) if at not in positions), shape.open), violation


def diagonal(shape: Shape, offset: int | None = 0, first: int = 0, second: int = 1) -> Result:
    """The diagonal of two axes, as a new last axis (with `offset` None: of unknown length)."""
    if shape.rank is None:
        return UNKNOWN_SHAPE, None
    if shape.rank < 2:
        return UNKNOWN_SHAPE, Violation("rank", f"a diagonal needs two axes, got {shape}", shape)
    violation = axis_violation(shape, first) or axis_violation(shape, second)
    i, j = shape.position(first), shape.position(second)
    if violation or i is None or j is None or i == j:
        return UNKNOWN_SHAPE, violation or Violation("axis", f"the axes {first} and {second} of {shape} are one", shape)
    n, m = shape.axes[i].dim, shape.axes[j].dim
    length: Dim = smaller(n, m)
    if offset is None:
        length = unknown_dim()
    elif offset:
        length = smaller(n, m - offset) if offset > 0 else smaller(n + offset, m)
        length = max(length, 0) if isinstance(length, int) else unknown_dim()
    return Shape((*(axis for at, axis in enumerate(shape.axes) if at not in (i, j)), Axis(length))), None


def at_least_rank(shape: Shape, rank: int) -> Shape:
    """np.atleast_1d/2d/3d: axes of length one are put in front, but the third one last."""
    if shape.open:
        return shape if len(shape.axes) >= rank else UNKNOWN_SHAPE
    axes = shape.axes
    if not axes:
        return Shape.of(*[1] * rank)
    if len(axes) == 1 and rank >= 2:
        axes = (Axis(1), *axes)
    if len(axes) == 2 and rank >= 3:
        axes = (*axes, Axis(1))
    return Shape(axes)
