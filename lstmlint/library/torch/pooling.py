"""Pooling over the last axes of (batch, channels, …) or (channels, …)."""
from __future__ import annotations

from collections.abc import Callable

from lstmlint.library.registry import models
from lstmlint.library.torch.convolution import over_spatial
from lstmlint.library.torch.specs import Outcome, Use, functional, general, layer, no_tensor, numbers
from lstmlint.library.torch.tensors import checked, operand, tensor
from lstmlint.shapes.dims import Dim, at_least, floor_divide
from lstmlint.shapes.shape import Result, Shape, Violation, unknown_dim
from lstmlint.values.base import Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import items_of, tuple_of
from lstmlint.values.network import Layer, plain

_AVERAGE = "kernel_size stride=None padding=0 ceil_mode=False count_include_pad=True divisor_override=None"
_OF_POWERS = "norm_type kernel_size stride=None ceil_mode=False"


def pooled(layer: Layer, x: Shape, rank: int) -> Result:
    """As many places as the window has."""
    size = numbers(layer, "kernel_size", rank, 1)
    stride = size if layer.given("stride") is None else numbers(layer, "stride", rank, 1)
    padding, dilation = numbers(layer, "padding", rank), numbers(layer, "dilation", rank, 1)
    ceil = layer.flag("ceil_mode")

    def length(dim: Dim, at: int) -> tuple[Dim, Violation | None]:
        span = dilation[at] * (size[at] - 1) + 1
        if layer.kind in ("AvgPool3d", "LPPool3d") and at_least(span, dim + 1):
            return dim, Violation("size", f"a window of {span} does not fit into an axis of length {dim}", dim, span)
        if at_least(padding[at] * 2, size[at] + 1):
            words = f"a padding of {padding[at]} is more than half of the window of {size[at]}"
            return dim, Violation("size", words, padding[at], span)
        left = dim + padding[at] * 2 - span
        if ceil is None or (ceil and not all(isinstance(part, int) for part in (left, stride[at], dim))):
            return unknown_dim(lower=1), None
        count = floor_divide(left + stride[at] - 1 if ceil else left, stride[at]) + 1
        if ceil and at_least((count - 1) * stride[at], dim + padding[at]):
            count = count - 1
        fault = None
        if at_least(0, count) or (not ceil and at_least(-1, left)):
            fault = Violation("size", f"a window of {span} does not fit into an axis of length {dim}", dim, span)
        return count, fault

    return over_spatial(x, rank, None, length)


def _adapted(layer: Layer, x: Shape, rank: int) -> Result:
    value = layer.given("output_size")
    items = None if value is None else items_of(value)
    parts = items.known if items is not None else (value,) * rank

    whole = parts is not None and all(dim_of(plain(part)) == 1 for part in parts if part is not None)
    if value is not None and whole and rank > 1 and layer.kind.startswith("AdaptiveAvg") and x.rank is not None and x.rank >= rank:
        # A mean, of whatever rank.
        return Shape((*x.axes[:-rank], *(axis.of_length(1) for axis in x.axes[-rank:]))), None

    def length(dim: Dim, at: int) -> tuple[Dim, Violation | None]:
        part = parts[at] if parts is not None and len(parts) == rank else None
        if part is None:
            return unknown_dim(lower=1), None
        if is_none(plain(part)):
            return dim, None
        made = dim_of(plain(part))
        return (unknown_dim(lower=1) if made is None else made), None

    return over_spatial(x, rank, None, length)


Pool = Callable[[Layer, Shape], Result]


def _with_places(name: str, twin: str, parameters: str, twin_parameters: str, pool: Pool) -> None:
    """A pooling layer that can also say where it found what it gives."""

    @general(name, parameters)
    def compute(use: Use) -> Outcome:
        """pytorch.org/docs: the largest of each window, and its place where it is asked for."""
        value = use.argument(0, "input")
        x = operand(value)
        if x is None:
            return no_tensor(value)
        shape, violation = pool(use.layer, x.shape)
        best = tensor(shape, x.dtype, x)
        wanted = use.layer.flag("return_indices")
        answer: Value = unknown() if wanted is None else tuple_of(best, tensor(shape, "int")) if wanted else best
        return (x,), answer, violation

    functional(twin, f"torch.nn.{name}", twin_parameters, pool, None)

    @models(f"torch.nn.functional.{twin}_with_indices")
    def with_indices(caller: Caller, input: Value, *args: Value, **keywords: Value) -> Value:
        """pytorch.org/docs: the largest of each window, and its place."""
        x = operand(input)
        if x is None:
            return unknown()
        names = [part.partition("=")[0] for part in twin_parameters.split()]
        made = Layer(f"torch.nn.{name}", {**dict(zip(names, args)), **keywords}, caller.site)
        shape, violation = pool(made, x.shape)
        answer = tuple_of(tensor(shape, x.dtype, x), tensor(shape, "int"))
        return checked(caller, f"nn.functional.{twin}", [x], answer, violation)


def _pooling(rank: int) -> None:
    def pool(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: as many places as the window has."""
        return pooled(layer, x, rank)

    def adapt(layer: Layer, x: Shape) -> Result:
        """pytorch.org/docs: spatial axes of the given lengths; None keeps one."""
        return _adapted(layer, x, rank)

    common = "kernel_size stride=None padding=0 dilation=1"
    _with_places(
        f"MaxPool{rank}d", f"max_pool{rank}d", f"{common} return_indices=False ceil_mode=False",
        f"{common} ceil_mode=False return_indices=False", pool,
    )  # fmt: skip
    parameters = "output_size return_indices=False"
    _with_places(f"AdaptiveMaxPool{rank}d", f"adaptive_max_pool{rank}d", parameters, parameters, adapt)
    layer(f"AvgPool{rank}d", _AVERAGE, None, f"avg_pool{rank}d")(pool)
    layer(f"LPPool{rank}d", _OF_POWERS, "float", f"lp_pool{rank}d")(pool)
    layer(f"AdaptiveAvgPool{rank}d", "output_size", None, f"adaptive_avg_pool{rank}d")(adapt)


for _rank in (1, 2, 3):
    _pooling(_rank)
