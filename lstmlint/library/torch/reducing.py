"""Reductions, and softmax, which works along an axis, too."""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.numpy.arguments import UNSURE, axes_of, flag
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import METHOD
from lstmlint.library.torch.elementwise import apply, arithmetic, dtype_like
from lstmlint.library.torch.tensors import axis_fault, checked, operand, tensor
from lstmlint.shapes.reduce import reduce
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Violation
from lstmlint.trace import Softmax
from lstmlint.values.base import FALSE, NONE, Value, constant_int, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, tuple_of


def reduced(caller: Caller, name: str, x: Array, dim: Value, keepdim: Value, dtype: str | None) -> Array:
    """`x` reduced over `dim`: an axis, several, or all."""
    axes, keep = axes_of(dim), flag(keepdim)
    if axes is UNSURE or keep is UNSURE:
        return tensor(UNKNOWN_SHAPE, dtype, x)
    shape, violation = reduce(x.shape, axes or None, keep)
    if x.shape.rank == 0 and axes is not None and len(axes) > 1:
        violation = violation or Violation("axis", f"an axis is named twice: {axes}", x.shape)
    answer = tensor(shape, dtype, x)
    checked(caller, name, [x], answer, violation)
    return answer


def _sum(dtype: str | None) -> str | None:
    return "int" if dtype == "bool" else dtype


def _reduction(kind: str, names: str) -> None:
    for name in names.split():
        _one_reduction(kind, name)


def _one_reduction(kind: str, name: str) -> None:
    @models(f"{METHOD}.{name}", f"torch.{name}")
    def function(
        caller: Caller, input: Value, dim: Value = NONE, keepdim: Value = FALSE, *others: Ignored, axis: Value = NONE,
        keepdims: Value = FALSE,
    ) -> Value:  # fmt: skip
        """pytorch.org/docs: over one axis, several, or all."""
        x = operand(input)
        if x is None:
            return unknown()
        dtype = {"sum": _sum(x.dtype), "float": "float", "bool": "bool", "int": "int"}[kind]
        chosen = axis if is_none(dim) else dim
        return reduced(caller, name, x, chosen, keepdim if keepdim != FALSE else keepdims, dtype)


_reduction("sum", "sum prod nansum amax amin")
_reduction("float", "mean nanmean")
_reduction("bool", "all any")
_reduction("int", "argmax argmin count_nonzero")


@models(*(f"{owner}.{name}" for owner in (METHOD, "torch") for name in ("std", "var")))
def spread(caller: Caller, input: Value, dim: Value = NONE, second: Value = FALSE, third: Value = FALSE, *, keepdim: Value = FALSE,
           axis: Value = NONE) -> Value:  # fmt: skip
    """pytorch.org/docs: over one axis, several, or all; the second argument may say how, with or without an axis."""
    x = operand(input)
    if x is None:
        return unknown()
    if dim.type_path == "bool":
        dim = NONE
    return reduced(caller, "std", x, axis if is_none(dim) else dim, third if keepdim == FALSE else keepdim, "float")


@models(f"{METHOD}.norm", "torch.norm")
def norm(caller: Caller, input: Value, p: Value = NONE, dim: Value = NONE, keepdim: Value = FALSE, *others: Ignored) -> Value:
    """pytorch.org/docs: over one axis, several, or all."""
    x = operand(input)
    return unknown() if x is None else reduced(caller, "norm", x, dim, keepdim, "float")


@models(f"{METHOD}.logsumexp", "torch.logsumexp")
def logsumexp(caller: Caller, input: Value, dim: Value, keepdim: Value = FALSE) -> Value:
    """pytorch.org/docs: over one axis or several."""
    x = operand(input)
    return unknown() if x is None else reduced(caller, "logsumexp", x, dim, keepdim, "float")


def _extremes(name: str) -> None:
    @models(f"{METHOD}.{name}", f"torch.{name}")
    def function(
        caller: Caller, input: Value, dim: Value = NONE, keepdim: Value = FALSE, *, other: Value = NONE, axis: Value = NONE
    ) -> Value:
        """pytorch.org/docs: of all; along an axis, with the places; or of pairs of elements."""
        x = operand(input)
        if x is None:
            return unknown()
        second = dim if isinstance(dim, Array) else other
        if not is_none(second):
            return apply(caller, name, [x, second], arithmetic([x.dtype, dtype_like(second)]))
        along = axis if is_none(dim) else dim
        if is_none(along):
            return tensor(SCALAR, x.dtype, x)
        if axes_of(along) is UNSURE:
            return unknown()
        best = reduced(caller, name, x, along, keepdim, x.dtype)
        return tuple_of(best, tensor(best.shape, "int", x))


_extremes("max")
_extremes("min")


@models(*(f"{owner}.{name}" for owner in (METHOD, "torch") for name in ("median", "nanmedian")))
def median(caller: Caller, input: Value, dim: Value = NONE, keepdim: Value = FALSE) -> Value:
    """pytorch.org/docs: of all, or along an axis with the places."""
    x = operand(input)
    if x is None:
        return unknown()
    if is_none(dim):
        return tensor(SCALAR, x.dtype, x)
    middle = reduced(caller, "median", x, dim, keepdim, x.dtype)
    return tuple_of(middle, tensor(middle.shape, "int", x))


@models("torch.var_mean", "torch.std_mean")
def spread_and_mean(caller: Caller, input: Value, dim: Value = NONE, *others: Ignored, keepdim: Value = FALSE) -> Value:
    """pytorch.org/docs: two reductions at once."""
    x = operand(input)
    if x is None:
        return unknown()
    both = reduced(caller, "var_mean", x, NONE if dim.type_path == "bool" else dim, keepdim, "float")
    return tuple_of(both, both)


@models("torch.dist", f"{METHOD}.dist")
def dist(caller: Caller, input: Value, other: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: one number, after broadcasting."""
    difference = apply(caller, "dist", [input, other], "float")
    return tensor(SCALAR, "float") if isinstance(difference, Array) else unknown()


def softmax_of(caller: Caller, x: Array, dim: Value, log: bool) -> Array:
    """A softmax of `x`, with its event."""
    axis = constant_int(dim)
    violation = None if axis is None else axis_fault(x.shape, axis)
    event = Softmax(caller.site, x, axis, log, x)
    answer = tensor(x.shape, "float", x, producer=event)
    event.result = answer
    caller.emit(event)
    checked(caller, "softmax", [x], answer, violation)
    return answer
