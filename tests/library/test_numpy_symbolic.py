"""Symbols in place of numbers: what the models then claim must hold for the numbers that the symbols stand for."""
from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.shapes.dims import Dim, Poly, Symbol
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import Integer, Value, dim_of
from lstmlint.values.data import Array, Items, ListObject, Slice, Tuple, items_of
from tests.library.arrays import MANY, array, axes, shapes, subscripts
from tests.library.differential import abstract, coarse, real_of, run
from tests.shapes.strategies import is_within_bounds


class Hiding:
    """Replaces numbers by symbols, of which equal numbers share some."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.values: dict[Symbol, int] = {}
        self.pool: dict[int, Symbol] = {}

    def number(self, number: int) -> Dim:
        how = self.data.draw(st.sampled_from(["show", "show", "share", "share", "own"]))
        if how == "show" or number < 0:
            return number
        if how == "own" or number not in self.pool:
            fresh = Symbol(f"s{len(self.values)}", "", min(number, 1))
            self.values[fresh] = number
            self.pool.setdefault(number, fresh)
            return Poly({(fresh,): 1})
        return Poly({(self.pool[number],): 1})

    def value(self, value: Any) -> Value:
        if isinstance(value, numpy.ndarray):
            return Array(Shape.of(*map(self.number, value.shape)), dtype=coarse(value.dtype))
        if type(value).__module__ == "torch":
            return replace(abstract(value), shape=Shape.of(*map(self.number, value.shape)))  # type: ignore[type-var]
        if isinstance(value, int) and not isinstance(value, bool):
            dim = self.number(value)
            return Integer(dim) if isinstance(dim, Poly) else abstract(value)
        if isinstance(value, (tuple, list)):
            items = Items.of(map(self.value, value))
            return Tuple(items) if isinstance(value, tuple) else ListObject(items)
        if isinstance(value, slice):
            return Slice(*(abstract(bound) for bound in (value.start, value.stop, value.step)))
        return abstract(value)


def sound(data: st.DataObject, path: str, *args: Any, plain: tuple[int, ...] = (), **keywords: Any) -> None:
    """Fail if the model, given symbols, claims anything that does not hold. `plain`: which arguments stay numbers."""
    hiding = Hiding(data)
    outcome = run(path, *(abstract(arg) if at in plain else hiding.value(arg) for at, arg in enumerate(args)), **keywords)
    try:
        with warnings.catch_warnings(), numpy.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            expected = real_of(path)(*args, **keywords)
    except Exception:
        return
    assert not outcome.raises, f"{path} runs: {outcome.caller.violations}"
    holds(expected, outcome.value, hiding.values, path)


def holds(expected: Any, value: Value, values: dict[Symbol, int], path: str) -> None:
    """Fail if `value` excludes `expected`."""
    items = items_of(value)
    if isinstance(expected, (tuple, list)) and items is not None and items.known is not None:
        assert len(items.known) == len(expected)
        for part, item in zip(expected, items.known):
            holds(part, item, values, path)
    if isinstance(expected, int) and not isinstance(expected, bool):
        dim = dim_of(value)
        assert dim is None or is_within_bounds(dim, expected, values)
    if not isinstance(value, Array) or not hasattr(expected, "ndim"):
        return
    shape = value.shape
    assert shape.open or shape.rank == expected.ndim, f"{path}: {expected.shape} is not {shape}"
    assert len(shape.axes) <= expected.ndim
    for dim, number in zip(reversed(shape.dims), reversed(expected.shape)):
        assert is_within_bounds(dim, number, values), f"{path}: {expected.shape} is not {shape}, {values}"


@MANY
@given(shapes(1, 3, 1), st.data())
def test_reshape(shape: tuple[int, ...], data: st.DataObject) -> None:
    target = list(data.draw(st.one_of(st.permutations(shape), st.lists(st.sampled_from([1, 2, 3, 4, 6]), max_size=3))))
    if target and data.draw(st.booleans()):
        target[data.draw(st.integers(0, len(target) - 1))] = -1
    sound(data, "numpy.reshape", array(shape), tuple(target))


@MANY
@given(shapes(1, 3, 1), axes, axes, st.data())
def test_axes(shape: tuple[int, ...], i: int, j: int, data: st.DataObject) -> None:
    a = array(shape)
    sound(data, "numpy.swapaxes", a, i, j, plain=(1, 2))
    sound(data, "numpy.expand_dims", a, i, plain=(1,))
    sound(data, "numpy.squeeze", a)
    sound(data, "numpy.squeeze", a, i, plain=(1,))
    sound(data, "numpy.ravel", a)
    sound(data, "numpy.ndarray.shape", a)
    sound(data, "numpy.ndarray.size", a)


@MANY
@given(shapes(1, 3, 1), st.data())
def test_subscripts(shape: tuple[int, ...], data: st.DataObject) -> None:
    a = array(shape)
    key = data.draw(subscripts(shape))
    # An empty part is nothing to train on: slices are taken to reach into the array.
    try:
        part = a[key]
    except IndexError:
        return
    if part.size:
        sound(data, "numpy.ndarray.__getitem__", a, key, plain=(1,))


@MANY
@given(shapes(0, 3, 1), shapes(0, 3, 1), st.sampled_from(["add", "matmul", "dot", "outer", "where"]), st.data())
def test_pairs(a: tuple[int, ...], b: tuple[int, ...], name: str, data: st.DataObject) -> None:
    operands = [array(a), array(b)]
    sound(data, f"numpy.{name}", *([array(a, bool)] if name == "where" else []), *operands)


@MANY
@given(shapes(1, 3, 1), st.integers(0, 2), st.integers(1, 3), st.integers(0, 2), st.data())
def test_combining(shape: tuple[int, ...], axis: int, count: int, extra: int, data: st.DataObject) -> None:
    longer = list(shape)
    longer[min(axis, len(shape) - 1)] += extra
    parts = [array(shape)] * (count - 1) + [array(tuple(longer))]
    sound(data, "numpy.concatenate", parts, axis, plain=(1,))
    sound(data, "numpy.stack", parts, axis, plain=(1,))
    for name in ("vstack", "hstack", "dstack", "column_stack"):
        sound(data, f"numpy.{name}", parts)
    sound(data, "numpy.split", array(shape), count, axis, plain=(1, 2))
    sound(data, "numpy.array_split", array((shape[0] + 2,)), [1, 2], plain=(1,))
    sound(data, "numpy.tile", array(shape), (count, 2))
    sound(data, "numpy.repeat", array(shape), count, axis, plain=(2,))


@MANY
@given(shapes(1, 3, 1), st.one_of(st.none(), axes), st.booleans(), st.sampled_from(["sum", "mean", "max", "argmax"]), st.data())
def test_reductions(shape: tuple[int, ...], axis: Any, keepdims: bool, name: str, data: st.DataObject) -> None:
    sound(data, f"numpy.{name}", array(shape), axis, plain=(1,), keepdims=keepdims)
    sound(data, "numpy.cumsum", array(shape), axis, plain=(1,))


@MANY
@given(shapes(1, 2, 1), st.integers(1, 3), st.data())
def test_lengths_changed(shape: tuple[int, ...], size: int, data: st.DataObject) -> None:
    a = array(shape)
    if min(shape) > size:
        sound(data, "numpy.diff", a, size, plain=(1,))
    sound(data, "numpy.lib.stride_tricks.sliding_window_view", a, size, 0, plain=(2,))
    sound(data, "numpy.pad", a, size)
    sound(data, "numpy.pad", a, ((size, 0),) * len(shape))
    if len(shape) == 1:
        for mode in ("full", "same", "valid"):
            sound(data, "numpy.convolve", a, array((size,)), mode)
    sound(data, "numpy.arange", size, size + 3)
    sound(data, "numpy.zeros", shape)
    sound(data, "numpy.meshgrid", array((size,)), array(shape[:1]))
