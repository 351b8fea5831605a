"""Tensors made larger: stretched, repeated, padded."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.coerce import to_dim, to_shape
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import METHOD, lengths_of, sizes
from lstmlint.library.torch.tensors import operand, regrouped, tensor
from lstmlint.shapes.broadcast import broadcast_to as stretch
from lstmlint.shapes.combine import repeat as repeated
from lstmlint.shapes.combine import tile as tiled
from lstmlint.shapes.dims import Dim, at_least, differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Result, Shape, Violation, unknown_dim
from lstmlint.values.base import NONE, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array


def expanded(x: Shape, target: Sequence[Dim]) -> Result:
    """`x` stretched to `target`, in which -1 keeps an axis."""
    if x.open:
        return Shape.of(*(unknown_dim() if dim == -1 else dim for dim in target)), None
    extra = len(target) - len(x.axes)
    if extra < 0:
        return UNKNOWN_SHAPE, Violation("broadcast", f"{x} can't be expanded to fewer axes", x)
    axes: list[Axis] = []
    violation: Violation | None = None
    for at, dim in enumerate(target):
        old = x.axes[at - extra] if at >= extra else None
        if dim == -1:
            if old is None:
                violation = Violation("broadcast", "a new axis of expand() can't have the length -1", x)
            axes.append(old or Axis(unknown_dim()))
            continue
        if old is not None and not at_least(dim, 0) and not isinstance(dim, int):
            # A plain unknown integer may be -1.
            axes.append(old.of_length(dim if old.dim == 1 else unknown_dim() if old.dim != dim else dim))
            continue
        if old is not None and differ(old.dim, 1) and differ(old.dim, dim):
            violation = violation or Violation("broadcast", f"{x} can't be expanded to {Shape.of(*target)}", x)
        axes.append(Axis(dim, None if old is None or old.dim != dim else old.meaning))
    return Shape(tuple(axes)), violation


@models(f"{METHOD}.expand")
def expand(caller: Caller, self: Array, *sizes: Value) -> Value:
    """pytorch.org/docs: axes of length one stretched, new ones put in front."""
    dims = lengths_of(sizes)
    return regrouped(caller, "Tensor.expand", self, (UNKNOWN_SHAPE, None) if dims is None else expanded(self.shape, dims))


@models(f"{METHOD}.expand_as")
def expand_as(caller: Caller, self: Array, other: Array) -> Value:
    """pytorch.org/docs: stretched to the shape of another tensor."""
    result = (UNKNOWN_SHAPE, None) if other.shape.open else expanded(self.shape, other.shape.dims)
    return regrouped(caller, "Tensor.expand_as", self, result)


@models("torch.broadcast_to", f"{METHOD}.broadcast_to")
def broadcast_to(caller: Caller, input: Value, size: Shape) -> Value:
    """pytorch.org/docs: stretched to a shape."""
    x = operand(input)
    return unknown() if x is None else regrouped(caller, "broadcast_to", x, stretch(x.shape, size))


@models(f"{METHOD}.repeat")
def repeat(caller: Caller, self: Array, *repeats: Value) -> Value:
    """pytorch.org/docs: the whole tensor repeated along its axes; there must be a number for each."""
    shape = sizes(repeats)
    if shape.open or self.shape.open:
        return tensor(UNKNOWN_SHAPE if shape.open else Shape.of_rank(len(shape.axes)), self.dtype, self)
    if len(shape.axes) < len(self.shape.axes):
        violation = Violation("rank", f"repeat() needs a number for each axis of {self.shape}", self.shape)
        return regrouped(caller, "Tensor.repeat", self, (UNKNOWN_SHAPE, violation))
    return tensor(tiled(self.shape, shape.dims), self.dtype, self, producer=self.producer)


@models("torch.tile", f"{METHOD}.tile")
def tile(input: Value, *dims: Value) -> Value:
    """pytorch.org/docs: the whole tensor repeated along its axes."""
    x, shape = operand(input), sizes(dims)
    if x is None:
        return unknown()
    return tensor(UNKNOWN_SHAPE if shape.open else tiled(x.shape, shape.dims), x.dtype, x, producer=x.producer)


@models("torch.repeat_interleave", f"{METHOD}.repeat_interleave")
def repeat_interleave(caller: Caller, input: Value, repeats: Value, dim: int | None = None) -> Value:
    """pytorch.org/docs: each element repeated along an axis."""
    x = operand(input)
    if x is None:
        return unknown()
    times = to_dim(repeats) if not isinstance(repeats, Array) else None
    return regrouped(caller, "repeat_interleave", x, repeated(x.shape, times, dim))


@models("torch.nn.functional.pad", "torch.functional.pad")
def pad(caller: Caller, input: Value, pad: Value, mode: Value = NONE, value: Value = NONE) -> Value:
    """pytorch.org/docs: pairs of widths, the last axis first."""
    x, widths = operand(input), to_shape(pad)
    if x is None:
        return unknown()
    if widths is None:
        return tensor(UNKNOWN_SHAPE if x.shape.rank is None else Shape.of_rank(x.shape.rank), x.dtype, x)
    return regrouped(caller, "nn.functional.pad", x, padded(x.shape, widths.dims))


def padded(x: Shape, widths: Sequence[Dim]) -> Result:
    """The last axes made longer by pairs of widths."""
    pairs = list(zip(widths[::2], widths[1::2]))
    if len(widths) % 2 or (not x.open and len(pairs) > len(x.axes)):
        return x, Violation("pad", f"{len(widths)} widths of padding do not fit {x}", x)
    if len(pairs) > len(x.axes):
        return UNKNOWN_SHAPE, None
    axes = list(x.axes)
    for back, (before, after) in enumerate(pairs, 1):
        axes[-back] = axes[-back].of_length(axes[-back].dim + before + after)
    return Shape(tuple(axes), x.open), None
