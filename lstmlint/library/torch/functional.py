"""Functions of torch.nn.functional that are no layers, and grids."""
from __future__ import annotations

from collections.abc import Sequence
from math import floor

from lstmlint.library.coerce import to_shape
from lstmlint.library.numpy.results import common_dtype
from lstmlint.library.registry import models
from lstmlint.library.torch.tensors import checked, operand, regrouped, tensor
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Result, Shape, Violation, product, unknown_dim
from lstmlint.values.base import NONE, Const, Value, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, Tuple, items_of


@models("torch.nn.functional.interpolate", "torch.nn.functional.upsample")
def interpolate(caller: Caller, input: Value, size: Value = NONE, scale_factor: Value = NONE, mode: Value = NONE) -> Value:
    """pytorch.org/docs: the axes behind batch and channels to a size, or by a factor."""
    x = operand(input)
    if x is None:
        return unknown()
    return regrouped(caller, "nn.functional.interpolate", x, _interpolated(x.shape, size, scale_factor))


def _interpolated(x: Shape, size: Value, factor: Value) -> Result:
    if x.open:
        return UNKNOWN_SHAPE, None
    spatial = x.axes[2:]
    if not 1 <= len(spatial) <= 3:
        return x, Violation("rank", f"interpolate needs a batch, channels and one to three more axes, got {x}", x)
    wanted = None if is_none(size) else to_shape(size)
    if wanted is not None:
        lengths = wanted.dims if items_of(size) is not None else wanted.dims * len(spatial)
        if len(lengths) != len(spatial):
            return x, Violation("rank", f"interpolate to {wanted} does not fit the {len(spatial)} last axes of {x}", x)
        return Shape((*x.axes[:2], *map(Axis, lengths))), None
    by = factor.value if isinstance(factor, Const) else None
    return Shape((*x.axes[:2], *(Axis(_scaled(axis.dim, by)) for axis in spatial))), None


def _scaled(length: Dim, by: object) -> Dim:
    if isinstance(by, int):
        return length * by
    if isinstance(by, float) and isinstance(length, int):
        return floor(length * by)
    return length * int(by) if isinstance(by, float) and by == int(by) else unknown_dim()


def _all_of(values: Sequence[Value]) -> list[Array] | None:
    """Tensors that are given one by one or as one sequence; None where they are not known."""
    given = items_of(values[0]) if len(values) == 1 else None
    parts = values if given is None else given.known
    found = [operand(part) for part in parts or ()]
    known = [part for part in found if part is not None]
    return known if known and len(known) == len(found) else None


@models("torch.meshgrid")
def meshgrid(*tensors: Value, indexing: Value = Const("ij")) -> Value:  # noqa: B008
    """pytorch.org/docs: for each vector a grid of all of them."""
    parts = _all_of(tensors)
    if parts is None or indexing not in (Const("ij"), NONE):
        return unknown()
    grid = Shape.of(*(flat_length(part.shape) for part in parts))
    return Tuple(Items.of(tensor(grid, part.dtype, part) for part in parts))


@models("torch.cartesian_prod")
def cartesian_prod(*tensors: Value) -> Value:
    """pytorch.org/docs: one row for each combination of the elements of some vectors."""
    parts = _all_of(tensors)
    if parts is None:
        return unknown()
    rows = product(flat_length(part.shape) for part in parts)
    shape = Shape.of(rows, len(parts)) if len(parts) > 1 else Shape.of(rows)
    return tensor(shape, common_dtype([part.dtype for part in parts]), *parts)


@models("torch.broadcast_tensors")
def broadcast_tensors(caller: Caller, *tensors: Value) -> Value:
    """pytorch.org/docs: all stretched to one shape."""
    parts = _all_of(tensors)
    if parts is None:
        return unknown()
    shape, violation = broadcast_all(part.shape for part in parts)
    answer = Tuple(Items.of(tensor(shape, part.dtype, part) for part in parts))
    return checked(caller, "broadcast_tensors", parts, answer, violation)
