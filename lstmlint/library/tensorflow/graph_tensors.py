"""What a tensor of a TensorFlow 1 graph has beyond other tensors: operators that leave events, and a shape that may be open."""
from __future__ import annotations

from dataclasses import replace

from lstmlint.library.keras.attributes import keras_shape
from lstmlint.library.numpy.elementwise import dtype_like
from lstmlint.library.numpy.indexing import get as get_part
from lstmlint.library.numpy.indexing import subscripts_of
from lstmlint.library.numpy.results import common_dtype
from lstmlint.library.registry import attributes, find, inherits, models
from lstmlint.library.tensorflow.graphs import declared_shape
from lstmlint.library.tensorflow.operations import matmul, operate, tensor
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.index import index
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.trace import ElementTaken
from lstmlint.values.base import NONE, Const, Integer, Unknown, Value, constant_int, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, ListObject, Tuple, items_of, tuple_of

TENSOR = "tensorflow.GraphTensor"
inherits(TENSOR, "tensorflow.Tensor")


@attributes(f"{TENSOR}.shape")
@models(f"{TENSOR}.get_shape")
def static_shape(self: Array) -> Value:
    """TensorFlow 1, tf.Tensor.shape: as far as it is known before the graph runs."""
    return keras_shape(self.shape)


@models(f"{TENSOR}.set_shape")
def set_shape(self: Array, shape: Value) -> Value:
    """TensorFlow 1, tf.Tensor.set_shape: what the program says of the shape; here the tensor as it is from then on."""
    said = declared_shape(shape)
    if said.open or (self.shape.rank is not None and self.shape.rank != said.rank):
        return self
    items = items_of(shape)
    if self.shape.rank is None or items is None or items.known is None:
        return replace(self, shape=said)
    axes = [own if is_none(given) else new for own, new, given in zip(self.shape, said, items.known)]
    return replace(self, shape=Shape(tuple(axes)))


@attributes(f"{TENSOR}.dtype", f"{TENSOR}.name", f"{TENSOR}.op", f"{TENSOR}.graph", f"{TENSOR}.device")
def other(self: Array) -> Value:
    """TensorFlow 1, tf.Tensor: nothing that has a shape."""
    return unknown()


@models(f"{TENSOR}.__getitem__")
def get(caller: Caller, self: Array, key: Value) -> Value:
    """TensorFlow 1, tf.Tensor: a part of a tensor."""
    keys = key.items.known if isinstance(key, Tuple) else (key,)
    if keys is None or any(isinstance(part, Array) and part.kind == "graph" for part in keys):
        part = get_part(_Quiet(caller), self, _without_tensors(key))
        shape = part.shape if isinstance(part, Array) else Shape((), True)
        return operate(caller, "tensorflow.Tensor.__getitem__", [self], (shape, None))
    result = index(self.shape, subscripts_of(key))
    axis = _axis_of_element(keys)
    at = None if axis is None else constant_int(keys[axis])
    if axis is not None and at is not None and self.shape.rank is not None and axis < self.shape.rank:
        caller.emit(ElementTaken(caller.site, self, axis, at))
    return operate(caller, "tensorflow.Tensor.__getitem__", [self], result)


class _Quiet:
    """A caller that passes no event on."""

    def __init__(self, caller: Caller) -> None:
        self.site, self.call, self.iterate, self.refine = caller.site, caller.call, caller.iterate, caller.refine

    def emit(self, event: object) -> None:
        """Nothing is told."""


def _without_tensors(key: Value) -> Value:
    """A subscript with numbers in place of the tensors in it."""
    if isinstance(key, Tuple) and key.items.known is not None:
        return tuple_of(*map(_without_tensors, key.items.known))
    return unknown("int") if isinstance(key, Array) and key.shape.rank in (0, None) else key


def _axis_of_element(keys: tuple[Value, ...]) -> int | None:
    """The only axis of which one element is taken, behind full slices."""
    if any(isinstance(key, Const) and key.value in (None, ...) for key in keys):
        return None
    numbers = [at for at, key in enumerate(keys) if constant_int(key) is not None]
    return numbers[0] if len(numbers) == 1 and numbers[0] < 2 else None


def _operator(name: str, ufunc: str, dtype: str | None = None, mirrored: bool = True) -> None:
    paths = [f"__{name}__"] + ([f"__r{name}__"] if mirrored else [])

    def register(method: str) -> None:
        @models(f"tensorflow.Tensor.{method}")
        def operated(caller: Caller, self: Array, other: Value) -> Value:
            """tensorflow.org: pairs of elements, after broadcasting."""
            graph = self.kind == "graph" or (isinstance(other, Array) and other.kind == "graph")
            if not graph:
                plain = find(f"numpy.ndarray.{method}")
                return unknown() if plain is None else plain(caller, self, other)
            right = tensor(other)
            if right is None:
                number = isinstance(other, (Const, Integer)) or (isinstance(other, Unknown) and other.type is not None)
                shape = self.shape if number else UNKNOWN_SHAPE
                return operate(caller, f"tensorflow.{ufunc}", [self], (shape, None), dtype)
            both = [right, self] if method.startswith("__r") else [self, right]
            common = dtype or common_dtype([self.dtype, dtype_like(other)])
            return operate(caller, f"tensorflow.{ufunc}", both, broadcast_all([self.shape, right.shape]), common)

    for path in paths:
        register(path)


for _name, _ufunc in (
    ("add", "add"), ("sub", "subtract"), ("mul", "multiply"), ("truediv", "divide"), ("div", "divide"), ("floordiv", "floordiv"),
    ("mod", "mod"), ("pow", "pow"), ("and", "logical_and"), ("or", "logical_or"), ("xor", "logical_xor"),
):  # fmt: skip
    _operator(_name, _ufunc)
for _name, _ufunc in (("lt", "less"), ("le", "less_equal"), ("gt", "greater"), ("ge", "greater_equal")):
    _operator(_name, _ufunc, "bool", mirrored=False)


@models(f"{TENSOR}.__neg__", f"{TENSOR}.__pos__", f"{TENSOR}.__abs__", f"{TENSOR}.__invert__")
def unary(caller: Caller, self: Array) -> Value:
    """TensorFlow 1, tf.Tensor: each element by itself."""
    return operate(caller, "tensorflow.negative", [self], (self.shape, None))


@models(f"{TENSOR}.__matmul__")
def product(caller: Caller, self: Array, other: Value) -> Value:
    """TensorFlow 1, tf.Tensor: the matrix product."""
    return matmul(caller, self, other)


@models(f"{TENSOR}.__eq__", f"{TENSOR}.__ne__")
def equal(self: Array, other: Value) -> Value:
    """TensorFlow 1, tf.Tensor: whether it is the same tensor."""
    return unknown("bool")


@models(f"{TENSOR}.__iter__")
def iterate(caller: Caller, self: Array) -> Value:
    """TensorFlow 1, tf.Tensor: the parts along the first axis, where its length is known."""
    return get(caller, self, unknown("int")) if self.shape.rank else unknown()


# A shape is a tuple here, and its lengths are integers or None.


@models("tuple.as_list")
def as_list(self: Tuple) -> Value:
    """TensorFlow 1, tf.TensorShape.as_list."""
    return ListObject(self.items)


@attributes("tuple.ndims", "tuple.rank")
def ndims(self: Tuple) -> Value:
    """TensorFlow 1, tf.TensorShape.ndims."""
    return integer(self.items.length)


@attributes("tuple.dims")
@models("tuple.with_rank", "tuple.with_rank_at_least")
def dims(self: Tuple, *args: Value) -> Value:
    """TensorFlow 1, tf.TensorShape.dims."""
    return self


@models("tuple.concatenate")
def concatenate(self: Tuple, other: Value) -> Value:
    """TensorFlow 1, tf.TensorShape.concatenate."""
    more = items_of(other)
    if more is None or more.known is None or self.items.known is None:
        return unknown("tuple")
    return Tuple(Items.of((*self.items.known, *more.known)))


@attributes("int.value", "NoneType.value")
def length_itself(self: Value) -> Value:
    """TensorFlow 1, tf.Dimension.value."""
    return self


@models("tensorflow.TensorShape")
def tensor_shape(dims: Value) -> Value:
    """TensorFlow 1, tf.TensorShape: a shape."""
    items = items_of(dims)
    return unknown("tuple") if items is None else Tuple(items)


@models("tensorflow.Dimension")
def dimension(value: Value) -> Value:
    """TensorFlow 1, tf.Dimension: a length."""
    return NONE if is_none(value) else value
