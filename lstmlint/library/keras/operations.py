"""keras.ops: functions of TensorFlow's names are modelled with TensorFlow's, those of numpy's names with numpy's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import lstmlint.library.tensorflow.operations  # noqa: F401
from lstmlint.library import binding, registry
from lstmlint.library.numpy.arguments import arrays
from lstmlint.library.registry import models, watches
from lstmlint.library.tensorflow.operations import operate, tensor
from lstmlint.shapes import permute
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Shape, Violation
from lstmlint.trace import Operation
from lstmlint.values.base import MISSING, Unknown, Value, constant_int, unknown
from lstmlint.values.code import Caller, Site
from lstmlint.values.data import Array, Items, ListObject, Tuple
from lstmlint.values.network import plain

_LIKE_NUMPY = """
    absolute angle arccos arccosh arcsin arcsinh arctan arctanh cbrt conj conjugate deg2rad exp2 fabs i0 imag isneginf isposinf
    isreal log10 log2 nan_to_num rad2deg real signbit sinc trunc bitwise_and bitwise_not bitwise_or bitwise_xor fmax fmin fmod gcd
    hypot isclose lcm left_shift logaddexp right_shift
    amax amin average count_nonzero median nanmax nanmean nanmedian nanmin nanprod nanstd nansum nanvar percentile ptp quantile
    append array broadcast_to copy diag diagonal diff digitize dot empty empty_like full full_like hstack vstack inner
    isin meshgrid moveaxis nonzero outer ravel rot90 swapaxes take_along_axis trace tril triu vdot array_split
    corrcoef dstack geomspace hsplit logspace nanargmax nanargmin nanpercentile nanquantile searchsorted tri vander
    vsplit cholesky det inv matrix_rank pinv qr svd
""".split()  # noqa: SIM905
_LIKE_RELU = """
    celu glu hard_shrink hard_silu hard_swish hard_tanh soft_shrink sparse_plus sparse_sigmoid sparsemax squareplus tanh_shrink
    threshold erfc erfinv saturate_cast linear exponential mish
""".split()  # noqa: SIM905


@dataclass
class _Listening:
    """A caller under which numpy's model says what it has to say, so that it can be said of the function of Keras."""

    caller: Caller
    violations: list[Violation] = field(default_factory=list)

    @property
    def site(self) -> Site:
        return self.caller.site

    def call(self, function: Value, args: Sequence[Value], keywords: object = None) -> Value:
        return self.caller.call(function, args)

    def emit(self, event: object) -> None:
        if isinstance(event, Operation) and event.violation is not None:
            self.violations.append(event.violation)

    def refine(self, old: Value, new: Value) -> None:
        self.caller.refine(old, new)

    def iterate(self, value: Value) -> Value:
        return self.caller.iterate(value)


def _like_numpy(name: str) -> None:
    @models(f"keras.ops.{name}")
    def function(caller: Caller, *args: Value, **keywords: Value) -> Value:
        """keras.io: as numpy's function of the same name."""
        model = registry.find(f"numpy.{name}") or registry.find(f"numpy.linalg.{name}")
        if model is None:
            return unknown()
        values = [plain(value) for value in args]
        named = {_RENAMED.get((name, key), key): plain(value) for key, value in keywords.items()}
        if any(isinstance(value, Unknown) and value.type is None for value in values[:1]):
            return unknown()
        listening = _Listening(caller)
        result = binding.apply(model, listening, values, named)
        operands = [part for value in (*values, *named.values()) for part in _tensors(value)]
        violation = listening.violations[0] if listening.violations else None
        return _as_tensor(caller, f"keras.ops.{name}", operands, result, violation)


_RENAMED = {("full_like", "x"): "a", ("broadcast_to", "x"): "a", ("swapaxes", "x"): "a", ("moveaxis", "x"): "a", ("dot", "x1"): "a",
            ("dot", "x2"): "b", ("median", "x"): "a", ("average", "x"): "a", ("diff", "a"): "a"}  # fmt: skip


def _tensors(value: Value) -> list[Array]:
    if isinstance(value, Array):
        return [value]
    items = value.items.known if isinstance(value, (Tuple, ListObject)) else None
    return [part for part in arrays(items or ()) if part.kind in ("keras", "tensor")] if items else []


def _as_tensor(caller: Caller, name: str, operands: list[Array], result: Value, violation: Violation | None) -> Value:
    """What numpy would answer, as a tensor; each part of a sequence."""
    if isinstance(result, Array):
        return _made(caller, name, operands, result.shape, result.dtype, violation)
    if isinstance(result, Unknown) and result.type in ("float", "int", "bool", "scalar"):
        return _made(caller, name, operands, SCALAR, None if result.type == "scalar" else result.type, violation)
    if isinstance(result, (Tuple, ListObject)) and result.items.known is not None:
        parts = [_as_tensor(caller, name, operands, part, violation) for part in result.items.known]
        return Tuple(Items.of(parts)) if isinstance(result, Tuple) else ListObject(Items.of(parts))
    return unknown()


def _made(
    caller: Caller, name: str, operands: list[Array], shape: Shape, dtype: str | None, violation: Violation | None
) -> Value:
    if not operands:
        return Array(shape, "tensor", dtype)
    return operate(caller, name, operands, (shape, violation), dtype)


for _name in _LIKE_NUMPY:
    _like_numpy(_name)


@models("keras.ops.add")
def add(caller: Caller, x1: Value, x2: Value) -> Value:
    """keras.io: pairs of elements, after broadcasting."""
    left, right = tensor(x1), tensor(x2)
    if left is None and right is None:
        return unknown()
    operands = [operand for operand in (left, right) if operand is not None]
    result = broadcast_all([operand.shape for operand in operands])
    if left is not None and right is not None and _is_bias(right.shape, left.shape) and result[0] != left.shape:
        result = UNKNOWN_SHAPE, None
    return operate(caller, "keras.ops.add", operands, result)


def _is_bias(x2: Shape, x1: Shape) -> bool:
    """Whether TensorFlow's backend adds `x2` along the channels, wherever in it they stand; the other backends do not."""
    long = [axis.dim for axis in x2.axes if axis.dim != 1]
    if x2.open or x1.open or len(long) != 1 or len(x1.axes) < 2:
        return False
    return any(same(long[0], x1.axes[at].dim) for at in (1, -1))


def _elementwise(name: str) -> None:
    @models(f"keras.ops.{name}", f"keras.activations.{name}", f"tensorflow.keras.activations.{name}")
    def function(caller: Caller, x: Value, *args: Value) -> Value:
        """keras.io: each element by itself."""
        operand = tensor(x)
        return unknown() if operand is None else operate(caller, f"keras.ops.{name}", [operand], (operand.shape, None))


for _name in (name for name in _LIKE_RELU if name != "glu"):
    _elementwise(_name)


def _same_shape(name: str) -> None:
    @models(f"keras.ops.{name}")
    def function(caller: Caller, x: Value, *args: Value) -> Value:
        """keras.io: the same shape."""
        operand = tensor(x)
        return unknown() if operand is None else operate(caller, f"keras.ops.{name}", [operand], (operand.shape, None))


for _name in (
    *("normalize", "layer_normalization", "rms_normalization", "batch_normalization"),
    *("nancumsum", "nancumprod", "fliplr", "flipud"),
):
    _same_shape(_name)


_REDUCING_OR_ORDERING = """
    mean sum max min std var prod argmax argmin cumsum cumprod flip sort argsort softmax log_softmax any all average count_nonzero
    median nanmax nanmean nanmin nansum amax amin ptp quantile logsumexp repeat roll squeeze normalize
""".split()  # noqa: SIM905


@watches("keras")
def along_an_axis_of_a_number(caller: Caller, path: str, args: Sequence[Value], keywords: Mapping[str, Value]) -> None:
    """A symbolic number has no axis, and Keras says so; numpy takes the axes 0 and -1 of it."""
    x = args[0] if args else MISSING
    root, _, name = path.rpartition(".")
    if root != "keras.ops" or name not in _REDUCING_OR_ORDERING:
        return
    if not isinstance(x, Array) or x.kind != "keras" or x.shape.rank != 0:
        return
    axis = constant_int(keywords.get("axis", MISSING))
    if axis is not None:
        operate(caller, path, [x], (UNKNOWN_SHAPE, permute.axis_violation(x.shape, axis)))
