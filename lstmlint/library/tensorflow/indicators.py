"""Functions of TensorFlow that make rows of zeros and ones, and repeat what they get."""
from __future__ import annotations

from lstmlint.library.numpy.arguments import target_dims
from lstmlint.library.registry import models
from lstmlint.library.tensorflow.operations import operate, paths, tensor
from lstmlint.shapes.combine import tile as repeated
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape
from lstmlint.values.base import MISSING, Const, Value, constant_int, dim_of, unknown
from lstmlint.values.code import Caller

_LAST = Const(-1)


@models("tensorflow.one_hot", "keras.ops.one_hot", "keras.backend.one_hot", "keras.utils.one_hot")
def one_hot(
    caller: Caller, indices: Value, depth: Value = MISSING, on_value: Value = MISSING, off_value: Value = MISSING,
    axis: Value = _LAST, *, num_classes: Value = MISSING,
) -> Value:  # fmt: skip
    """tensorflow.org: a new axis of length `depth`, by default the last one."""
    operand = tensor(indices)
    length = dim_of(depth if num_classes is MISSING else num_classes)
    at = constant_int(axis)
    if operand is None or length is None or at is None:
        return unknown()
    if operand.shape.open and at != -1:
        return operate(caller, "tensorflow.one_hot", [operand], (UNKNOWN_SHAPE, None), "float")
    classes = Axis(length, Meaning.FEATURE)
    shape = Shape((*operand.shape.axes, classes), operand.shape.open) if at == -1 else operand.shape.insert(at, classes)
    return operate(caller, "tensorflow.one_hot", [operand], (shape, None), "float")


@models(*paths("tile"))
def tile(caller: Caller, input: Value, multiples: Value) -> Value:
    """tensorflow.org: each axis repeated as often as `multiples` says."""
    operand, times = tensor(input), target_dims([multiples])
    if operand is None:
        return unknown()
    same_rank = times is not None and operand.shape.rank == len(times)
    shape = repeated(operand.shape, times) if same_rank and times is not None else UNKNOWN_SHAPE
    return operate(caller, "tensorflow.tile", [operand], (shape, None))
