"""Parts of tensors along an axis: cut, chosen, slid over."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.coerce import to_dim, to_shape
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import METHOD
from lstmlint.library.torch.indexing import taken
from lstmlint.library.torch.tensors import axis_fault, checked, operand, regrouped, tensor
from lstmlint.shapes.combine import split_at, split_evenly
from lstmlint.shapes.dims import Dim, at_least, differ, divide, smaller
from lstmlint.shapes.index import out_of_range
from lstmlint.shapes.permute import axis_violation, behind
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, unknown_dim
from lstmlint.values.base import MISSING, Value, constant_int, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, Tuple, items_of

MANY = 64
"""More parts than this are not kept apart."""


def _part(x: Array, dim: int, axis: Axis, length: Dim) -> Array:
    return tensor(x.shape.replace(dim, axis.of_length(length)), x.dtype, x, producer=x.producer)


def _several(x: Array, dim: int, axis: Axis, lengths: Sequence[Dim]) -> Value:
    return Tuple(Items.of(_part(x, dim, axis, length) for length in lengths))


def _pieces(x: Array, dim: int, axis: Axis, size: Dim) -> Value:
    """`x` cut into parts of `size` along an axis; the last may be shorter."""
    if isinstance(axis.dim, int) and isinstance(size, int) and axis.dim <= MANY * size:
        rest = axis.dim % size if size else 0
        return _several(x, dim, axis, ([size] * (axis.dim // size if size else 0) + [rest] * bool(rest)) or [0])
    exact = divide(axis.dim, size)
    if exact is not None:
        if isinstance(exact, int) and 0 < exact <= MANY:
            return _several(x, dim, axis, [size] * exact)
        return Tuple(Items.many(_part(x, dim, axis, size), exact))
    part = unknown_dim() if not isinstance(size, int) else smaller(unknown_dim(lower=1), size)
    return Tuple(Items.many(_part(x, dim, axis, part), unknown_dim("parts", lower=1)))


def _unknown_parts(x: Array, count: int | None = None) -> Value:
    part = tensor(UNKNOWN_SHAPE, x.dtype, x)
    return Tuple(Items.many(part, unknown_dim("parts", lower=1)) if count is None else Items.of([part] * count))


@models("torch.split", f"{METHOD}.split", f"{METHOD}.split_with_sizes", "torch.split_with_sizes")
def split(
    caller: Caller, tensor: Value, split_size_or_sections: Value = MISSING, dim: int = 0, *, split_size: Value = MISSING,
    split_sizes: Value = MISSING,
) -> Value:  # fmt: skip
    """pytorch.org/docs: parts of one size, or of the sizes of a list; the method has other names for the argument."""
    named = split_sizes if split_size is MISSING else split_size
    if split_size_or_sections is MISSING:
        split_size_or_sections = named
    x, sizes = operand(tensor), to_shape(split_size_or_sections)
    if x is None:
        return unknown()
    if sizes is None:
        return _unknown_parts(x)
    axis, violation = x.shape.axis(dim), axis_violation(x.shape, dim)
    many = items_of(split_size_or_sections) is not None
    if axis is None:
        return checked(caller, "split", [x], _unknown_parts(x, len(sizes.dims) if many else None), violation)
    if not many:
        size = sizes.dims[0]
        if at_least(-1, size) or (size == 0 and differ(axis.dim, 0)):
            return checked(caller, "split", [x], _unknown_parts(x), _no_split(x, size))
        return _pieces(x, dim, axis, size)
    total: Dim = 0
    for length in sizes.dims:
        total = length + total
    if differ(total, axis.dim) or any(at_least(-1, length) for length in sizes.dims):
        return checked(caller, "split", [x], _unknown_parts(x, len(sizes.dims)), _no_split(x, total))
    return _several(x, dim, axis, sizes.dims)


def _no_split(x: Array, into: Dim) -> Violation:
    return Violation("split", f"{x.shape} can't be split into parts that make {into}", x.shape, into)


@models("torch.chunk", f"{METHOD}.chunk")
def chunk(caller: Caller, input: Value, chunks: int, dim: int = 0) -> Value:
    """pytorch.org/docs: at most that many parts of one size; the last may be shorter."""
    x = operand(input)
    if x is None:
        return unknown()
    axis, violation = x.shape.axis(dim), axis_violation(x.shape, dim)
    if chunks <= 0:
        return checked(caller, "chunk", [x], _unknown_parts(x), Violation("split", f"there can't be {chunks} chunks", x.shape))
    if axis is None:
        return checked(caller, "chunk", [x], _unknown_parts(x, chunks), violation)
    if axis.dim == 0:
        return _several(x, dim, axis, [0] * chunks)
    if isinstance(axis.dim, int):
        return _pieces(x, dim, axis, -(-axis.dim // chunks))
    exact = divide(axis.dim, chunks)
    if exact is None:
        # There may be fewer, and the last one may be shorter.
        return Tuple(Items.many(_part(x, dim, axis, unknown_dim()), unknown_dim("chunks", lower=1)))
    return _several(x, dim, axis, [exact] * chunks)


@models("torch.tensor_split", f"{METHOD}.tensor_split")
def tensor_split(caller: Caller, input: Value, indices_or_sections: Value, dim: int = 0) -> Value:
    """pytorch.org/docs: that many parts, the first ones longer by one; or parts between positions."""
    x, places = operand(input), to_shape(indices_or_sections)
    if x is None:
        return unknown()
    if places is None:
        return _unknown_parts(x)
    count = constant_int(indices_or_sections)
    if items_of(indices_or_sections) is not None:
        shapes, violation = split_at(x.shape, places.dims, dim)
    elif count is not None:
        shapes, violation = split_evenly(x.shape, count, dim, exactly=False)
    else:
        return _unknown_parts(x)
    if x.shape.rank == 0:
        violation = Violation("rank", "tensor_split needs a tensor with an axis", x.shape)
    return checked(caller, "tensor_split", [x], Tuple(Items.of(tensor(shape, x.dtype, x) for shape in shapes)), violation)


@models("torch.unbind", f"{METHOD}.unbind")
def unbind(caller: Caller, input: Value, dim: int = 0) -> Value:
    """pytorch.org/docs: the elements of an axis."""
    x = operand(input)
    if x is None:
        return unknown()
    axis = x.shape.axis(dim)
    if axis is None:
        return checked(caller, "unbind", [x], _unknown_parts(x), axis_violation(x.shape, dim))
    part = tensor(x.shape.replace(dim), x.dtype, x, producer=x.producer)
    return Tuple(Items.of([part] * axis.dim) if isinstance(axis.dim, int) and axis.dim <= MANY else Items.many(part, axis.dim))


def narrowed(x: Shape, dim: int, start: Dim | None, length: Dim) -> Result:
    """A part of an axis."""
    axis = x.axis(dim)
    if axis is None:
        return (behind(x, dim + 1) if x.open and dim >= 0 else UNKNOWN_SHAPE), axis_violation(x, dim)
    if isinstance(start, int) and start < 0:
        start = axis.dim + start
    violation = None
    if start is not None and (at_least(-1, start) or (at_least(start, 0) and at_least(start + length, axis.dim + 1))):
        violation = Violation("index", f"{length} elements from {start} do not fit into an axis of length {axis.dim}", x)
    return x.replace(dim, axis.of_length(length)), violation


@models("torch.narrow", f"{METHOD}.narrow")
def narrow(caller: Caller, input: Value, dim: int, start: Value, length: Dim) -> Value:
    """pytorch.org/docs: a part of an axis."""
    x = operand(input)
    return unknown() if x is None else regrouped(caller, "narrow", x, narrowed(x.shape, dim, to_dim(start), length))


@models(f"{METHOD}.unfold")
def unfold(caller: Caller, self: Array, dimension: int, size: Dim, step: Dim) -> Value:
    """pytorch.org/docs: windows along an axis; their content is a new last axis."""
    axis = self.shape.axis(dimension)
    if axis is None:
        return regrouped(caller, "Tensor.unfold", self, (UNKNOWN_SHAPE, axis_violation(self.shape, dimension)))
    violation = None
    if at_least(size, axis.dim + 1):
        violation = Violation("window", f"a window of {size} does not fit into an axis of length {axis.dim}", self.shape, size)
    count = axis.dim - size + 1 if step == 1 else None
    if isinstance(axis.dim, int) and isinstance(size, int) and isinstance(step, int) and step > 0:
        count = (axis.dim - size) // step + 1
    whole = self.shape.replace(dimension, axis.of_length(unknown_dim("windows", lower=1) if count is None else count))
    series = dimension == 0 and self.shape.rank is not None and self.shape.rank < 3
    window = Axis(size, Meaning.TIME, caller.site) if series else Axis(size)
    if series:
        whole = whole.replace(0, Axis(whole.axes[0].dim, Meaning.SAMPLE))
    return regrouped(caller, "Tensor.unfold", self, (Shape((*whole.axes, window), whole.open), violation))


@models(f"{METHOD}.select", "torch.select")
def select(caller: Caller, input: Value, dim: int, index: Value) -> Value:
    """pytorch.org/docs: one element of an axis."""
    x = operand(input)
    if x is None:
        return unknown()
    axis, number = x.shape.axis(dim), constant_int(index)
    if axis is None:
        return regrouped(caller, "select", x, (UNKNOWN_SHAPE, axis_violation(x.shape, dim)))
    if number is not None:
        taken(caller, x, dim, number)
    violation = None if number is None else out_of_range(x.shape, axis.dim, number)
    return regrouped(caller, "select", x, (x.shape.replace(dim), violation))


@models("torch.diagonal", f"{METHOD}.diagonal")
def diagonal(caller: Caller, input: Value, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Value:
    """pytorch.org/docs: of two axes, one with the elements where both have the same place."""
    x = operand(input)
    if x is None:
        return unknown()
    violation = axis_fault(x.shape, dim1) or axis_fault(x.shape, dim2)
    first, second = x.shape.position(dim1), x.shape.position(dim2)
    if violation is None and not x.shape.open and first == second:
        violation = Violation("axis", "a diagonal needs two different axes", x.shape)
    if violation is not None or first is None or second is None or x.shape.open:
        return regrouped(caller, "diagonal", x, (UNKNOWN_SHAPE, violation))
    rest = tuple(axis for at, axis in enumerate(x.shape.axes) if at not in (first, second))
    length = _length_of_diagonal(x.shape.axes[first].dim, x.shape.axes[second].dim, offset)
    return regrouped(caller, "diagonal", x, (Shape((*rest, Axis(length))), None))


def _length_of_diagonal(rows: Dim, columns: Dim, offset: int) -> Dim:
    if offset == 0:
        return smaller(rows, columns)
    if isinstance(rows, int) and isinstance(columns, int):
        return max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)
    return unknown_dim("diagonal")


@models("torch.diag", f"{METHOD}.diag")
def diag(caller: Caller, input: Value, diagonal: int = 0) -> Value:
    """pytorch.org/docs: of a matrix, its diagonal; of a vector, the matrix with this diagonal."""
    x = operand(input)
    if x is None or x.shape.open:
        return unknown()
    axes = x.shape.axes
    if len(axes) == 1:
        return regrouped(caller, "diag", x, (Shape.of(*[axes[0].dim + abs(diagonal)] * 2), None))
    if len(axes) == 2:
        return regrouped(caller, "diag", x, (Shape.of(_length_of_diagonal(axes[0].dim, axes[1].dim, diagonal)), None))
    return regrouped(caller, "diag", x, (UNKNOWN_SHAPE, Violation("rank", f"diag needs one or two axes, got {x.shape}", x.shape)))


@models("torch.diag_embed", f"{METHOD}.diag_embed")
def diag_embed(caller: Caller, input: Value, offset: int = 0) -> Value:
    """pytorch.org/docs: a matrix for each vector."""
    x = operand(input)
    if x is None or not x.shape.axes:
        violation = None if x is None or x.shape.open else Violation("rank", "diag_embed needs a tensor with an axis", x.shape)
        return unknown() if x is None else regrouped(caller, "diag_embed", x, (UNKNOWN_SHAPE, violation))
    side = Axis(x.shape.axes[-1].dim + abs(offset))
    return regrouped(caller, "diag_embed", x, (Shape((*x.shape.axes[:-1], side, side), x.shape.open), None))


@models("torch.trace", f"{METHOD}.trace")
def trace(caller: Caller, input: Value) -> Value:
    """pytorch.org/docs: the sum of the diagonal of a matrix."""
    x = operand(input)
    if x is None:
        return unknown()
    wrong = Violation("rank", f"trace needs a matrix, got {x.shape}", x.shape, 2)
    return regrouped(caller, "trace", x, (SCALAR, None if x.shape.rank in (None, 2) else wrong))
