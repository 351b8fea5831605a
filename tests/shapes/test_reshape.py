"""Laws of reshape, and what it must and must not claim."""
from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.shapes.dims import Dim, Poly, Symbol, floor_divide, substitute, symbol
from lstmlint.shapes.reshape import flatten, reshape
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape
from tests.shapes.strategies import value_of

MANY = settings(max_examples=300, deadline=None)
n, m = symbol("n"), symbol("m")
h = symbol("h", lower=1)
unsure = symbol("k", lower=None)


@pytest.mark.parametrize(
    ("dims", "target"),
    [
        ((n, 6), (n, 6, 4)),
        ((n, 6), (n, 5)),
        ((n, 6), (n, 1, 5)),
        ((n, 6), (2 * n, 6)),
        ((n, 6), (n - 10, 6)),
        ((n, 6), (n, -1, 4)),
        ((n, 6), (n, -1, 7)),
        ((2 * n + 1, 3), (-1, 2)),
        ((n, 60, 5), (n, 60, 60)),
        ((n - 60, 60), (n - 60, 60, 5)),
        ((n, h), (n, h, 2)),
        ((n, m), (n, m, 3)),
        ((5,), (2, -1)),
        ((0, 3), (0, -1)),
        ((4, 6), (-1, -1)),
        ((n, 2, m), (n, 3, m)),
    ],
)
def test_impossible(dims: tuple[Dim, ...], target: tuple[Dim, ...]) -> None:
    shape, violation = reshape(Shape.of(*dims), target)
    assert violation is not None and violation.kind == "reshape"
    assert shape.rank == len(target)


@pytest.mark.parametrize(
    ("dims", "target"),
    [
        ((n, 6), (m, 6, 4)),
        ((n, 6), (-1, 6, 4)),
        ((n, 6), (n, unsure)),
        ((n, 6), (n, unsure, 4)),
        ((n, m), (n, 60)),
        ((n, m), (n, 60, 1)),
        ((n, 6), (100, 6)),
        ((n * 6,), (n, 6)),
        ((n, 10), (m, 5)),
        ((n, 3), (-1, 2)),
        ((n - 10, 6), (60,)),
        ((n, 6), (unsure, -1)),
    ],
)
def test_possible_for_some_lengths(dims: tuple[Dim, ...], target: tuple[Dim, ...]) -> None:
    assert reshape(Shape.of(*dims), target)[1] is None


@pytest.mark.parametrize(
    ("dims", "target", "expected"),
    [
        ((n, 6), (n, -1), (n, 6)),
        ((n, 6), (n, 3, -1), (n, 3, 2)),
        ((n, 6), (-1,), (6 * n,)),
        ((n, 60, 5), (-1, 300), (n, 300)),
        ((n, 60, 5), (-1, 5), (60 * n, 5)),
        ((n - 60, 60), (n - 60, 60, -1), (n - 60, 60, 1)),
        ((n, h, m), (n, -1, m), (n, h, m)),
        ((n, 6), (n, unsure), (n, 6)),
        ((7,), (7, 1), (7, 1)),
        ((n, 3), (-1, 2), (floor_divide(3 * n, 2), 2)),
    ],
)
def test_the_hole_is_filled_exactly(dims: tuple[Dim, ...], target: tuple[Dim, ...], expected: tuple[Dim, ...]) -> None:
    shape, violation = reshape(Shape.of(*dims), target)
    assert violation is None
    assert shape.dims == expected


def test_meanings_survive_where_the_axis_does() -> None:
    window = Shape((Axis(n, Meaning.SAMPLE), Axis(60, Meaning.TIME), Axis(5, Meaning.FEATURE)))

    def meanings(*target: Dim) -> list[Meaning | None]:
        return [axis.meaning for axis in reshape(window, target)[0]]

    assert meanings(n, 60, 5) == [Meaning.SAMPLE, Meaning.TIME, Meaning.FEATURE]
    assert meanings(n, 300) == [Meaning.SAMPLE, None]
    assert meanings(n * 60, 5) == [None, Meaning.FEATURE]
    assert meanings(n, 60, 1, 5) == [Meaning.SAMPLE, Meaning.TIME, None, Meaning.FEATURE]
    assert meanings(n, 5, 60) == [Meaning.SAMPLE, None, None]
    assert meanings(-1, 60, 5) == [Meaning.SAMPLE, Meaning.TIME, Meaning.FEATURE]


def test_of_an_unknown_rank_only_the_target_is_known() -> None:
    shape, violation = reshape(UNKNOWN_SHAPE, (-1, 60, 5))
    assert violation is None and shape.rank == 3 and shape.dims[1:] == (60, 5)
    assert flatten(UNKNOWN_SHAPE).rank == 1


@MANY
@given(st.lists(st.integers(0, 6), min_size=0, max_size=4), st.randoms(use_true_random=False))
def test_the_number_of_elements_is_kept(lengths: list[int], random: object) -> None:
    shape = Shape.of(*lengths)
    merged = flatten(shape)
    assert merged.elements() == shape.elements()
    back, violation = reshape(merged, lengths)
    assert violation is None and back == shape
    for order in itertools.islice(itertools.permutations(lengths), 4):
        other, violation = reshape(shape, order)
        assert violation is None and other.elements() == shape.elements()


@st.composite
def partly_symbolic(draw: st.DrawFn) -> tuple[dict[Symbol, int], list[Dim], list[Dim]]:
    """Lengths of an array that is not empty, and a target, with some numbers replaced by symbols of the same value."""
    values: dict[Symbol, int] = {}
    pool: dict[int, Symbol] = {}

    def hide(number: int) -> Dim:
        how = draw(st.integers(0, 3))
        if how <= 1:
            return number
        if number not in pool or how == 3:
            pool[number] = Symbol(f"s{len(values)}", "", draw(st.sampled_from([0, None])))
            values[pool[number]] = number
        return Poly({(pool[number],): 1})

    source = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    goal = draw(st.one_of(st.permutations(source), st.lists(st.integers(1, 6), min_size=1, max_size=3)))
    target: list[Dim] = [hide(number) for number in goal]
    if draw(st.booleans()):
        target[draw(st.integers(0, len(target) - 1))] = -1
    return values, [hide(number) for number in source], target


@MANY
@given(partly_symbolic())
def test_symbolic_answers_hold_for_the_values(case: tuple[dict[Symbol, int], list[Dim], list[Dim]]) -> None:
    values, dims, target = case
    shape, violation = reshape(Shape.of(*dims), target)
    concrete, wrong = reshape(
        Shape.of(*(value_of(dim, values) for dim in dims)), [value_of(dim, values) for dim in target]
    )
    if wrong is None:
        assert violation is None, violation
        for symbolic, number in zip(shape.dims, concrete.dims):
            known = substitute(symbolic, lambda s: values.get(s))
            assert known == number or not isinstance(known, int)
