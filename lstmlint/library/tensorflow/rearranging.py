"""Functions that split, choose, pad and reorder the elements of tensors, and tell their sizes."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lstmlint.library.coerce import to_shape
from lstmlint.library.keras.axes import is_open
from lstmlint.library.numpy.arguments import UNSURE, axes_of, is_scalar
from lstmlint.library.numpy.combining import pairs_of
from lstmlint.library.numpy.creation import arange
from lstmlint.library.registry import models
from lstmlint.library.tensorflow.operations import operate, paths, tensor
from lstmlint.shapes import combine, linalg, permute, window
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.dims import Dim, differ
from lstmlint.shapes.reduce import reduce
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Result, Shape, Violation, unknown_dim
from lstmlint.trace import ElementTaken, OldFunction
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Unknown, Value, constant_int, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, ListObject, items_of, shape_tuple, tuple_of

_FIRST, _LAST = Const(0), Const(-1)


# Sizes


@models(*paths("shape"), "tensorflow.compat.v1.shape")
def shape_of(input: Value, out_type: Value = NONE) -> Value:
    """tensorflow.org, keras.io: the lengths of the axes, here as a tuple of integers."""
    operand = tensor(input)
    return unknown() if operand is None else shape_tuple(operand.shape)


@models("tensorflow.rank", "keras.ops.ndim", "keras.backend.ndim")
def rank(input: Value) -> Value:
    """tensorflow.org: the number of axes."""
    operand = tensor(input)
    return unknown("int") if operand is None or operand.shape.rank is None else integer(operand.shape.rank)


@models("tensorflow.size", "keras.ops.size")
def size(input: Value) -> Value:
    """tensorflow.org: the number of elements."""
    operand = tensor(input)
    total = None if operand is None else operand.shape.elements()
    return unknown("int") if total is None else integer(total)


@models("tensorflow.range", "keras.ops.arange", "keras.backend.arange")
def numbers(start: Value, limit: Value = MISSING, delta: Value = MISSING, dtype: Value = NONE) -> Value:
    """tensorflow.org: evenly spaced numbers."""
    made = arange(start, limit, delta)
    return Array(made.shape, "tensor") if isinstance(made, Array) else unknown()


@models("tensorflow.fill")
def fill(dims: Shape, value: Value) -> Value:
    """tensorflow.org: a tensor of one value."""
    return Array(dims, "tensor")


@models("tensorflow.eye", "keras.ops.eye", "keras.ops.identity")
def eye(num_rows: Dim, num_columns: Dim | None = None) -> Value:
    """tensorflow.org: ones on a diagonal."""
    return Array(Shape.of(num_rows, num_rows if num_columns is None else num_columns), "tensor", "float")


@models("tensorflow.linspace", "keras.ops.linspace")
def linspace(start: Value, stop: Value, num: Dim) -> Value:
    """tensorflow.org: evenly spaced numbers between two others."""
    first, last = tensor(start), tensor(stop)
    return Array(Shape.of(num), "tensor", "float") if first is None and last is None else unknown()


# Parts


def _parts(caller: Caller, name: str, operand: Array, result: tuple[Sequence[Shape], Violation | None]) -> Value:
    shapes, violation = result
    return ListObject(Items.of(operate(caller, name, [operand], (shape, violation)) for shape in shapes))


@models("tensorflow.split", "keras.ops.split")
def split(
    caller: Caller, value: Value = MISSING, num_or_size_splits: Value = MISSING, axis: Value = _FIRST, *,
    split_dim: Value = MISSING, num_split: Value = MISSING,
) -> Value:  # fmt: skip
    """tensorflow.org: equal parts along an axis, or parts of given sizes. (keras.ops takes positions instead of sizes.)

    Before its version 1.0, TensorFlow had split(split_dim, num_split, value).
    """
    if split_dim is not MISSING or (is_scalar(value) and not is_scalar(axis)):
        caller.emit(OldFunction(caller.site, "split"))
        given = [part for part in (value, num_or_size_splits, axis) if part is not _FIRST and part is not MISSING]
        axis = split_dim if split_dim is not MISSING else given.pop(0)
        num_or_size_splits = num_split if num_split is not MISSING else given.pop(0) if given else MISSING
        value = given[0] if given else value
    operand, at, count = tensor(value), constant_int(axis), constant_int(num_or_size_splits)
    if operand is None or at is None or count is None:
        return unknown("list") if operand is None or at is None else _of_sizes(caller, operand, num_or_size_splits, at)
    return _parts(caller, "tensorflow.split", operand, combine.split_evenly(operand.shape, count, at))


def _of_sizes(caller: Caller, operand: Array, sizes: Value, axis: int) -> Value:
    lengths = to_shape(sizes) if items_of(sizes) is not None else None
    found = operand.shape.axis(axis)
    if lengths is None or found is None or any(not isinstance(dim, int) or dim < 0 for dim in lengths.dims):
        return unknown()
    # Which of the two ways of reading the numbers is meant is told by the sum.
    total = sum(dim for dim in lengths.dims if isinstance(dim, int))
    if not isinstance(found.dim, int) or total != found.dim:
        return unknown()
    shapes = [operand.shape.replace(axis, found.of_length(dim)) for dim in lengths.dims]
    return _parts(caller, "tensorflow.split", operand, (shapes, None))


@models("tensorflow.unstack", "tensorflow.unpack", "keras.ops.unstack")
def unstack(caller: Caller, value: Value, num: Value = NONE, axis: Value = _FIRST) -> Value:
    """tensorflow.org: the parts along an axis, without it."""
    operand, at = tensor(value), constant_int(axis)
    found = None if operand is None or at is None else operand.shape.axis(at)
    if operand is None or at is None:
        return unknown()
    if found is None:
        violation = permute.axis_violation(operand.shape, at)
        return operate(caller, "tensorflow.unstack", [operand], (UNKNOWN_SHAPE, violation)) if violation else unknown()
    shape, violation = reduce(operand.shape, [at])
    count = found.dim if is_none(num) or isinstance(found.dim, int) else dim_of(num) or found.dim
    if operand.kind == "graph" and is_open(found.dim) and is_none(num):
        violation = Violation("unstack", f"axis {at} of {operand.shape} has no length before the graph runs", operand.shape, at)
    elif not is_none(num) and differ(count, dim_of(num) or count):
        violation = Violation("unstack", f"axis {at} of {operand.shape} does not have {num_of(num)} parts", operand.shape, at)
    part = operate(caller, "tensorflow.unstack", [operand], (shape, violation))
    if isinstance(count, int) and count <= 64:
        return ListObject(Items.of([part] * count))
    return ListObject(Items.many(part, count))


def num_of(value: Value) -> str:
    """A number for a message."""
    dim = dim_of(value)
    return "?" if dim is None else str(dim)


@models(*paths("gather"), "tensorflow.nn.embedding_lookup", "keras.ops.take")
def gather(
    caller: Caller, params: Value, indices: Value, validate_indices: Value = NONE, axis: Value = NONE, batch_dims: Value = _FIRST
) -> Value:
    """tensorflow.org: the parts of an axis, by default the first one, at some positions."""
    operand, places = tensor(params), tensor(indices)
    single = dim_of(indices) is not None and not isinstance(indices, Unknown)
    at = 0 if is_none(axis) else constant_int(axis)
    if operand is None or (places is None and not single) or at is None or batch_dims != _FIRST:
        return unknown()
    if not is_none(validate_indices):
        # keras.ops.take has its axis here.
        return unknown()
    found = operand.shape.axis(at)
    rank = None if places is None else places.shape.rank
    violation = permute.axis_violation(operand.shape, at)
    # What is looked up in a table belongs to the graph of the positions, too.
    operands = [operand] if places is None or places.kind != "graph" else [operand, places]
    if found is None or (places is not None and rank is None):
        return operate(caller, "tensorflow.gather", operands, (UNKNOWN_SHAPE, violation))
    axes = () if places is None else places.shape.axes
    number = dim_of(indices) if single else None
    if operand.kind == "graph" and number is not None and operand.shape.rank is not None:
        caller.emit(ElementTaken(caller.site, operand, at, number))
    return operate(caller, "tensorflow.gather", operands, (operand.shape.replace(at, *axes), None))


@models("tensorflow.boolean_mask")
def boolean_mask(caller: Caller, tensor_: Value, mask: Value, axis: Value = NONE) -> Value:
    """tensorflow.org: the elements where a mask holds."""
    operand, chosen = tensor(tensor_), tensor(mask)
    if operand is None or chosen is None or not chosen.shape.rank or operand.shape.rank is None or not is_none(axis):
        return unknown()
    rest = operand.shape.axes[chosen.shape.rank :]
    shape = Shape((Axis(unknown_dim("selected", "elements that a mask selects")), *rest))
    return operate(caller, "tensorflow.boolean_mask", [operand], (shape, None))


@models("tensorflow.sequence_mask")
def sequence_mask(caller: Caller, lengths: Value, maxlen: Value = NONE) -> Value:
    """tensorflow.org: a row of bools for each length."""
    operand = tensor(lengths)
    if operand is None or operand.shape.rank is None:
        return unknown()
    steps = unknown_dim("maxlen") if is_none(maxlen) else dim_of(maxlen)
    shape = Shape((*operand.shape.axes, Axis(unknown_dim("maxlen") if steps is None else steps)))
    return operate(caller, "tensorflow.sequence_mask", [operand], (shape, None), "bool")


@models(*paths("where"))
def where(caller: Caller, condition: Value, x: Value = NONE, y: Value = NONE) -> Value:
    """tensorflow.org: of two tensors the elements that a condition selects; the positions where it holds."""
    chosen = tensor(condition)
    if is_none(x) and is_none(y):
        count = None if chosen is None else chosen.shape.rank
        return unknown() if count is None else Array(Shape.of(unknown_dim("found"), count), "tensor", "int")
    operands = [operand for operand in (chosen, tensor(x), tensor(y)) if operand is not None]
    if not operands:
        return unknown()
    kinds = {operand.dtype for operand in map(tensor, (x, y)) if operand is not None}
    result = operate(caller, "tensorflow.where", operands, broadcast_all([operand.shape for operand in operands]))
    return replace(result, dtype=kinds.pop() if len(kinds) == 1 else None)


# More, or in another order


@models("tensorflow.pad", "keras.ops.pad")
def pad(caller: Caller, tensor_: Value, paddings: Value, mode: Value = NONE) -> Value:
    """tensorflow.org: more elements before and behind, a pair for each axis."""
    operand = tensor(tensor_)
    if operand is None:
        return unknown()
    widths = pairs_of(paddings) if items_of(paddings) is not None else None
    if widths is None or operand.shape.rank is None or len(widths) != operand.shape.rank:
        same_rank = UNKNOWN_SHAPE if operand.shape.rank is None else Shape.of_rank(operand.shape.rank)
        return operate(caller, "tensorflow.pad", [operand], (same_rank, None))
    return operate(caller, "tensorflow.pad", [operand], window.pad(operand.shape, widths))


@models("tensorflow.repeat", "keras.ops.repeat", "keras.backend.repeat_elements")
def repeat(caller: Caller, input: Value, repeats: Value, axis: Value = NONE) -> Value:
    """tensorflow.org: each element repeated."""
    operand, axes = tensor(input), axes_of(axis)
    if operand is None:
        return unknown()
    times = dim_of(repeats) if items_of(repeats) is None and tensor(repeats) is None else None
    result: Result = (UNKNOWN_SHAPE, None)
    if axes is not UNSURE:
        result = combine.repeat(operand.shape, times, axes[0] if isinstance(axes, tuple) else None)
    return operate(caller, "tensorflow.repeat", [operand], result)


def _same(name: str, *others: str) -> None:
    @models(*paths(name), *others)
    def same_shape(caller: Caller, x: Value, *args: Value) -> Value:
        """tensorflow.org: the same shape."""
        operand = tensor(x)
        return unknown() if operand is None else operate(caller, f"tensorflow.{name}", [operand], (operand.shape, None))


for _name in ("reverse", "roll", "clip_by_value", "clip", "cumsum", "cumprod", "sort", "ones_like", "l2_normalize", "flip"):
    _same(_name)
_same("dropout", "tensorflow.nn.dropout", "keras.random.dropout")
_same("shuffle", "tensorflow.random.shuffle", "keras.random.shuffle")


@models("tensorflow.argsort", "keras.ops.argsort")
def argsort(caller: Caller, values: Value, axis: Value = _LAST) -> Value:
    """tensorflow.org: the positions that would sort."""
    operand = tensor(values)
    return unknown() if operand is None else operate(caller, "tensorflow.argsort", [operand], (operand.shape, None), "int")


@models("tensorflow.math.top_k", "tensorflow.nn.top_k", "keras.ops.top_k")
def top_k(caller: Caller, input: Value, k: Value = Const(1), sorted: Value = NONE) -> Value:  # noqa: B008
    """tensorflow.org: the largest elements of the last axis and their positions."""
    operand, count = tensor(input), dim_of(k)
    if operand is None or count is None or operand.shape.axis(-1) is None:
        return unknown()
    shape = operand.shape.replace(-1, Axis(count))
    first = operate(caller, "tensorflow.top_k", [operand], (shape, None))
    return tuple_of(first, operate(caller, "tensorflow.top_k", [operand], (shape, None), "int"))


# Products


@models("tensorflow.tensordot", "keras.ops.tensordot")
def tensordot(caller: Caller, a: Value, b: Value, axes: Value) -> Value:
    """tensorflow.org: over the last axes of one and the first of the other, or over pairs of axes."""
    left, right = tensor(a), tensor(b)
    if left is None or right is None:
        return unknown()
    count, given = constant_int(axes), items_of(axes)
    if count is not None and not left.shape.open:
        pairs: tuple[Sequence[int], Sequence[int]] | None = range(-count, 0), range(count)
    else:
        sides = [axes_of(part) for part in given.known] if given is not None and given.known is not None else []
        known = [side for side in sides if isinstance(side, tuple)]
        pairs = (known[0], known[1]) if len(known) == len(sides) == 2 else None
    result = (UNKNOWN_SHAPE, None) if pairs is None else linalg.tensordot(left.shape, right.shape, *pairs)
    return operate(caller, "tensorflow.tensordot", [left, right], result)


@models("tensorflow.einsum", "keras.ops.einsum")
def einsum(caller: Caller, equation: str | Unknown, *inputs: Value) -> Value:
    """tensorflow.org: products and sums as a formula says."""
    operands = [operand for operand in map(tensor, inputs) if operand is not None]
    if isinstance(equation, Unknown) or not operands or len(operands) != len(inputs):
        return unknown()
    result = linalg.einsum(equation, [operand.shape for operand in operands])
    return operate(caller, "tensorflow.einsum", operands, (result[0], result[1] or _stretched(equation, operands)))


def _stretched(equation: str, operands: Sequence[Array]) -> Violation | None:
    """TensorFlow, unlike numpy, does not stretch an axis of length one to that of another operand."""
    formulas = equation.replace(" ", "").partition("->")[0].split(",")
    seen: dict[str, Dim] = {}
    for formula, operand in zip(formulas, operands):
        if "." in formula or operand.shape.rank != len(formula):
            return None
        for name, axis in zip(formula, operand.shape):
            if differ(seen.setdefault(name, axis.dim), axis.dim):
                return Violation("einsum", f"einsum names axes of {seen[name]} and {axis.dim} both {name}", axis.dim, seen[name])
    return None


@models("tensorflow.linalg.matrix_transpose")
def matrix_transpose(caller: Caller, a: Value) -> Value:
    """tensorflow.org: the last two axes exchanged."""
    operand = tensor(a)
    if operand is None:
        return unknown()
    return operate(caller, "tensorflow.transpose", [operand], permute.swapaxes(operand.shape, -1, -2))


@models("tensorflow.norm", "tensorflow.linalg.norm", "keras.ops.norm")
def norm(caller: Caller, x: Value, ord: Value = NONE, axis: Value = NONE, keepdims: Value = FALSE) -> Value:
    """tensorflow.org: the norm of all, or along axes."""
    operand, axes = tensor(x), axes_of(axis)
    if operand is None or axes is UNSURE or not isinstance(keepdims, Const):
        return unknown()
    known = axes if isinstance(axes, tuple) else None
    shape, violation = reduce(operand.shape, known, bool(keepdims.value))
    if operand.shape.rank == 0 and known:
        violation = permute.axis_violation(operand.shape, known[0])
    return operate(caller, "tensorflow.norm", [operand], (shape, violation))


@models("tensorflow.random.set_seed", "tensorflow.set_random_seed", "tensorflow.random.set_random_seed")
def nothing(*args: Value) -> Value:
    """tensorflow.org: nothing that has a shape."""
    return NONE
