"""Which axes a reshape keeps, merges and splits, against the places to which numpy really puts the elements."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.shapes.dims import symbol
from lstmlint.shapes.reshape import regroup, reshape
from lstmlint.shapes.shape import Axis, Meaning, Shape

LENGTHS = st.lists(st.sampled_from([1, 2, 3, 4, 6]), min_size=1, max_size=4)


@st.composite
def reshapes(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The lengths of an array, and others with as many elements."""
    source = tuple(draw(LENGTHS))
    left, target = prod(source), []
    for _ in range(draw(st.integers(0, 3))):
        length = draw(st.sampled_from([length for length in range(1, left + 1) if left % length == 0]))
        target.append(length)
        left //= length
    return source, tuple(draw(st.permutations([*target, left])))


@settings(max_examples=400, deadline=None)
@given(reshapes())
def test_a_group_holds_the_same_elements_before_and_after(lengths: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    source, target = lengths
    axes = tuple(Axis(length, origin=at) for at, length in enumerate(source))
    groups = regroup(axes, target)
    assert [axis.origin for group in groups for axis in group.axes] == [at for at, length in enumerate(source) if length != 1]
    assert [at for group in groups for at in group.places] == [at for at, length in enumerate(target) if length != 1]
    before, after = np.indices(source), np.indices(target)
    for group in groups:
        mine = np.ravel_multi_index([before[axis.origin] for axis in group.axes], [axis.dim for axis in group.axes])
        others = np.ravel_multi_index([after[at] for at in group.places], list(group.dims))
        assert np.array_equal(mine.reshape(target), others)


@settings(max_examples=400, deadline=None)
@given(reshapes())
def test_an_axis_that_keeps_its_meaning_is_the_same_axis(lengths: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    source, target = lengths
    shape = Shape(tuple(Axis(length, Meaning.FEATURE, at) for at, length in enumerate(source)))
    result, violation = reshape(shape, target)
    assert violation is None and result.dims == target
    for at, axis in enumerate(result.axes):
        if axis.origin is not None and not axis.parts and axis.dim != 1:
            assert isinstance(axis.origin, int)
            assert np.array_equal(np.indices(source)[axis.origin].reshape(target), np.indices(target)[at])


@pytest.mark.parametrize("target", [(3, 24), (72,), (24, 3), (4, 6, 3), (1, 72), (24, 1, 3)])
def test_there_and_back_is_what_it_was(target: tuple[int, ...]) -> None:
    n = symbol("n")
    shape = Shape((Axis(n, Meaning.SAMPLE), Axis(24, Meaning.TIME), Axis(3, Meaning.FEATURE)))
    there, _ = reshape(shape, (n, *target))
    back, _ = reshape(there, (n, 24, 3))
    whole = [Meaning.SAMPLE, Meaning.TIME, Meaning.FEATURE]
    # What was cut anew across its borders stays lost.
    assert [axis.meaning for axis in back] == ([Meaning.SAMPLE, None, None] if target == (3, 24) else whole)
