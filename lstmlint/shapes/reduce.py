"""Reductions: sum, mean, max … over one axis, several, or all."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.shapes.permute import axis_violation, behind
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Result, Shape, Violation


def reduce(shape: Shape, axes: Sequence[int] | None, keepdims: bool = False) -> Result:
    """Without the axes `axes` (None: all), or (`keepdims`) with these of length one."""
    if axes is None:
        if not keepdims:
            return SCALAR, None
        return (UNKNOWN_SHAPE if shape.open else Shape.of(*[1] * len(shape.axes))), None
    if shape.rank == 0 and set(axes) <= {0, -1}:
        # Most libraries let this pass.
        return SCALAR, None
    for axis in axes:
        violation = axis_violation(shape, axis)
        if violation:
            return UNKNOWN_SHAPE, violation
    positions = [shape.position(axis) for axis in axes]
    if None in positions:
        # An axis counted from the unknown front: the known last axes behind it stay.
        if len(axes) == 1 and axes[0] >= 0:
            return behind(shape, axes[0] + 1), None
        return UNKNOWN_SHAPE, None
    if len(set(positions)) != len(positions):
        return UNKNOWN_SHAPE, Violation("axis", f"an axis is named twice: {tuple(axes)}", shape)
    if keepdims:
        return Shape(tuple(a.of_length(1) if at in positions else a for at, a in enumerate(shape.axes)), shape.open), None
    return Shape(tuple(a for at, a in enumerate(shape.axes) if at not in positions), shape.open), None
