"""What only Keras 2 refuses; told where a program is known to be for it, and never a finding of its own."""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.keras.axes import is_open
from lstmlint.library.keras.recurrent import recurrent_layer
from lstmlint.library.keras.specs import first_input
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import Shape, Violation
from lstmlint.values.network import Layer

_PICTURES = ("RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomBrightness", "RandomContrast")


_MODES = {"CategoryEncoding": "multi_hot", **dict.fromkeys(("Discretization", "IntegerLookup", "StringLookup", "Hashing"), "int")}


def refused(layer: Layer, shapes: Sequence[Shape]) -> Violation | None:
    """What Keras 2 has against these inputs of `layer` that Keras 3 has not."""
    ranks = [shape.rank for shape in shapes if shape.rank is not None]
    if len(ranks) < len(shapes) or not ranks:
        return None
    if layer.kind in _PICTURES:
        most = 9 if layer.kind == "RandomContrast" else 4
        return None if 3 <= ranks[0] <= most else _violation(f"expects a picture or several, got {shapes[0]}", shapes[0])
    if layer.kind == "MultiHeadAttention":
        fits = min(ranks) >= 3 and len(set(ranks)) == 1
        return None if fits else _violation("expects tensors of one rank, which is 3 or more", shapes[0])
    if layer.kind == "EinsumDense":
        return _einsum(layer, shapes[0], ranks[0])
    if layer.kind == "Softmax" or (layer.kind == "Activation" and layer.text("activation", "") == "softmax"):
        return None if ranks[0] > 1 else _violation("expects rank 2 or more, got rank 1", shapes[0])
    if recurrent_layer(layer) is not None:
        return _recurrent(layer, shapes[0], ranks[0])
    return _encoding(layer, shapes[0], ranks[0])


def _violation(words: str, shape: Shape) -> Violation:
    return Violation("size", words, shape)


def _recurrent(layer: Layer, x: Shape, rank: int) -> Violation | None:
    inner, before = recurrent_layer(layer), first_input(layer)
    if inner is None or rank < 3:
        return None
    if inner.flag("unroll") and is_open(x.axes[1].dim):
        return _violation("can't be unrolled over an open number of steps", x)
    if layer.kind != "Bidirectional" or not inner.kind.startswith("ConvLSTM") or before is None or before.rank != rank:
        return None
    others = any(differ(a.dim, b.dim) for a, b in zip(before.axes[2:], x.axes[2:]))
    return _violation(f"was applied to {before} first, got {x}", x) if others else None


def _einsum(layer: Layer, x: Shape, rank: int) -> Violation | None:
    equation = layer.text("equation", "")
    given = "..." if equation is None else equation.replace(" ", "").partition(",")[0]
    if "." in given or rank <= len(given):
        return None
    return _violation(f"expects rank {len(given)}, got rank {rank}", x)


def _encoding(layer: Layer, x: Shape, rank: int) -> Violation | None:
    default = _MODES.get(layer.kind)
    mode = None if default is None else layer.text("output_mode", default)
    if mode is None or mode == "int":
        return None
    last = x.axis(-1)
    added = mode == "one_hot" and rank > 1 and last is not None and differ(last.dim, 1)
    return _violation(f"makes no more than two axes, and {x} would give more", x) if rank > 2 or added else None
