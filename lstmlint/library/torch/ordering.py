"""Tensors in order: sorted, the largest elements, the different ones."""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import METHOD
from lstmlint.library.torch.reducing import reduced
from lstmlint.library.torch.tensors import axis_fault, checked, operand, regrouped, tensor
from lstmlint.shapes.dims import Dim, at_least
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape, Violation, unknown_dim
from lstmlint.shapes.window import differences
from lstmlint.values.base import FALSE, NONE, TRUE, Const, Value, constant_int, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, tuple_of

_LAST = Const(-1)


def _both(caller: Caller, name: str, x: Array, dim: Value) -> Value:
    """Values and their places, of the same shape."""
    axis = constant_int(dim)
    answer = tuple_of(tensor(x.shape, x.dtype, x), tensor(x.shape, "int", x))
    return checked(caller, name, [x], answer, None if axis is None else axis_fault(x.shape, axis))


@models(*(f"{owner}.{name}" for owner in (METHOD, "torch") for name in ("sort", "cummax", "cummin")))
def sort(caller: Caller, input: Value, dim: Value = _LAST, *others: Ignored) -> Value:
    """pytorch.org/docs: in order (or the extremes so far), and the places."""
    x = operand(input)
    return unknown() if x is None else _both(caller, "sort", x, _LAST if dim.type_path == "bool" else dim)


@models("torch.argsort", f"{METHOD}.argsort")
def argsort(caller: Caller, input: Value, dim: Value = _LAST, *others: Ignored) -> Value:
    """pytorch.org/docs: the places in order."""
    x = operand(input)
    if x is None:
        return unknown()
    axis = constant_int(dim)
    fault = None if axis is None else axis_fault(x.shape, axis)
    return checked(caller, "argsort", [x], tensor(x.shape, "int", x), fault)


@models("torch.topk", f"{METHOD}.topk")
def topk(caller: Caller, input: Value, k: Dim, dim: int = -1, *others: Ignored) -> Value:
    """pytorch.org/docs: the k largest along an axis, and the places."""
    x = operand(input)
    if x is None:
        return unknown()
    axis, violation = x.shape.axis(dim), axis_fault(x.shape, dim)
    length: Dim = 1 if axis is None else axis.dim
    if (axis is not None or x.shape.rank == 0) and at_least(k, length + 1):
        violation = violation or Violation("index", f"an axis of length {length} has no {k} elements", x.shape, k)
    shape = x.shape.replace(dim, axis.of_length(k)) if axis is not None else x.shape if x.shape.rank == 0 else UNKNOWN_SHAPE
    answer = tuple_of(tensor(shape, x.dtype, x), tensor(shape, "int", x))
    return checked(caller, "topk", [x], answer, violation)


def _one_of_axis(name: str, dim_at: int) -> None:
    @models(f"torch.{name}", f"{METHOD}.{name}")
    def one(caller: Caller, input: Value, *others: Value, dim: Value = _LAST, keepdim: Value = FALSE) -> Value:
        """pytorch.org/docs: one element of an axis, and its place."""
        x = operand(input)
        if x is None:
            return unknown()
        along = others[dim_at] if len(others) > dim_at else dim
        keep = others[dim_at + 1] if len(others) > dim_at + 1 else keepdim
        value = reduced(caller, name, x, along, keep, x.dtype)
        return tuple_of(value, tensor(value.shape, "int", x))


_one_of_axis("mode", 0)
_one_of_axis("kthvalue", 1)


@models(*(f"{owner}.{name}" for owner in (METHOD, "torch") for name in ("unique", "unique_consecutive")))
def unique(
    input: Value, *others: Ignored, sorted: Value = TRUE, return_inverse: Value = FALSE, return_counts: Value = FALSE,
    dim: Value = NONE,
) -> Value:  # fmt: skip
    """pytorch.org/docs: the different elements (how many is not known), where each went, and how often it occurs."""
    x = operand(input)
    if x is None or others or not is_none(dim) or return_inverse not in (TRUE, FALSE) or return_counts not in (TRUE, FALSE):
        return unknown()
    count = unknown_dim("distinct")
    parts = [tensor(Shape.of(count), x.dtype, x)]
    if return_inverse == TRUE:
        parts.append(tensor(x.shape, "int", x))
    if return_counts == TRUE:
        parts.append(tensor(Shape.of(count), "int", x))
    return parts[0] if len(parts) == 1 else tuple_of(*parts)


@models("torch.diff", f"{METHOD}.diff")
def diff(caller: Caller, input: Value, n: int = 1, dim: int = -1) -> Value:
    """pytorch.org/docs: each element less the one before."""
    x = operand(input)
    return unknown() if x is None else regrouped(caller, "diff", x, differences(x.shape, n, dim))
