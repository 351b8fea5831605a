"""Operations that TensorFlow 1 has and that are not in keras.ops: sums of several, slices, control flow, and old names."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.registry import find, models
from lstmlint.library.tensorflow.graphs import declared_shape
from lstmlint.library.tensorflow.operations import lengths, matmul, operate, tensor
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.permute import swapaxes
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Axis, Shape, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, items_of, tuple_of, widen
from lstmlint.values.network import plain


def _renamed(old: str, new: str) -> None:
    model = find(f"tensorflow.{new}")
    if model is not None:
        models(f"tensorflow.{old}")(model)


for _old, _new in (
    ("mul", "multiply"), ("sub", "subtract"), ("div", "divide"), ("neg", "negative"), ("random_shuffle", "random.shuffle"),
    ("nn.l2_normalize", "l2_normalize"), ("to_double", "to_float"), ("to_int64", "to_int32"),
    ("arg_max", "argmax"), ("arg_min", "argmin"),
):  # fmt: skip
    _renamed(_old, _new)


def _like_the_first(*names: str) -> None:
    @models(*(f"tensorflow.{name}" for name in names))
    def same_shape(caller: Caller, *args: Value, **keywords: Value) -> Value:
        """TensorFlow 1: the shape of the first operand."""
        first = args[0] if args else next(iter(keywords.values()), MISSING)
        operand = None if first is MISSING else tensor(first)
        return unknown() if operand is None else operate(caller, f"tensorflow.{names[0]}", [operand], (operand.shape, None))


_like_the_first("nn.bias_add")
_like_the_first("nn.batch_normalization", "nn.lrn", "nn.local_response_normalization")
_like_the_first("reverse_sequence")
_like_the_first("Print", "verify_tensor_all_finite", "check_numerics", "debugging.check_numerics")
_like_the_first("clip_by_norm", "clip_by_average_norm")
_like_the_first("contrib.layers.layer_norm", "contrib.layers.batch_norm", "contrib.layers.dropout")


def _scalars(*names: str) -> None:
    @models(*(f"tensorflow.{name}" for name in names))
    def scalar(caller: Caller, *args: Value, **keywords: Value) -> Value:
        """TensorFlow 1: one number."""
        first = args[0] if args else next(iter(keywords.values()), MISSING)
        operand = None if first is MISSING else tensor(first)
        if operand is None:
            return Array(SCALAR, "graph", "float")
        return operate(caller, f"tensorflow.{names[0]}", [operand], (SCALAR, None), "float")


_scalars("nn.l2_loss")
_scalars("contrib.layers.apply_regularization", "losses.get_total_loss", "losses.get_regularization_loss")


@models("tensorflow.add_n", "tensorflow.math.add_n", "tensorflow.accumulate_n", "tensorflow.math.accumulate_n")
def add_n(caller: Caller, inputs: Value) -> Value:
    """TensorFlow 1, tf.add_n: the sum of several."""
    items = items_of(inputs)
    if items is None or items.known == ():
        return unknown()
    parts = [tensor(part) for part in items.known or (items.element,)]
    known = [part for part in parts if part is not None]
    if len(known) != len(parts):
        return unknown()
    return operate(caller, "tensorflow.add_n", known, broadcast_all([part.shape for part in known]))


@models("tensorflow.scalar_mul", "tensorflow.math.scalar_mul")
def scalar_mul(caller: Caller, scalar: Value, x: Value) -> Value:
    """TensorFlow 1, tf.scalar_mul: each element times a number."""
    operand = tensor(x)
    return unknown() if operand is None else operate(caller, "tensorflow.scalar_mul", [operand], (operand.shape, None))


@models("tensorflow.batch_matmul")
def batch_matmul(caller: Caller, x: Value, y: Value, adj_x: Value = FALSE, adj_y: Value = FALSE) -> Value:
    """TensorFlow 0, tf.batch_matmul: products of matrices, sample by sample."""
    return matmul(caller, x, y, adj_x, adj_y)


@models("tensorflow.nn.xw_plus_b")
def xw_plus_b(caller: Caller, x: Value, weights: Value, biases: Value) -> Value:
    """TensorFlow 1, tf.nn.xw_plus_b: x @ weights + biases."""
    return matmul(caller, x, weights)


@models("tensorflow.matrix_transpose")
def matrix_transpose(caller: Caller, a: Value) -> Value:
    """TensorFlow 1, tf.matrix_transpose: the last two axes exchanged."""
    operand = tensor(a)
    return unknown() if operand is None else operate(caller, "tensorflow.transpose", [operand], swapaxes(operand.shape, -1, -2))


@models("tensorflow.gather_nd")
def gather_nd(caller: Caller, params: Value, indices: Value) -> Value:
    """TensorFlow 1, tf.gather_nd: parts at positions that the last axis of `indices` holds."""
    operand, places = tensor(params), tensor(indices)
    if operand is None or places is None:
        return unknown()
    last = places.shape.axis(-1)
    depth = last.dim if last is not None and isinstance(last.dim, int) else None
    if depth is None or operand.shape.rank is None or places.shape.rank is None or depth > operand.shape.rank:
        return operate(caller, "tensorflow.gather_nd", [operand], (UNKNOWN_SHAPE, None))
    shape = Shape((*places.shape.axes[:-1], *operand.shape.axes[depth:]))
    return operate(caller, "tensorflow.gather_nd", [operand], (shape, None))


@models("tensorflow.slice")
def slice_of(caller: Caller, input_: Value, begin: Value, size: Value) -> Value:
    """TensorFlow 1, tf.slice: from `begin`, `size` elements of each axis, -1 for all that are left."""
    operand, sizes, starts = tensor(input_), lengths(size), lengths(begin)
    if operand is None:
        return unknown()
    if sizes is None or operand.shape.rank != len(sizes):
        return operate(caller, "tensorflow.slice", [operand], (UNKNOWN_SHAPE, None))
    known: Sequence[Dim | None] = [None] * len(sizes) if starts is None or len(starts) != len(sizes) else starts
    axes = tuple(Axis(_left(axis.dim, dim, start), axis.meaning) for axis, dim, start in zip(operand.shape, sizes, known))
    return operate(caller, "tensorflow.slice", [operand], (Shape(axes), None))


def _left(length: Dim, size: Dim, start: Dim | None) -> Dim:
    if isinstance(size, int) and size == -1:
        return unknown_dim() if start is None else length - start
    return size


@models("tensorflow.strided_slice")
def strided_slice(caller: Caller, input_: Value, begin: Value, end: Value, strides: Value = NONE, **others: Value) -> Value:
    """TensorFlow 1, tf.strided_slice: parts of the first axes."""
    operand, starts, ends = tensor(input_), lengths(begin), lengths(end)
    if operand is None:
        return unknown()
    rank = operand.shape.rank
    if others or starts is None or ends is None or rank is None or len(starts) != len(ends) or len(starts) > rank:
        return operate(caller, "tensorflow.strided_slice", [operand], (UNKNOWN_SHAPE, None))
    steps = None if is_none(strides) else lengths(strides)
    if (not is_none(strides) and steps is None) or any(step != 1 for step in steps or ()):
        return operate(caller, "tensorflow.strided_slice", [operand], (Shape.of_rank(rank), None))
    axes = [Axis(_between(axis.dim, a, b), axis.meaning) for axis, a, b in zip(operand.shape, starts, ends)]
    return operate(caller, "tensorflow.strided_slice", [operand], (Shape((*axes, *operand.shape.axes[len(axes) :])), None))


def _between(length: Dim, start: Dim, end: Dim) -> Dim:
    if isinstance(start, int) and isinstance(end, int):
        if start >= 0 and end < 0:
            return length + end - start
        if start >= 0 and isinstance(length, int):
            return max(min(end, length) - start, 0)
    if start == 0:
        # The end is a length of the tensor itself, or not more.
        return end
    return unknown_dim()


@models("tensorflow.broadcast_to")
def broadcast_to(caller: Caller, input: Value, shape: Value) -> Value:
    """TensorFlow 1, tf.broadcast_to: stretched to a shape."""
    operand, dims = tensor(input), lengths(shape)
    if operand is None:
        return unknown()
    return operate(caller, "tensorflow.broadcast_to", [operand], (UNKNOWN_SHAPE if dims is None else Shape.of(*dims), None))


@models("tensorflow.select")
def select(caller: Caller, condition: Value, t: Value, e: Value) -> Value:
    """TensorFlow 0, tf.select: the elements of one or the other."""
    operand = tensor(t)
    return unknown() if operand is None else operate(caller, "tensorflow.select", [operand], (operand.shape, None))


@models("tensorflow.multinomial", "tensorflow.random.multinomial", "tensorflow.random.categorical")
def multinomial(caller: Caller, logits: Value, num_samples: Value) -> Value:
    """TensorFlow 1, tf.multinomial: drawn classes for each row."""
    operand, count = tensor(logits), dim_of(num_samples)
    first = None if operand is None else operand.shape.axis(0)
    if operand is None or first is None:
        return unknown()
    shape = Shape((first, Axis(unknown_dim() if count is None else count)))
    return operate(caller, "tensorflow.multinomial", [operand], (shape, None), "int")


@models("tensorflow.nn.in_top_k", "tensorflow.math.in_top_k")
def in_top_k(caller: Caller, predictions: Value, targets: Value, k: Value = NONE) -> Value:
    """TensorFlow 1, tf.nn.in_top_k: whether the right class is among the best."""
    operand = tensor(targets)
    return unknown() if operand is None else operate(caller, "tensorflow.in_top_k", [operand], (operand.shape, None), "bool")


@models("tensorflow.nn.moments")
def moments(caller: Caller, x: Value, axes: Value, shift: Value = NONE, name: Value = NONE, keep_dims: Value = FALSE,
            keepdims: Value = FALSE) -> Value:  # fmt: skip
    """TensorFlow 1, tf.nn.moments: mean and variance."""
    reduce = find("tensorflow.reduce_mean")
    if reduce is None:
        return unknown()
    keep = keepdims if keep_dims == FALSE else keep_dims
    return tuple_of(*(reduce(caller, x, axes, keep) for _ in range(2)))


# Functions of the program


def _called(caller: Caller, function: Value, *args: Value) -> Value:
    return unknown() if is_none(function) or function is MISSING else plain(caller.call(function, list(args)))


@models("tensorflow.cond", "tensorflow.contrib.framework.smart_cond")
def cond(caller: Caller, pred: Value, true_fn: Value = MISSING, false_fn: Value = MISSING, *, fn1: Value = MISSING,
         fn2: Value = MISSING) -> Value:  # fmt: skip
    """TensorFlow 1, tf.cond: what one of two functions gives; they give the same structure."""
    then = _called(caller, true_fn if fn1 is MISSING else fn1)
    orelse = _called(caller, false_fn if fn2 is MISSING else fn2)
    return _either(then, orelse)


def _either(a: Value, b: Value) -> Value:
    left, right = items_of(a), items_of(b)
    if left is not None and right is not None and left.known is not None and right.known is not None:
        paired = zip(left.known, right.known) if len(left.known) == len(right.known) else ()
        return tuple_of(*(_either(plain(x), plain(y)) for x, y in paired)) if paired else unknown()
    if isinstance(a, Array) and isinstance(b, Array):
        joined = widen(a, b) if a.kind == b.kind else unknown()
        shape = joined.shape if isinstance(joined, Array) else UNKNOWN_SHAPE
        behind = a.producer or a.behind or b.producer or b.behind
        return Array(shape, "graph", a.dtype if a.dtype == b.dtype else None, behind=behind)
    return unknown()


@models("tensorflow.map_fn")
def map_fn(caller: Caller, fn: Value, elems: Value, dtype: Value = NONE, **others: Value) -> Value:
    """TensorFlow 1, tf.map_fn: a function applied to each part along the first axis."""
    operand = tensor(elems) if isinstance(plain(elems), Array) else None
    first = None if operand is None else operand.shape.axis(0)
    if operand is None or first is None or not operand.shape.rank:
        return unknown()
    part = operate(caller, "tensorflow.gather", [operand], (Shape(operand.shape.axes[1:]), None))
    made = _called(caller, fn, part)
    if not isinstance(made, Array):
        return unknown()
    return operate(caller, "tensorflow.map_fn", [made], (Shape((first, *made.shape.axes), made.shape.open), None))


@models("tensorflow.scan", "tensorflow.foldl", "tensorflow.foldr", "tensorflow.while_loop", "tensorflow.case", "tensorflow.py_func",
        "tensorflow.nn.raw_rnn")  # fmt: skip
def not_followed(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1: what this gives is not followed."""
    return unknown()


@models("tensorflow.assign", "tensorflow.assign_add", "tensorflow.assign_sub")
def assign(caller: Caller, ref: Value, value: Value = NONE) -> Value:
    """TensorFlow 1, tf.assign: the variable with its new value."""
    operand = tensor(ref)
    return unknown() if operand is None else operate(caller, "tensorflow.assign", [operand], (operand.shape, None))


@models("tensorflow.clip_by_global_norm")
def clip_by_global_norm(t_list: Value, clip_norm: Value) -> Value:
    """TensorFlow 1, tf.clip_by_global_norm: (the same tensors, their norm)."""
    return tuple_of(unknown("list"), Array(SCALAR, "graph", "float"))


@models("tensorflow.summary.scalar", "tensorflow.summary.histogram", "tensorflow.summary.merge_all", "tensorflow.summary.merge")
def summary(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1, tf.summary: text for TensorBoard."""
    return unknown()


@models("tensorflow.random_normal_initializer", "tensorflow.random_uniform_initializer", "tensorflow.truncated_normal_initializer",
        "tensorflow.zeros_initializer", "tensorflow.ones_initializer", "tensorflow.contrib.layers.xavier_initializer",
        "tensorflow.glorot_uniform_initializer", "tensorflow.orthogonal_initializer")  # fmt: skip
def initializer(*args: Value, **keywords: Value) -> Value:
    """TensorFlow 1: where the values of a variable start; its shape is the variable's."""
    return LibraryObject("tensorflow.Initializer")


@models("tensorflow.Initializer.__call__")
def initialized(self: Value, shape: Value, dtype: Value = NONE) -> Value:
    """TensorFlow 1: values of a shape."""
    return Array(declared_shape(shape), "tensor", "float")


@models("tensorflow.constant_initializer")
def constant_initializer(value: Value = NONE, dtype: Value = NONE) -> Value:
    """TensorFlow 1, tf.constant_initializer: a value, whose shape is the variable's unless that has one."""
    return value if isinstance(value, Array) else LibraryObject("tensorflow.Initializer")
