"""Functions of tensors that tf.*, keras.ops and keras.backend share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.arguments import UNSURE, axes_of, dtype_of, flag, is_scalar, target_dims
from lstmlint.library.registry import models
from lstmlint.shapes import combine, permute
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.dims import Dim, symbols
from lstmlint.shapes.linalg import matmul as product
from lstmlint.shapes.reduce import reduce as reduced
from lstmlint.shapes.reshape import reshape as regrouped
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Axis, Result, Shape, Violation, unknown_dim
from lstmlint.trace import OldFunction, Operation, Softmax
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Integer, Unknown, Value, constant_int, dim_of, unknown
from lstmlint.values.code import Caller, External
from lstmlint.values.data import Array, Frame, Items, ListObject, Range, Tuple, items_of
from lstmlint.values.network import plain


def paths(*names: str) -> list[str]:
    """Where a function stands: under its names in tf, tf.math, keras.ops and keras.backend."""
    roots = ("tensorflow", "tensorflow.math", "keras.ops", "keras.backend")
    return [f"{root}.{name}" for name in names for root in roots]


def tensor(value: Value) -> Array | None:
    """The array or tensor that an argument is; None where it is not known to be one."""
    value = plain(value)
    if isinstance(value, (ListObject, Tuple)):
        return _packed(value)
    if isinstance(value, (Array, Frame, Range)):
        return to_array(value)
    return Array(UNKNOWN_SHAPE, "tensor") if isinstance(value, Unknown) and value.type is None else None


def _packed(value: ListObject | Tuple) -> Array:
    """A list as one tensor: of tensors of a graph, the tensor in which they are stacked."""
    made = to_array(value)
    items = value.items
    first = items.known[0] if items.known else items.element
    if not isinstance(first, Array) or first.kind != "graph":
        return made
    axes = made.shape.axes
    if not made.shape.open and axes:
        axes = (Axis(axes[0].dim), *axes[1:])
    return Array(Shape(axes, made.shape.open), "graph", made.dtype, known=first.known, behind=first.producer or first.behind)


def operate(caller: Caller, name: str, operands: Sequence[Array], result: Result, dtype: str | None = None) -> Array:
    """The tensor of this shape, and the event that made it."""
    shape, violation = result
    event = Operation(caller.site, name, tuple(operands), NONE, violation)
    kinds = {operand.kind for operand in operands}
    kind = next((kind for kind in ("graph", "keras") if kind in kinds), "tensor")
    source = next((operand.source for operand in operands if operand.source), "")
    if kind == "graph" and violation is not None:
        # Whoever mends this changes the lengths, too: no later line is blamed for them.
        shape = UNKNOWN_SHAPE if shape.rank is None else Shape.of_rank(shape.rank)
    answer = Array(shape, kind, dtype if dtype is not None else operands[0].dtype, event, source)
    event.result = answer
    caller.emit(event)
    return answer


def _unary(names: Sequence[str], where: Sequence[str] = (), dtype: str | None = None) -> None:
    @models(*paths(*names), *(f"{root}.{name}" for root in where for name in names))
    def same_shape(caller: Caller, x: Value) -> Value:
        """tensorflow.org, keras.io: each element by itself."""
        operand = tensor(x)
        return unknown() if operand is None else operate(caller, f"tensorflow.{names[0]}", [operand], (operand.shape, None), dtype)


for _name in ("logical_not", "is_nan", "is_inf", "is_finite", "isnan", "isinf", "isfinite"):
    _unary([_name], dtype="bool")
for _name in (
    "abs", "exp", "log", "sqrt", "square", "sin", "cos", "tan", "sinh", "cosh", "round", "sign", "floor", "ceil", "rsqrt", "log1p",
    "expm1", "reciprocal", "negative", "erf",
    "identity", "stop_gradient",
):  # fmt: skip
    _unary([_name])
for _name in ("tanh", "relu", "sigmoid", "softplus", "elu", "selu", "gelu", "silu", "swish", "leaky_relu",
              "softsign", "relu6", "hard_sigmoid", "log_sigmoid"):  # fmt: skip
    _unary([_name], ["tensorflow.nn", "keras.activations"])
_unary(["zeros_like", "ones_like"])


def _softmax(name: str) -> None:
    @models(*paths(name), f"tensorflow.nn.{name}", f"keras.activations.{name}")
    def function(caller: Caller, x: Value, axis: Value = Const(-1)) -> Value:  # noqa: B008
        """tensorflow.org, keras.io: along one axis, the last unless another is named."""
        operand = tensor(x)
        if operand is None:
            return unknown()
        answer = operate(caller, f"tensorflow.{name}", [operand], (operand.shape, None))
        if operand.kind in ("keras", "tensor"):
            caller.emit(Softmax(caller.site, operand, constant_int(axis), name.startswith("log"), answer))
        return answer


for _name in ("softmax", "log_softmax"):
    _softmax(_name)


@models(*paths("cast"), "tensorflow.to_float", "tensorflow.to_int32")
def cast(caller: Caller, x: Value, dtype: Value = NONE) -> Value:
    """tensorflow.org: the same elements as another type."""
    operand = Array(SCALAR) if is_scalar(x) else tensor(x)
    if operand is None:
        return unknown()
    return operate(caller, "tensorflow.cast", [operand], (operand.shape, None), dtype_of(dtype, None))


@models(*paths("convert_to_tensor", "constant", "Variable", "variable"))
def convert(
    caller: Caller, value: Value = MISSING, *args: Value, dtype: Value = NONE, shape: Value = NONE, initial_value: Value = MISSING
) -> Value:
    """tensorflow.org: data as a tensor."""
    value = value if initial_value is MISSING else initial_value
    if args and isinstance(args[0], External):
        dtype, shape = args[0], args[1] if len(args) > 1 else shape
    if isinstance(value, (Const, Integer)) and shape != NONE:
        dims = lengths(shape)
        return unknown() if dims is None else Array(Shape.of(*dims), "tensor", "float")
    operand = Array(SCALAR, "tensor") if is_scalar(value) else tensor(value)
    if operand is None or shape != NONE:
        return unknown()
    kind = operand.kind if operand.kind in ("keras", "graph") else "tensor"
    return Array(operand.shape, kind, dtype_of(dtype, operand.dtype), operand.producer, operand.source, behind=operand.behind)


@models(*paths("zeros", "ones", "random_normal", "random_uniform"))
@models("tensorflow.random.normal", "tensorflow.random.uniform", "keras.random.normal", "keras.random.uniform")
@models("tensorflow.random.truncated_normal", "tensorflow.truncated_normal", "keras.random.truncated_normal")
def filled(shape: Value, *args: Value) -> Value:
    """tensorflow.org: a tensor of this shape."""
    dims = lengths(shape)
    return unknown() if dims is None else Array(Shape.of(*dims), "tensor", "float")


@models(*paths("expand_dims"))
def expand_dims(caller: Caller, input: Value, axis: Value = MISSING) -> Value:
    """tensorflow.org: a new axis of length one at `axis` (in keras.backend the last one by default)."""
    operand, at = tensor(input), -1 if axis is MISSING else constant_int(axis)
    if operand is None:
        return unknown()
    result = (_any_of_rank(operand, 1), None) if at is None else permute.expand_dims(operand.shape, [at])
    return operate(caller, "tensorflow.expand_dims", [operand], result)


def _any_of_rank(operand: Array, more: int = 0) -> Shape:
    rank = operand.shape.rank
    return UNKNOWN_SHAPE if rank is None else Shape.of_rank(rank + more)


@models(*paths("squeeze"))
def squeeze(caller: Caller, input: Value, axis: Value = NONE, name: Value = NONE, squeeze_dims: Value = NONE) -> Value:
    """tensorflow.org: without the axes of length one, or the given ones."""
    operand, axes = tensor(input), axes_of(axis if squeeze_dims == NONE else squeeze_dims)
    if operand is None:
        return unknown()
    result = (UNKNOWN_SHAPE, None) if axes is UNSURE else permute.squeeze(operand.shape, axes)
    return operate(caller, "tensorflow.squeeze", [operand], result)


def lengths(shape: Value) -> tuple[Dim, ...] | None:
    """The lengths that a shape argument names, among them those that only a run of the graph tells."""
    dims = target_dims([shape])
    if dims is not None:
        return dims
    shape = plain(shape)
    if isinstance(shape, Array):
        axis = shape.shape.axis(0) if shape.shape.rank == 1 else None
        count = None if axis is None else axis.dim
        return tuple(unknown_dim() for _ in range(count)) if isinstance(count, int) and count < 9 else None
    items = items_of(shape)
    if items is None or items.known is None:
        return None
    return tuple(dim if (dim := dim_of(plain(item))) is not None else unknown_dim() for item in items.known)


@models(*paths("reshape"))
def reshape(caller: Caller, tensor_: Value, shape: Value) -> Value:
    """tensorflow.org: the same elements under other axes; one length may be -1."""
    operand, dims = tensor(tensor_), lengths(shape)
    if operand is None:
        return unknown()
    result = (UNKNOWN_SHAPE, None) if dims is None else regrouped(operand.shape, dims)
    return operate(caller, "tensorflow.reshape", [operand], result)


@models(*paths("transpose"), "keras.backend.permute_dimensions")
def transpose(caller: Caller, a: Value, perm: Value = NONE, axes: Value = NONE) -> Value:
    """tensorflow.org: the axes in another order, reversed by default."""
    operand, order = tensor(a), axes_of(axes if perm == NONE else perm)
    if operand is None:
        return unknown()
    result = (_any_of_rank(operand), None) if order is UNSURE else permute.transpose(operand.shape, order)
    return operate(caller, "tensorflow.transpose", [operand], result)


def _reduction(*names: str) -> None:
    @models(*paths(*names))
    def reduction(
        caller: Caller, x: Value = MISSING, axis: Value = NONE, keepdims: Value = FALSE, *, keep_dims: Value = FALSE,
        **others: Value,
    ) -> Value:  # fmt: skip
        """tensorflow.org, keras.io: without the given axes, or all."""
        axis = others.get("reduction_indices", axis)
        x = others.get("input_tensor", x)
        operand, axes, keep = tensor(x), axes_of(axis), flag(keepdims if keep_dims == FALSE else keep_dims)
        if operand is None:
            return unknown()
        known = axes is not UNSURE and keep is not UNSURE
        result = reduced(operand.shape, axes, keep) if known else (UNKNOWN_SHAPE, None)  # type: ignore[arg-type]
        return operate(caller, f"tensorflow.{names[0]}", [operand], result)


for _name in ("sum", "mean", "max", "min", "prod", "std", "var", "any", "all", "logsumexp"):
    _reduction(f"reduce_{_name}", _name)


@models(*paths("argmax", "argmin"))
def argmax(caller: Caller, x: Value = MISSING, axis: Value = NONE, *, input: Value = MISSING, dimension: Value = NONE) -> Value:
    """tensorflow.org: the places of the largest elements; the first axis by default in tf, the last in keras.backend."""
    operand, axes = tensor(x if input is MISSING else input), axes_of(axis if dimension == NONE else dimension)
    if operand is None:
        return unknown()
    sure = axes is not None and axes is not UNSURE
    result = reduced(operand.shape, axes) if sure else (UNKNOWN_SHAPE, None)  # type: ignore[arg-type]
    return operate(caller, "tensorflow.argmax", [operand], result, "int")


def _many(caller: Caller, name: str, items: Items, stacked: bool, axis: int) -> Value:
    """Many tensors of one shape as one."""
    one = items.element if isinstance(items.element, Array) else None
    if one is None or any(s.varies for part in one.shape for s in symbols(part.dim)):
        return unknown()
    if stacked:
        return operate(caller, name, [one], combine.stack([one.shape], axis, items.length))
    return operate(caller, name, [one], combine.changed_length(one.shape, lambda length: length * items.length, axis))


def at_front(axis: Value) -> bool:
    """Whether tensors are joined along the first axis."""
    return axis is MISSING or constant_int(axis) in (0, -1)


def _joining(names: Sequence[str], join: Callable[[Sequence[Shape], int], Result], default: int) -> None:
    @models(*paths(*names))
    def joined(caller: Caller, values: Value = MISSING, axis: Value = MISSING, *, concat_dim: Value = MISSING) -> Value:
        """tensorflow.org: several tensors as one. Before its version 1.0, concat had its axis first."""
        if concat_dim is not MISSING:
            values, axis = (values if axis is MISSING else axis), concat_dim
        elif join is combine.concatenate and is_scalar(values) and items_of(axis) is not None:
            values, axis = axis, values
            caller.emit(OldFunction(caller.site, "concat"))
        items = items_of(values)
        if items is not None and items.known and at_front(axis) and all(map(is_scalar, items.known)) and join is combine.stack:
            # Lengths, as a shape: they stay integers.
            return ListObject(items)
        if items is not None and items.known and at_front(axis) and join is combine.concatenate:
            parts = [items_of(item) for item in items.known]
            if all(part is not None and part.known and all(map(is_scalar, part.known)) for part in parts):
                return ListObject(Items.of(item for part in parts if part is not None for item in part.known or ()))
        at = default if axis is MISSING else constant_int(axis)
        if items is not None and items.known is None and at is not None:
            return _many(caller, f"tensorflow.{names[0]}", items, join is combine.stack, at)
        operands = None if items is None or not items.known else [tensor(item) for item in items.known]
        if operands is None or None in operands:
            return unknown()
        known = [operand for operand in operands if operand is not None]
        result = (UNKNOWN_SHAPE, None) if at is None else join([operand.shape for operand in known], at)
        if len(known) == 1 and join is combine.concatenate:
            # A single tensor is passed on, whatever the axis.
            result = known[0].shape, None
        return operate(caller, f"tensorflow.{names[0]}", known, result)


_joining(["concat", "concat_v2"], combine.concatenate, 0)
_joining(["concatenate"], combine.concatenate, -1)
_joining(["stack", "pack"], combine.stack, 0)


@models("keras.ops.matmul", "keras.backend.matmul")
def matrix_product(caller: Caller, x1: Value, x2: Value) -> Value:
    """keras.io: the product of matrices or vectors, for the other axes sample by sample."""
    left, right = tensor(x1), tensor(x2)
    if left is None or right is None:
        return unknown()
    return operate(caller, "keras.ops.matmul", [left, right], product(left.shape, right.shape))


@models("tensorflow.matmul", "tensorflow.linalg.matmul")
def matmul(caller: Caller, a: Value, b: Value, transpose_a: Value = FALSE, transpose_b: Value = FALSE) -> Value:
    """tensorflow.org: the product of matrices, for the other axes sample by sample."""
    left, right = tensor(a), tensor(b)
    if left is None or right is None:
        return unknown()
    if left.kind == "graph" or right.kind == "graph":
        left, right = (side if side.kind == "graph" else replace(side, kind="graph") for side in (left, right))
    for operand in (left, right):
        if operand.shape.rank in (0, 1):
            words = f"matmul needs at least two axes, got {operand.shape}"
            return operate(caller, "tensorflow.matmul", [left, right], (UNKNOWN_SHAPE, Violation("rank", words, operand.shape)))
    shapes = []
    for operand, turned in ((left, transpose_a), (right, transpose_b)):
        if turned != FALSE and (turned == NONE or operand.shape.rank is None or operand.shape.rank < 2):
            return operate(caller, "tensorflow.matmul", [left, right], (UNKNOWN_SHAPE, None))
        shapes.append(operand.shape if turned == FALSE else permute.swapaxes(operand.shape, -1, -2)[0])
    return operate(caller, "tensorflow.matmul", [left, right], product(shapes[0], shapes[1]))


def _binary(*names: str, dtype: str | None = None) -> None:
    @models(*paths(*names))
    def binary(caller: Caller, x: Value, y: Value) -> Value:
        """tensorflow.org, keras.io: pairs of elements, after broadcasting."""
        left, right = tensor(x), tensor(y)
        if left is None and right is None:
            return unknown()
        operands = [operand for operand in (left, right) if operand is not None]
        return operate(caller, f"tensorflow.{names[0]}", operands, broadcast_all([operand.shape for operand in operands]), dtype)


for _names in (
    ("add",), ("subtract",), ("multiply",), ("divide", "truediv", "true_divide"), ("maximum",), ("minimum",), ("pow", "power"),
    ("floordiv", "floor_divide"), ("mod", "floormod"), ("atan2", "arctan2"), ("squared_difference",), ("divide_no_nan",),
):  # fmt: skip
    _binary(*_names)
for _name in (
    "equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "logical_and", "logical_or", "logical_xor",
):  # fmt: skip
    _binary(_name, dtype="bool")
