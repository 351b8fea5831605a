"""Sequence-to-sequence parts, data sets and settings of TensorFlow 1."""
from __future__ import annotations

from lstmlint.library.registry import attributes, models
from lstmlint.library.tensorflow.cells import SPECS, output_of
from lstmlint.library.tensorflow.operations import tensor
from lstmlint.library.tensorflow.unrolling import static_rnn
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Axis, Meaning, Shape, unknown_dim
from lstmlint.trace import LayerApplied
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Const, Unknown, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, tuple_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, plain

# Sequence to sequence

_LEGACY = "tensorflow.contrib.legacy_seq2seq"


@models(f"{_LEGACY}.rnn_decoder")
def rnn_decoder(caller: Caller, decoder_inputs: Value, initial_state: Value, cell: Value, loop_function: Value = NONE) -> Value:
    """TensorFlow 1, tf.contrib.legacy_seq2seq.rnn_decoder: (a list with an output for each step, state)."""
    return static_rnn(caller, plain(cell), decoder_inputs, initial_state)


@models(f"{_LEGACY}.basic_rnn_seq2seq", f"{_LEGACY}.tied_rnn_seq2seq", f"{_LEGACY}.embedding_rnn_seq2seq",
        f"{_LEGACY}.embedding_attention_seq2seq", f"{_LEGACY}.embedding_tied_rnn_seq2seq", f"{_LEGACY}.attention_decoder",
        f"{_LEGACY}.embedding_rnn_decoder", f"{_LEGACY}.embedding_attention_decoder", f"{_LEGACY}.model_with_buckets")  # fmt: skip
def several(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1, tf.contrib.legacy_seq2seq: outputs and a state, of which nothing more is followed."""
    return tuple_of(unknown("list"), unknown())


@models("tensorflow.contrib.seq2seq.BasicDecoder", "tensorflow.contrib.seq2seq.BeamSearchDecoder")
def decoder(
    cell: Value, helper: Value = NONE, initial_state: Value = NONE, output_layer: Value = NONE, **others: Value
) -> Value:
    """TensorFlow 1, tf.contrib.seq2seq.BasicDecoder: a cell, what it reads, and a layer behind it."""
    made = LibraryObject("tensorflow.contrib.seq2seq.Decoder")
    made.fields.set("cell", cell)
    made.fields.set("layer", output_layer)
    made.fields.set("helper", helper)
    return made


_HELPER = "tensorflow.contrib.seq2seq.TrainingHelper"


@models(_HELPER, "tensorflow.contrib.seq2seq.ScheduledEmbeddingTrainingHelper")
def training_helper(inputs: Value, sequence_length: Value = NONE, *args: Value, **others: Value) -> Value:
    """TensorFlow 1, tf.contrib.seq2seq.TrainingHelper: what a decoder reads in training."""
    made = LibraryObject(_HELPER)
    made.fields.set("inputs", inputs)
    return made


@models("tensorflow.contrib.seq2seq.dynamic_decode")
def dynamic_decode(caller: Caller, decoder: Value, output_time_major: Value = FALSE, **others: Value) -> Value:
    """TensorFlow 1, tf.contrib.seq2seq.dynamic_decode: (outputs, state, lengths); outputs have rnn_output and sample_id."""
    outputs = LibraryObject("tensorflow.contrib.seq2seq.BasicDecoderOutput")
    batch, time = Axis(unknown_dim("?", lower=1)), Axis(unknown_dim("?", lower=1))
    if output_time_major == FALSE:
        batch, time = Axis(batch.dim, Meaning.BATCH), Axis(time.dim, Meaning.TIME)
    width: Dim | None = None
    cell = plain(decoder.fields.get("cell")) if isinstance(decoder, LibraryObject) else MISSING
    layer = plain(decoder.fields.get("layer")) if isinstance(decoder, LibraryObject) else MISSING
    if isinstance(layer, Layer) and layer.given("units") is not None:
        width = layer.length("units")
    elif isinstance(cell, Layer) and cell.path in SPECS and (layer is MISSING or is_none(layer)):
        width = output_of(cell)
    last = Axis(unknown_dim("?", lower=1) if width is None else width, Meaning.FEATURE)
    made = Layer("tensorflow.contrib.seq2seq.dynamic_decode", {"cell": cell}, caller.site)
    event = LayerApplied(caller.site, made, _read_by(decoder), NONE, None)
    scores = Array(Shape((batch, time, last)), "graph", "float", event)
    outputs.fields.set("rnn_output", scores)
    outputs.fields.set("sample_id", Array(Shape((batch, time)), "graph", "int", event))
    event.output = tuple_of(outputs, unknown(), Array(Shape((batch,)), "graph", "int", event))
    caller.emit(event)
    return event.output


def _read_by(decoder: Value) -> tuple[Array, ...]:
    """The tensor that a decoder reads in training; in use it reads what it gives."""
    helper = plain(decoder.fields.get("helper")) if isinstance(decoder, LibraryObject) else MISSING
    inputs = plain(helper.fields.get("inputs")) if isinstance(helper, LibraryObject) else MISSING
    return (inputs,) if isinstance(inputs, Array) else ()


@models("tensorflow.contrib.seq2seq.tile_batch")
def tile_batch(t: Value, multiplier: Value) -> Value:
    """TensorFlow 1, tf.contrib.seq2seq.tile_batch: each sample several times."""
    operand, times = tensor(t) if isinstance(plain(t), Array) else None, dim_of(multiplier)
    if operand is None or not operand.shape.rank or times is None:
        return unknown()
    first = operand.shape.axes[0]
    shape = Shape((Axis(first.dim * times, first.meaning), *operand.shape.axes[1:]))
    return Array(shape, "graph", operand.dtype, behind=operand.producer)


# Data sets

_MNIST = "tensorflow.examples.tutorials.mnist"
_USUAL = Const(5000)
_PARTS = {"train": 55000, "validation": 5000, "test": 10000}


@models(f"{_MNIST}.input_data.read_data_sets", "tensorflow.contrib.learn.datasets.mnist.read_data_sets",
        "tensorflow.contrib.learn.python.learn.datasets.mnist.read_data_sets")  # fmt: skip
def read_data_sets(
    train_dir: Value, fake_data: Value = FALSE, one_hot: Value = FALSE, dtype: Value = NONE, reshape: Value = TRUE,
    validation_size: Value = _USUAL, **others: Value,
) -> Value:  # fmt: skip
    """TensorFlow 1, tensorflow.examples.tutorials.mnist: digits in rows of 784, and their numbers or one-hot rows."""
    made = LibraryObject(f"{_MNIST}.Datasets")
    for name, count in _PARTS.items():
        part = LibraryObject(f"{_MNIST}.DataSet")
        size: Dim = count if validation_size == _USUAL else unknown_dim("digits", lower=1)
        part.fields.set("num_examples", integer(size))
        part.fields.set("images", _digits(size, reshape))
        part.fields.set("labels", _labels(size, one_hot))
        part.fields.set("(flat)", reshape)
        part.fields.set("(one_hot)", one_hot)
        made.fields.set(name, part)
    return made


def _digits(count: Dim, flat: Value) -> Value:
    if not isinstance(flat, Const):
        return unknown()
    shape = Shape.of(count, 784) if flat.value else Shape.of(count, 28, 28, 1)
    return Array(shape, "numpy", "float", source="MNIST")


def _labels(count: Dim, one_hot: Value) -> Value:
    if not isinstance(one_hot, Const):
        return unknown()
    if one_hot.value:
        return Array(Shape.of(count, 10), "numpy", "float", source="MNIST")
    return Array(Shape.of(count), "numpy", "int", source="MNIST")


@models(f"{_MNIST}.DataSet.next_batch")
def next_batch(self: LibraryObject, batch_size: Value, fake_data: Value = FALSE, shuffle: Value = TRUE) -> Value:
    """TensorFlow 1, tensorflow.examples.tutorials.mnist: the next digits and their labels."""
    count = dim_of(plain(batch_size))
    size = unknown_dim("batch", lower=1) if count is None else count
    return tuple_of(_digits(size, self.fields.get("(flat)")), _labels(size, self.fields.get("(one_hot)")))


# Settings of the command line

_FLAGS = "tensorflow.app.flags"
_KINDS = {"integer": "int", "float": "float", "string": "str", "boolean": "bool", "bool": "bool", "enum": "str"}


def _definition(name: str, kind: str) -> None:
    @models(f"{_FLAGS}.DEFINE_{name}")
    def define(caller: Caller, flag_name: Value, default_value: Value = NONE, docstring: Value = NONE, **others: Value) -> None:
        """TensorFlow 1, tf.app.flags: a setting; the command line may give another value than the default."""
        default = others.get("default", default_value)
        if not isinstance(flag_name, Const) or not isinstance(flag_name.value, str):
            return
        memory.supposable |= not is_none(default)
        value: Value = default if memory.supposing and not is_none(default) else _setting(flag_name.value, kind, default)
        memory.flags[flag_name.value] = value


def _setting(name: str, kind: str, default: Value) -> Value:
    return Unknown(("flag", name), None if is_none(default) else kind, name)


for _name, _kind in _KINDS.items():
    _definition(_name, _kind)


@attributes(f"{_FLAGS}.FLAGS")
def all_flags() -> Value:
    """TensorFlow 1, tf.app.flags.FLAGS: all settings."""
    return LibraryObject(f"{_FLAGS}.Values")


@models(f"{_FLAGS}.Values.__getattr__")
def flag(self: Value, name: str) -> Value:
    """TensorFlow 1, tf.app.flags.FLAGS: the value of a setting."""
    return memory.flags.get(name, Unknown(("flag", name), None, name))
