"""Constants, and the scalar types used as functions."""
from __future__ import annotations

import math

from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.arguments import is_scalar
from lstmlint.library.numpy.results import array, number
from lstmlint.library.registry import attributes, models
from lstmlint.values.base import Const, Integer, Unknown, Value, unknown

_VALUES: dict[str, None | float] = {
    "newaxis": None,
    "pi": math.pi,
    "e": math.e,
    "nan": math.nan,
    "NaN": math.nan,
    "NAN": math.nan,
    "inf": math.inf,
    "Inf": math.inf,
    "infty": math.inf,
    "NINF": -math.inf,
    "PINF": math.inf,
    "euler_gamma": 0.5772156649015329,
}


def _constant(name: str, value: float | None) -> None:
    @attributes(f"numpy.{name}")
    def constant() -> Value:
        """numpy.org/doc/stable/reference/constants.html."""
        return Const(value)


for _name, _value in _VALUES.items():
    _constant(_name, _value)


def _scalar_type(dtype: str, *names: str) -> None:
    @models(*(f"numpy.{name}" for name in names))
    def convert(x: Value = Const(0), /) -> Value:  # noqa: B008
        """numpy.org/doc/stable/reference/arrays.scalars.html: a number, or an array of the same shape."""
        if dtype == "int" and isinstance(x, (Const, Integer)) and x.type_path == "int":
            return x
        if is_scalar(x):
            return number(dtype)
        if isinstance(x, Unknown):
            return unknown()
        converted = to_array(x)
        return array(converted.shape, dtype, converted)


_scalar_type("float", "float16", "float32", "float64", "half", "single", "double", "longdouble", "float", "float_")
_scalar_type("int", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "int", "int_", "uint", "intp")
_scalar_type("bool", "bool", "bool_")
