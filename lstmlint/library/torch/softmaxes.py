"""Softmax and its like: along one axis, which keeps its length."""
from __future__ import annotations

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import models
from lstmlint.library.torch.activating import implicit_axis
from lstmlint.library.torch.creating import METHOD
from lstmlint.library.torch.reducing import softmax_of
from lstmlint.library.torch.tensors import axis_fault, checked, operand, regrouped, tensor
from lstmlint.shapes.combine import split_evenly
from lstmlint.shapes.shape import Violation
from lstmlint.values.base import NONE, Value, constant_int, is_none, unknown
from lstmlint.values.code import Caller


def _softmax(name: str, log: bool) -> None:
    @models(f"{METHOD}.{name}", f"torch.{name}", f"torch.special.{name}")
    def function(caller: Caller, input: Value, dim: Value = NONE, *others: Ignored) -> Value:
        """pytorch.org/docs: exponentials that add up to one along an axis."""
        x = operand(input)
        return unknown() if x is None else softmax_of(caller, x, dim, log)

    @models(f"torch.nn.functional.{name}")
    def functional(caller: Caller, input: Value, dim: Value = NONE, *others: Ignored) -> Value:
        """pytorch.org/docs: as torch's function; without `dim`, the axis depends on the rank."""
        x = operand(input)
        return unknown() if x is None else softmax_of(caller, x, implicit_axis(x.shape) if is_none(dim) else dim, log)


_softmax("softmax", False)
_softmax("log_softmax", True)


def _promoted(dtype: str | None) -> str | None:
    """Sums of truth values are integers."""
    return "int" if dtype == "bool" else dtype


def _along(dim_at: int, *paths: str) -> None:
    @models(*paths)
    def along(caller: Caller, input: Value, *others: Value, dim: Value = NONE) -> Value:
        """pytorch.org/docs: along an axis; the same shape."""
        x = operand(input)
        if x is None:
            return unknown()
        axis = constant_int(others[dim_at]) if len(others) > dim_at else constant_int(dim)
        answer = tensor(x.shape, _promoted(x.dtype), x)
        return checked(caller, paths[0].removeprefix("torch."), [x], answer, None if axis is None else axis_fault(x.shape, axis))


_FUNCTIONAL = "torch.nn.functional"
_along(0, f"{_FUNCTIONAL}.softmin")
_along(3, f"{_FUNCTIONAL}.gumbel_softmax")
_along(1, f"{_FUNCTIONAL}.normalize")
for _name in ("cumsum", "cumprod", "logcumsumexp"):
    _along(0, f"torch.{_name}", f"{METHOD}.{_name}")


@models("torch.nn.functional.glu")
def glu(caller: Caller, input: Value, dim: int = -1) -> Value:
    """pytorch.org/docs: one half of an axis times a sigmoid of the other half."""
    x = operand(input)
    if x is None:
        return unknown()
    shapes, violation = split_evenly(x.shape, 2, dim)
    if x.shape.rank == 0:
        violation = Violation("rank", "glu needs a tensor with an axis", x.shape)
    return regrouped(caller, "nn.functional.glu", x, (shapes[0], violation))
