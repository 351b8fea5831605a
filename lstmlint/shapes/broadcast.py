"""Broadcasting: two shapes aligned at their last axes, an axis of length one stretched to the other's."""
from __future__ import annotations

from collections.abc import Iterable

from lstmlint.shapes.dims import Dim, derived, differ, minimum, same
from lstmlint.shapes.shape import SCALAR, Axis, Result, Shape, Violation, unknown_dim


def broadcast(a: Shape, b: Shape) -> Result:
    """The shape of an elementwise operation on `a` and `b`."""
    if a == b and not a.open:
        return _either_meaning(a, b), None
    axes: list[Axis] = []
    violation: Violation | None = None
    for back in range(1, max(len(a.axes), len(b.axes)) + 1):
        x = a.axes[-back] if back <= len(a.axes) else None
        y = b.axes[-back] if back <= len(b.axes) else None
        if x is None or y is None:
            axes.append(_beside(x or y, (a if x is None else b).open))
            continue
        dim = broadcast_dim(x.dim, y.dim)
        if dim is None:
            violation = violation or Violation("broadcast", f"shapes {a} and {b} can't be broadcast together", a, b)
            dim = x.dim
        axes.append(_of_either(x, y, dim))
    return Shape(tuple(reversed(axes)), a.open or b.open), violation


def _either_meaning(a: Shape, b: Shape) -> Shape:
    return Shape(tuple(x.or_as(y) for x, y in zip(a, b)))


def _of_either(x: Axis, y: Axis, dim: Dim) -> Axis:
    if same(dim, x.dim):
        return x.or_as(y) if same(dim, y.dim) else x
    return y if same(dim, y.dim) else Axis(dim)


def _beside(axis: Axis | None, other_is_open: bool) -> Axis:
    """An axis of which the partner is missing, or not known when the other shape is open."""
    assert axis is not None
    # A known length above one stays, whatever the unknown partner is; a one or a symbol may be stretched.
    if not other_is_open or (isinstance(axis.dim, int) and axis.dim != 1):
        return axis
    return axis.of_length(unknown_dim())


def broadcast_dim(x: Dim, y: Dim) -> Dim | None:
    """The length that `x` and `y` broadcast to; None where it is proven that they do not."""
    if same(x, y) or y == 1:
        return x
    if x == 1:
        return y
    if differ(x, 1) and differ(y, 1) and differ(x, y):
        return None
    # One of them is 1 or both are equal, so a length that is proven not to be 1 is the answer.
    for candidate in (x, y) if isinstance(x, int) else (y, x):
        if differ(candidate, 1):
            return candidate
    lows = [low for low in (minimum(x), minimum(y)) if low is not None]
    # The result is 0 where one of the two is 0, so only the smaller bound is safe.
    return derived(("broadcast", frozenset((x, y))), "?", "a broadcast axis", lower=min(lows) if len(lows) == 2 else 0)


def broadcast_all(shapes: Iterable[Shape]) -> Result:
    """The shape of an elementwise operation on all of `shapes`."""
    result = SCALAR
    violation: Violation | None = None
    for shape in shapes:
        result, found = broadcast(result, shape)
        violation = violation or found
    return result, violation


def broadcast_to(shape: Shape, target: Shape) -> Result:
    """`shape` stretched to exactly `target`, as in np.broadcast_to and in an assignment to a part of an array."""
    if target.open:
        return target, None
    if len(shape.axes) > len(target.axes):
        return target, Violation("broadcast", f"shape {shape} can't be broadcast to {target}: it has more axes", shape, target)
    for x, y in zip(reversed(shape.axes), reversed(target.axes)):
        if differ(x.dim, y.dim) and differ(x.dim, 1):
            return target, Violation("broadcast", f"shape {shape} can't be broadcast to {target}", shape, target)
    return target, None


def assigned(value: Shape, target: Shape) -> Violation | None:
    """What is wrong with storing `value` in a part of shape `target`: as broadcast_to, but leading ones are passed over."""
    axes = value.axes
    if not value.open and not target.open:
        extra = max(len(axes) - len(target.axes), 0)
        if all(axis.dim == 1 for axis in axes[:extra]) or not any(differ(axis.dim, 1) for axis in axes[:extra]):
            axes = axes[extra:]
    return broadcast_to(Shape(axes, value.open), target)[1]

