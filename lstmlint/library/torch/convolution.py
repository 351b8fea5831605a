"""Convolutions over the last axes of (batch, channels, …) or (channels, …)."""
from __future__ import annotations

from collections.abc import Callable

from lstmlint.library.registry import models
from lstmlint.library.torch.specs import layer, numbers, unfit_rank, width, wrong_features
from lstmlint.library.torch.tensors import checked, operand, tensor
from lstmlint.shapes.dims import Dim, at_least, differ, floor_divide
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, unknown_dim
from lstmlint.values.base import Const, Value, integer, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import tuple_of
from lstmlint.values.network import Layer

_REST = "device=None dtype=None"
Length = Callable[[Dim, int], "tuple[Dim, Violation | None]"]
"""What becomes of the length of a spatial axis, given its number."""


def over_spatial(x: Shape, rank: int, channels: Axis | None, length: Length) -> Result:
    """The last `rank` axes with other lengths, and before them `channels` (None: as they were)."""
    violation = unfit_rank(x, rank + 1, rank + 2)
    if violation is not None:
        kept = (channels or Axis(unknown_dim(lower=1)), *(Axis(unknown_dim(lower=1)) for _ in range(rank)))
        return Shape(kept, True), violation
    axes: list[Axis] = []
    for at in range(rank):
        axis = x.axis(at - rank)
        if axis is None:
            axes.append(Axis(unknown_dim(lower=1)))
            continue
        dim, fault = length(axis.dim, at)
        violation = violation or fault
        axes.append(axis.of_length(unknown_dim(lower=1) if fault is not None else dim))
    own = x.axis(-rank - 1)
    before = channels or own
    kept = x.axes[: -rank - 1] if own is not None else ()
    return Shape((*kept, *((before,) if before is not None else ()), *axes), x.open), violation


def _channels(layer: Layer, x: Shape, rank: int) -> Violation | None:
    axis = x.axis(-rank - 1)
    if layer.kind.startswith("Lazy"):
        groups = layer.length("groups", 1)
        if axis is None or not isinstance(axis.dim, int) or not isinstance(groups, int) or axis.dim % groups == 0:
            return None
        return Violation("size", f"{axis.dim} channels can't be divided into {groups} groups", axis.dim, groups)
    needed = width(layer, "in_channels")
    return wrong_features(axis.dim, needed, "channels") if axis is not None and differ(axis.dim, needed) else None


def _convolution(rank: int) -> None:
    parameters = f"kernel_size stride=1 padding=0 dilation=1 groups=1 bias=True padding_mode='zeros' {_REST}"

    def convolve(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: out_channels, and as many places as the kernel has."""
        size, stride, dilation = (numbers(layer, name, rank, 1) for name in ("kernel_size", "stride", "dilation"))
        text = layer.text("padding", "")
        known = text is None or text in ("", "valid", "same")
        padding = (0,) * rank if text == "valid" else numbers(layer, "padding", rank)

        def length(dim: Dim, at: int) -> tuple[Dim, Violation | None]:
            if text == "same" or not known:
                return (dim if known else unknown_dim(lower=1)), None
            left = dim + padding[at] * 2 - dilation[at] * (size[at] - 1) - 1
            fault = None
            if at_least(-1, left):
                words = f"a kernel of {dilation[at] * (size[at] - 1) + 1} does not fit into an axis of length {dim}"
                fault = Violation("size", words, dim, size[at])
            return floor_divide(left, stride[at]) + 1, fault

        shape, violation = over_spatial(x, rank, Axis(width(layer, "out_channels"), Meaning.FEATURE), length)
        if violation is not None and violation.kind == "rank":
            return shape, violation
        return shape, _channels(layer, x, rank) or violation

    layer(f"Conv{rank}d", f"in_channels out_channels {parameters}")(convolve)
    layer(f"LazyConv{rank}d", f"out_channels {parameters}")(convolve)
    _transposed(rank)
    _function(rank, convolve)


def _transposed(rank: int) -> None:
    parameters = (
        f"kernel_size stride=1 padding=0 output_padding=0 groups=1 bias=True dilation=1 padding_mode='zeros' {_REST}"
    )

    def convolve(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: the shape of which a convolution would make the input's."""
        size, stride, dilation = (numbers(layer, name, rank, 1) for name in ("kernel_size", "stride", "dilation"))
        padding, extra = (numbers(layer, name, rank) for name in ("padding", "output_padding"))

        def length(dim: Dim, at: int) -> tuple[Dim, Violation | None]:
            made = (dim - 1) * stride[at] - padding[at] * 2 + dilation[at] * (size[at] - 1) + extra[at] + 1
            fault = None
            # Whether nothing at all is an error depends on the machine.
            if at_least(-1, made):
                fault = Violation("size", f"nothing is left of an axis of length {dim}", dim, made)
            elif at_least(extra[at], stride[at]) and at_least(extra[at], dilation[at]):
                fault = Violation("size", f"the output padding {extra[at]} is not smaller than the stride", extra[at], stride[at])
            return made, fault

        shape, violation = over_spatial(x, rank, Axis(width(layer, "out_channels"), Meaning.FEATURE), length)
        if violation is not None and violation.kind == "rank":
            return shape, violation
        return shape, _channels(layer, x, rank) or violation

    layer(f"ConvTranspose{rank}d", f"in_channels out_channels {parameters}")(convolve)
    layer(f"LazyConvTranspose{rank}d", f"out_channels {parameters}")(convolve)


def _function(rank: int, convolve: Callable[[Layer, Shape], Result]) -> None:
    name = f"conv{rank}d"

    @models(f"torch.nn.functional.{name}", f"torch.{name}")
    def function(
        caller: Caller, input: Value, weight: Value, bias: Value = Const(None), stride: Value = Const(1),  # noqa: B008
        padding: Value = Const(0), dilation: Value = Const(1), groups: Value = Const(1),  # noqa: B008
    ) -> Value:  # fmt: skip
        """pytorch.org/docs: as the layer with these weights."""
        x, kernel = operand(input), operand(weight)
        if x is None or kernel is None:
            return unknown()
        if kernel.shape.rank != rank + 2:
            return tensor(UNKNOWN_SHAPE, "float", x)
        out, depth, *size = (integer(axis.dim) for axis in kernel.shape)
        config = {"out_channels": out, "in_channels": depth, "kernel_size": tuple_of(*size)}
        config.update(stride=stride, padding=padding, dilation=dilation)
        made = Layer(f"torch.nn.Conv{rank}d", config, caller.site)
        if groups != Const(1):
            made.config["in_channels"] = unknown()
        shape, violation = convolve(made, x.shape)
        return checked(caller, f"nn.functional.{name}", [x, kernel], tensor(shape, "float", x), violation)


for _rank in (1, 2, 3):
    _convolution(_rank)
