"""Pooling: over windows, to a given size, over everything."""

from __future__ import annotations

from lstmlint.library.keras.axes import spatial_positions
from lstmlint.library.keras.convolution import channels_first, windows
from lstmlint.library.keras.specs import layer
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Result, Shape, Violation, unknown_dim
from lstmlint.values.network import Layer


def _same_rank(x: Shape) -> Shape:
    return Shape((x.axes[0], *(Axis(unknown_dim(lower=1)) for _ in x.axes[1:])))


def _pooling(rank: int) -> None:
    names = f"MaxPooling{rank}D MaxPool{rank}D AveragePooling{rank}D AvgPool{rank}D".split()
    for names_of_one in (names[:2], names[2:]):

        @layer(" ".join(names_of_one), "pool_size strides padding data_format name", rank=rank + 2)
        def pooling(layer: Layer, x: Shape) -> Result:
            """keras.io: spatial axes become the number of windows; strides are the window's size by default."""
            first, padding = channels_first(layer), layer.text("padding", "valid")
            if first is None:
                return _same_rank(x), None
            sizes = layer.lengths("pool_size", rank, 2)
            strides = layer.lengths("strides", rank) if layer.given("strides") is not None else sizes
            axes, violation = list(x.axes), None
            for at, size, stride in zip(spatial_positions(rank + 2, first), sizes, strides):
                count, none = windows(axes[at].dim, size, stride, padding)
                if none and violation is None:
                    words = f"a window of {size} does not fit into axis {at} of length {axes[at].dim}"
                    violation = Violation("size", words, axes[at].dim, size)
                axes[at] = axes[at].of_length(count)
            return Shape(tuple(axes)), violation

    for mode in ("Max", "Average"):

        # With more spatial axes than the input has, some lengths are taken: what comes out then is anyone's guess.
        @layer(f"Adaptive{mode}Pooling{rank}D", "output_size data_format", rank=3 if rank == 1 else None)
        def adaptive(layer: Layer, x: Shape) -> Result:
            """keras.io: spatial axes of a given length."""
            first = channels_first(layer)
            if first is None or x.rank != rank + 2:
                return UNKNOWN_SHAPE, None
            axes = list(x.axes)
            for at, length in zip(spatial_positions(rank + 2, first), layer.lengths("output_size", rank)):
                axes[at] = axes[at].of_length(length)
            return Shape(tuple(axes)), None

        short = {"Max": "Max", "Average": "Avg"}[mode]

        @layer(f"Global{mode}Pooling{rank}D Global{short}Pool{rank}D", "data_format keepdims", rank=rank + 2)
        def over_all(layer: Layer, x: Shape) -> Result:
            """keras.io: (batch, channels); spatial axes of length one with keepdims."""
            first, keep = channels_first(layer), layer.flag("keepdims")
            if first is None or keep is None:
                return Shape((), True) if keep is None else _same_rank(x), None
            ones: tuple[Axis, ...] = tuple(x.axes[at].of_length(_ONE) for at in spatial_positions(rank + 2, first))
            ones = ones if keep else ()
            channels = x.axes[1 if first else -1]
            return Shape((x.axes[0], channels, *ones) if first else (x.axes[0], *ones, channels)), None


_ONE: Dim = 1

for _rank in (1, 2, 3):
    _pooling(_rank)
