"""The operators of numpy.ndarray."""
from __future__ import annotations

from lstmlint.library.numpy.elementwise import Rule, apply, arithmetic, dtype_like
from lstmlint.library.numpy.products import product_of
from lstmlint.library.numpy.results import common_dtype
from lstmlint.library.registry import models
from lstmlint.shapes.dims import same
from lstmlint.trace import LayerApplied, ModelFed, Operation
from lstmlint.values.base import Value, integer, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import PREDICTED, Array


def _operator(rule: Rule, ufunc: str, name: str, mirrored: bool = True) -> None:
    paths = [f"numpy.ndarray.__{name}__"] + ([f"numpy.ndarray.__r{name}__"] if mirrored else [])

    @models(*paths)
    def method(caller: Caller, self: Array, other: Value) -> Value:
        """numpy.org/doc/stable/reference/arrays.ndarray.html: pairs of elements, after broadcasting."""
        result = apply(caller, ufunc, [self, other], rule([self.dtype, dtype_like(other)]), operator=True)
        if ufunc == "subtract":
            _tell_crossed(caller, ufunc, self, other, result)
        return result


for _ufunc, _name in (("add", "add"), ("subtract", "sub"), ("multiply", "mul"), ("floor_divide", "floordiv"), ("mod", "mod"),
                      ("power", "pow")):  # fmt: skip
    _operator(arithmetic, _ufunc, _name)
_operator(lambda dtypes: "float", "divide", "truediv")
for _ufunc, _name in (("bitwise_and", "and"), ("bitwise_or", "or"), ("bitwise_xor", "xor"), ("left_shift", "lshift"),
                      ("right_shift", "rshift")):  # fmt: skip
    _operator(common_dtype, _ufunc, _name)
for _ufunc, _name in (("less", "lt"), ("less_equal", "le"), ("greater", "gt"), ("greater_equal", "ge")):
    _operator(lambda dtypes: "bool", _ufunc, _name, mirrored=False)


class _Silent:
    """A caller that passes no event on."""

    def __init__(self, caller: Caller) -> None:
        self.site, self.call, self.iterate, self.refine = caller.site, caller.call, caller.iterate, caller.refine
        self.refused = False

    def emit(self, event: object) -> None:
        self.refused = True


@models("numpy.ndarray.__eq__", "numpy.ndarray.__ne__")
def equal(caller: Caller, self: Array, other: Value) -> Value:
    """numpy.org/doc: elementwise. Before numpy 1.25 unequal shapes gave False, so they are no violation."""
    silent = _Silent(caller)
    result = apply(silent, "equal", [self, other], "bool", operator=True)
    if silent.refused:
        return unknown()
    _tell_crossed(caller, "equal", self, other, result)
    return result


def _tell_crossed(caller: Caller, name: str, self: Array, other: Value, result: Value) -> None:
    """An event where a column of predictions meets as many numbers in a row, so that each is paired with all."""
    if not isinstance(other, Array) or {self.shape.rank, other.shape.rank} != {1, 2} or "series" in (self.kind, other.kind):
        return
    column, row = (self, other) if self.shape.rank == 2 else (other, self)
    if _is_predicted(self) is _is_predicted(other) or column.shape.axes[1].dim != 1:
        return
    if same(column.shape.axes[0].dim, row.shape.axes[0].dim) and row.shape.axes[0].dim != 1:
        caller.emit(Operation(caller.site, f"numpy.{name}", (self, other), result, None))


def _is_predicted(array: Array) -> bool:
    return array.source == PREDICTED or isinstance(array.producer, (LayerApplied, ModelFed))


@models("numpy.ndarray.__neg__", "numpy.ndarray.__pos__", "numpy.ndarray.__abs__", "numpy.ndarray.__invert__")
def unary(caller: Caller, self: Array) -> Value:
    """numpy.org/doc: each element by itself."""
    return apply(caller, "negative", [self], self.dtype, operator=True)


@models("numpy.ndarray.__matmul__")
def matmul(caller: Caller, self: Array, other: Value) -> Value:
    """numpy.org/doc: the matrix product."""
    return product_of(caller, self, other)


@models("numpy.ndarray.__rmatmul__")
def rmatmul(caller: Caller, self: Array, other: Value) -> Value:
    """numpy.org/doc: the matrix product with the operands exchanged."""
    return product_of(caller, other, self)


@models("numpy.ndarray.__len__")
def length(self: Array) -> Value:
    """numpy.org/doc: the length of the first axis."""
    first = self.shape.axis(0)
    return unknown("int") if first is None else integer(first.dim)


@models("numpy.ndarray.__contains__")
def contains(self: Array, item: Value) -> Value:
    """numpy.org/doc: whether any element is equal."""
    return unknown("bool")


def _conversion(dtype: str) -> None:
    @models(f"numpy.ndarray.__{dtype}__")
    def convert(self: Array) -> Value:
        """numpy.org/doc: the only element as a Python number."""
        return unknown(dtype)


for _name in ("float", "int", "bool"):
    _conversion(_name)
