"""Models of math: constants are computed. floor, ceil and trunc stand with the numbers of builtins."""
from __future__ import annotations

import math

import lstmlint.library.builtins  # noqa: F401  (math.floor and math.ceil are registered there)
from lstmlint.library.registry import attributes, models
from lstmlint.values.base import Const, Value, unknown
from lstmlint.values.data import Array

_FUNCTIONS = (
    "sqrt", "exp", "log", "log2", "log10", "log1p", "expm1", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
    "atan2", "pow", "fabs", "radians", "degrees", "hypot", "fmod", "gamma", "erf",
)  # fmt: skip
_WHOLE = ("gcd", "factorial", "comb", "isqrt")
_TESTS = ("isnan", "isinf", "isfinite")


def _computed(name: str, type: str) -> None:
    @models(f"math.{name}")
    def model(*args: Value) -> Value:
        if any(isinstance(arg, Array) and arg.shape.rank for arg in args):
            return unknown()
        numbers = [arg.value for arg in args if isinstance(arg, Const) and isinstance(arg.value, (int, float))]
        if len(numbers) == len(args) and (type != "int" or all(abs(number) < 1000 for number in numbers)):
            try:
                answer = getattr(math, name)(*numbers)
            except (TypeError, ValueError, OverflowError):
                return unknown(type)
            return Const(answer) if not isinstance(answer, int) or answer.bit_length() < 256 else unknown(type)
        return unknown(type)


for _type, _names in (("float", _FUNCTIONS), ("int", _WHOLE), ("bool", _TESTS)):
    for _name in _names:
        _computed(_name, _type)


@models("math.prod", "math.fsum", "math.dist", "math.sumprod")
def folded(*args: Value) -> Value:
    """docs.python.org: one number of many."""
    return unknown("scalar")


def _constant(name: str) -> None:
    @attributes(f"math.{name}")
    def model() -> Value:
        return Const(getattr(math, name))


for _name in ("pi", "e", "tau", "inf", "nan"):
    _constant(_name)
