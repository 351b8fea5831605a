"""Laws of the polynomials, and the soundness of what is claimed about them."""
from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from lstmlint.shapes import dims
from lstmlint.shapes.dims import Dim, Symbol, symbol
from tests.shapes.strategies import bounded_symbols, polynomials, value_of

MANY = settings(max_examples=300, deadline=None)


@st.composite
def instances(draw: st.DrawFn) -> tuple[dict[Symbol, int], Dim, Dim, Dim]:
    values = draw(bounded_symbols())
    a, b, c = (draw(polynomials(values)) for _ in range(3))
    return values, a, b, c


@MANY
@given(instances())
def test_polynomials_are_a_commutative_ring(case: tuple[dict[Symbol, int], Dim, Dim, Dim]) -> None:
    _, a, b, c = case
    assert a + b == b + a and a * b == b * a
    assert (a + b) + c == a + (b + c) and (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert a - a == 0 and a + 0 == a and a * 1 == a and a * 0 == 0
    assert hash(a + b - b) == hash(a)


@MANY
@given(instances())
def test_operations_commute_with_putting_values_in(case: tuple[dict[Symbol, int], Dim, Dim, Dim]) -> None:
    values, a, b, _ = case
    x, y = value_of(a, values), value_of(b, values)
    assert value_of(a + b, values) == x + y
    assert value_of(a - b, values) == x - y
    assert value_of(a * b, values) == x * y


@MANY
@given(instances())
def test_claims_hold_for_every_value_within_the_bounds(case: tuple[dict[Symbol, int], Dim, Dim, Dim]) -> None:
    values, a, b, _ = case
    x, y = value_of(a, values), value_of(b, values)
    assert not dims.same(a, b) or x == y
    assert not dims.differ(a, b) or x != y
    assert not dims.at_least(a, b) or x >= y
    low = dims.minimum(a)
    assert low is None or low <= x


@MANY
@given(instances())
def test_division_is_exact(case: tuple[dict[Symbol, int], Dim, Dim, Dim]) -> None:
    values, a, b, _ = case
    quotient = dims.divide(a, b)
    assert quotient is None or quotient * b == a
    if b != 0:
        assert dims.divide(a * b, b) == a


@MANY
@given(st.integers(-30, 30), st.integers(1, 9))
def test_floor_division_of_numbers_is_pythons(a: int, b: int) -> None:
    assert dims.floor_divide(a, b) == a // b
    assert dims.modulo(a, b) == a % b


def test_what_is_provable_is_claimed() -> None:
    n, h = symbol("n"), symbol("h", lower=1)
    assert dims.differ(2 * h, h)
    assert not dims.differ(2 * n, n)
    assert dims.differ(n - 10, n)
    assert dims.differ(2 * n, 2 * h + 1)
    assert dims.at_least(n + h, 1)
    assert dims.floor_divide(6 * n, 3) == 2 * n
    assert dims.smaller(n, n + 1) == n
    assert dims.larger(n, n + 1) == n + 1
    assert dims.floor_divide(n, 2) == dims.floor_divide(n, 2)
