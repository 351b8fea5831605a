"""Layers that merge several tensors, and their functional twins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmlint.library.keras.axes import is_open, open_length
from lstmlint.library.keras.convolution import proven_different
from lstmlint.library.keras.specs import merging
from lstmlint.shapes.combine import equal_axis
from lstmlint.shapes.dims import Dim, Poly, differ, same
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, unknown_dim
from lstmlint.values.base import Const, constant_int
from lstmlint.values.data import items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, plain


@merging("Add")
@merging("Subtract")
@merging("Multiply")
@merging("Average")
@merging("Maximum")
@merging("Minimum")
def elementwise(layer: Layer, shapes: Sequence[Shape]) -> Result:
    """keras.io: shapes broadcast from the right, behind the batch axis."""
    ranks = [shape.rank for shape in shapes]
    if None in ranks or 0 in ranks:
        single = next((shape for shape in shapes if shape.rank == 0), None)
        alike = None in ranks or len(set(ranks)) == 1
        return UNKNOWN_SHAPE, None if alike else Violation("size", f"a tensor without a batch can't be merged: {single}", single)
    result, violation = shapes[0], None
    for shape in shapes[1:]:
        merged, wrong = _broadcast(result, shape)
        violation = violation or wrong
        result = merged
    return result, violation


def _broadcast(a: Shape, b: Shape) -> Result:
    long, short = (a.axes[1:], b.axes[1:]) if len(a.axes) >= len(b.axes) else (b.axes[1:], a.axes[1:])
    front = len(long) - len(short)
    axes = list(long[:front])
    wrong = differ(a.axes[0].dim, b.axes[0].dim)
    for x, y in zip(long[front:], short):
        wrong = wrong or proven_different(x.dim, y.dim)
        axes.append(Axis(_stretched(x.dim, y.dim), x.meaning or y.meaning))
    batch = equal_axis(a.axes[0], b.axes[0])
    words = f"shapes {a} and {b} can't be merged"
    return Shape((batch, *axes)), Violation("merge", words, a, b) if wrong else None


def _stretched(x: Dim, y: Dim) -> Dim:
    if same(x, y) or y == 1:
        return x
    if x == 1:
        return y
    if isinstance(x, Poly) and isinstance(y, Poly):
        return open_length() if is_open(x) or is_open(y) else unknown_dim(lower=1)
    if isinstance(x, int) and isinstance(y, int):
        return x
    number = y if isinstance(x, Poly) else x
    return _forgotten(x if isinstance(x, Poly) else y, number)


def _forgotten(length: Dim, number: Dim) -> Dim:
    """What becomes of None and a number: in Keras 2 the number, which it must be, in Keras 3 None."""
    if memory.keras == 3 and is_open(length) and isinstance(number, int):
        return open_length(known=number)
    return number


@merging("Concatenate", "axis")
def concatenate(layer: Layer, shapes: Sequence[Shape]) -> Result:
    """keras.io: joined along `axis`; all other axes are equal."""
    value = layer.given("axis")
    axis = -1 if value is None else constant_int(value)
    result, violation = shapes[0], None
    for shape in shapes[1:]:
        if result.rank is None or shape.rank is None or axis is None:
            return UNKNOWN_SHAPE, violation
        if result.rank != shape.rank:
            words = f"a tensor of rank {result.rank} can't be concatenated with one of rank {shape.rank}"
            return result, violation or Violation("merge", words, result, shape)
        at = result.position(axis)
        if at is None:
            return UNKNOWN_SHAPE, violation or Violation("merge", f"{result} has no axis {axis}", result, shape)
        pairs = list(zip(result.axes, shape.axes))
        if any(differ(x.dim, y.dim) for other, (x, y) in enumerate(pairs) if other != at):
            words = f"shapes {result} and {shape} differ in an axis other than {axis}, along which they are joined"
            violation = violation or Violation("merge", words, result, shape)
        result = Shape(
            tuple(
                Axis(x.dim + y.dim, x.meaning if x.meaning is y.meaning else None) if other == at else _beside(x, y)
                for other, (x, y) in enumerate(pairs)
            )
        )
    return result, violation


def _beside(x: Axis, y: Axis) -> Axis:
    """An axis along which two tensors are not joined; Keras 3 takes it from the first."""
    both = equal_axis(x, y)
    return both.of_length(_forgotten(x.dim, both.dim)) if is_open(x.dim) else both


@merging("Dot", "axes normalize")
def dot(layer: Layer, shapes: Sequence[Shape]) -> Result:
    """keras.io: the product of two tensors, sample by sample, summed over one axis of each."""
    if len(shapes) != 2 or any(shape.rank is None for shape in shapes):
        return UNKNOWN_SHAPE, None
    axes = _dot_axes(layer)
    if axes is None:
        return UNKNOWN_SHAPE, None
    a, b = shapes
    if len(a.axes) < 2 or len(b.axes) < 2:
        return UNKNOWN_SHAPE, Violation("size", f"expects tensors of rank 2 or more, got {a} and {b}", a, b)
    i, j = a.position(axes[0]), b.position(axes[1])
    if i is None or j is None:
        missing, shape = (axes[0], a) if i is None else (axes[1], b)
        return UNKNOWN_SHAPE, Violation("merge", f"{shape} has no axis {missing}", a, b)
    violation = None
    if differ(a.axes[i].dim, b.axes[j].dim) or _only_one_is_open(a.axes[i].dim, b.axes[j].dim):
        words = f"axis {i} of {a} and axis {j} of {b} must be equal"
        violation = Violation("merge", words, a, b)
    if not i or not j:
        return UNKNOWN_SHAPE, violation
    rest = (*(x for at, x in enumerate(a.axes) if at != i), *(x for at, x in enumerate(b.axes) if at not in (0, j)))
    return Shape(rest if len(rest) > 1 else (*rest, Axis(1, Meaning.FEATURE))), violation


def _only_one_is_open(x: Dim, y: Dim) -> bool:
    """Whether Keras compares None with a number."""
    return (is_open(x) and isinstance(y, int)) or (isinstance(x, int) and is_open(y))


def _dot_axes(layer: Layer) -> tuple[int, int] | None:
    value = layer.given("axes")
    if value is None:
        return None
    items = items_of(value)
    if items is None:
        axis = constant_int(value)
        return None if axis is None else (axis, axis)
    axes = [constant_int(plain(item)) for item in items.known or ()]
    return (axes[0], axes[1]) if len(axes) == 2 and axes[0] is not None and axes[1] is not None else None


TWINS: dict[str, tuple[str, Callable[[Layer, Sequence[Shape]], Result]]] = {
    "add": ("Add", elementwise),
    "subtract": ("Subtract", elementwise),
    "multiply": ("Multiply", elementwise),
    "average": ("Average", elementwise),
    "maximum": ("Maximum", elementwise),
    "minimum": ("Minimum", elementwise),
    "concatenate": ("Concatenate", concatenate),
    "dot": ("Dot", dot),
}
"""The functions that make a merging layer and apply it at once, and their default arguments."""

DEFAULTS = {"dot": {"axes": Const(-1)}}
