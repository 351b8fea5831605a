"""Tensors seen under other axes: the same elements in the same order."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.numpy.arguments import UNSURE, axes_of
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import METHOD, lengths_of
from lstmlint.library.torch.tensors import axis_fault, operand, regrouped, tensor, traced
from lstmlint.shapes import permute
from lstmlint.shapes import reshape as reshapes
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.permute import axis_violation, behind
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, unknown_dim
from lstmlint.trace import Operation
from lstmlint.values.base import NONE, Unknown, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, Tuple, items_of


def _reshape(caller: Caller, name: str, x: Array, size: Sequence[Value]) -> Value:
    if len(size) == 1 and isinstance(size[0], Unknown):
        # A size, a single length, or (for view) a dtype.
        return traced(caller, name, x, (UNKNOWN_SHAPE, None))
    dims = lengths_of(size)
    if dims is None:
        return traced(caller, name, x, (UNKNOWN_SHAPE, None))
    return traced(caller, name, x, reshapes.reshape(x.shape, dims))


@models(f"{METHOD}.view", f"{METHOD}.reshape")
def view(caller: Caller, self: Array, *shape: Value) -> Value:
    """pytorch.org/docs: the same elements, in the same order, under other axes."""
    return _reshape(caller, "Tensor.view", self, shape)


@models("torch.reshape")
def reshape(caller: Caller, input: Value, shape: Value) -> Value:
    """pytorch.org/docs: the same elements, in the same order, under other axes."""
    x = operand(input)
    return unknown() if x is None else _reshape(caller, "reshape", x, [shape])


@models(f"{METHOD}.view_as", f"{METHOD}.reshape_as")
def view_as(caller: Caller, self: Array, other: Array) -> Value:
    """pytorch.org/docs: under the axes of another tensor."""
    if other.shape.open:
        return traced(caller, "Tensor.view_as", self, (UNKNOWN_SHAPE, None))
    return traced(caller, "Tensor.view_as", self, reshapes.reshape(self.shape, other.shape.dims))


def flattened(x: Shape, start: int, end: int) -> Result:
    """The axes from `start` to `end` merged."""
    if x.open:
        if start >= 0 and end < 0 and -end <= len(x.axes):
            kept = x.axes[len(x.axes) + end + 1 :]
            axes = (Axis(unknown_dim()), *kept)
            return (Shape(axes) if start == 0 else Shape(kept, True)), None
        return UNKNOWN_SHAPE, None
    violation = axis_fault(x, start) or axis_fault(x, end)
    if not x.axes:
        return Shape.of(1), violation
    first, last = x.position(start), x.position(end)
    if violation is None and first is not None and last is not None and first > last:
        violation = Violation("axis", f"flatten can't start at axis {start} and end at axis {end} of {x}", x)
    if violation is not None:
        return UNKNOWN_SHAPE, violation
    return reshapes.flatten(x, start, end), None


@models(f"{METHOD}.flatten", "torch.flatten")
def flatten(caller: Caller, input: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    """pytorch.org/docs: some axes merged into one."""
    x = operand(input)
    return unknown() if x is None else traced(caller, "flatten", x, flattened(x.shape, start_dim, end_dim))


def unflattened(x: Shape, dim: int, lengths: Sequence[Dim]) -> Result:
    """Axis `dim` split into several."""
    axis = x.axis(dim)
    if axis is None:
        return UNKNOWN_SHAPE, axis_violation(x, dim)
    parts, violation = reshapes.reshape(Shape((axis,)), lengths)
    if violation is not None:
        wanted = x.replace(dim, *map(Axis, lengths))
        violation = Violation("reshape", f"axis {dim} of {x} can't be split into {Shape.of(*lengths)}", x, wanted)
    return x.replace(dim, *parts.axes), violation


@models(f"{METHOD}.unflatten", "torch.unflatten")
def unflatten(caller: Caller, input: Value, dim: int, sizes: Shape) -> Value:
    """pytorch.org/docs: an axis split into several."""
    x = operand(input)
    return unknown() if x is None else traced(caller, "unflatten", x, unflattened(x.shape, dim, sizes.dims))


@models(f"{METHOD}.squeeze", f"{METHOD}.squeeze_", "torch.squeeze")
def squeeze(caller: Caller, input: Value, dim: Value = NONE) -> Value:
    """pytorch.org/docs: without the axes of length one; of named ones, only those that have it."""
    x, axes = operand(input), axes_of(dim)
    if x is None:
        return unknown()
    if axes is UNSURE:
        return tensor(UNKNOWN_SHAPE, x.dtype, x, producer=x.producer)
    if axes is None or not isinstance(axes, tuple):
        answer = regrouped(caller, "squeeze", x, permute.squeeze(x.shape, None))
        alone = any(axis.meaning is Meaning.BATCH and axis.dim == 1 for axis in x.shape)
        if (answer.shape.open and not x.shape.open) or alone:
            # Which axes it drops is another matter for each batch, and for a single sample.
            caller.emit(Operation(caller.site, "torch.squeeze", (x,), answer, None))
        return answer
    return regrouped(caller, "squeeze", x, squeezed(x.shape, axes))


def squeezed(x: Shape, axes: Sequence[int]) -> Result:
    """Without those of the named axes that have length one."""
    if x.rank == 0 and set(axes) <= {0, -1}:
        return x, None if len(axes) < 2 else Violation("axis", f"an axis is squeezed twice: {tuple(axes)}", x)
    for axis in axes:
        violation = axis_violation(x, axis)
        if violation is not None:
            return x, violation
    positions = [x.position(axis) for axis in axes]
    if len(positions) == 1 and positions[0] is None and x.open:
        # Counted from the unknown front: what lies behind it stays.
        return behind(x, axes[0] + 1) if axes[0] >= 0 else UNKNOWN_SHAPE, None
    if None in positions:
        return UNKNOWN_SHAPE, None
    found = [at for at in positions if at is not None]
    if len(set(found)) != len(found):
        return UNKNOWN_SHAPE, Violation("axis", f"an axis is squeezed twice: {tuple(axes)}", x)
    for at in found:
        if x.axes[at].dim != 1 and not differ(x.axes[at].dim, 1):
            return Shape(x.axes[max(found) + 1 :], True), None
    return Shape(tuple(axis for at, axis in enumerate(x.axes) if at not in found or axis.dim != 1), x.open), None


@models(f"{METHOD}.unsqueeze", f"{METHOD}.unsqueeze_", "torch.unsqueeze")
def unsqueeze(caller: Caller, input: Value, dim: int) -> Value:
    """pytorch.org/docs: a new axis of length one."""
    x = operand(input)
    return unknown() if x is None else regrouped(caller, "unsqueeze", x, permute.expand_dims(x.shape, [dim]))


@models("torch.ravel", f"{METHOD}.ravel")
def ravel(caller: Caller, input: Value) -> Value:
    """pytorch.org/docs: all elements along one axis."""
    x = operand(input)
    return unknown() if x is None else traced(caller, "flatten", x, flattened(x.shape, 0, -1))


def _at_least(name: str, rank: int) -> None:
    @models(f"torch.{name}")
    def enough(caller: Caller, *tensors: Value) -> Value:
        """pytorch.org/docs: with as many axes of length one as are missing; several tensors make a tuple."""
        given = items_of(tensors[0]) if len(tensors) == 1 else None
        if given is None and len(tensors) == 1:
            x = operand(tensors[0])
            return unknown() if x is None else regrouped(caller, name, x, (permute.at_least_rank(x.shape, rank), None))
        parts = tensors if given is None else given.known
        return unknown() if parts is None else Tuple(Items.of(enough(caller, part) for part in parts))


for _rank in (1, 2, 3):
    _at_least(f"atleast_{_rank}d", _rank)
