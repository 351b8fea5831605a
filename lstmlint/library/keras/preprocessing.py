"""Preprocessing layers that change the shape: of texts and categories, of images, of signals."""

from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.keras.axes import batch_of, is_open, open_length
from lstmlint.library.keras.convolution import channels_first, windows
from lstmlint.library.keras.specs import Applier, Outcome, general, layer, merging
from lstmlint.shapes.dims import Dim, differ, floor_divide, same
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, unknown_dim
from lstmlint.values.base import Const, constant_int
from lstmlint.values.data import items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer

_MODES = "output_mode"


def _encoded(layer: Layer, x: Shape, depth: Dim, default: str) -> Shape:
    """Categories as the output mode tells: as numbers, as rows of zeros and ones for each, or as one row for each sample."""
    mode = layer.text(_MODES, default)
    if mode == "int":
        return x
    if mode in ("multi_hot", "count", "tf_idf"):
        return _one_row(x, depth)
    last = x.axis(-1)
    classes = Axis(depth, Meaning.FEATURE)
    if mode == "one_hot" and last is not None and is_open(last.dim):
        return Shape((*x.axes, classes), x.open)
    if mode != "one_hot" or last is None or not (same(last.dim, 1) or differ(last.dim, 1)):
        return UNKNOWN_SHAPE
    if not (same(last.dim, 1) and len(x.axes) > 1):
        return Shape((*x.axes, classes), x.open)
    return Shape((*x.axes[:-1], classes), x.open)


def _bins(layer: Layer) -> Dim:
    items = items_of(layer.given("bin_boundaries") or Const(None))
    if items is not None:
        return items.length + 1
    return layer.length("num_bins") if layer.given("bin_boundaries") is None else layer.unknown_length("num_bins")


def _vocabulary(layer: Layer) -> Dim:
    """How many different numbers a lookup gives where it does not give the numbers themselves."""
    if layer.flag("pad_to_max_tokens"):
        return layer.length("max_tokens")
    items, unseen = items_of(layer.given("vocabulary") or Const(None)), constant_int(layer.config.get("num_oov_indices", Const(1)))
    special = (layer.config.get("oov_token", Const("[UNK]")), layer.config.get("mask_token", Const("")))
    words = None if items is None else items.known
    if words is None or unseen is None or any(not isinstance(word, Const) or word in special for word in words):
        return layer.unknown_length("vocabulary")
    return len(words) + unseen


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


_LOOKUP = "max_tokens num_oov_indices mask_token oov_token vocabulary"


@layer("StringLookup", f"{_LOOKUP} idf_weights invert output_mode pad_to_max_tokens sparse encoding name salt")
@layer("IntegerLookup", f"{_LOOKUP} vocabulary_dtype idf_weights invert output_mode sparse pad_to_max_tokens oov_method salt name")
def lookup(layer: Layer, x: Shape) -> Result:
    """keras.io: each element becomes a number."""
    return _encoded(layer, x, _vocabulary(layer), "int"), None


@layer("Discretization", "bin_boundaries num_bins epsilon output_mode sparse dtype name")
def discretization(layer: Layer, x: Shape) -> Result:
    """keras.io: each element becomes the number of its bin."""
    mode = layer.text(_MODES, "int")
    if mode in ("multi_hot", "count"):
        # One row for all that stands along the first axis behind the batch.
        row = (*x.axes[: 1 if len(x.axes) > 1 else 0], *x.axes[2:], Axis(_bins(layer), Meaning.FEATURE))
        return UNKNOWN_SHAPE if x.open else Shape(row), None
    return _encoded(layer, x, _bins(layer), "int"), None


@layer("Hashing", "num_bins mask_value salt output_mode sparse")
def hashing(layer: Layer, x: Shape) -> Result:
    """keras.io: each element becomes the number of its bin."""
    last = x.axis(-1)
    if layer.text(_MODES, "int") == "one_hot" and memory.keras != 2 and (x.rank == 1 or last is None or not same(last.dim, 1)):
        # Of symbolic tensors Keras 3 says that the last axis goes, of data it goes only if its length is one.
        return UNKNOWN_SHAPE, None
    return _encoded(layer, x, layer.length("num_bins"), "int"), None


@layer("CategoryEncoding", "num_tokens output_mode sparse")
def category_encoding(layer: Layer, x: Shape) -> Result:
    """keras.io: numbers as rows of zeros and ones."""
    return _encoded(layer, x, layer.length("num_tokens"), "multi_hot"), None


def _one_row(x: Shape, depth: Dim) -> Shape:
    """Of data the first axis behind the batch is gone, of symbolic tensors the last."""
    if x.rank is None:
        return UNKNOWN_SHAPE
    kept = tuple(_either(symbolic.dim, real.dim) for symbolic, real in zip(x.axes[1:-1], x.axes[2:]))
    return Shape((*x.axes[: 1 if len(x.axes) > 1 else 0], *map(Axis, kept), Axis(depth, Meaning.FEATURE)))


def _either(symbolic: Dim, real: Dim) -> Dim:
    """A length that symbolic tensors and data have; nothing is known of it where these differ."""
    if same(symbolic, real):
        return real
    if is_open(symbolic):
        return open_length(known=real) if isinstance(real, int) else open_length()
    return unknown_dim(lower=1)


@merging("HashedCrossing", "num_bins output_mode sparse name dtype")
def hashed_crossing(layer: Layer, shapes: Sequence[Shape]) -> Result:
    """keras.io: each pair of elements becomes the number of its bin."""
    if len(shapes) != 2:
        return UNKNOWN_SHAPE, None
    a, b = shapes[0].axis(-1), shapes[1].axis(-1)
    violation = None
    if a is not None and b is not None and differ(a.dim, b.dim):
        violation = Violation("merge", f"shapes {shapes[0]} and {shapes[1]} differ", *shapes)
    return _encoded(layer, shapes[0], layer.length("num_bins"), "int"), violation


@layer("Resizing", "height width interpolation crop_to_aspect_ratio pad_to_aspect_ratio fill_mode fill_value antialias data_format")
@layer("CenterCrop", "height width data_format")
@layer("RandomCrop", "height width seed data_format name")
def resized(layer: Layer, x: Shape) -> Result:
    """keras.io: images of the given height and width, in a batch or one alone."""
    first = channels_first(layer)
    if x.rank is not None and x.rank not in (3, 4):
        return UNKNOWN_SHAPE, Violation("rank", f"expects rank 4 (or 3: one picture), got rank {x.rank}", x, 4)
    if first is None or x.rank is None:
        return UNKNOWN_SHAPE, None
    at = (2 if first else 1) - (4 - x.rank)
    if layer.kind == "RandomCrop":
        at = len(x.axes) - (2 if first else 3)
    sizes = (Axis(layer.length("height")), Axis(layer.length("width")))
    return Shape((*x.axes[:at], *sizes, *x.axes[at + 2 :])), None


_SPECTRUM = "mode frame_length frame_step fft_length window periodic scaling padding expand_dims data_format"


def _constant(layer: Layer, name: str, default: int) -> int | None:
    value = layer.given(name)
    return default if value is None else constant_int(value)


@layer("STFTSpectrogram", _SPECTRUM, rank=3)
def short_time_spectrum(layer: Layer, x: Shape) -> Result:
    """keras.io: windows of the signal by their frequencies, for each channel."""
    first, expanded, padding = channels_first(layer), layer.flag("expand_dims"), layer.text("padding", "valid")
    frame, mode = _constant(layer, "frame_length", 256), layer.text("mode", "log")
    if first is None or expanded is None or frame is None or mode is None:
        return UNKNOWN_SHAPE, None
    step, size = _constant(layer, "frame_step", frame // 2 or 1), _constant(layer, "fft_length", frame)
    if step is None or size is None:
        return UNKNOWN_SHAPE, None
    frequencies = (size // 2 + 1) * (2 if mode == "stft" else 1)
    channels, steps = x.axes[1 if first else 2], x.axes[2 if first else 1]
    length, none = windows(steps.dim, frame, step, padding)
    words = f"a window of {frame} does not fit into a signal of length {steps.dim}"
    violation = Violation("size", words, steps.dim, frame) if none else None
    if is_open(channels.dim):
        violation = Violation("size", f"the number of channels of {x} must be fixed", x)
    time = Axis(length, Meaning.TIME)
    if expanded:
        parts = (channels, time, Axis(frequencies)) if first else (time, Axis(frequencies), channels)
    else:
        merged = Axis(channels.dim * frequencies, Meaning.FEATURE)
        parts = (merged, time) if first else (time, merged)  # type: ignore[assignment]
    return Shape((x.axes[0], *parts)), violation


@layer("MelSpectrogram", "fft_length sequence_stride sequence_length window sampling_rate num_mel_bins")
def mel_spectrum(layer: Layer, x: Shape) -> Result:
    """keras.io: (batch, samples) to (batch, num_mel_bins, frames)."""
    stride = _constant(layer, "sequence_stride", 512)
    if stride is None or x.rank not in (1, 2):
        return UNKNOWN_SHAPE, None
    samples = x.axes[-1].dim
    frames = open_length() if is_open(samples) else floor_divide(samples + stride + 1, stride)
    return Shape((*x.axes[:-1], Axis(layer.length("num_mel_bins", 128)), Axis(frames))), None


@general("Pipeline", "layers name")
def pipeline(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: one layer after the other."""
    items = items_of(layer.given("layers") or Const(None))
    if items is None or items.known is None:
        return None, None
    shape = inputs[0]
    for part in items.known:
        output = applier.apply_inner(layer, part, shape)
        if not isinstance(output, Shape):
            return None, None
        shape = output
    return shape, None



@layer("ReversibleEmbedding", "input_dim output_dim tie_weights")
def reversible_embedding(layer: Layer, x: Shape) -> Result:
    """keras.io: as Embedding; the way back gives input_dim."""
    return Shape((*x.axes, Axis(layer.length("output_dim"), Meaning.FEATURE)), x.open), None


