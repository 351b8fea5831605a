"""What scripts read of layers, models and symbolic tensors."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.library.keras.axes import is_open, open_length
from lstmlint.library.keras.functional import layers_of
from lstmlint.library.keras.nesting import flat
from lstmlint.library.numpy.indexing import get as get_part
from lstmlint.library.numpy.indexing import subscripts_of
from lstmlint.library.registry import attributes, inherits, models
from lstmlint.shapes.index import FULL, sources_of
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import ElementTaken, LayerApplied
from lstmlint.values.base import MISSING, NONE, Const, Value, constant_int, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, ListObject, Tuple
from lstmlint.values.network import Layer, Model

inherits("keras.KerasTensor", "numpy.ndarray")
inherits("tensorflow.Tensor", "numpy.ndarray")


@models("keras.KerasTensor.__getitem__")
def part(caller: Caller, self: Array, key: Value) -> Value:
    """keras.io: as numpy; of a part of an axis that Keras knows as None, it knows no length either."""
    _tell_elements(caller, self, key)
    found = get_part(caller, self, key)
    if not isinstance(found, Array):
        return found
    found = replace(found, kind="keras")
    sources = sources_of(self.shape, subscripts_of(key)) if any(is_open(axis.dim) for axis in self.shape) else None
    if sources is None or len(sources) != len(found.shape.axes):
        return found
    return replace(found, shape=Shape(tuple(map(_of_open, found.shape.axes, sources))))


def _tell_elements(caller: Caller, x: Array, key: Value) -> None:
    """An event where one element of an axis is taken, and all of the others."""
    chosen = subscripts_of(key)
    numbers_at = [(at, item) for at, item in enumerate(chosen) if isinstance(item, int)]
    if len(numbers_at) == 1 and chosen.count(FULL) == len(chosen) - 1 and not x.shape.open:
        caller.emit(ElementTaken(caller.site, x, *numbers_at[0]))


def _of_open(axis: Axis, source: Axis | None) -> Axis:
    """`axis`, part of the axis `source`, as Keras knows its length."""
    if source is None or not is_open(source.dim) or not isinstance(axis.dim, int):
        return axis
    return axis.of_length(open_length(known=axis.dim))


def keras_shape(shape: Shape) -> Value:
    """A shape as Keras shows it: None for what may differ from batch to batch."""
    if shape.open:
        return unknown("tuple")
    return Tuple(Items.of(NONE if is_open(axis.dim) else integer(axis.dim) for axis in shape))


@models("keras.KerasTensor.get_shape", "tensorflow.Tensor.get_shape")
@attributes("keras.KerasTensor._keras_shape")
@models("keras.backend.int_shape")
def int_shape(self: Array) -> Value:
    """keras.io: the shape as a tuple."""
    return keras_shape(self.shape)


@attributes("keras.Layer.output")
def layer_output(self: Layer) -> Value:
    """keras.io: what the layer's only application returned."""
    calls = self.calls.plain()
    known = calls.known if isinstance(calls, Items) else None
    return known[0] if known is not None and len(known) == 1 else unknown()


@attributes("keras.Layer.input")
def layer_input(self: Layer) -> Value:
    """keras.io: what the layer's only application got."""
    output = layer_output(self)
    producer = output.producer if isinstance(output, Array) else None
    if isinstance(producer, LayerApplied) and producer.layer is self and len(producer.inputs) == 1:
        return producer.inputs[0]
    return unknown()


@attributes("keras.Layer.output_shape")
def layer_output_shape(self: Layer) -> Value:
    """keras.io: the shape of the layer's output."""
    output = layer_output(self)
    return keras_shape(output.shape) if isinstance(output, Array) else unknown()


@attributes("keras.Layer.input_shape")
def layer_input_shape(self: Layer) -> Value:
    """keras.io: the shape of the layer's input."""
    given = layer_input(self)
    return keras_shape(given.shape) if isinstance(given, Array) else unknown()


@models("keras.Layer.__getattr__")
def argument(self: Layer, name: str) -> Value:
    """keras.io: layers keep their arguments as attributes."""
    return self.config.get(name, unknown(name=name))


def _only(value: Value) -> Value:
    tensors = None if value is MISSING else flat(value)
    return tensors[0] if tensors is not None and len(tensors) == 1 else unknown() if value is MISSING else value


@attributes("keras.Model.output")
def model_output(self: Model) -> Value:
    """keras.io: the symbolic outputs."""
    return _only(self.outputs.plain())


@attributes("keras.Model.input")
def model_input(self: Model) -> Value:
    """keras.io: the symbolic inputs."""
    return _only(self.inputs.plain())


@attributes("keras.Model.outputs")
def model_outputs(self: Model) -> Value:
    """keras.io: the symbolic outputs as a list."""
    return _listed(self.outputs.plain())


@attributes("keras.Model.inputs")
def model_inputs(self: Model) -> Value:
    """keras.io: the symbolic inputs as a list."""
    return _listed(self.inputs.plain())


def _listed(value: Value) -> Value:
    tensors = None if value is MISSING else flat(value)
    return unknown() if tensors is None else ListObject(Items.of(tensors))


@attributes("keras.Model.output_shape")
def model_output_shape(self: Model) -> Value:
    """keras.io: the shape of the only output."""
    output = model_output(self)
    return keras_shape(output.shape) if isinstance(output, Array) else unknown()


@attributes("keras.Model.input_shape")
def model_input_shape(self: Model) -> Value:
    """keras.io: the shape of the only input."""
    given = model_input(self)
    return keras_shape(given.shape) if isinstance(given, Array) else unknown()


@attributes("keras.Model.layers")
def model_layers(self: Model) -> Value:
    """keras.io: the layers in order."""
    layers = layers_of(self)
    return unknown() if layers is None else ListObject(Items(tuple(layers), unknown(), len(layers)))


@models("keras.Model.get_layer")
def get_layer(self: Model, name: Value = NONE, index: Value = NONE) -> Value:
    """keras.io: a layer by its name or index."""
    layers = layers_of(self)
    if layers is None:
        return unknown()
    if not is_none(name):
        named = [layer for layer in layers if isinstance(layer, Layer) and layer.config.get("name") == name]
        return named[0] if len(named) == 1 and isinstance(name, Const) else unknown()
    at = constant_int(index)
    return layers[at] if at is not None and -len(layers) <= at < len(layers) else unknown()
