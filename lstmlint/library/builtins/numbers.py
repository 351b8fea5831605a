"""Arithmetic of Python numbers: constants are computed, integers stay polynomials, the rest is determined by its operands.

`arithmetic(operator, left, right)` also serves the interpreter where neither operand has a type. An operator answers MISSING,
Python's NotImplemented, when the other operand is no number: then it is the other operand's turn.
"""
from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from lstmlint.library.builtins.determined import determined, text_of
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.dims import Dim, Poly, at_least, derived, divide, floor_divide, larger, modulo, smaller
from lstmlint.values.base import MISSING, Const, Integer, Unknown, Value, constant_int, dim_of, integer, unknown
from lstmlint.values.data import Items, tuple_of

NUMBERS = ("int", "float", "bool", "complex", "scalar")
"""The types of numbers; a "scalar" is one cell of a table: a number, a text or a date."""
_ZERO = Const(0)
_BITS = 256
_TERMS = 200

_EXACT: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "&": operator.and_, "|": operator.or_, "^": operator.xor,
    "<<": operator.lshift, ">>": operator.rshift,
}
_ON_DIMS: dict[str, Callable[[Dim, Dim], Dim]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": floor_divide, "%": modulo,
}
_METHODS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
    "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}


def is_number(value: Value) -> bool:
    """A number, or something of which no type is known (it may be one)."""
    if isinstance(value, Const):
        return isinstance(value.value, (int, float, complex))
    return isinstance(value, Integer) or (isinstance(value, Unknown) and value.type in (None, *NUMBERS))


def arithmetic(op: str, left: Value, right: Value) -> Value:
    """`left op right` for numbers and values of unknown type."""
    if isinstance(left, Const) and isinstance(right, Const):
        return _constants(op, left, right)
    known = {left.type_path, right.type_path}
    if known <= {"int", "bool"} and op in _ON_DIMS and (op not in ("//", "%") or not _is_zero(right)):
        a, b = _whole(left), _whole(right)
        if a is not None and b is not None and _terms(a) * _terms(b) <= _TERMS:
            return integer(_ON_DIMS[op](a, b))
    return determined(op, left, right, type=_result_type(op, known), name=f"{text_of(left, True)} {op} {text_of(right, True)}")


def _whole(value: Value) -> Dim | None:
    """The integer that `value` is; an unknown bool is one as well."""
    if isinstance(value, Unknown) and value.type == "bool":
        return derived(("value", value.key), value.name or "?", lower=0, upper=1)
    return dim_of(value)


def _terms(dim: Dim) -> int:
    return len(dim.terms) * max(map(len, dim.terms)) if isinstance(dim, Poly) else 1


def _is_zero(value: Value) -> bool:
    return constant_int(value) == 0


def _result_type(op: str, types: set[str | None]) -> str | None:
    if None in types or not types <= {"int", "bool", "float"}:
        return "scalar" if "scalar" in types and None not in types else None
    if "float" in types or op == "/":
        return "float"
    return "int" if op not in ("**", "&", "|", "^") or types == {"int"} and op != "**" else None


def _constants(op: str, left: Const, right: Const) -> Value:
    a, b = left.value, right.value
    if op == "**" and _power_bits(a, b) > _BITS or op == "<<" and isinstance(b, int) and b > _BITS:
        return unknown("int" if isinstance(a, int) and isinstance(b, int) else None)
    try:
        result = _EXACT[op](a, b)
    except (TypeError, ValueError, ArithmeticError):
        return unknown()
    if isinstance(result, int) and result.bit_length() > _BITS:
        return unknown("int")
    return Const(result) if isinstance(result, (bool, int, float, complex)) else unknown()


def _power_bits(base: object, exponent: object) -> int:
    if isinstance(base, int) and isinstance(exponent, int):
        return base.bit_length() * max(exponent, 0)
    return 0


def _register(method: str, op: str) -> None:
    def forward(left: Value, right: Value) -> Value:
        return arithmetic(op, left, right) if is_number(right) else MISSING

    def reflected(right: Value, left: Value) -> Value:
        return arithmetic(op, left, right) if is_number(left) else MISSING

    models(*(f"{type}.__{method}__" for type in NUMBERS))(forward)
    models(*(f"{type}.__r{method}__" for type in NUMBERS))(reflected)


for _method, _op in _METHODS.items():
    _register(_method, _op)


@models(*(f"{type}.__neg__" for type in NUMBERS))
def negative(self: Value) -> Value:
    """Python: -x."""
    if isinstance(self, Const) and isinstance(self.value, (int, float, complex)):
        return Const(-self.value)
    if isinstance(self, Integer):
        return integer(-self.dim)
    return determined("neg", self, type=_counted(self), name=f"-{text_of(self, True)}")


@models(*(f"{type}.__pos__" for type in NUMBERS))
def positive(self: Value) -> Value:
    """Python: +x."""
    return Const(+self.value) if isinstance(self, Const) and isinstance(self.value, (int, float)) else self


@models("int.__invert__", "bool.__invert__")
def inverted(self: Value) -> Value:
    """Python: ~x is -x - 1."""
    number = _whole(self)
    return unknown("int") if number is None else integer(-number - 1)


def _counted(value: Value) -> str | None:
    return "int" if value.type_path == "bool" else value.type_path


@models("builtins.abs", *(f"{type}.__abs__" for type in NUMBERS))
def absolute(x: Value) -> Value:
    """Python: the size of a number."""
    if isinstance(x, Const) and isinstance(x.value, (int, float, complex)):
        return Const(abs(x.value))
    number = _whole(x) if x.type_path in ("int", "bool") else None
    if number is None:
        return determined("abs", x, type=_counted(x)) if is_number(x) else unknown()
    if at_least(number, 0):
        return integer(number)
    return integer(-number) if at_least(0, number) else integer(derived(("abs", number), f"abs({number})", lower=0))


@models("builtins.int", "math.trunc", "int.__int__", "int.__index__", "float.__int__")
def whole_number(x: Value = _ZERO, base: int = 10) -> Value:
    """Python: int(x) drops what is behind the point."""
    if isinstance(x, Const):
        try:
            return Const(int(x.value, base) if isinstance(x.value, (str, bytes)) else int(x.value))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return unknown("int")
    return _rounded(x, "int")


@models("math.floor")
def floor(x: Value) -> Value:
    """docs.python.org: the largest integer that is not greater than x."""
    if isinstance(x, Const) and isinstance(x.value, (int, float)) and math.isfinite(x.value):
        return Const(math.floor(x.value))
    return _rounded(x, "floor")


@models("math.ceil")
def ceiling(x: Value) -> Value:
    """docs.python.org: the smallest integer that is not less than x."""
    if isinstance(x, Const) and isinstance(x.value, (int, float)) and math.isfinite(x.value):
        return Const(math.ceil(x.value))
    quotient = _quotient(x)
    if quotient is not None:
        number, by = quotient
        exact = divide(number, by)
        return integer(floor_divide(number + by - 1, by) if exact is None else exact)
    return _rounded(x, "ceil")


@models("builtins.round", "float.__round__", "int.__round__")
def rounded(number: Value, ndigits: Value = MISSING) -> Value:
    """Python: to the nearest integer, or to `ndigits` places."""
    places = constant_int(ndigits)
    if ndigits is MISSING or ndigits == Const(None):
        if isinstance(number, Const) and isinstance(number.value, (int, float)) and math.isfinite(number.value):
            return Const(round(number.value))
        return _rounded(number, "round")
    if places is not None and isinstance(number, Const) and isinstance(number.value, (int, float)):
        return Const(round(number.value, places))
    return unknown(number.type_path if number.type_path in ("int", "float") else None)


def _rounded(x: Value, how: str) -> Value:
    """An integer near `x`: x itself if it is one, else a symbol that x determines, within the bounds that x is known to have."""
    if isinstance(x, (Integer, Const)) or x.type_path in ("int", "bool"):
        number = _whole(x)
        return unknown("int") if number is None else integer(number)
    if not isinstance(x, Unknown):
        return unknown("int")
    quotient = _quotient(x) if how in ("int", "floor") else None
    if quotient is not None:
        return integer(floor_divide(*quotient))
    lower, upper = _bounds(x)
    return integer(derived((how, x.key), f"{how}({text_of(x)})", lower=lower, upper=upper))


def _quotient(x: Value) -> tuple[Dim, int] | None:
    """The two integers whose quotient `x` is, if the first is not negative (floats divide those exactly enough to round)."""
    if isinstance(x, Unknown) and isinstance(x.key, tuple) and x.key[0] == "/":
        _, left, right = x.key
        number, by = dim_of(left), constant_int(right)
        if number is not None and by is not None and by > 0 and left.type_path == "int" and at_least(number, 0):
            return number, by
    return None


def _bounds(x: Unknown) -> tuple[Dim | None, Dim | None]:
    """Bounds of a float: a part of a length is at most that length."""
    if isinstance(x.key, tuple) and x.key[0] == "*" and len(x.key) == 3:
        for whole, factor in (x.key[1:], x.key[:0:-1]):
            share = factor.value if isinstance(factor, Const) else None
            if isinstance(whole, Integer) and isinstance(share, float) and share >= 0 and at_least(whole.dim, 0):
                return 0, whole.dim if share <= 1 else None
    if isinstance(x.key, tuple) and x.key[0] == "-" and len(x.key) == 3:
        whole, part = x.key[1:]
        if isinstance(whole, Integer) and isinstance(part, Unknown) and _bounds(part)[1] == whole.dim:
            return 0, whole.dim
    return None, None


@models("builtins.float", "int.__float__")
def real_number(x: Value = _ZERO) -> Value:
    """Python: float(x)."""
    if isinstance(x, Const) and isinstance(x.value, (int, float, str, bytes)):
        try:
            return Const(float(x.value))
        except (ValueError, OverflowError):
            return unknown("float")
    if isinstance(x, Unknown) and x.type == "float":
        return x
    if isinstance(x, Integer):
        return determined("*", x, Const(1.0), type="float", name=str(x.dim))
    return unknown("float")


@models("builtins.complex")
def complex_number(real: Value = _ZERO, imag: Value = _ZERO) -> Value:
    """Python: complex(real, imag)."""
    return unknown("complex")


@models("builtins.divmod")
def quotient_and_rest(x: Value, y: Value) -> Value:
    """Python: (x // y, x % y)."""
    return tuple_of(arithmetic("//", x, y), arithmetic("%", x, y)) if is_number(x) and is_number(y) else unknown("tuple")


@models("builtins.pow")
def power(base: Value, exp: Value, mod: Value = MISSING) -> Value:
    """Python: base ** exp."""
    return arithmetic("**", base, exp) if mod is MISSING and is_number(base) and is_number(exp) else unknown()


def extreme(values: list[Value], least: bool) -> Value:
    """The smallest or largest of some numbers."""
    pick = min if least else max
    if all(isinstance(v, Const) for v in values):
        try:
            return Const(pick(v.value for v in values if isinstance(v, Const)))  # type: ignore[type-var]
        except TypeError:
            return unknown()
    dims = [_whole(v) if v.type_path in ("int", "bool") else None for v in values]
    known = [d for d in dims if d is not None]
    if len(known) == len(values) <= 8:
        result = known[0]
        for d in known[1:]:
            result = smaller(result, d) if least else larger(result, d)
        return integer(result)
    types = {v.type_path for v in values}
    return unknown(types.pop() if len(types) == 1 and types <= {"int", "float", "str"} else None)


def total(items: Items, start: Value = _ZERO) -> Value:
    """The sum of the items: exact for a few numbers, a multiple where all are the same."""
    if items.known is not None and len(items.known) <= 64:
        result = start
        for item in items.known:
            if not (is_number(item) and item.type_path is not None):
                return unknown()
            result = arithmetic("+", result, item)
        return result
    if isinstance(items.element, Const) and items.element.type_path == "int":
        return arithmetic("+", start, integer(items.element.value * items.length))  # type: ignore[operator,arg-type]
    only = items.element.type_path
    return unknown("int" if only in ("int", "bool") else "float" if only == "float" else None)


@models("int.__hash__")
def hashed(self: Value) -> Value:
    """Python: a number that equal numbers share."""
    return unknown("int")


@models("int.bit_length")
def bit_length(self: Value) -> Value:
    """Python: the number of bits of an integer."""
    return Const(self.value.bit_length()) if isinstance(self, Const) and isinstance(self.value, int) else unknown("int")


@models("float.is_integer")
def is_integer(self: Value) -> Value:
    """Python: whether a float is a whole number."""
    return Const(self.value.is_integer()) if isinstance(self, Const) and isinstance(self.value, float) else unknown("bool")


@attributes("int.real", "float.real", "int.numerator")
def real_part(self: Value) -> Value:
    """Python: the number itself."""
    return self
