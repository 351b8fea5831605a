"""keras.backend as Keras 1 and 2 have it, beside what it shares with TensorFlow."""

from __future__ import annotations

from lstmlint.library.keras.axes import is_open
from lstmlint.library.numpy.arguments import UNSURE, axes_of
from lstmlint.library.registry import models
from lstmlint.library.tensorflow.operations import operate, tensor
from lstmlint.shapes import linalg
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, product, unknown_dim
from lstmlint.values.base import MISSING, NONE, Const, Value, constant_int, dim_of, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array
from lstmlint.values.memory import memory


@models("keras.backend.dot")
def dot(caller: Caller, x: Value, y: Value) -> Value:
    """keras.io, version 2: over the last axis of `x` and the last but one of `y`, without broadcasting."""
    left, right = tensor(x), tensor(y)
    if left is None or right is None:
        return unknown()
    return operate(caller, "keras.backend.dot", [left, right], linalg.dot(left.shape, right.shape))


@models("keras.backend.batch_dot")
def batch_dot(caller: Caller, x: Value, y: Value, axes: Value = NONE) -> Value:
    """keras.io, version 2: sample by sample, over one axis of each."""
    left, right, given = tensor(x), tensor(y), axes_of(axes)
    if left is None or right is None:
        return unknown()
    return operate(caller, "keras.backend.batch_dot", [left, right], _batch_dot(left.shape, right.shape, given))


def _batch_dot(a: Shape, b: Shape, axes: object) -> Result:
    if a.rank is None or b.rank is None or a.rank < 2 or b.rank < 2 or axes is UNSURE:
        return UNKNOWN_SHAPE, None
    pair = axes if isinstance(axes, tuple) else (a.rank - 1, b.rank - 1 if b.rank == 2 else b.rank - 2)
    i, j = (a.position(pair[0]), b.position(pair[-1])) if len(pair) in (1, 2) else (None, None)
    if not i or not j:
        return UNKNOWN_SHAPE, None
    violation = None
    if differ(a.axes[i].dim, b.axes[j].dim) and not (is_open(a.axes[i].dim) or is_open(b.axes[j].dim)):
        violation = Violation("merge", f"axis {i} of {a} and axis {j} of {b} must be equal", a, b)
    rest = (*(x for at, x in enumerate(a.axes) if at != i), *(x for at, x in enumerate(b.axes) if at not in (0, j)))
    return Shape(rest if len(rest) > 1 else (*rest, Axis(1, Meaning.FEATURE))), violation


@models("keras.backend.repeat")
def repeat(caller: Caller, x: Value, n: Value) -> Value:
    """keras.io, version 2: (batch, features) to (batch, n, features)."""
    operand, count = tensor(x), dim_of(n)
    if operand is None or operand.shape.rank != 2:
        return unknown()
    axes = (operand.shape.axes[0], Axis(unknown_dim() if count is None else count, Meaning.TIME), operand.shape.axes[1])
    return operate(caller, "keras.backend.repeat", [operand], (Shape(axes), None))


@models("keras.backend.batch_flatten")
def batch_flatten(caller: Caller, x: Value) -> Value:
    """keras.io, version 2: (batch, everything else)."""
    operand = tensor(x)
    if operand is None or not operand.shape.rank:
        return unknown()
    axes = operand.shape.axes
    return operate(
        caller, "keras.backend.batch_flatten", [operand], (Shape((axes[0], Axis(product(axis.dim for axis in axes[1:])))), None)
    )


def _first_of_two(name: str) -> None:
    @models(f"keras.backend.{name}")
    def same_shape(caller: Caller, x: Value, *args: Value) -> Value:
        """keras.io, version 2: the shape of the first argument."""
        operand = tensor(x)
        return unknown() if operand is None else operate(caller, f"keras.backend.{name}", [operand], (operand.shape, None))


for _name in ("bias_add", "hard_sigmoid", "l2_normalize", "dropout", "cumsum", "cumprod", "clip", "reverse", "tanh", "update_add"):
    _first_of_two(_name)


@models("keras.backend.in_train_phase", "keras.backend.in_test_phase")
def in_train_phase(caller: Caller, x: Value, alt: Value, training: Value = NONE) -> Value:
    """keras.io, version 2: one of two tensors, which have the same shape where both are tensors."""
    first, second = tensor(x), tensor(alt)
    return first if first is not None and second is not None and first.shape == second.shape else unknown()


@models("keras.backend.categorical_crossentropy", "keras.backend.sparse_categorical_crossentropy")
def crossentropy(caller: Caller, target: Value, output: Value, from_logits: Value = NONE, axis: Value = MISSING) -> Value:
    """keras.io, version 2: a number for each row of classes."""
    operand = tensor(output)
    if operand is None or axis is not MISSING or operand.shape.axis(-1) is None:
        return unknown()
    shape = Shape(operand.shape.axes[:-1], operand.shape.open)
    return operate(caller, "keras.backend.categorical_crossentropy", [operand], (shape, None))


@models("keras.backend.binary_crossentropy")
def binary_crossentropy(caller: Caller, target: Value, output: Value, from_logits: Value = NONE) -> Value:
    """keras.io, version 2: a number for each element."""
    operand = tensor(output)
    return unknown() if operand is None else operate(caller, "keras.backend.binary_crossentropy", [operand], (operand.shape, None))


@models("keras.backend.placeholder")
def placeholder(shape: Value = NONE, ndim: Value = NONE) -> Value:
    """keras.io, version 2: a symbolic tensor, of which the program says at most the rank."""
    rank = constant_int(ndim)
    return Array(UNKNOWN_SHAPE if rank is None else Shape.of_rank(rank), "keras")


@models("keras.backend.clear_session", "keras.backend.set_floatx", "keras.backend.set_epsilon")
@models("keras.backend.set_learning_phase", "keras.backend.set_session", "keras.config.set_floatx", "keras.utils.clear_session")
def nothing(*args: Value) -> Value:
    """keras.io: nothing that has a shape."""
    return NONE


@models("keras.backend.set_image_data_format", "keras.config.set_image_data_format", "keras.backend.set_image_dim_ordering")
def set_image_data_format(data_format: Value) -> None:
    """keras.io: the data format of the layers that are made from here on without one."""
    memory.data_format = data_format


@models("keras.backend.floatx", "keras.config.floatx")
def floatx() -> Value:
    """keras.io: the name of a dtype of numbers with a point."""
    return Const("float32")


@models("keras.backend.epsilon", "keras.config.epsilon")
def epsilon() -> Value:
    """keras.io: a small number."""
    return unknown("float")


@models("keras.backend.backend", "keras.config.backend")
def name_of_backend() -> Value:
    """keras.io: the name of the framework below, which a script can't choose."""
    return unknown("str")

