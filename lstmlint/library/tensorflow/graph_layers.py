"""tf.layers and tf.contrib.layers: layers of TensorFlow 1, most of which are those of Keras under other names."""
from __future__ import annotations

from collections.abc import Mapping

from lstmlint.library.keras.axes import is_open, with_rank
from lstmlint.library.keras.specs import SPECS
from lstmlint.library.registry import models
from lstmlint.library.tensorflow.cells import SPECS as CELLS
from lstmlint.library.tensorflow.operations import operate, tensor
from lstmlint.library.tensorflow.unrolling import call_cell
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, Violation, unknown_dim
from lstmlint.trace import LayerApplied, LayerMade
from lstmlint.values.base import MISSING, NONE, Const, Value, constant_int, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, items_of
from lstmlint.values.network import Layer, plain

_CONVOLUTION = "filters kernel_size strides padding data_format dilation_rate activation"
_POOLING = "pool_size strides padding data_format"
_LAYERS = {
    "Dense": ("dense", "units activation use_bias"),
    "Conv1D": ("conv1d", _CONVOLUTION),
    "Conv2D": ("conv2d", _CONVOLUTION),
    "Conv3D": ("conv3d", _CONVOLUTION),
    "MaxPooling1D": ("max_pooling1d", _POOLING),
    "MaxPooling2D": ("max_pooling2d", _POOLING),
    "AveragePooling1D": ("average_pooling1d", _POOLING),
    "AveragePooling2D": ("average_pooling2d", _POOLING),
    "Flatten": ("flatten", ""),
    "Dropout": ("dropout", "rate noise_shape seed training"),
    "BatchNormalization": ("batch_normalization", "axis momentum epsilon"),
}


def apply(caller: Caller, kind: str, value: Value, config: Mapping[str, Value], made: Layer | None = None) -> Value:
    """What a layer makes of a tensor, and the event of it."""
    x = tensor(value)
    if x is None:
        return unknown()
    layer = made or Layer(f"tensorflow.layers.{kind}", config, caller.site)
    spec = SPECS[f"keras.layers.{kind}"]
    needed = spec.needed_rank(layer)
    shape, violation = (x.shape, None) if needed is None else with_rank(x.shape, needed)
    if needed is None and spec.least is not None:
        shape, violation = with_rank(x.shape, spec.least, exact=False)
    violation = violation or _weights(layer, kind, shape)
    structure, own = spec.compute(layer, (shape,), _Alone(caller, x.producer))
    event = LayerApplied(caller.site, layer, (x,), MISSING, violation or own)
    kinds = "graph" if x.kind in ("graph", "numpy") else x.kind
    output = Array(structure if isinstance(structure, Shape) else UNKNOWN_SHAPE, kinds, "float", event, known=x.known)
    event.output = output
    caller.emit(event)
    return output


class _Alone:
    """What a layer may ask that wraps no other."""

    interprets = False

    def __init__(self, caller: Caller, producer: object) -> None:
        self.caller = caller
        self.producer = producer
        self.keywords: Mapping[str, Value] = {}

    def apply_inner(self, wrapper: Layer, inner: Value, shape: Shape) -> None:
        """There is none."""


def _weights(layer: Layer, kind: str, x: Shape) -> Violation | None:
    """A layer that is made once and called several times has its weights for one width."""
    last = x.axis(-1)
    if kind != "Dense" or last is None:
        return None
    if is_open(last.dim):
        return Violation("size", "needs a number of features that is known when the graph is built, got ?", x)
    built = layer.built.plain()
    if built is MISSING:
        layer.built.set(integer(last.dim))
        return None
    known = dim_of(built)
    if known is None or not differ(known, last.dim):
        return None
    return Violation("feature", f"has weights for inputs of {known} features, got {last.dim}", last.dim, known)


def _config(parameters: str, args: tuple[Value, ...], keywords: Mapping[str, Value]) -> dict[str, Value]:
    return {**dict(zip(parameters.split(), args)), **keywords}


def _function(kind: str, name: str, parameters: str) -> None:
    @models(f"tensorflow.layers.{name}")
    def function(caller: Caller, inputs: Value, *args: Value, **keywords: Value) -> Value:
        """TensorFlow 1, tf.layers: a layer that is made and called at once."""
        return apply(caller, kind, inputs, _config(parameters, args, keywords))


def _class(kind: str, parameters: str) -> None:
    @models(f"tensorflow.layers.{kind}")
    def construct(caller: Caller, *args: Value, **keywords: Value) -> Value:
        """TensorFlow 1, tf.layers: a layer."""
        layer = Layer(f"tensorflow.layers.{kind}", _config(parameters, args, keywords), caller.site)
        caller.emit(LayerMade(caller.site, kind, layer, args, keywords))
        return layer


for _kind, (_name, _parameters) in _LAYERS.items():
    _function(_kind, _name, _parameters)
    _class(_kind, _parameters)


@models("tensorflow.Layer.__call__", "tensorflow.Layer.apply", "tensorflow.Layer.call")
def call(caller: Caller, self: Layer, inputs: Value, state: Value = MISSING, **others: Value) -> Value:
    """TensorFlow 1: a layer called on a tensor, or one step of a cell."""
    if self.path in CELLS:
        return call_cell(caller, self, inputs, NONE if state is MISSING else state)
    return apply(caller, self.kind, inputs, self.config, self) if f"keras.layers.{self.kind}" in SPECS else unknown()


# tf.contrib.layers


@models("tensorflow.contrib.layers.fully_connected", "tensorflow.contrib.layers.linear", "tensorflow.contrib.layers.relu")
def fully_connected(caller: Caller, inputs: Value, num_outputs: Value, **others: Value) -> Value:
    """TensorFlow 1, tf.contrib.layers.fully_connected: the last axis becomes `num_outputs`."""
    return apply(caller, "Dense", inputs, {"units": num_outputs})


@models("tensorflow.contrib.layers.flatten")
def flatten(caller: Caller, inputs: Value) -> Value:
    """TensorFlow 1, tf.contrib.layers.flatten: all axes but the first as one."""
    return apply(caller, "Flatten", inputs, {})


@models("tensorflow.contrib.layers.conv2d", "tensorflow.contrib.layers.convolution2d", "tensorflow.contrib.layers.convolution")
def convolution(
    caller: Caller, inputs: Value, num_outputs: Value, kernel_size: Value, stride: Value = MISSING, padding: Value = MISSING,
    **others: Value,
) -> Value:  # fmt: skip
    """TensorFlow 1, tf.contrib.layers.conv2d: padded by default."""
    config = {"filters": num_outputs, "kernel_size": kernel_size}
    config["strides"] = Const(1) if stride is MISSING else stride
    config["padding"] = Const("same") if padding is MISSING else padding
    return apply(caller, "Conv2D", inputs, config)


@models("tensorflow.contrib.layers.embed_sequence")
def embed_sequence(caller: Caller, ids: Value, vocab_size: Value = NONE, embed_dim: Value = NONE, **others: Value) -> Value:
    """TensorFlow 1, tf.contrib.layers.embed_sequence: a vector for each number."""
    operand = tensor(ids)
    if operand is None:
        return unknown()
    width = None if is_none(embed_dim) else dim_of(plain(embed_dim))
    last = Axis(unknown_dim(lower=1) if width is None else width, Meaning.FEATURE)
    shape = Shape((*operand.shape.axes, last), operand.shape.open)
    return operate(caller, "tensorflow.gather", [operand], (shape, None), "float")


@models("tensorflow.contrib.layers.one_hot_encoding")
def one_hot_encoding(caller: Caller, labels: Value, num_classes: Value, **others: Value) -> Value:
    """TensorFlow 1, tf.contrib.layers.one_hot_encoding: a row of classes for each number."""
    operand, count = tensor(labels), dim_of(plain(num_classes))
    if operand is None or count is None:
        return unknown()
    shape = Shape((*operand.shape.axes, Axis(count, Meaning.FEATURE)), operand.shape.open)
    return operate(caller, "tensorflow.one_hot", [operand], (shape, None), "float")


# tf.nn


@models("tensorflow.nn.conv1d", "tensorflow.nn.conv2d", "tensorflow.nn.conv3d", "tensorflow.nn.max_pool", "tensorflow.nn.avg_pool")
def windows(
    caller: Caller, value: Value, filters: Value = NONE, stride: Value = NONE, padding: Value = NONE, **others: Value
) -> Value:
    """TensorFlow 1, tf.nn.conv2d …: the same rank; the channels are the last axis of the filters."""
    operand = tensor(others.get("input", value))
    if operand is None or operand.shape.rank is None or operand.shape.rank < 3 or "data_format" in others:
        return unknown() if operand is None else operate(caller, "tensorflow.windows", [operand], (UNKNOWN_SHAPE, None))
    axes = list(operand.shape.axes)
    kernel = filters if isinstance(plain(filters), Array) else others.get("filter", NONE)
    weights = tensor(kernel) if isinstance(plain(kernel), Array) else None
    steps = others.get("strides", stride)
    spatial = _is_same(padding) and _are_ones(steps)
    for at in range(1, len(axes) - 1):
        axes[at] = axes[at] if spatial else Axis(unknown_dim(lower=0))
    last = None if weights is None else weights.shape.axis(-1)
    if weights is not None:
        axes[-1] = Axis(unknown_dim(lower=1) if last is None else last.dim)
    return operate(caller, "tensorflow.windows", [operand], (Shape(tuple(axes)), None), "float")


def _is_same(padding: Value) -> bool:
    return isinstance(padding, Const) and isinstance(padding.value, str) and padding.value.upper() == "SAME"


def _are_ones(steps: Value) -> bool:
    items = items_of(steps)
    if items is None:
        return constant_int(steps) == 1
    return items.known is not None and all(constant_int(item) == 1 for item in items.known)
