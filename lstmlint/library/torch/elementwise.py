"""Functions and operators of each element: the shapes of their operands are broadcast."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lstmlint.library.binding import Ignored
from lstmlint.library.numpy.arguments import scalar_dtype
from lstmlint.library.numpy.results import common_dtype
from lstmlint.library.registry import models
from lstmlint.library.torch.creating import METHOD
from lstmlint.library.torch.tensors import axis_fault, checked, operand, operand_or_number, tensor
from lstmlint.shapes.broadcast import broadcast_all, broadcast_to
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import SCALAR, Shape, Violation, unknown_dim
from lstmlint.trace import LayerApplied, Operation
from lstmlint.values.base import NONE, Const, Value, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Tuple, tuple_of
from lstmlint.values.network import Layer

ONE_LESS = "torch.Tensor.__sub__"
"""The name of the event that there is where one is taken from integers."""

Rule = Callable[[Sequence[str | None]], str | None]


def apply(caller: Caller, name: str, operands: Sequence[Value], dtype: str | None) -> Value:
    """`name` on the broadcast operands."""
    arrays = [operand_or_number(value) for value in operands]
    found = [array for array in arrays if array is not None]
    if len(found) != len(arrays):
        return unknown()
    shape, violation = broadcast_all(array.shape for array in found)
    if violation is not None and shape.rank is not None:
        shape = Shape.of_rank(shape.rank)
    answer = tensor(shape, dtype, *found)
    if name in COMPARING and violation is None and _each_with_each(found):
        caller.emit(Operation(caller.site, f"torch.{name}", tuple(found), answer, None))
    return checked(caller, name, found, answer, violation)


COMPARING = frozenset(
    ["sub", "subtract", "eq", "ne", "Tensor.__sub__", "Tensor.__rsub__", "Tensor.__eq__", "Tensor.__ne__", "isclose"]
)
"""What compares a prediction with its target, where no loss of torch does."""


def _each_with_each(found: Sequence[Array]) -> bool:
    """Whether (n, 1) meets (n,), of which an n × n table is made."""
    one, two = sorted(found, key=lambda array: len(array.shape.axes)) if len(found) == 2 else (None, None)
    if one is None or two is None or one.shape.rank != 1 or two.shape.rank != 2:
        return False
    length, (rows, columns) = one.shape.axes[0].dim, two.shape.axes
    return columns.dim == 1 and same(rows.dim, length) and not same(length, 1)


def dtype_like(value: Value) -> str | None:
    """The coarse dtype of an operand."""
    return value.dtype if isinstance(value, Array) else scalar_dtype(value)


def arithmetic(dtypes: Sequence[str | None]) -> str | None:
    """What numbers are promoted to."""
    common = common_dtype(dtypes)
    return common if common in ("int", "float") else None


def _float(dtypes: Sequence[str | None]) -> str | None:
    return "float"


def _bool(dtypes: Sequence[str | None]) -> str | None:
    return "bool"


def _first(dtypes: Sequence[str | None]) -> str | None:
    return dtypes[0]


def _unary(rule: Rule, names: str, *owners: str) -> None:
    for name in names.split():
        _one_unary(rule, name, owners)


def _one_unary(rule: Rule, name: str, owners: Sequence[str]) -> None:
    @models(*(f"{owner}.{name}" for owner in (METHOD, "torch", *owners)))
    def function(caller: Caller, input: Value, *others: Ignored) -> Value:
        """pytorch.org/docs: each element by itself."""
        x = operand(input)
        if x is None:
            parts = input.items.known if isinstance(input, Tuple) else None
            arrays = [part for part in parts or () if isinstance(part, Array)]
            return checked(caller, name, arrays, unknown(), Violation("type", "expects a tensor, got a tuple") if arrays else None)
        return tensor(x.shape, rule([x.dtype]), x)


_FUNCTIONAL = "torch.nn.functional"
_unary(_float, "exp log log2 log10 log1p expm1 sqrt rsqrt sin cos tan asin acos atan sinh cosh erf erfc lgamma digamma reciprocal "
       "special_expit sinc deg2rad rad2deg exp2 logit")  # fmt: skip
_unary(_float, "tanh", _FUNCTIONAL, "torch.special")
_unary(_first, "relu", _FUNCTIONAL)
_unary(_float, "relu6 elu selu celu gelu silu mish softplus softsign hardtanh hardswish hardsigmoid leaky_relu rrelu prelu "
       "logsigmoid tanhshrink softshrink hardshrink threshold dropout dropout1d dropout2d dropout3d alpha_dropout feature_dropout "
       "layer_norm instance_norm group_norm local_response_norm relu_ elu_ leaky_relu_", _FUNCTIONAL)  # fmt: skip
_unary(_first, "abs absolute neg negative sign floor ceil round trunc frac square fix sgn nan_to_num clip clamp clamp_min "
       "clamp_max bitwise_not")  # fmt: skip
_unary(_bool, "isnan isinf isfinite logical_not")


@models(f"{METHOD}.sigmoid", "torch.sigmoid", f"{_FUNCTIONAL}.sigmoid", "torch.special.sigmoid")
def sigmoid(caller: Caller, input: Value) -> Value:
    """pytorch.org/docs: each element by itself, as the layer, whose application it counts as: rules ask whether a loss gets it."""
    x = operand(input)
    if x is None:
        return unknown()
    event = LayerApplied(caller.site, Layer("torch.nn.Sigmoid", {}, caller.site), (x,), NONE, None, arguments=(input,))
    event.output = answer = tensor(x.shape, "float", x, producer=event)
    caller.emit(event)
    return answer


def _binary(rule: Rule, names: str) -> None:
    for name in names.split():
        _one_binary(rule, name)


def _one_binary(rule: Rule, name: str) -> None:
    @models(*(f"{owner}.{name}" for owner in (METHOD, "torch")))
    def function(caller: Caller, input: Value, other: Value, *others: Ignored) -> Value:
        """pytorch.org/docs: pairs of elements, after broadcasting."""
        return apply(caller, name, [input, other], rule([dtype_like(input), dtype_like(other)]))


_binary(arithmetic, "add sub subtract mul multiply remainder fmod floor_divide pow maximum minimum fmax fmin")
_binary(_float, "div divide true_divide atan2 hypot")
_binary(_bool, "eq ne lt le gt ge less less_equal greater greater_equal not_equal logical_and logical_or logical_xor isclose")
_binary(common_dtype, "bitwise_and bitwise_or bitwise_xor")


def _in_place(name: str) -> None:
    @models(f"{METHOD}.{name}_")
    def function(caller: Caller, self: Array, other: Value, *others: Ignored) -> Value:
        """pytorch.org/docs: the tensor itself with other elements; the other one is stretched to its shape."""
        x = operand(other)
        violation = None if x is None else broadcast_to(x.shape, self.shape)[1]
        return checked(caller, f"Tensor.{name}_", [self] if x is None else [self, x], self, violation)


for _name in ("add", "sub", "mul", "div", "copy", "pow", "remainder"):
    _in_place(_name)


def _operator(rule: Rule, name: str, mirrored: bool = True) -> None:
    @models(f"{METHOD}.__{name}__", *([f"{METHOD}.__r{name}__"] if mirrored else []))
    def method(caller: Caller, self: Array, other: Value) -> Value:
        """pytorch.org/docs: pairs of elements, after broadcasting."""
        return apply(caller, f"Tensor.__{name}__", [self, other], rule([self.dtype, dtype_like(other)]))


for _name in ("add", "mul", "floordiv", "mod", "pow"):
    _operator(arithmetic, _name)


@models(f"{METHOD}.__rsub__")
def subtracted(caller: Caller, self: Array, other: Value) -> Value:
    """pytorch.org/docs: pairs of elements, after broadcasting."""
    return apply(caller, "Tensor.__rsub__", [self, other], arithmetic([self.dtype, dtype_like(other)]))


@models(f"{METHOD}.__sub__")
def subtract(caller: Caller, self: Array, other: Value) -> Value:
    """pytorch.org/docs: pairs of elements, after broadcasting. One less than integers is an event: the last of each length."""
    answer = apply(caller, "Tensor.__sub__", [self, other], arithmetic([self.dtype, dtype_like(other)]))
    if other != Const(1) or self.dtype == "float" or not isinstance(answer, Array) or isinstance(answer.behind, LayerApplied):
        return answer
    event = Operation(caller.site, ONE_LESS, (self,), answer, None)
    event.result = answer = replace(answer, behind=event)
    caller.emit(event)
    return answer


_operator(_float, "truediv")
for _name in ("and", "or", "xor"):
    _operator(common_dtype, _name)
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    _operator(_bool, _name, mirrored=False)


@models(*(f"{METHOD}.__{name}__" for name in ("neg", "pos", "abs", "invert")))
def unary_operator(self: Array) -> Value:
    """pytorch.org/docs: each element by itself."""
    return tensor(self.shape, self.dtype, self)


@models("torch.addcmul", f"{METHOD}.addcmul", "torch.addcdiv", f"{METHOD}.addcdiv", "torch.lerp", f"{METHOD}.lerp")
def three(caller: Caller, input: Value, first: Value, second: Value, *others: Ignored) -> Value:
    """pytorch.org/docs: three tensors, after broadcasting."""
    return apply(caller, "lerp", [input, first, second], "float")


@models(f"{METHOD}.where")
def where_method(caller: Caller, self: Value, condition: Value, other: Value = NONE) -> Value:
    """pytorch.org/docs: from this tensor or the other."""
    return where(caller, condition, self, other)


@models("torch.where")
def where(caller: Caller, condition: Value, input: Value = NONE, other: Value = NONE) -> Value:
    """pytorch.org/docs: from one tensor or the other."""
    if is_none(other):
        places = operand(condition)
        if places is None or places.shape.rank is None:
            return unknown()
        found = tensor(Shape.of(unknown_dim("selected")), "int", places)
        return tuple_of(*[found] * max(places.shape.rank, 1))
    dtypes = [dtype_like(input), dtype_like(other)]
    return apply(caller, "where", [condition, input, other], common_dtype(dtypes))


@models("torch.masked_fill", f"{METHOD}.masked_fill")
def masked_fill(caller: Caller, input: Value, mask: Value, value: Ignored) -> Value:
    """pytorch.org/docs: another number where a mask says so; the mask and the tensor are broadcast."""
    return apply(caller, "masked_fill", [input, mask], dtype_like(input))


@models("torch.cosine_similarity", f"{_FUNCTIONAL}.cosine_similarity", f"{_FUNCTIONAL}.pairwise_distance")
def cosine_similarity(caller: Caller, x1: Value, x2: Value, dim: int = 1, *others: Ignored) -> Value:
    """pytorch.org/docs: one number for each pair of vectors along an axis."""
    joined = apply(caller, "cosine_similarity", [x1, x2], "float")
    if not isinstance(joined, Array):
        return unknown()
    shape = SCALAR if joined.shape.rank == 0 else joined.shape.replace(dim)
    return checked(caller, "cosine_similarity", [joined], tensor(shape, "float"), axis_fault(joined.shape, dim))
