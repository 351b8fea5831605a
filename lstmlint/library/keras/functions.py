"""keras.ops and keras.random beside what TensorFlow and numpy have under the same names."""

from __future__ import annotations

from collections.abc import Callable

from lstmlint.library.keras.applying import Run
from lstmlint.library.keras.convolution import convolved
from lstmlint.library.keras.nesting import apply_model
from lstmlint.library.keras.specs import SPECS
from lstmlint.library.numpy.arguments import UNSURE, axes_of, dtype_of, flag
from lstmlint.library.registry import models
from lstmlint.library.tensorflow.operations import lengths, operate, tensor
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.dims import differ, floor_divide
from lstmlint.shapes.reduce import reduce
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, Violation, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Value, constant_int, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Tuple, tuple_of
from lstmlint.values.network import Layer, plain

_ONE, _VALID = Const(1), Const("valid")


# Windows


def _pooling(name: str, kind: str) -> None:
    @models(f"keras.ops.{name}")
    def pool(
        caller: Caller, inputs: Value, pool_size: Value, strides: Value = NONE, padding: Value = _VALID, data_format: Value = NONE
    ) -> Value:
        """keras.io: as the layer."""
        x = tensor(inputs)
        rank = None if x is None else x.shape.rank
        if x is None or rank not in (3, 4, 5):
            return unknown()
        spec = SPECS[f"keras.layers.{kind}{rank - 2}D"]
        config = {"pool_size": pool_size, "strides": strides, "padding": padding, "data_format": data_format}
        made, violation = spec.compute(Layer(spec.path, config, caller.site), (x.shape,), Run(caller, apply_model, quiet=True))
        shape = made if isinstance(made, Shape) else UNKNOWN_SHAPE
        return operate(caller, f"keras.ops.{name}", [x], (shape, violation))


_pooling("max_pool", "MaxPooling")
_pooling("average_pool", "AveragePooling")


@models("keras.ops.conv")
def conv(
    caller: Caller, inputs: Value, kernel: Value, strides: Value = _ONE, padding: Value = _VALID, data_format: Value = NONE,
    dilation_rate: Value = _ONE,
) -> Value:  # fmt: skip
    """keras.io: windows of the kernel (…sizes, channels in, channels out) over (batch, …spatial, channels)."""
    x, weights = tensor(inputs), tensor(kernel)
    rank = None if x is None else x.shape.rank
    if x is None or weights is None or rank not in (3, 4, 5) or weights.shape.rank != rank:
        return unknown()
    *sizes, taken, made = weights.shape.dims
    config = {
        "filters": integer(made), "kernel_size": tuple_of(*map(integer, sizes)), "strides": strides, "padding": padding,
        "data_format": data_format, "dilation_rate": dilation_rate,
    }  # fmt: skip
    layer = Layer(f"keras.layers.Conv{rank - 2}D", config, caller.site)
    shape, violation = convolved(layer, x.shape)
    channels = x.shape.axes[1 if layer.text("data_format", "channels_last") == "channels_first" else -1].dim
    if violation is None and isinstance(channels, int) and isinstance(taken, int) and channels % taken:
        violation = Violation("size", f"the kernel takes {taken} channels, and there are {channels}", channels, taken)
    return operate(caller, "keras.ops.conv", [x, weights], (shape, violation))


@models("keras.ops.extract_sequences")
def extract_sequences(caller: Caller, x: Value, sequence_length: Value, sequence_stride: Value) -> Value:
    """keras.io: the last axis cut into windows: (…, windows, length)."""
    operand, length, stride = tensor(x), dim_of(sequence_length), dim_of(sequence_stride)
    if operand is None or not operand.shape.axes or length is None or stride is None:
        return unknown()
    shape, last = operand.shape, operand.shape.axes[-1].dim
    windows = Axis(floor_divide(last - length, stride) + 1)
    made = Shape((*shape.axes[:-1], windows, Axis(length)), shape.open)
    return operate(caller, "keras.ops.extract_sequences", [operand], (made, None))


# Classes and losses


def _same_shapes(target: Array, output: Array) -> Violation | None:
    a, b = target.shape, output.shape
    if a.rank is None or b.rank is None:
        return None
    if a.rank == b.rank and not any(differ(x.dim, y.dim) for x, y in zip(a, b)):
        return None
    return Violation("shape", f"target and output must have the same shape, got {a} and {b}", a, b)


@models("keras.ops.binary_crossentropy")
def binary_crossentropy(caller: Caller, target: Value, output: Value, from_logits: Value = FALSE) -> Value:
    """keras.io: a number for each element; both have the same shape."""
    a, b = tensor(target), tensor(output)
    if a is None or b is None:
        return unknown()
    return operate(caller, "keras.ops.binary_crossentropy", [a, b], (b.shape, _same_shapes(a, b)), "float")


@models("keras.ops.categorical_crossentropy")
def categorical_crossentropy(
    caller: Caller, target: Value, output: Value, from_logits: Value = FALSE, axis: Value = MISSING
) -> Value:
    """keras.io: a number for each row of classes; both have the same shape."""
    return _of_rows(caller, "keras.ops.categorical_crossentropy", target, output, axis, _same_shapes)


@models("keras.ops.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(
    caller: Caller, target: Value, output: Value, from_logits: Value = FALSE, axis: Value = MISSING
) -> Value:
    """keras.io: a number for each row of classes, whose number the target has."""
    return _of_rows(caller, "keras.ops.sparse_categorical_crossentropy", target, output, axis, lambda a, b: None)


def _of_rows(
    caller: Caller, name: str, target: Value, output: Value, axis: Value, broken: Callable[[Array, Array], Violation | None]
) -> Value:
    a, b = tensor(target), tensor(output)
    if a is None or b is None or axis is not MISSING or not b.shape.axes:
        return unknown()
    return operate(caller, name, [a, b], (Shape(b.shape.axes[:-1], b.shape.open), broken(a, b)), "float")


@models("keras.ops.multi_hot")
def multi_hot(
    caller: Caller, inputs: Value, num_classes: Value = NONE, axis: Value = MISSING, dtype: Value = NONE, sparse: Value = FALSE
) -> Value:
    """keras.io: one row of the classes for all numbers along the second axis (of a vector, along the only one)."""
    operand, classes = tensor(inputs), dim_of(num_classes)
    if operand is None or not operand.shape.rank or classes is None or axis is not MISSING:
        return unknown()
    axes = operand.shape.axes
    kept = axes[:1] + axes[2:] if len(axes) > 1 else ()
    return operate(caller, "keras.ops.multi_hot", [operand], (Shape((*kept, Axis(classes))), None), dtype_of(dtype, "float"))


# Parts, and sums of parts


@models("keras.ops.moments")
def moments(caller: Caller, x: Value, axes: Value, keepdims: Value = FALSE, synchronized: Value = FALSE) -> Value:
    """keras.io: the mean and the variance along axes."""
    operand, at, keep = tensor(x), axes_of(axes), flag(keepdims)
    if operand is None or at is UNSURE or keep is UNSURE:
        return unknown()
    result = reduce(operand.shape, at, bool(keep))
    return tuple_of(*(operate(caller, "keras.ops.moments", [operand], result) for _ in range(2)))


def _segments(name: str) -> None:
    @models(f"keras.ops.{name}")
    def segments(caller: Caller, data: Value, segment_ids: Value, num_segments: Value = NONE, sorted: Value = FALSE) -> Value:
        """keras.io: one row for each segment."""
        operand = tensor(data)
        if operand is None or operand.shape.open or not operand.shape.axes:
            return unknown()
        count = None if is_none(num_segments) else dim_of(num_segments)
        first = Axis(unknown_dim("segments") if count is None else count)
        return operate(caller, f"keras.ops.{name}", [operand], (Shape((first, *operand.shape.axes[1:])), None))


for _name in ("segment_sum", "segment_max", "segment_min", "segment_prod"):
    _segments(_name)


@models("keras.ops.scatter")
def scatter(caller: Caller, indices: Value, values: Value, shape: Value) -> Value:
    """keras.io: zeros of a shape, and the values in their places."""
    operand, dims = tensor(values), lengths(shape)
    if operand is None or dims is None:
        return unknown()
    return operate(caller, "keras.ops.scatter", [operand], (Shape.of(*dims), None))


@models("keras.ops.scatter_update", "keras.ops.slice_update")
def updated(caller: Caller, inputs: Value, indices: Value, updates: Value) -> Value:
    """keras.io: the inputs with other elements in some places."""
    operand = tensor(inputs)
    return unknown() if operand is None else operate(caller, "keras.ops.scatter_update", [operand], (operand.shape, None))


@models("keras.ops.slice")
def part(caller: Caller, inputs: Value, start_indices: Value, shape: Value) -> Value:
    """keras.io: a part of this shape."""
    operand, dims = tensor(inputs), lengths(shape)
    if operand is None or dims is None or any(not isinstance(dim, int) or dim < 0 for dim in dims):
        return unknown()
    return operate(caller, "keras.ops.slice", [operand], (Shape.of(*dims), None))


@models("keras.ops.glu", "keras.activations.glu")
def glu(caller: Caller, x: Value, axis: Value = MISSING) -> Value:
    """keras.io: one half times a gate that the other half makes."""
    operand, at = tensor(x), -1 if axis is MISSING else constant_int(axis)
    known = None if operand is None or at is None else operand.shape.axis(at)
    if operand is None or at is None or known is None:
        return unknown()
    odd = isinstance(known.dim, int) and known.dim % 2 == 1
    violation = Violation("size", f"axis {at} of {operand.shape} can't be halved", known.dim) if odd else None
    half = known.of_length(floor_divide(known.dim, 2))
    return operate(caller, "keras.ops.glu", [operand], (operand.shape.replace(at, half), violation))


# Pairs


def _pair(name: str) -> None:
    @models(f"keras.ops.{name}")
    def pair(caller: Caller, x1: Value, x2: Value) -> Value:
        """keras.io: pairs of elements, after broadcasting."""
        left, right = tensor(x1), tensor(x2)
        operands = [operand for operand in (left, right) if operand is not None]
        if not operands:
            return unknown()
        result = broadcast_all([operand.shape for operand in operands])
        return operate(caller, f"keras.ops.{name}", operands, result, "float" if name == "ldexp" else None)


for _name in ("logaddexp2", "ldexp", "heaviside", "nextafter", "bitwise_left_shift", "bitwise_right_shift"):
    _pair(_name)


@models("keras.ops.dot_product_attention")
def dot_product_attention(caller: Caller, query: Value, key: Value, value: Value, *args: Value, **keywords: Value) -> Value:
    """keras.io: (batch, queries, heads, features)."""
    q, v = tensor(query), tensor(value)
    if q is None or v is None or q.shape.rank != 4 or v.shape.rank != 4:
        return unknown()
    return operate(caller, "keras.ops.dot_product_attention", [q, v], (Shape((*q.shape.axes[:3], v.shape.axes[3])), None))


# Functions of functions


@models("keras.ops.map", "keras.ops.vectorized_map")
def map_parts(caller: Caller, f: Value, xs: Value) -> Value:
    """keras.io: a function of each part along the first axis, its answers stacked."""
    xs = plain(xs)
    operand = tensor(xs) if isinstance(xs, Array) else None
    if operand is None or not operand.shape.rank:
        return unknown()
    made = caller.call(f, [operate(caller, "keras.ops.take", [operand], (Shape(operand.shape.axes[1:]), None))])
    if not isinstance(made, Array):
        return unknown()
    return operate(caller, "keras.ops.map", [made], (Shape((operand.shape.axes[0], *made.shape.axes), made.shape.open), None))


@models("keras.ops.cond")
def cond(caller: Caller, pred: Value, true_fn: Value, false_fn: Value) -> Value:
    """keras.io: what one of two functions answers, known where both answer alike."""
    first, second = (caller.call(function, []) for function in (true_fn, false_fn))
    if isinstance(first, Array) and isinstance(second, Array) and first.shape == second.shape:
        return operate(caller, "keras.ops.cond", [first, second], (first.shape, None))
    return unknown()


# Spectra


def _spectrum(name: str, halved: bool) -> None:
    @models(f"keras.ops.{name}")
    def spectrum(caller: Caller, x: Value, fft_length: Value = NONE) -> Value:
        """keras.io: the real and the imaginary part."""
        x = plain(x)
        operand = tensor(x.items.known[0] if isinstance(x, Tuple) and x.items.known else x)
        length = None if is_none(fft_length) else dim_of(fft_length)
        if operand is None or not operand.shape.axes or (length is None and not is_none(fft_length)):
            return unknown()
        shape = operand.shape
        if halved:
            last = shape.axes[-1].dim if length is None else length
            shape = shape.replace(-1, Axis(floor_divide(last, 2) + 1))
        return tuple_of(*(operate(caller, f"keras.ops.{name}", [operand], (shape, None)) for _ in range(2)))


_spectrum("fft", False)
_spectrum("fft2", False)
_spectrum("ifft2", False)
_spectrum("rfft", True)


@models(*(f"keras.ops.{name}" for name in ("bartlett", "blackman", "hamming", "hanning", "kaiser")))
def window(x: Value, beta: Value = NONE) -> Value:
    """keras.io: as many numbers as asked for."""
    count = dim_of(x)
    return unknown() if count is None else Array(Shape.of(count), "tensor", "float")


# Random numbers and types


@models(*(f"keras.random.{name}" for name in ("beta", "binomial", "gamma", "randint")))
def drawn(shape: Value, *args: Value, **keywords: Value) -> Value:
    """keras.io: random numbers of this shape."""
    dims = lengths(shape)
    return unknown() if dims is None else Array(Shape.of(*dims), "tensor")


@models("keras.random.categorical")
def categorical(caller: Caller, logits: Value, num_samples: Value, dtype: Value = NONE, seed: Value = NONE) -> Value:
    """keras.io: (batch, samples)."""
    operand, count = tensor(logits), dim_of(num_samples)
    if operand is None or operand.shape.rank != 2 or count is None:
        return unknown()
    return operate(caller, "keras.random.categorical", [operand], (Shape((operand.shape.axes[0], Axis(count))), None), "int")


@models("keras.ops.convert_to_numpy")
def convert_to_numpy(x: Value) -> Value:
    """keras.io: the tensor as a numpy array."""
    operand = tensor(x)
    if operand is None or operand.kind == "keras":
        return unknown()
    return Array(operand.shape, "numpy", operand.dtype, operand.producer, operand.source)


@models("keras.ops.is_tensor", "keras.utils.is_keras_tensor")
def is_tensor(x: Value) -> Value:
    """keras.io: whether it is a tensor."""
    return unknown("bool")
