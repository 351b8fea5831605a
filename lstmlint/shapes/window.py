"""Operations along an axis that lengthen or shorten it: sliding windows, differences, padding, convolution."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.shapes.combine import changed_length
from lstmlint.shapes.dims import Dim, at_least, larger, smaller
from lstmlint.shapes.permute import axis_violation
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation


def sliding_windows(shape: Shape, sizes: Sequence[Dim], axes: Sequence[int] | None) -> Result:
    """np.lib.stride_tricks.sliding_window_view: the windows' positions stay where the axes were, their content comes last."""
    if shape.open:
        return UNKNOWN_SHAPE, None
    places = range(len(shape.axes)) if axes is None else axes
    if len(places) != len(sizes):
        words = f"windows of {len(sizes)} axes do not fit {len(places)} axes of {shape}"
        return UNKNOWN_SHAPE, Violation("window", words, shape)
    result = list(shape.axes)
    for axis, size in zip(places, sizes):
        violation = axis_violation(shape, axis)
        if violation:
            return UNKNOWN_SHAPE, violation
        old = result[axis]
        if at_least(size, old.dim + 1) or at_least(-1, size):
            words = f"a window of {size} does not fit into an axis of {old.dim}"
            return UNKNOWN_SHAPE, Violation("window", words, shape, size)
        result[axis] = Axis(old.dim - size + 1, Meaning.SAMPLE if old.meaning in (None, Meaning.TIME) else old.meaning)
    return Shape((*result, *(Axis(size, Meaning.TIME) for size in sizes))), None


def differences(shape: Shape, times: int = 1, axis: int = -1, extra: Dim = 0) -> Result:
    """np.diff: shorter by `times`, after `extra` elements have been put before or behind. Never shorter than nothing."""
    if shape.rank == 0:
        return shape, Violation("rank", "diff needs an array with an axis", shape)
    return changed_length(shape, lambda dim: _positive(dim + extra - times), axis)


def _positive(dim: Dim) -> Dim:
    return 0 if at_least(0, dim) else dim


def pad(shape: Shape, widths: Sequence[Sequence[Dim]]) -> Result:
    """np.pad with one pair for all axes, or a pair each."""
    if shape.open:
        return UNKNOWN_SHAPE, None
    if len(widths) == 1:
        widths = [widths[0]] * len(shape.axes)
    if len(widths) != len(shape.axes):
        words = f"padding for {len(widths)} axes does not fit {shape}"
        return UNKNOWN_SHAPE, Violation("pad", words, shape)
    return Shape(tuple(axis.of_length(axis.dim + pair[0] + pair[-1]) for axis, pair in zip(shape.axes, widths))), None


def convolve(a: Shape, b: Shape, mode: str = "full") -> Result:
    """np.convolve and np.correlate."""
    for shape in (a, b):
        if shape.rank is not None and shape.rank > 1:
            return UNKNOWN_SHAPE, Violation("rank", f"convolve needs arrays of rank 1, got {shape}", shape)
        if not shape.open and any(axis.dim == 0 for axis in shape):
            return UNKNOWN_SHAPE, Violation("convolve", "an empty array can't be convolved", shape)
    if a.open or b.open:
        return Shape.of_rank(1), None
    n, m = (shape.axes[0].dim if shape.axes else 1 for shape in (a, b))
    if mode == "full":
        return Shape.of(n + m - 1), None
    if mode == "same":
        return Shape.of(larger(n, m)), None
    return Shape.of(larger(n, m) - smaller(n, m) + 1), None
