"""The length of slices: exact for numbers, sound for symbols, and w for windows."""
from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstmlint.shapes.dims import Dim, Poly, Symbol, symbol
from lstmlint.shapes.slices import slice_length
from tests.shapes.strategies import is_within_bounds

MANY = settings(max_examples=400, deadline=None)
bounds = st.one_of(st.none(), st.integers(-9, 9))


@MANY
@given(st.integers(0, 7), bounds, bounds, st.one_of(st.none(), st.integers(-3, 3).filter(bool)))
def test_of_numbers_it_is_pythons(length: int, start: int | None, stop: int | None, step: int | None) -> None:
    assert slice_length(length, start, stop, step) == len(range(length)[start:stop:step])


@MANY
@given(st.integers(1, 9), bounds, bounds, st.sampled_from([None, 1, 2, 3]), st.booleans(), st.booleans(), st.booleans())
def test_of_symbols_it_holds_for_slices_that_are_not_empty(
    length: int, start: int | None, stop: int | None, step: int | None, hide: bool, hide_start: bool, hide_stop: bool
) -> None:
    actual = len(range(length)[start:stop:step])
    assume(actual > 0)
    assume(start is None or -length <= start)
    values: dict[Symbol, int] = {}

    def hidden(number: int | None, name: str, lower: int | None) -> Dim | None:
        if number is None:
            return None
        if number < 0 and lower == 0:
            return -1 * _named(-number, name)
        return _named(number, name, lower)

    def _named(number: int, name: str, lower: int | None = 0) -> Poly:
        s = Symbol(name, "", lower)
        values[s] = number
        return Poly({(s,): 1})

    n = hidden(length, "n", 0) if hide else length
    a = hidden(start, "a", 0) if hide_start else start
    b = hidden(stop, "b", 0) if hide_stop else stop
    assert n is not None
    result = slice_length(n, a, b, step)
    # A window is taken to lie within the array.
    is_window = hide_start and start is not None and stop is not None
    assume(not is_window or 0 <= start < stop <= length)
    assert is_within_bounds(result, actual, values), (result, actual)


n = symbol("n")
w = symbol("w", lower=1)


def index(upper: Dim | None, lower: Dim | None = 0) -> Poly:
    return symbol("i", lower=lower, upper=upper)


def test_windows_within_the_bounds_of_their_index() -> None:
    i = index(n - 60 - 1)
    assert slice_length(n, i, i + 60) == 60
    j = index(n - 1, 60)
    assert slice_length(n, j - 60, j) == 60
    k = index(n - w - 1)
    assert slice_length(n, k, k + w) == w
    m = index(n - 1, w)
    assert slice_length(n, m - w, m) == w
    c = index(90)
    assert slice_length(100, c, c + 10) == 10


def test_windows_of_which_nothing_is_known() -> None:
    i = index(None, None)
    assert slice_length(n, i, i + 60) == 60
    assert slice_length(n, i - w, i) == w
    assert slice_length(n, i * 32, i * 32 + 32) == 32
    kaggle = index(2034, 60)
    assert slice_length(n, kaggle - 60, kaggle) == 60


def test_windows_that_are_cut_at_the_end() -> None:
    batch = index(n - 1)
    assert slice_length(n, batch, batch + 32) != 32
    assert slice_length(n, batch, batch + symbol("batch_size", lower=1)) is not None
    size = symbol("batch_size", lower=None)
    assert slice_length(n, batch, batch + size) != size
    c = index(99)
    assert slice_length(100, c, c + 10) != 10
    assert slice_length(100, c, c + w) != w
    assert slice_length(n, batch - 60, batch) != 60


def test_constant_bounds_of_a_symbolic_length() -> None:
    assert slice_length(n, 60, None) == n - 60
    assert slice_length(n, None, -3) == n - 3
    assert slice_length(n, 2, -3) == n - 5
    assert str(slice_length(n, None, 100)) == "min(100, n)"
    assert slice_length(n, None, 100) == slice_length(n, 0, 100)
    assert slice_length(n, None, None, -1) == n
    assert slice_length(n, 1, 2) == slice_length(n, None, 1) == slice_length(n, -1, None) == 1
    assert slice_length(n, 1, 3) != 2
    assert slice_length(n, symbol("k", lower=None), None) != n


def test_equal_slices_of_equal_lengths_are_equally_long() -> None:
    k = symbol("k", lower=None)
    assert slice_length(n, None, k) == slice_length(n, None, k)
    assert slice_length(n, k, None) == slice_length(n, k, None) != slice_length(n, None, k)
