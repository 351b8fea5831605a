"""Convolutions, and what widens or narrows spatial axes: padding, cropping, upsampling."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmlint.library.keras.axes import is_open, open_length, spatial_positions
from lstmlint.library.keras.specs import layer
from lstmlint.shapes.dims import Dim, at_least, differ, floor_divide
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, unknown_dim
from lstmlint.values.base import Value, constant_int, dim_of
from lstmlint.values.data import items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, plain

_REST = "activation use_bias kernel_initializer bias_initializer"
_NAMES = {"Conv1D": "Convolution1D", "Conv2D": "Convolution2D AtrousConvolution2D", "Conv3D": "Convolution3D"}


def channels_first(layer: Layer) -> bool | None:
    """Whether the channels stand before the spatial axes; None where that is not known."""
    return {"channels_last": False, "channels_first": True}.get(layer.text("data_format", "channels_last") or "")


def channel_axis(layer: Layer) -> int | None:
    """The axis of the channels."""
    return {False: -1, True: 1}.get(channels_first(layer))  # type: ignore[arg-type]


def windows(dim: Dim, size: Dim, stride: Dim, padding: str | None, dilation: Dim = 1) -> tuple[Dim, bool]:
    """How many windows of `size` fit into an axis, and whether there is proven to be none."""
    if padding is None:
        return unknown_dim(lower=1), False
    span = 1 if padding in ("same", "causal") else dilation * (size - 1) + 1
    left = dim - span
    if is_open(dim) and stride != 1:
        return open_length(), False
    count = floor_divide(left, stride) + 1
    return count, at_least(-1, left) and padding != "same"


def _unknown_spatial(x: Shape, channels: Dim | None) -> Shape:
    """Same rank and batch, nothing else known but perhaps the channels (on the last axis)."""
    count = len(x.axes) - (1 if channels is None else 2)
    last = () if channels is None else (Axis(channels, Meaning.FEATURE),)
    return Shape((x.axes[0], *(Axis(unknown_dim(lower=1)) for _ in range(count)), *last))


def _resized(x: Shape, first: bool, channels: Dim, lengths: Sequence[Dim]) -> Shape:
    spatial = tuple(
        x.axes[at].of_length(length) for length, at in zip(lengths, spatial_positions(len(x.axes), first))
    )
    feature = Axis(channels, Meaning.FEATURE)
    return Shape((x.axes[0], feature, *spatial) if first else (x.axes[0], *spatial, feature))


def convolved(layer: Layer, x: Shape, filters: Dim | None = None) -> Result:
    """The convolution that `layer` describes, of (batch, …spatial, channels)."""
    channels = layer.length("filters") if filters is None else filters
    first, padding = channels_first(layer), layer.text("padding", "valid")
    if first is None:
        return _unknown_spatial(x, None), None
    count = len(x.axes) - 2
    sizes, strides = layer.lengths("kernel_size", count), layer.lengths("strides", count, 1)
    dilations = layer.lengths("dilation_rate", count, 1)
    lengths, violation = [], None
    for at, size, stride, dilation in zip(spatial_positions(len(x.axes), first), sizes, strides, dilations):
        length, none = windows(x.axes[at].dim, size, stride, padding, dilation)
        lengths.append(length)
        if none and violation is None:
            words = f"a kernel of {dilation * (size - 1) + 1} does not fit into axis {at} of length {x.axes[at].dim}"
            violation = Violation("size", words, x.axes[at].dim, size)
    return _resized(x, first, channels, lengths), violation or _groups(layer, x, first)


def _groups(layer: Layer, x: Shape, first: bool) -> Violation | None:
    groups, channels = layer.length("groups", 1), x.axes[1 if first else -1].dim
    if isinstance(groups, int) and isinstance(channels, int) and channels % groups:
        return Violation("size", f"{channels} channels can't be divided into {groups} groups", channels, groups)
    return None


def _convolution(rank: int) -> None:
    name = f"Conv{rank}D"
    parameters = f"filters kernel_size strides padding data_format dilation_rate groups {_REST}"

    @layer(f"{name} {_NAMES[name]}", parameters, rank=rank + 2, features=channel_axis, folds=True)
    def conv(layer: Layer, x: Shape) -> Result:
        """keras.io: filters replace the channels; spatial axes become the number of windows."""
        return convolved(layer, x)

    order = "data_format output_padding" if rank == 3 else "output_padding data_format"
    parameters = f"filters kernel_size strides padding {order} dilation_rate {_REST}"

    @layer(
        f"{name}Transpose Deconv{rank}D Convolution{rank}DTranspose Deconvolution{rank}D",
        parameters,
        rank=rank + 2,
        features=channel_axis,
    )
    def transposed(layer: Layer, x: Shape) -> Result:
        """keras.io: the shape of which a convolution would make the input's."""
        return _transposed(layer, x)

    if rank == 3:
        return
    parameters = "filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias"

    @layer(f"Separable{name} SeparableConvolution{rank}D", parameters, rank=rank + 2, features=channel_axis)
    def separable(layer: Layer, x: Shape) -> Result:
        """keras.io: as a convolution."""
        return convolved(layer, x)

    parameters = "kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias"

    @layer(f"Depthwise{name}", parameters, rank=rank + 2, features=channel_axis)
    def depthwise(layer: Layer, x: Shape) -> Result:
        """keras.io: as a convolution, with depth_multiplier output channels for each input channel."""
        axis = channel_axis(layer)
        channels = unknown_dim(lower=1) if axis is None else x.axes[axis].dim
        return convolved(layer, x, channels * layer.length("depth_multiplier", 1))


def _transposed(layer: Layer, x: Shape) -> Result:
    first, padding = channels_first(layer), layer.text("padding", "valid")
    filters = layer.length("filters")
    count = len(x.axes) - 2
    extra = _output_padding(layer, count)
    if first is None or padding is None or extra is None:
        return _unknown_spatial(x, filters if first is False else None), None
    sizes, strides = layer.lengths("kernel_size", count), layer.lengths("strides", count, 1)
    dilations = layer.lengths("dilation_rate", count, 1)
    lengths: list[Dim] = []
    for at, size, stride, dilation, more in zip(spatial_positions(len(x.axes), first), sizes, strides, dilations, extra):
        dim, span = x.axes[at].dim, dilation * (size - 1) + 1
        if more is not None and isinstance(span, int):
            lengths.append((dim - 1) * stride + (span % 2 if padding == "same" else span) + more)
        elif more is not None:
            lengths.append(unknown_dim(lower=1))
        elif padding == "same":
            lengths.append(dim * stride)
        elif isinstance(span, int) and isinstance(stride, int):
            lengths.append((dim - 1) * stride + max(span, stride))
        else:
            lengths.append(unknown_dim(lower=1))
    return _resized(x, first, filters, lengths), None


def _output_padding(layer: Layer, count: int) -> list[int | None] | None:
    """What is added along each spatial axis, None along those where that follows from the input; None where it is not known."""
    value = layer.given("output_padding")
    if value is None:
        return [None] * count
    items = items_of(value)
    known: Sequence[Value] = (value,) * count if items is None else items.known or ()
    paddings = [constant_int(plain(part)) for part in known]
    return None if len(paddings) != count or None in paddings else paddings


for _rank in (1, 2, 3):
    _convolution(_rank)


def _pairs(layer: Layer, name: str, count: int, default: int) -> list[tuple[Dim, Dim]] | None:
    """An argument that is one integer, one for each axis, or a pair for each axis; for one axis also just a pair."""
    value = layer.given(name)
    if value is None:
        return [(default, default)] * count
    items = items_of(value)
    if items is None:
        dim = dim_of(value)
        return None if dim is None else [(dim, dim)] * count
    if items.known is None:
        return None
    parts = [_pair(plain(item)) for item in items.known]
    if count == 1 and len(parts) == 2 and all(part and part[0] is part[1] for part in parts):
        parts = [(part[0], other[0]) for part, other in [parts] if part and other]
    return None if len(parts) != count or None in parts else [part for part in parts if part]


def _pair(value: Value) -> tuple[Dim, Dim] | None:
    items = items_of(value)
    if items is None:
        dim = dim_of(value)
        return None if dim is None else (dim, dim)
    dims = [dim_of(plain(item)) for item in items.known or ()]
    return (dims[0], dims[1]) if len(dims) == 2 and dims[0] is not None and dims[1] is not None else None


def _along_spatial(layer: Layer, x: Shape, rank: int, change: Callable[[int, Dim], Dim | None]) -> Result:
    """Each of the `rank` spatial axes (counted from 0) as `change` gives its length (None: it would vanish)."""
    first = channels_first(layer)
    if first is None:
        return _unknown_spatial(x, None), None
    axes, violation = list(x.axes), None
    for count, at in enumerate(spatial_positions(rank + 2, first)):
        length = change(count, axes[at].dim)
        if length is None:
            violation = Violation("size", f"nothing is left of axis {at} of {x}", x)
        axes[at] = axes[at].of_length(unknown_dim(lower=1) if length is None else length)
    return Shape(tuple(axes)), violation


def _resizing(rank: int) -> None:
    @layer(f"ZeroPadding{rank}D", "padding data_format", rank=rank + 2)
    def zero_padding(layer: Layer, x: Shape) -> Result:
        """keras.io: spatial axes longer by the padding."""
        pads = _pairs(layer, "padding", rank, 1)
        return _along_spatial(layer, x, rank, lambda at, dim: unknown_dim() if pads is None else dim + sum(pads[at]))

    @layer(f"Cropping{rank}D", "cropping data_format" if rank > 1 else "cropping", rank=rank + 2)
    def cropping(layer: Layer, x: Shape) -> Result:
        """keras.io: spatial axes shorter by the cropping."""
        crops = _pairs(layer, "cropping", rank, 0 if rank == 2 else 1)

        def shorter(at: int, dim: Dim) -> Dim | None:
            if crops is None:
                return unknown_dim(lower=1)
            left = dim - crops[at][0] - crops[at][1]
            if not at_least(0, left):
                return left
            # Nothing left is nothing wrong, says Keras 2 of volumes.
            return 0 if memory.keras == 2 and rank == 3 else None

        return _along_spatial(layer, x, rank, shorter)

    def checked(layer: Layer) -> int | None:
        # Keras 2 forgets to look at the rank of volumes.
        return None if memory.keras == 2 and rank == 3 else rank + 2

    @layer(f"UpSampling{rank}D", "size data_format" if rank > 1 else "size", rank=checked, least=rank + 1)
    def upsampling(layer: Layer, x: Shape) -> Result:
        """keras.io: spatial axes longer by a factor."""
        factors = layer.lengths("size", rank, 2)
        if x.rank == rank + 1 and channels_first(layer) is not False:
            return UNKNOWN_SHAPE, Violation("size", f"{x} has no axis {rank + 1}", x)
        return _along_spatial(layer, x, rank, lambda at, dim: dim * factors[at])


for _rank in (1, 2, 3):
    _resizing(_rank)


def proven_different(a: Dim, b: Dim) -> bool:
    """Proven to be different lengths, neither of which can be stretched to the other."""
    return differ(a, b) and differ(a, 1) and differ(b, 1)
