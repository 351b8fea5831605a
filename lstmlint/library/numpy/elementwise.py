"""Functions of each element: the shapes of their arguments are broadcast."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.arguments import dtype_of, is_scalar, scalar_dtype
from lstmlint.library.numpy.results import checked, common_dtype, number
from lstmlint.library.registry import models
from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import MISSING, NONE, Const, Unknown, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, DictObject, Frame, ListObject, Range, Tuple, tuple_of

ARRAY_LIKE = (Array, Frame, ListObject, Tuple, Range)

_PANDAS = ("series", "index")
_LIBRARIES = ("torch", "graph", "keras", "tensor", *_PANDAS)
"""Whose arrays an operator answers with, before numpy's own."""


def apply(caller: Caller, name: str, operands: Sequence[Value], dtype: str | None, operator: bool = False) -> Value:
    """`name` on the broadcast operands. `operator`: a tensor among them makes the answer a tensor."""
    if all(is_scalar(operand) for operand in operands):
        return number(dtype)
    frames = [operand for operand in operands if isinstance(operand, Frame)]
    if frames:
        alone = all(operand is frames[0] or is_scalar(operand) for operand in operands)
        return Frame(replace(frames[0].table, dtype=dtype)) if alone else unknown()
    if not any(isinstance(operand, ARRAY_LIKE) for operand in operands):
        return unknown()
    if any(_foreign(operand) for operand in operands):
        return unknown()
    arrays = [to_array(operand) for operand in operands]
    kinds = [array.kind for array in arrays if operator or array.kind in _PANDAS]
    kind = next((kind for kind in _LIBRARIES if kind in kinds), "numpy")
    if any(array.kind == "dataset" for array in arrays):
        return unknown()
    # pandas aligns by label before it computes, so unequal lengths are no mistake there.
    if kind in _PANDAS and len([array for array in arrays if array.kind in _PANDAS]) > 1:
        violation = None
        shape = arrays[0].shape if all(array.shape == arrays[0].shape for array in arrays) else Shape.of_rank(1)
    else:
        shape, violation = broadcast_all(array.shape for array in arrays)
    if shape.rank == 0 and kind == "numpy":
        return checked(caller, name, arrays, number(dtype), violation)
    source = next((array.source for array in arrays if array.source), "")
    made_by = (array.producer or array.behind for array in arrays) if kind in _OF_LAYERS else ()
    behind = next((event for event in made_by if event is not None), None)
    return checked(caller, name, arrays, Array(shape, kind, dtype, None, source, behind=behind), violation)


_OF_LAYERS = ("keras", "tensor")
"""The kinds of arrays that belong to a network."""


def _foreign(operand: Value) -> bool:
    """Something that numpy would not turn into an array of numbers, or that decides itself what happens."""
    if isinstance(operand, (*ARRAY_LIKE, DictObject)) or is_scalar(operand):
        return isinstance(operand, DictObject)
    return not isinstance(operand, (Const, Unknown))


def dtype_like(value: Value) -> str | None:
    """The coarse dtype of an operand."""
    if isinstance(value, ARRAY_LIKE):
        return to_array(value).dtype
    return scalar_dtype(value)


Rule = Callable[[Sequence[str | None]], str | None]


def _always(dtype: str) -> Rule:
    return lambda dtypes: dtype


def arithmetic(dtypes: Sequence[str | None]) -> str | None:
    """What + or * gives: numbers are promoted; of booleans some functions make integers, so that stays open."""
    common = common_dtype(dtypes)
    return common if common in ("int", "float") else None


_FOLDED: dict[str, Callable[[float], float]] = {
    "ceil": lambda x: float(math.ceil(x)), "floor": lambda x: float(math.floor(x)), "sqrt": math.sqrt, "log": math.log,
    "exp": math.exp, "log2": math.log2, "log10": math.log10,
}  # fmt: skip


def _folded(name: str, value: Value) -> Value | None:
    function = _FOLDED.get(name)
    if function is None or not isinstance(value, Const) or not isinstance(value.value, (int, float)):
        return None
    try:
        return Const(function(value.value))
    except (ValueError, OverflowError):
        return None


def _unary(rule: Rule, *names: str) -> None:
    for name in names:
        _one_unary(rule, name)


def _one_unary(rule: Rule, name: str) -> None:
    @models(f"numpy.{name}")
    def function(caller: Caller, x: Value, *others: Value, dtype: Value = NONE) -> Value:
        """numpy.org/doc/stable/reference/ufuncs.html: each element by itself."""
        folded = _folded(name, x)
        if folded is not None:
            return folded
        return apply(caller, name, [x], dtype_of(dtype, rule([dtype_like(x)])))


def _binary(rule: Rule, *names: str) -> None:
    for name in names:
        _one_binary(rule, name)


def _one_binary(rule: Rule, name: str) -> None:
    @models(f"numpy.{name}")
    def function(caller: Caller, x1: Value, x2: Value, *others: Value, dtype: Value = NONE) -> Value:
        """numpy.org/doc/stable/reference/ufuncs.html: pairs of elements, after broadcasting."""
        return apply(caller, name, [x1, x2], dtype_of(dtype, rule([dtype_like(x1), dtype_like(x2)])))


_unary(_always("float"), "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh",
       "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "degrees", "radians", "deg2rad", "rad2deg", "rint",
       "sinc", "i0", "angle", "fabs")  # fmt: skip
_unary(arithmetic, "abs", "absolute", "sign", "square", "negative", "positive", "reciprocal", "conj", "conjugate", "real",
       "imag", "nan_to_num", "round", "round_", "around", "fix", "trunc", "floor", "ceil")  # fmt: skip
_unary(_always("bool"), "isnan", "isinf", "isfinite", "isposinf", "isneginf", "logical_not", "signbit", "iscomplex", "isreal")
_unary(lambda dtypes: dtypes[0], "invert", "bitwise_not")

_binary(arithmetic, "add", "subtract", "multiply", "mod", "remainder", "fmod", "floor_divide", "maximum", "minimum", "fmax", "fmin",
        "power", "gcd", "lcm")  # fmt: skip
_binary(_always("float"), "divide", "true_divide", "arctan2", "hypot", "float_power", "logaddexp", "copysign")
_binary(_always("bool"), "logical_and", "logical_or", "logical_xor", "equal", "not_equal", "less", "less_equal", "greater",
        "greater_equal", "isclose")  # fmt: skip
_binary(common_dtype, "bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift")


@models("numpy.clip", "numpy.ndarray.clip")
def clip(caller: Caller, a: Value, min: Value = NONE, max: Value = NONE) -> Value:
    """numpy.org/doc: each element kept within bounds."""
    bounds = [bound for bound in (min, max) if bound != NONE]
    return apply(caller, "clip", [a, *bounds], arithmetic([dtype_like(a), *map(dtype_like, bounds)]))


@models("numpy.where")
def where(caller: Caller, condition: Value, x: Value = MISSING, y: Value = MISSING) -> Value:
    """numpy.org/doc: from one array or the other; without these, the positions of what is true, as nonzero."""
    if x is MISSING or y is MISSING:
        from lstmlint.library.numpy.searching import positions

        return positions(to_array(condition))
    # Pandas objects are turned into arrays here.
    parts = [to_array(part) if isinstance(part, (Array, Frame)) else part for part in (condition, x, y)]
    plain = [part.reshaped(part.shape) if isinstance(part, Array) else part for part in parts]
    result = apply(caller, "where", plain, common_dtype([dtype_like(x), dtype_like(y)]))
    return Array(Shape(()), dtype=None) if is_scalar(result) else result


@models("numpy.modf")
def modf(caller: Caller, x: Value) -> Value:
    """numpy.org/doc: fractions and whole parts."""
    return tuple_of(*(apply(caller, "modf", [x], "float") for _ in range(2)))


@models("numpy.frexp")
def frexp(caller: Caller, x: Value) -> Value:
    """numpy.org/doc: mantissas and exponents."""
    return tuple_of(*(apply(caller, "frexp", [x], dtype) for dtype in ("float", "int")))


@models("numpy.divmod")
def divmod_(caller: Caller, x1: Value, x2: Value) -> Value:
    """numpy.org/doc: quotient and remainder."""
    dtype = arithmetic([dtype_like(x1), dtype_like(x2)])
    return tuple_of(*(apply(caller, "divmod", [x1, x2], dtype) for _ in range(2)))


@models("numpy.isin", "numpy.in1d")
def isin(element: Array, test_elements: Value) -> Value:
    """numpy.org/doc: whether each element is among others."""
    return Array(element.shape, dtype="bool")


@models("numpy.vectorize", "numpy.frompyfunc")
def vectorize(pyfunc: Value) -> Value:
    """numpy.org/doc: a function whose results depend on the function given."""
    return unknown()
