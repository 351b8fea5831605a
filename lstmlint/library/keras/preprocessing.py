"""Preprocessing layers that change the shape."""

from __future__ import annotations

from lstmlint.library.keras.axes import batch_of, open_length
from lstmlint.library.keras.convolution import channels_first
from lstmlint.library.keras.specs import layer
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape
from lstmlint.values.network import Layer


@layer(
    "TextVectorization",
    "max_tokens standardize split ngrams output_mode output_sequence_length pad_to_max_tokens vocabulary idf_weights",
)
def text_vectorization(layer: Layer, x: Shape) -> Result:
    """keras.io: texts to (batch, output_sequence_length) token numbers."""
    if layer.text("output_mode", "int") != "int":
        return UNKNOWN_SHAPE, None
    length = open_length() if layer.given("output_sequence_length") is None else layer.length("output_sequence_length")
    return Shape((batch_of(x), Axis(length, Meaning.TIME))), None


@layer("StringLookup", "max_tokens num_oov_indices mask_token oov_token vocabulary idf_weights invert output_mode")
@layer("IntegerLookup", "max_tokens num_oov_indices mask_token oov_token vocabulary vocabulary_dtype idf_weights invert")
@layer("Discretization", "bin_boundaries num_bins epsilon output_mode")
def lookup(layer: Layer, x: Shape) -> Result:
    """keras.io: each element becomes a number."""
    return x if layer.text("output_mode", "int") == "int" else UNKNOWN_SHAPE, None


@layer("Resizing", "height width", rank=4)
@layer("CenterCrop", "height width", rank=4)
@layer("RandomCrop", "height width", rank=4)
def resized(layer: Layer, x: Shape) -> Result:
    """keras.io: images of the given height and width."""
    first = channels_first(layer)
    if first is None:
        return UNKNOWN_SHAPE, None
    at = 2 if first else 1
    sizes = (Axis(layer.length("height")), Axis(layer.length("width")))
    return Shape((*x.axes[:at], *sizes, *x.axes[at + 2 :])), None
