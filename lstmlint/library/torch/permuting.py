"""The axes of tensors in another order, and the same axes with their elements in other places."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.binding import Ignored
from lstmlint.library.numpy.arguments import axes_of
from lstmlint.library.registry import attributes, models
from lstmlint.library.torch.creating import METHOD
from lstmlint.library.torch.tensors import axis_fault, operand, regrouped, tensor
from lstmlint.shapes import permute
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Result, Shape, Violation
from lstmlint.values.base import FALSE, MISSING, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, tuple_of


@models(f"{METHOD}.permute")
def permute_method(caller: Caller, self: Array, *dims: Value) -> Value:
    """pytorch.org/docs: the axes in another order."""
    return _permute(caller, self, dims)


@models("torch.permute")
def permute_function(caller: Caller, input: Value, dims: Value) -> Value:
    """pytorch.org/docs: the axes in another order."""
    x = operand(input)
    return unknown() if x is None else _permute(caller, x, [dims])


def _permute(caller: Caller, x: Array, dims: Sequence[Value]) -> Value:
    order = axes_of(dims[0] if len(dims) == 1 else tuple_of(*dims))
    if not isinstance(order, tuple):
        return tensor(UNKNOWN_SHAPE if x.shape.rank is None else Shape.of_rank(x.shape.rank), x.dtype, x, producer=x.producer)
    return regrouped(caller, "permute", x, permute.transpose(x.shape, order))


@models(*(f"{owner}.{name}" for owner in (METHOD, "torch") for name in ("transpose", "swapaxes", "swapdims")),
        *(f"{METHOD}.{name}_" for name in ("transpose", "swapaxes", "swapdims")))  # fmt: skip
def transpose(caller: Caller, input: Value, dim0: int, dim1: int) -> Value:
    """pytorch.org/docs: two axes exchanged."""
    x = operand(input)
    return unknown() if x is None else regrouped(caller, "transpose", x, _exchanged(x.shape, dim0, dim1))


def _exchanged(x: Shape, i: int, j: int) -> Result:
    if x.rank == 0:
        return x, axis_fault(x, i) or axis_fault(x, j)
    return permute.swapaxes(x, i, j)


@models(f"{METHOD}.t", f"{METHOD}.t_", "torch.t")
def t(caller: Caller, input: Value) -> Value:
    """pytorch.org/docs: the axes of a matrix exchanged."""
    x = operand(input)
    if x is None:
        return unknown()
    if x.shape.open:
        return tensor(UNKNOWN_SHAPE, x.dtype, x)
    violation = None
    if len(x.shape.axes) > 2:
        violation = Violation("rank", f"t() takes at most two axes, got {x.shape}", x.shape, 2)
    return regrouped(caller, "t", x, (Shape(x.shape.axes[::-1]), violation))


@attributes(f"{METHOD}.T", f"{METHOD}.H")
def transposed(self: Array) -> Value:
    """pytorch.org/docs: the axes in reverse order."""
    return tensor(UNKNOWN_SHAPE if self.shape.open else Shape(self.shape.axes[::-1]), self.dtype, self, producer=self.producer)


@attributes(f"{METHOD}.mT", f"{METHOD}.mH")
def matrices_transposed(caller: Caller, self: Array) -> Value:
    """pytorch.org/docs: the last two axes exchanged."""
    if self.shape.rank == 0:
        return self
    if self.shape.rank == 1:
        violation = Violation("rank", f"mT needs at least two axes, got {self.shape}", self.shape, 2)
        return regrouped(caller, "Tensor.mT", self, (self.shape, violation))
    return regrouped(caller, "Tensor.mT", self, permute.swapaxes(self.shape, -2, -1))


@models(f"{METHOD}.movedim", "torch.movedim", f"{METHOD}.moveaxis", "torch.moveaxis")
def movedim(caller: Caller, input: Value, source: Value, destination: Value) -> Value:
    """pytorch.org/docs: some axes moved to other places."""
    x, starts, ends = operand(input), axes_of(source), axes_of(destination)
    if x is None or not isinstance(starts, tuple) or not isinstance(ends, tuple):
        return unknown()
    if x.shape.rank == 0 and len(starts) == len(ends) <= 1:
        faults = [axis_fault(x.shape, axis) for axis in (*starts, *ends)]
        return regrouped(caller, "movedim", x, (x.shape, next(filter(None, faults), None)))
    return regrouped(caller, "movedim", x, permute.moveaxis(x.shape, starts, ends))


@models("torch.flip", f"{METHOD}.flip")
def flip(caller: Caller, input: Value, *dims: Value) -> Value:
    """pytorch.org/docs: the elements of some axes from the last to the first."""
    x, axes = operand(input), axes_of(dims[0] if len(dims) == 1 else tuple_of(*dims))
    if x is None:
        return unknown()
    return regrouped(caller, "flip", x, (x.shape, _named_once(x.shape, axes) if isinstance(axes, tuple) else None))


def _named_once(x: Shape, axes: Sequence[int]) -> Violation | None:
    for axis in axes:
        fault = axis_fault(x, axis)
        if fault is not None:
            return fault
    if x.rank and len({axis % x.rank for axis in axes}) != len(axes):
        return Violation("axis", f"an axis is named twice: {tuple(axes)}", x)
    return None


@models("torch.roll", f"{METHOD}.roll")
def roll(caller: Caller, input: Value, shifts: Ignored, dims: Value = MISSING) -> Value:
    """pytorch.org/docs: the elements moved along an axis; what leaves at its end comes in at its start."""
    x, axes = operand(input), () if dims is MISSING else axes_of(dims)
    if x is None:
        return unknown()
    empty = any(axis.dim == 0 for axis in x.shape)
    faults = [axis_fault(x.shape, axis) for axis in axes] if isinstance(axes, tuple) and not empty else []
    return regrouped(caller, "roll", x, (x.shape, next(filter(None, faults), None)))


@models(*(f"{owner}.{name}" for owner in (METHOD, "torch") for name in ("fliplr", "flipud")))
def mirrored(input: Value) -> Value:
    """pytorch.org/docs: the elements of one axis from the last to the first."""
    x = operand(input)
    return unknown() if x is None else tensor(x.shape, x.dtype, x, producer=x.producer)


@models("torch.rot90", f"{METHOD}.rot90")
def turned(input: Value, k: int = 1, dims: Value = FALSE) -> Value:
    """pytorch.org/docs: a plane of two axes turned; a quarter turn is not followed."""
    x = operand(input)
    return unknown() if x is None or k % 2 else tensor(x.shape, x.dtype, x)
