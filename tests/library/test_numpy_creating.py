"""Arrays made, drawn, searched and sorted: the models against numpy."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.shapes.dims import Poly, Symbol, symbol
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import Const, integer, unknown
from lstmlint.values.code import External, LibraryObject
from lstmlint.values.data import Array, Items, ListObject, Range
from tests.library.arrays import MANY, array, arrays, axes, shapes
from tests.library.differential import agree, run

NUMBERS = (numpy.float64, numpy.int64)
n = symbol("n")


@MANY
@given(shapes(), st.sampled_from([None, "int32", "float64", "bool", "f4", "U3"]))
def test_filled(shape: tuple[int, ...], dtype: str | None) -> None:
    for name in ("zeros", "ones", "empty"):
        agree(f"numpy.{name}", shape, **({} if dtype is None or dtype == "U3" else {"dtype": dtype}))
        agree(f"numpy.{name}_like", array(shape))
    agree("numpy.full", shape, 1.5)
    agree("numpy.full_like", array(shape), 7)
    agree("numpy.zeros", len(shape))
    agree("numpy.zeros", shape, dtype) if dtype is not None else None
    agree("numpy.indices", shape)


@MANY
@given(st.integers(-5, 9), st.integers(-5, 9), st.one_of(st.integers(-3, 3).filter(bool), st.sampled_from([0.5, 0.1, -1.5])))
def test_ranges(start: int, stop: int, step: float) -> None:
    agree("numpy.arange", stop)
    agree("numpy.arange", start, stop)
    agree("numpy.arange", start, stop, step)
    agree("numpy.linspace", start, stop, abs(stop))
    agree("numpy.eye", abs(start), abs(stop))
    agree("numpy.identity", abs(start))


@MANY
@given(st.lists(shapes(0, 1), min_size=1, max_size=3), st.sampled_from(["xy", "ij"]))
def test_meshgrid(lengths: list[tuple[int, ...]], indexing: str) -> None:
    agree("numpy.meshgrid", *map(array, lengths), indexing=indexing)


nested = st.recursive(
    st.sampled_from([1, 2.5, True]), lambda inner: st.lists(inner, min_size=0, max_size=3), max_leaves=8
)


@MANY
@given(st.one_of(nested, arrays(0, 3).map(lambda a: a.tolist()), st.lists(arrays(1, 1, 1), min_size=1, max_size=2)))
def test_arrays_of_lists(value: Any) -> None:
    try:
        numpy.array(value)
    except ValueError:
        # Ragged: what happens depends on the version of numpy, so nothing is claimed.
        made = run("numpy.array", value)
        assert not made.raises and isinstance(made.value, Array) and made.value.shape.open
        return
    agree("numpy.array", value)
    agree("numpy.array", value, ndmin=2)


@MANY
@given(shapes(0, 3), st.sampled_from(["normal", "uniform", "random", "randn", "rand", "randint", "poisson", "gamma", "choice"]))
def test_random(size: tuple[int, ...], name: str) -> None:
    if name in ("rand", "randn"):
        agree(f"numpy.random.{name}", *size)
        return
    first = {"randint": (5,), "choice": (4,), "gamma": (2.0, 1.0), "poisson": (3.0,), "normal": (0.0, 1.0)}.get(name, ())
    agree(f"numpy.random.{name}", *first, size=size)
    agree(f"numpy.random.{name}", *first) if name != "choice" else agree("numpy.random.choice", [1, 2, 3], size)
    if name not in ("random",):
        agree(f"numpy.random.{name}", *first, size=3)
    state = run("numpy.random.RandomState", 1).value
    if name not in ("random",):
        real = getattr(numpy.random.RandomState(1), name)
        agree(f"numpy.random.RandomState.{name}", *first, real=real, receiver=state, size=size)


@MANY
@given(shapes(0, 2), st.integers(1, 4))
def test_generators(size: tuple[int, ...], k: int) -> None:
    generator = run("numpy.random.default_rng").value
    assert isinstance(generator, LibraryObject)
    rng = numpy.random.default_rng(0)
    for name, args in (("integers", (9,)), ("standard_normal", ()), ("gamma", (2.0,)), ("poisson", (1.0,)), ("random", ())):
        agree(f"numpy.random.Generator.{name}", *args, real=getattr(rng, name), receiver=generator, size=size)
    agree("numpy.random.multivariate_normal", numpy.zeros(k), numpy.eye(k), size)
    agree("numpy.random.multivariate_normal", numpy.zeros(k), numpy.eye(k))
    agree("numpy.random.permutation", k)
    agree("numpy.random.permutation", array((*size, k)))
    agree("numpy.random.normal", numpy.zeros(k), 1.0)
    agree("numpy.random.seed", k)
    agree("numpy.random.shuffle", array((k,)))


@MANY
@given(arrays(0, 3, 1), axes)
def test_sorting(a: Any, axis: int) -> None:
    agree("numpy.sort", a, axis)
    agree("numpy.argsort", a, axis)
    agree("numpy.ndarray.argsort", a)
    agree("numpy.sort", a, axis=None)
    agree("numpy.take", a, [0, 0], axis)
    agree("numpy.ndarray.take", a, 0)


@MANY
@given(arrays(1, 3))
def test_what_depends_on_the_data(a: Any) -> None:
    for name in ("unique", "nonzero", "argwhere", "where", "flatnonzero"):
        agree(f"numpy.{name}", a, data_dependent=True)
    agree("numpy.unique", a.ravel(), return_index=True, return_counts=True, data_dependent=True)
    agree("numpy.unique", a.ravel(), return_inverse=True, data_dependent=True)
    if a.ndim == 1 and a.dtype == numpy.int64:
        agree("numpy.bincount", a, data_dependent=True)
        agree("numpy.searchsorted", a, [1, 2])
        agree("numpy.searchsorted", a, 1)
    if a.size:
        agree("numpy.histogram", a.astype(float), 7)
        agree("numpy.histogram", a.astype(float), [0, 1, 2])


@MANY
@given(arrays(0, 3, dtypes=NUMBERS), st.integers(1, 3), axes)
def test_differences(a: Any, times: int, axis: int) -> None:
    agree("numpy.diff", a, times, axis)
    agree("numpy.diff", a)
    agree("numpy.diff", a, prepend=0) if a.ndim else None


@MANY
@given(arrays(1, 2, dtypes=NUMBERS), arrays(1, 1, dtypes=NUMBERS), st.sampled_from(["full", "same", "valid"]))
def test_convolution(a: Any, b: Any, mode: str) -> None:
    agree("numpy.convolve", a, b, mode)
    agree("numpy.convolve", a, b)
    if b.size:
        agree("numpy.interp", a, numpy.sort(b), b)


@MANY
@given(arrays(1, 3, 1), st.integers(1, 5), st.one_of(st.none(), axes))
def test_sliding_windows(a: Any, size: int, axis: int | None) -> None:
    agree("numpy.lib.stride_tricks.sliding_window_view", a, size, axis)
    agree("numpy.lib.stride_tricks.sliding_window_view", a, (size,) * a.ndim)


@MANY
@given(arrays(0, 3))
def test_attributes_and_methods(a: Any) -> None:
    for name in ("shape", "size", "ndim", "T"):
        agree(f"numpy.ndarray.{name}", a)
    for name in ("copy", "ravel", "tolist", "round"):
        agree(f"numpy.ndarray.{name}", a) if name != "round" or a.dtype != bool else None
    agree("numpy.ndarray.astype", a, "float32")
    agree("numpy.shape", a)
    agree("numpy.size", a)
    agree("numpy.ndim", a)
    agree("numpy.float32", a)
    agree("numpy.ndarray.fill", a.copy(), 1)
    agree("numpy.ndarray.item", a) if a.size == 1 else None


@pytest.mark.parametrize("name", ["newaxis", "pi", "e", "inf"])
def test_constants(name: str) -> None:
    agree(f"numpy.{name}")


def test_symbolic_sizes() -> None:
    assert run("numpy.zeros", (integer(n), 60, 5)).value == Array(Shape.of(n, 60, 5), dtype="float")
    assert run("numpy.arange", integer(n)).value == Array(Shape.of(n), dtype="int")
    assert run("numpy.arange", 10, integer(n)).value == Array(Shape.of(n - 10), dtype="int")
    assert run("numpy.zeros", (3,), External("numpy.int32")).value == Array(Shape.of(3), dtype="int")
    made = run("numpy.zeros", unknown()).value
    assert isinstance(made, Array) and made.shape.open
    assert run("numpy.array", Range(Const(0), integer(n), Const(1))).value == Array(Shape.of(n), dtype="int")


def test_lists_of_windows() -> None:
    windows = ListObject(Items.many(Array(Shape.of(60, 5), dtype="float"), n - 60))
    assert run("numpy.array", windows).value == Array(Shape.of(n - 60, 60, 5), dtype="float")
    varying = Poly({(Symbol("length", varies=True),): 1})
    ragged = run("numpy.array", ListObject(Items.many(Array(Shape.of(varying)), n))).value
    assert isinstance(ragged, Array) and ragged.shape.open


def test_a_file_may_have_one_column() -> None:
    table = run("numpy.loadtxt", "prices.csv").value
    assert isinstance(table, Array) and table.shape.open and table.source == "prices.csv"
    table = run("numpy.loadtxt", "prices.csv", ndmin=2).value
    assert isinstance(table, Array) and table.shape.rank == 2


def test_windows_of_a_symbolic_series() -> None:
    view = run("numpy.lib.stride_tricks.sliding_window_view", Array(Shape.of(n), dtype="float"), 60).value
    assert view == Array(Shape.of(n - 59, 60), dtype="float")
    differences = run("numpy.diff", Array(Shape.of(n), dtype="float")).value
    assert differences == Array(Shape.of(n - 1), dtype="float")
