"""Functions that make tensors: from sizes, from data, like other tensors."""
from __future__ import annotations

from collections.abc import Sequence

from lstmlint.library.binding import Ignored
from lstmlint.library.coerce import to_array, to_dim, to_shape
from lstmlint.library.numpy.arguments import dtype_of, is_scalar, scalar_dtype, target_dims
from lstmlint.library.numpy.creation import arange as numpy_arange
from lstmlint.library.registry import models
from lstmlint.library.torch.tensors import operand, operand_or_number, tensor
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Axis, Shape, unknown_dim
from lstmlint.values.base import MISSING, NONE, Const, Unknown, Value, constant_int, integer, is_none, unknown
from lstmlint.values.code import External
from lstmlint.values.data import Array, Frame, ListObject, Range, Tuple, items_of, tuple_of

METHOD = "torch.Tensor"


def sizes(values: Sequence[Value]) -> Shape:
    """The shape that size arguments name, separate or as one sequence; unknown where their number is."""
    if not values:
        return SCALAR
    if len(values) == 1 and isinstance(values[0], Unknown) and values[0].type is None:
        return UNKNOWN_SHAPE
    dims = lengths_of(values)
    return UNKNOWN_SHAPE if dims is None else Shape.of(*dims)


def lengths_of(values: Sequence[Value]) -> tuple[Dim, ...] | None:
    """The lengths that arguments name, separate or as one sequence; None where their number is not known."""
    only = items_of(values[0]) if len(values) == 1 else None
    parts = values if only is None else only.known
    return None if parts is None else target_dims([tuple_of(*map(_length, parts))])


def _length(value: Value) -> Value:
    """A tensor with a single element can be a length, too."""
    single = isinstance(value, Array) and all(axis.dim == 1 for axis in value.shape) and not value.shape.open
    return integer(unknown_dim()) if single else value


def torch_dtype(value: Value, default: str | None) -> str | None:
    """The coarse dtype that a `dtype` argument names."""
    if isinstance(value, External) and value.path.rpartition(".")[2] in ("long", "short"):
        return "int"
    if isinstance(value, External) and value.path.endswith("uint8"):
        # As a subscript it is a mask.
        return None
    return dtype_of(value, default)


def _filled(name: str, default: str) -> None:
    @models(f"torch.{name}")
    def filled(*size: Value, dtype: Value = NONE, **others: Value) -> Value:
        """pytorch.org/docs: a new tensor of this size."""
        given = others.get("size")
        return tensor(sizes([given] if given is not None and not size else size), torch_dtype(dtype, default))


for _name in ("zeros", "ones", "empty", "rand", "randn"):
    _filled(_name, "float")


@models("torch.randperm")
def randperm(n: Dim, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: the numbers below n in any order."""
    return tensor(Shape.of(n), "int")


@models("torch.full")
def full(size: Value, fill_value: Value, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: a new tensor of this size."""
    return tensor(sizes([size]), torch_dtype(dtype, scalar_dtype(fill_value)))


@models("torch.randint")
def randint(low: Value, high: Value = MISSING, size: Value = MISSING, dtype: Value = NONE, **others: Ignored) -> Value:
    """pytorch.org/docs: random integers of this size; the lower bound may be left out."""
    if size is MISSING:
        # randint(high, size)
        size = high
    return tensor(UNKNOWN_SHAPE if size is MISSING else sizes([size]), torch_dtype(dtype, "int"))


@models("torch.normal")
def normal(mean: Value, std: Value = MISSING, size: Value = MISSING) -> Value:
    """pytorch.org/docs: random numbers, of this size or of that of the means."""
    if size is not MISSING:
        return tensor(sizes([size]), "float")
    centre = operand(mean)
    return unknown() if centre is None or not is_scalar(std) else tensor(centre.shape, "float")


@models(*(f"torch.{name}_like" for name in ("zeros", "ones", "empty", "rand", "randn", "full", "randint")))
def like(input: Value, *others: Ignored, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: a new tensor of the same shape."""
    x = operand(input)
    return unknown() if x is None else tensor(x.shape, torch_dtype(dtype, x.dtype))


@models(*(f"{METHOD}.new_{name}" for name in ("zeros", "ones", "empty")), f"{METHOD}.new")
def new_filled(self: Array, *size: Value, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: a new tensor of this size, of the tensor's own type."""
    if len(size) == 1 and isinstance(size[0], (ListObject, Array)):
        return tensor(UNKNOWN_SHAPE, self.dtype)
    return tensor(sizes(size), torch_dtype(dtype, self.dtype))


@models(f"{METHOD}.resize_")
def resize(self: Array, *size: Value) -> Value:
    """pytorch.org/docs: the tensor itself with another size, whatever is in it."""
    return tensor(sizes(size), self.dtype)


@models(f"{METHOD}.resize_as_")
def resize_as(self: Array, the_template: Array) -> Value:
    """pytorch.org/docs: the tensor itself with the size of another."""
    return tensor(the_template.shape, self.dtype)


@models(f"{METHOD}.set_")
def reset(self: Array, *others: Ignored) -> Value:
    """pytorch.org/docs: the tensor itself with other content."""
    return tensor(UNKNOWN_SHAPE, self.dtype)


@models(f"{METHOD}.new_full")
def new_full(self: Array, size: Value, fill_value: Value, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: a new tensor of this size."""
    return tensor(sizes([size]), torch_dtype(dtype, self.dtype))


@models("torch.eye")
def eye(n: Dim, m: Dim | None = None, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: ones on the diagonal."""
    return tensor(Shape.of(n, n if m is None else m), torch_dtype(dtype, "float"))


@models("torch.arange")
def arange(start: Value = MISSING, end: Value = MISSING, step: Value = MISSING, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: evenly spaced numbers."""
    if start is MISSING:
        start, end = end, MISSING
    if start is MISSING:
        return unknown()
    made = numpy_arange(start, end, step, dtype if not isinstance(dtype, External) else NONE)
    return tensor(made.shape, torch_dtype(dtype, made.dtype)) if isinstance(made, Array) else unknown()


@models("torch.range")
def closed_range(start: Value, end: Value = MISSING, step: Value = Const(1), dtype: Value = NONE) -> Value:  # noqa: B008
    """pytorch.org/docs: as arange, but the end is among the numbers."""
    first, last, by = (to_dim(value) for value in (start, end if end is not MISSING else start, step))
    if end is MISSING:
        first = 0
    exact = isinstance(first, int) and isinstance(last, int) and isinstance(by, int) and by
    return tensor(Shape.of((last - first) // by + 1 if exact else unknown_dim()), torch_dtype(dtype, "float"))  # type: ignore[operator]


@models("torch.linspace", "torch.logspace")
def linspace(start: Ignored, end: Ignored, steps: Dim | Unknown = 100) -> Value:
    """pytorch.org/docs: `steps` evenly spaced numbers."""
    return tensor(Shape.of(unknown_dim("steps") if isinstance(steps, Unknown) else steps), "float")


def data_array(data: Value) -> Array:
    """Data as an array; of unknown shape where it is an iterator or a set, which torch does not take."""
    return Array(UNKNOWN_SHAPE) if isinstance(data, ListObject) and data.kind != "list" else to_array(data)


@models("torch.tensor", "torch.as_tensor", "torch.asarray")
def from_data(data: Value, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: data as a tensor."""
    if isinstance(data, Unknown) and data.type is None:
        return tensor(UNKNOWN_SHAPE, torch_dtype(dtype, None))
    made = data_array(data)
    # A list of lists of unequal lengths raises; of unknown ones, nothing is said.
    return tensor(made.shape, torch_dtype(dtype, made.dtype), made, producer=made.producer)


@models("torch.from_numpy")
def from_numpy(ndarray: Array) -> Value:
    """pytorch.org/docs: a numpy array as a tensor."""
    return tensor(ndarray.shape, ndarray.dtype, ndarray)


@models(f"{METHOD}.new_tensor")
def new_tensor(self: Array, data: Value, dtype: Value = NONE) -> Value:
    """pytorch.org/docs: data as a tensor of this type."""
    return tensor(data_array(data).shape, torch_dtype(dtype, None))


@models("torch.autograd.Variable", "torch.nn.Parameter", "torch.nn.parameter.Parameter")
def wrapped(data: Value = MISSING, *others: Ignored) -> Value:
    """pytorch.org/docs: the tensor itself."""
    x = operand(data) if data is not MISSING else None
    return x if x is not None else unknown()


def _typed(name: str, dtype: str | None) -> None:
    @models(f"torch.{name}")
    def legacy(*args: Value) -> Value:
        """pytorch.org/docs: from separate sizes, or from data."""
        if not args:
            return tensor(Shape.of(0), dtype)
        first = args[0]
        if isinstance(first, (Array, ListObject, Tuple, Range, Frame)):
            # A size (the Tuple that x.size() gives) looks like data here, and data is the commoner.
            made = data_array(first)
            known = made.shape if not isinstance(first, Tuple) else UNKNOWN_SHAPE
            return tensor(known, dtype, made)
        if len(args) == 1 and isinstance(first, Unknown) and first.type is None:
            return tensor(UNKNOWN_SHAPE, dtype)
        return tensor(sizes(args), dtype)


for _name, _dtype in (("Tensor", "float"), ("FloatTensor", "float"), ("DoubleTensor", "float"), ("HalfTensor", "float"),
                      ("LongTensor", "int"), ("IntTensor", "int"), ("ShortTensor", "int"), ("ByteTensor", None),
                      ("CharTensor", "int"), ("BoolTensor", "bool")):  # fmt: skip
    _typed(_name, _dtype)


@models("torch.nn.functional.one_hot")
def one_hot(tensor_: Value, num_classes: Value = Const(-1)) -> Value:  # noqa: B008
    """pytorch.org/docs: a new last axis with a place for each class."""
    x = operand(tensor_)
    if x is None:
        return unknown()
    shape = to_shape(num_classes)
    dim = shape.dims[0] if shape is not None and len(shape.dims) == 1 else None
    length = unknown_dim("classes", lower=1) if dim is None or constant_int(num_classes) == -1 else dim
    return tensor(Shape((*x.shape.axes, Axis(length)), x.shape.open), "int", x)


@models("torch.bincount")
def bincount(input: Value, weights: Value = NONE, minlength: Value = NONE) -> Value:
    """pytorch.org/docs: how often each number occurs."""
    return tensor(Shape.of(unknown_dim("classes")), "int" if is_none(weights) else "float")


@models("torch.nonzero", f"{METHOD}.nonzero")
def nonzero(input: Value, as_tuple: Value = NONE) -> Value:
    """pytorch.org/docs: the places of what is not zero, one row each."""
    x = operand(input)
    if x is None or not is_none(as_tuple) or x.shape.rank is None:
        return unknown()
    return tensor(Shape.of(unknown_dim("nonzero"), x.shape.rank), "int", x)


@models("torch.bernoulli", f"{METHOD}.bernoulli", f"{METHOD}.bernoulli_")
def bernoulli(input: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: zeros and ones, of the same shape."""
    x = operand(input)
    return unknown() if x is None else tensor(x.shape, x.dtype, x)


@models("torch.multinomial", f"{METHOD}.multinomial")
def multinomial(input: Value, num_samples: Dim, *others: Ignored) -> Value:
    """pytorch.org/docs: that many draws from each row of weights."""
    x = operand(input)
    if x is None or x.shape.rank is None:
        return tensor(UNKNOWN_SHAPE, "int")
    return tensor(Shape((*x.shape.axes[:-1], Axis(num_samples))), "int", x)


@models("torch.triu", "torch.tril", f"{METHOD}.triu", f"{METHOD}.tril")
def triangle(input: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: a triangle of each matrix, the rest zero."""
    x = operand(input)
    return unknown() if x is None else tensor(x.shape, x.dtype, x)




@models("torch.scalar_tensor")
def scalar_tensor(s: Value) -> Value:
    """pytorch.org/docs: a number as a tensor without axes."""
    x = operand_or_number(s)
    return tensor(SCALAR, None if x is None else x.dtype)
