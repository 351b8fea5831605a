"""Axes changed, arrays combined and split, subscripts: the models against numpy."""
from __future__ import annotations

import contextlib
from typing import Any

import numpy
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.trace import Operation
from lstmlint.values.base import NONE, integer, unknown
from lstmlint.values.data import Array, Slice, tuple_of
from tests.library.arrays import MANY, array, arrays, axes, shapes, subscripts
from tests.library.differential import agree, run


@MANY
@given(arrays(), st.data())
def test_reshape(a: Any, data: st.DataObject) -> None:
    target = data.draw(st.one_of(st.permutations(a.shape), st.lists(st.sampled_from([1, 2, 3, 4, 6]), max_size=3)))
    target = list(target)
    if target and data.draw(st.booleans()):
        target[data.draw(st.integers(0, len(target) - 1))] = -1
    outcome = agree("numpy.reshape", a, tuple(target))
    (event,) = outcome.caller.events
    assert isinstance(event, Operation) and event.name == "numpy.reshape" and event.result is outcome.value
    agree("numpy.ndarray.reshape", a, target)
    if target:
        agree("numpy.ndarray.reshape", a, *target)


@MANY
@given(arrays(), axes, axes)
def test_axes_moved(a: Any, i: int, j: int) -> None:
    agree("numpy.swapaxes", a, i, j)
    agree("numpy.ndarray.swapaxes", a, i, j)
    agree("numpy.moveaxis", a, i, j)
    agree("numpy.rollaxis", a, i, abs(j))
    agree("numpy.transpose", a)
    agree("numpy.ndarray.T", a)


@MANY
@given(arrays(1, 3), st.data())
def test_transpose(a: Any, data: st.DataObject) -> None:
    order = data.draw(st.one_of(st.permutations(range(a.ndim)), st.lists(st.integers(-3, 3), min_size=1, max_size=3)))
    agree("numpy.transpose", a, tuple(order))
    agree("numpy.ndarray.transpose", a, *order)
    ends = data.draw(st.permutations(range(a.ndim)))
    agree("numpy.moveaxis", a, tuple(order), tuple(ends))


@MANY
@given(arrays(), st.one_of(axes, st.lists(axes, min_size=1, max_size=2).map(tuple)))
def test_axes_added_and_dropped(a: Any, axis: Any) -> None:
    agree("numpy.expand_dims", a, axis)
    # An array without axes lets numpy squeeze axis 0, but not (0,).
    agree("numpy.squeeze", a, axis=axis) if a.ndim else None
    agree("numpy.ndarray.squeeze", a)
    agree("numpy.ravel", a)
    agree("numpy.ndarray.flatten", a)
    agree("numpy.atleast_1d", a)
    agree("numpy.atleast_2d", a)
    agree("numpy.atleast_3d", a)


@MANY
@given(arrays(), shapes())
def test_broadcast_to(a: Any, target: tuple[int, ...]) -> None:
    agree("numpy.broadcast_to", a, target)


@MANY
@given(arrays(1, 3), axes)
def test_same_axes(a: Any, k: int) -> None:
    agree("numpy.flip", a)
    agree("numpy.roll", a, k)
    if a.ndim <= 2:
        agree("numpy.triu", a)
    if a.ndim >= 2:
        agree("numpy.rot90", a, k)
    if a.ndim == 1:
        agree("numpy.diag", a, abs(k))
    agree("numpy.ndarray.tolist", a)
    if a.ndim and len(a):
        agree("numpy.ndarray.__iter__", a, real=lambda x: next(iter(x)))
        agree("numpy.ndarray.__len__", a)


@st.composite
def similar(draw: st.DrawFn, least: int = 1) -> list[Any]:
    """Arrays of which most fit each other along some axis."""
    base = list(draw(shapes(least, 3)))
    found = []
    for _ in range(draw(st.integers(1, 3))):
        shape = list(base)
        if shape and draw(st.booleans()):
            shape[draw(st.integers(0, len(shape) - 1))] = draw(st.integers(0, 3))
        if draw(st.integers(0, 5)) == 0:
            shape.append(2)
        found.append(array(tuple(shape), draw(st.sampled_from([float, int]))))
    return found


@MANY
@given(similar(0), st.one_of(st.none(), axes))
def test_concatenate(parts: list[Any], axis: int | None) -> None:
    agree("numpy.concatenate", parts, axis=axis)
    agree("numpy.concatenate", tuple(parts), 0)
    agree("numpy.append", parts[0], parts[-1], axis)


@MANY
@given(similar(0), axes)
def test_stack(parts: list[Any], axis: int) -> None:
    agree("numpy.stack", parts, axis)
    for name in ("vstack", "hstack", "dstack", "column_stack"):
        agree(f"numpy.{name}", parts)
    agree("numpy.vstack", parts[0]) if parts[0].ndim and len(parts[0]) else None


@MANY
@given(arrays(1, 3), axes, st.integers(1, 4), st.lists(st.integers(0, 5), min_size=1, max_size=3).map(sorted))
def test_split(a: Any, axis: int, parts: int, points: list[int]) -> None:
    for name in ("split", "array_split"):
        agree(f"numpy.{name}", a, parts, axis)
        agree(f"numpy.{name}", a, points, axis)
    agree("numpy.vsplit", a, parts) if a.ndim >= 2 else None
    agree("numpy.hsplit", a, parts)


@MANY
@given(arrays(0, 3), st.integers(0, 3), axes, st.lists(st.integers(0, 3), max_size=4).map(tuple))
def test_repetition(a: Any, times: int, axis: int, reps: tuple[int, ...]) -> None:
    agree("numpy.tile", a, reps)
    agree("numpy.tile", a, times)
    agree("numpy.repeat", a, times)
    agree("numpy.repeat", a, times, axis)
    agree("numpy.ndarray.repeat", a, times, 0)


@MANY
@given(arrays(1, 3), st.integers(0, 3), st.data())
def test_pad(a: Any, width: int, data: st.DataObject) -> None:
    agree("numpy.pad", a, width)
    agree("numpy.pad", a, (width, 1), mode="constant")
    pairs = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=a.ndim, max_size=a.ndim))
    agree("numpy.pad", a, pairs, "constant")


@MANY
@given(arrays(1, 3), st.integers(0, 1), st.integers(0, 2))
def test_insert_and_delete(a: Any, axis: int, at: int) -> None:
    assume(axis < a.ndim)
    agree("numpy.delete", a, at, axis)
    agree("numpy.delete", a, 0)
    assume(at <= a.shape[axis])
    agree("numpy.insert", a, at, 0, axis)
    agree("numpy.insert", a, 0, 5)


@MANY
@given(arrays(0, 3), st.data())
def test_subscripts(a: Any, data: st.DataObject) -> None:
    key = data.draw(subscripts(a.shape))
    masked = any(getattr(item, "dtype", None) == numpy.bool_ for item in (key if isinstance(key, tuple) else (key,)))
    agree("numpy.ndarray.__getitem__", a, key, data_dependent=masked)


PAIR = numpy.array([0, 1])


@pytest.mark.parametrize(
    "key",
    [
        (PAIR, PAIR),
        (PAIR, slice(None), PAIR),
        (slice(None), PAIR, slice(None), 0),
        (slice(None), PAIR, 0),
        (slice(None), PAIR, ..., 0),
        (slice(None), slice(None), PAIR, None, PAIR),
        (0, slice(None), PAIR),
        (slice(None), PAIR.reshape(2, 1), PAIR),
        (slice(None), PAIR, numpy.array([0, 1, 1])),
        ([0, 1], None, ..., 1),
        (0, 0, 0, 0, 0),
        (slice(None), 3),
        (slice(None), -4),
        (slice(9, 12), slice(-9, None)),
        PAIR.reshape(1, 2),
        [[0, 1], [1, 0]],
        numpy.ones((2, 2), bool),
    ],
)
def test_where_the_axes_of_index_arrays_go(key: Any) -> None:
    agree("numpy.ndarray.__getitem__", array((2, 3, 4, 5)), key)


@MANY
@given(arrays(0, 3), shapes(0, 3), st.data())
def test_assignment(a: Any, value: tuple[int, ...], data: st.DataObject) -> None:
    key = data.draw(subscripts(a.shape))
    assume(not any(isinstance(item, (list, numpy.ndarray)) for item in (key if isinstance(key, tuple) else (key,))))
    with contextlib.suppress(IndexError):
        # Whether one element can be set to an array of one element depends on the version of numpy.
        assume(numpy.ndim(a[key]) > 0 or value == ())
    agree("numpy.ndarray.__setitem__", a.copy(), key, numpy.ones(value), real=_assign)


def _assign(a: Any, key: Any, value: Any) -> None:
    a[key] = value


n = symbol("n")


def test_a_window_of_a_symbolic_array() -> None:
    i = symbol("i", lower=0, upper=n - 61)
    data = Array(Shape.of(n, 5), dtype="float")
    span = Slice(integer(i), integer(i + 60), NONE)
    part = run("numpy.ndarray.__getitem__", data, span).value
    assert isinstance(part, Array) and part.shape.dims == (60, 5)
    column = run("numpy.ndarray.__getitem__", data, tuple_of(span, integer(0))).value
    assert isinstance(column, Array) and column.shape.dims == (60,)


@pytest.mark.parametrize("path", ["numpy.reshape", "numpy.ndarray.reshape"])
def test_the_reshape_that_drops_the_features(path: str) -> None:
    x = Array(Shape.of(n, 60, 5), dtype="float")
    outcome = run(path, x, (integer(n), 60, 1))
    (event,) = outcome.caller.events
    assert isinstance(event, Operation) and event.violation is not None
    assert isinstance(outcome.value, Array) and outcome.value.producer is event
    assert not run(path, x, (integer(n), 60, 5)).raises
    assert not run(path, Array(UNKNOWN_SHAPE), (integer(n), 60, 5)).raises


def test_unknown_subscripts_prove_nothing() -> None:
    x = Array(Shape.of(n, 60))
    for key in (unknown(), unknown("int"), (unknown(), unknown(), unknown()), Array(UNKNOWN_SHAPE), Array(Shape.of(3, 3))):
        assert not run("numpy.ndarray.__getitem__", x, key).raises
