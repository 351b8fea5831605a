"""Activation layers."""
from __future__ import annotations

from lstmlint.library.torch.reducing import softmax_of
from lstmlint.library.torch.specs import Outcome, Use, general, layer, no_tensor
from lstmlint.library.torch.tensors import operand
from lstmlint.shapes.dims import Dim, differ, divide, floor_divide
from lstmlint.shapes.permute import axis_violation
from lstmlint.shapes.shape import Result, Shape, Violation
from lstmlint.values.base import NONE, Const, Value, constant_int
from lstmlint.values.network import Layer, plain


@layer("ReLU ReLU6 LeakyReLU ELU SELU CELU GELU SiLU Mish Softplus Softsign Hardtanh Hardswish Hardsigmoid RReLU LogSigmoid "
       "Tanhshrink Softshrink Hardshrink Threshold Sigmoid Tanh", "first second third fourth")  # fmt: skip
def activation(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: each element by itself."""
    return x, None


@layer("PReLU", "num_parameters=1 init=0.25 device=None dtype=None")
def prelu(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: with one weight for all, or one for each channel."""
    count = layer.length("num_parameters", 1)
    axis: Dim | None = None
    if not x.open:
        axis = x.axes[1].dim if len(x.axes) > 1 else 1
    if axis is not None and differ(count, 1) and differ(count, axis):
        return x, Violation("feature", f"has weights for {count} channels, got {axis}", axis, count)
    return x, None


@layer("GLU", "dim=-1", None)
def glu(layer: Layer, x: Shape) -> Result:
    """pytorch.org/docs: one half of an axis times the gate that the other half is."""
    given = layer.given("dim")
    dim = -1 if given is None else constant_int(given)
    if dim is None:
        return (Shape.of_rank(x.rank) if x.rank is not None else Shape((), True)), None
    if x.rank == 0:
        return x, Violation("rank", "expects rank 1 or more, got rank 0", x, 1)
    violation, axis = axis_violation(x, dim), x.axis(dim)
    if violation is not None or axis is None:
        return Shape((), True), violation
    half = divide(axis.dim, 2)
    if isinstance(axis.dim, int) and axis.dim % 2:
        violation = Violation("size", f"an axis of length {axis.dim} has no halves", axis.dim, 2)
    return x.replace(dim, axis.of_length(floor_divide(axis.dim, 2) if half is None else half)), violation


def implicit_axis(x: Shape) -> Value:
    """The axis that a softmax without `dim` works on."""
    return NONE if x.rank is None else Const(0 if x.rank in (0, 1, 3) else 1)


@general("Softmax LogSoftmax Softmin", "dim=None")
@general("Softmax2d")
def softmax(use: Use) -> Outcome:
    """pytorch.org/docs: exponentials that add up to one along an axis."""
    value = use.argument(0, "input")
    x = operand(value)
    if x is None:
        return no_tensor(value)
    violation = None
    if use.layer.kind == "Softmax2d":
        dim: Value = Const(-3)
        if x.shape.rank not in (None, 3, 4):
            violation = Violation("rank", f"expects rank 3 or 4, got rank {x.shape.rank}", x.shape, 4)
    else:
        given = use.layer.given("dim")
        dim = implicit_axis(x.shape) if given is None else plain(given)
    return (x,), softmax_of(use.caller, x, dim, use.layer.kind == "LogSoftmax"), violation
