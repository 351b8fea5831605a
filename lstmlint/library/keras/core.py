"""Dense, Embedding, Lambda, and the layers that leave the shape as it is."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.library.coerce import to_shape
from lstmlint.library.keras.axes import batch_of, is_open, some_batch
from lstmlint.library.keras.specs import Applier, Outcome, Structure, first_input, general, layer
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.dims import Dim, at_least, differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation
from lstmlint.values.base import Const, Value, constant_int, dim_of, is_none
from lstmlint.values.code import Function
from lstmlint.values.data import Array, DictObject, Items, ListObject, items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer

_DENSE = "units activation use_bias kernel_initializer bias_initializer kernel_regularizer bias_regularizer"


@layer("Dense", _DENSE, least=2, features=-1)
def dense(layer: Layer, x: Shape) -> Result:
    """keras.io: the last axis becomes `units`."""
    return _last(x, layer.length("units")), None


@layer("TimeDistributedDense", _DENSE, rank=3, features=-1)
def time_distributed_dense(layer: Layer, x: Shape) -> Result:
    """Keras 0: Dense on each step."""
    return _last(x, layer.length("units")), None


def _last(x: Shape, length: Dim) -> Shape:
    return Shape((*x.axes[:-1], Axis(length, Meaning.FEATURE)), x.open)


@layer(
    "Embedding",
    "input_dim output_dim embeddings_initializer embeddings_regularizer embeddings_constraint mask_zero weights lora_rank",
)
def embedding(layer: Layer, x: Shape) -> Result:
    """keras.io: each number becomes a vector of length output_dim, along a new last axis."""
    axes = x.axes
    if x.rank == 2:
        axes = (axes[0], replace(axes[1], meaning=Meaning.TIME))
    return Shape((*axes, Axis(layer.length("output_dim"), Meaning.FEATURE)), x.open), None


@layer("Dropout", "rate noise_shape seed")
@layer("AlphaDropout", "rate noise_shape seed")
@layer("GaussianDropout", "rate seed")
@layer("GaussianNoise", "stddev seed")
@layer("ActivityRegularization", "l1 l2")
@layer("Masking", "mask_value")
@layer("Activation", "activation")
@layer("ReLU", "max_value negative_slope threshold")
@layer("LeakyReLU", "negative_slope")
@layer("ThresholdedReLU", "theta")
@layer("ELU", "alpha")
@layer("Softmax", "axis")
@layer("Identity", "")
@layer("UnitNormalization", "axis")
@layer("Rescaling", "scale offset")
def unchanged(layer: Layer, x: Shape) -> Result:
    """keras.io: the output has the input's shape."""
    return x, None


@layer("PReLU", "alpha_initializer alpha_regularizer alpha_constraint shared_axes")
def prelu(layer: Layer, x: Shape) -> Result:
    """keras.io: the output has the input's shape; there is a weight for each element of a sample."""
    before = first_input(layer)
    if before is not None and layer.given("shared_axes") is None:
        # Keras 3 says nothing before there are data, Keras 2 multiplies.
        return broadcast_all([Shape(before.axes[1:]), x]) if memory.keras == 2 and not before.open else (x, None)
    at = next((at for at, axis in enumerate(x.axes) if at and is_open(axis.dim)), None)
    if at is None or x.open or layer.given("shared_axes") is not None:
        return x, None
    return x, Violation("size", f"the length of axis {at} of {x} must be fixed", x)


@layer("SpatialDropout1D", "rate seed name dtype", rank=3)
@layer("SpatialDropout2D", "rate data_format seed name dtype", rank=4)
@layer("SpatialDropout3D", "rate data_format seed name dtype", rank=5)
def spatial_dropout(layer: Layer, x: Shape) -> Result:
    """keras.io: the output has the input's shape."""
    return x, None


def _normalized_axis(layer: Layer) -> int | None:
    value = layer.given("axis")
    items = None if value is None else items_of(value)
    if items is not None and items.known is not None and len(items.known) == 1:
        value = items.known[0]
    return -1 if value is None else constant_int(value)


def _kept_axis(layer: Layer) -> int | None:
    return None if is_none(layer.config.get("axis", Const(-1))) else _normalized_axis(layer)


@layer("Normalization", "axis mean variance invert", features=_kept_axis)
@layer("BatchNormalization", "axis momentum epsilon center scale", features=_normalized_axis)
@layer("LayerNormalization", "axis epsilon center scale", features=_normalized_axis)
@layer("RMSNormalization", "axis epsilon", features=_normalized_axis)
def normalization(layer: Layer, x: Shape) -> Result:
    """keras.io: the output has the input's shape; the weights are as long as the axis."""
    at, weights = _normalized_axis(layer), dim_of(layer.built.plain())
    position = None if at is None else x.position(at)
    if memory.keras == 2 and weights is not None and position is not None and is_open(x.axes[position].dim):
        # Keras 2 goes by what is computed, which can only be as long.
        return x.replace(position, Axis(weights, x.axes[position].meaning)), None
    return x, None


@layer("GroupNormalization", "groups axis epsilon center scale", features=_normalized_axis)
def group_normalization(layer: Layer, x: Shape) -> Result:
    """keras.io: the output has the input's shape; the number of channels is a multiple of the groups."""
    axis = _normalized_axis(layer)
    channels = None if axis is None else x.axis(axis)
    groups = layer.length("groups", 32)
    if channels is not None and groups != -1:
        fewer = at_least(groups, channels.dim + 1)
        uneven = isinstance(groups, int) and isinstance(channels.dim, int) and differ(channels.dim % groups, 0)
        if fewer or uneven:
            return x, Violation("size", f"{channels.dim} channels can't be divided into {groups} groups", channels.dim, groups)
    return x, None


@general("Wrapper", "layer")
@general("TFSMLayer", "filepath call_endpoint")
@general("JaxLayer", "call_fn init_fn")
@general("FlaxLayer", "module method")
@general("TorchModuleWrapper", "module")
def not_described(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: what comes out is up to what they wrap."""
    return None, None


@general("SpectralNormalization", "layer power_iterations")
def spectral_normalization(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: as the layer that it wraps."""
    return applier.apply_inner(layer, layer.config.get("layer", Const(None)), inputs[0]), None


@general("Lambda", "function output_shape mask arguments", several=True)
def lambda_layer(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Outcome:
    """keras.io: what its function makes of the input."""
    return _of_function(layer, inputs, applier) or _declared_output(layer, inputs), None


def _of_function(layer: Layer, inputs: tuple[Shape, ...], applier: Applier) -> Structure:
    function, arguments = layer.given("function"), layer.given("arguments")
    if not isinstance(function, Function) or not applier.interprets:
        return None
    keywords: dict[str, Value] = {}
    if isinstance(arguments, DictObject):
        named = arguments.entries.known
        keywords = {key.value: value for key, value in named if isinstance(key, Const) and isinstance(key.value, str)}
    elif arguments is not None:
        return None
    tensors = [Array(shape, "keras", producer=applier.producer if at == 0 else None) for at, shape in enumerate(inputs)]
    argument = tensors[0] if len(tensors) == 1 else ListObject(Items.of(tensors))
    result = applier.caller.call(function, [argument], keywords)
    if memory.origins is not None:
        memory.origins.ran(layer, tensors, result)
    return result.shape if isinstance(result, Array) and result.shape != UNKNOWN_SHAPE else None


def _declared_output(layer: Layer, inputs: tuple[Shape, ...]) -> Structure:
    value = layer.given("output_shape")
    shape = None if value is None or isinstance(value, Function) else to_shape(value)
    if shape is None:
        return UNKNOWN_SHAPE
    return Shape((batch_of(inputs[0]) if inputs else some_batch(), *shape.axes))
