"""EinsumDense: a dense layer whose axes an equation names."""

from __future__ import annotations

import re

from lstmlint.library.keras.axes import is_open, open_length
from lstmlint.library.keras.specs import layer
from lstmlint.shapes.dims import Dim, differ, same
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Result, Shape, Violation, unknown_dim
from lstmlint.values.base import Value, dim_of, is_none
from lstmlint.values.data import items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import NO_ITEMS, Layer, plain

_EQUATION = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


def _declared(value: Value | None) -> list[Dim] | None:
    """The argument output_shape: the lengths behind the batch axis, None among them for those that may differ."""
    if value is None:
        return None
    items = items_of(value)
    if items is None:
        dim = dim_of(value)
        return None if dim is None else [dim]
    if items.known is None:
        return None
    dims = [open_length() if is_none(part) else dim_of(part) for part in map(plain, items.known)]
    return [unknown_dim(lower=1) if dim is None else dim for dim in dims]


def _contracted(layer: Layer) -> int | None:
    """The axis over which alone Keras 2 sums, if that is the last; other ways to compute it may stretch a length of one."""
    text = layer.text("equation", "")
    parsed = _EQUATION.fullmatch(text.replace(" ", "")) if text and memory.keras == 2 else None
    if parsed is None:
        return None
    _, given, behind, weight, _, wanted, _ = parsed.groups()
    summed = [letter for letter in given if letter in weight and letter not in wanted]
    return -1 if summed == [given[-1:]] and not behind else None


@layer("EinsumDense", "equation output_shape activation bias_axes", features=_contracted)
def einsum_dense(layer: Layer, x: Shape) -> Result:
    """keras.io: the batch axis, then output_shape, with the axes of "..." as they are."""
    equation, lengths = layer.config.get("equation"), _declared(layer.given("output_shape"))
    text = getattr(equation, "value", None)
    parsed = _EQUATION.fullmatch(text.replace(" ", "")) if isinstance(text, str) else None
    if parsed is None or lengths is None or x.open or not x.axes:
        return UNKNOWN_SHAPE, None
    before, given, behind, weight, _, wanted, _ = parsed.groups()
    free = len(x.axes) - len(given)
    if free < 0:
        words = f"expects rank {len(given)}{' or more' if before or behind else ''}, got rank {len(x.axes)}"
        return UNKNOWN_SHAPE, Violation("rank", words, x, len(given))
    made = [Axis(length) for length in lengths]
    if before:
        axes = [x.axes[0], *_elided(x.axes[1:free]), *made]
        first_in, first_out = free, free
    else:
        axes = [x.axes[0], *made, *(x.axes[len(x.axes) - free :] if free else ())]
        first_in = first_out = 0
    if len(axes) < len(wanted) + free:
        words = f"output_shape has {len(made)} entries, {text} needs {len(wanted) - 1}"
        return UNKNOWN_SHAPE, Violation("size", words, x)
    # What was applied before has its weights, and Keras 2 looks at output_shape no more.
    checked = memory.keras != 2 or layer.calls.plain() == NO_ITEMS
    result = Shape(tuple(axes)) if len(axes) == len(wanted) + free else UNKNOWN_SHAPE
    for at, letter in enumerate(given):
        if checked and letter in weight and is_open(x.axes[first_in + at].dim):
            return result, Violation("size", f"the length of axis {first_in + at} of {x} must be fixed", x)
        if letter not in wanted:
            continue
        axis, other = x.axes[first_in + at], axes[first_out + wanted.index(letter)]
        if checked and (differ(axis.dim, other.dim) or (is_open(axis.dim) and isinstance(other.dim, int))):
            words = f"axis {first_in + at} of {x} is {axis.dim}, output_shape says {other.dim}"
            return result, Violation("size", words, axis.dim, other.dim)
        if (is_open(other.dim) or not checked) and result.rank is not None:
            # Keras 3 keeps the None, Keras 2 goes by the input.
            result = result.replace(first_out + wanted.index(letter), axis)
    # More axes than letters are an error by the book, but some equations are computed in a way that takes them.
    return (result if before or behind or not free else UNKNOWN_SHAPE), None


def _elided(axes: tuple[Axis, ...]) -> tuple[Axis, ...]:
    """Axes that "..." stands for: several of them come out in another order symbolically than for data, says Keras 3."""
    if memory.keras == 2 or all(same(x.dim, y.dim) for x, y in zip(axes, reversed(axes))):
        return axes
    return tuple(Axis(unknown_dim(lower=1)) for _ in axes)
