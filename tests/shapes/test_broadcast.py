"""Laws of broadcasting, and its soundness for symbols."""
from __future__ import annotations

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.shapes.broadcast import assigned, broadcast, broadcast_to
from lstmlint.shapes.dims import Dim, Poly, Symbol, minimum, symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape
from tests.shapes.strategies import is_within_bounds

MANY = settings(max_examples=300, deadline=None)
shapes = st.lists(st.sampled_from([0, 1, 1, 2, 3]), max_size=4).map(tuple)


@MANY
@given(shapes, shapes)
def test_it_commutes_and_is_numpys(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    result, violation = broadcast(Shape.of(*a), Shape.of(*b))
    mirrored, other = broadcast(Shape.of(*b), Shape.of(*a))
    assert (violation is None) == (other is None)
    try:
        expected = numpy.broadcast_shapes(a, b)
    except ValueError:
        assert violation is not None
        return
    assert violation is None
    assert result.dims == mirrored.dims == expected


@MANY
@given(shapes, shapes)
def test_assignment_is_numpys(value: tuple[int, ...], target: tuple[int, ...]) -> None:
    violation = assigned(Shape.of(*value), Shape.of(*target))
    try:
        numpy.empty(target)[...] = numpy.empty(value)
    except ValueError:
        assert violation is not None
        return
    assert violation is None


@MANY
@given(shapes, shapes, st.integers(0, 255))
def test_symbols_hide_no_truth(a: tuple[int, ...], b: tuple[int, ...], mask: int) -> None:
    values: dict[Symbol, int] = {}

    def hide(number: int, at: int) -> Dim:
        if not mask >> at & 1:
            return number
        s = Symbol(f"s{at}")
        values[s] = number
        return Poly({(s,): 1})

    left = Shape.of(*(hide(number, at) for at, number in enumerate(a)))
    right = Shape.of(*(hide(number, at + 4) for at, number in enumerate(b)))
    result, violation = broadcast(left, right)
    try:
        expected = numpy.broadcast_shapes(a, b)
    except ValueError:
        return
    assert violation is None
    assert result.rank == len(expected)
    assert all(is_within_bounds(dim, number, values) for dim, number in zip(result.dims, expected))


def test_unknown_leading_axes() -> None:
    n = symbol("n", lower=0)
    known_last = Shape((Axis(5),), True)
    result, violation = broadcast(known_last, Shape.of(7, n, 1))
    assert violation is None and result.open and result.dims[-1] == 5 and result.dims[0] == 7
    assert result.dims[1] != n
    assert broadcast(known_last, Shape.of(3, 4))[1] is not None
    assert broadcast(UNKNOWN_SHAPE, Shape.of(3, 4)) == (Shape((Axis(3), Axis(4)), True), None)
    assert broadcast_to(UNKNOWN_SHAPE, Shape.of(3)) == (Shape.of(3), None)


def test_only_what_is_proven_is_wrong() -> None:
    n, h = symbol("n"), symbol("h", lower=2)
    assert broadcast(Shape.of(n), Shape.of(5))[1] is None
    assert broadcast(Shape.of(n), Shape.of(n - 10))[1] is None
    assert broadcast(Shape.of(h), Shape.of(2 * h))[1] is not None
    assert broadcast(Shape.of(n), Shape.of(5))[0].dims == (5,)
    unbounded = broadcast(Shape.of(n), Shape.of(symbol("k", lower=None)))[0].dims[0]
    assert minimum(unbounded) == 0
