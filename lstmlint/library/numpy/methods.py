"""Attributes of numpy.ndarray, and methods that no function shares."""
from __future__ import annotations

from lstmlint.library.numpy.arguments import dtype_of
from lstmlint.library.numpy.results import array, number, reshaped
from lstmlint.library.numpy.searching import compress
from lstmlint.library.registry import attributes, models
from lstmlint.shapes import permute
from lstmlint.shapes.combine import flat_length
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.values.base import FALSE, NONE, Value, constant_int, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, shape_tuple


@attributes("numpy.ndarray.shape")
def shape(self: Array) -> Value:
    """numpy.org/doc: the lengths of the axes."""
    return shape_tuple(self.shape, self)


@models("numpy.shape")
def shape_of(a: Array) -> Value:
    """numpy.org/doc: the lengths of the axes."""
    return shape_tuple(a.shape, a)


@attributes("numpy.ndarray.size")
def size(self: Array) -> Value:
    """numpy.org/doc: the number of elements."""
    total = self.shape.elements()
    return unknown("int") if total is None else integer(total)


@models("numpy.size")
def size_of(a: Array, axis: int | None = None) -> Value:
    """numpy.org/doc: the number of elements, or the length of an axis."""
    if axis is None:
        return size(a)
    found = a.shape.axis(axis)
    return unknown("int") if found is None else integer(found.dim)


@attributes("numpy.ndarray.ndim")
def ndim(self: Array) -> Value:
    """numpy.org/doc: the number of axes."""
    return unknown("int") if self.shape.rank is None else integer(self.shape.rank)


@models("numpy.ndim", "numpy.rank")
def ndim_of(a: Array) -> Value:
    """numpy.org/doc: the number of axes."""
    return ndim(a)


@attributes("numpy.ndarray.T")
def transposed(self: Array) -> Value:
    """numpy.org/doc: the axes in reverse order."""
    return array(UNKNOWN_SHAPE if self.shape.open else Shape(self.shape.axes[::-1]), self.dtype, self)


@attributes("numpy.ndarray.mT")
def matrix_transposed(self: Array) -> Value:
    """numpy.org/doc: the last two axes exchanged."""
    axes = self.shape.axes
    known = len(axes) >= 2
    return array(Shape((*axes[:-2], axes[-1], axes[-2]), self.shape.open) if known else UNKNOWN_SHAPE, self.dtype, self)


@attributes("numpy.ndarray.real", "numpy.ndarray.imag")
def part(self: Array) -> Value:
    """numpy.org/doc: the real or imaginary parts."""
    return array(self.shape, self.dtype, self)


@attributes("numpy.ndarray.flat")
def flat(self: Array) -> Value:
    """numpy.org/doc: an iterator over all elements, here as an array of rank 1."""
    return array(Shape.of(flat_length(self.shape)), self.dtype, self)


@attributes("numpy.ndarray.nbytes", "numpy.ndarray.itemsize")
def measure(self: Array) -> Value:
    """numpy.org/doc: a number of bytes."""
    return unknown("int")


@attributes("numpy.ndarray.dtype", "numpy.ndarray.strides", "numpy.ndarray.flags", "numpy.ndarray.base", "numpy.ndarray.data")
def other(self: Array) -> Value:
    """numpy.org/doc: nothing that a shape depends on."""
    return unknown()


@models("numpy.ndarray.astype")
def astype(self: Array, dtype: Value) -> Value:
    """numpy.org/doc: the same shape with another dtype."""
    return array(self.shape, dtype_of(dtype, None), self)


@models("numpy.ndarray.copy", "numpy.ndarray.__copy__", "numpy.ndarray.__deepcopy__", "numpy.ndarray.byteswap")
def copied(self: Array, *others: Value) -> Value:
    """numpy.org/doc: the same again."""
    return array(self.shape, self.dtype, self)


@models("numpy.ndarray.round", "numpy.ndarray.conj", "numpy.ndarray.conjugate")
def rounded(self: Array, *others: Value) -> Value:
    """numpy.org/doc: the same shape and dtype."""
    return array(self.shape, self.dtype if self.dtype != "bool" else None, self)


@models("numpy.ndarray.view")
def view(self: Array, dtype: Value = NONE) -> Value:
    """numpy.org/doc: the same memory; with a dtype the last axis may change its length."""
    if is_none(dtype):
        return array(self.shape, self.dtype, self)
    return array(UNKNOWN_SHAPE if self.shape.rank is None else Shape.of_rank(self.shape.rank), dtype_of(dtype, None), self)


@models("numpy.ndarray.item")
def item(self: Array, *args: Value) -> Value:
    """numpy.org/doc: one element as a Python number."""
    return number(self.dtype)


@models("numpy.ndarray.fill", "numpy.ndarray.sort", "numpy.ndarray.partition", "numpy.ndarray.setflags", "numpy.ndarray.itemset",
        "numpy.ndarray.put")  # fmt: skip
def nothing(self: Array, *args: Value) -> None:
    """numpy.org/doc: works by its effect, which leaves the shape alone."""


@models("numpy.ndarray.tobytes", "numpy.ndarray.tostring")
def tobytes(self: Array) -> Value:
    """numpy.org/doc: a bytes object."""
    return unknown("bytes")


@models("numpy.ndarray.compress")
def compress_method(caller: Caller, self: Array, condition: Value, axis: Value = NONE) -> Value:
    """numpy.org/doc: as numpy.compress."""
    return compress(caller, condition, self, axis)


@models("numpy.ndarray.diagonal", "numpy.diagonal")
def diagonal(caller: Caller, a: Array, offset: Value = FALSE, axis1: int = 0, axis2: int = 1) -> Value:
    """numpy.org/doc: the diagonal, as a new last axis."""
    return reshaped(caller, "diagonal", a, permute.diagonal(a.shape, constant_int(offset), axis1, axis2))


@models("numpy.ndarray.resize")
def resize(self: Array, *new_shape: Value) -> None:
    """numpy.org/doc: changes the array in place; the interpreter forgets the shape of the name."""
