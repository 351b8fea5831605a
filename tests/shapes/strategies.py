"""Random polynomials over symbols, with values of the symbols that respect their bounds."""
from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from lstmlint.shapes.dims import Dim, Poly, Symbol, substitute, symbols

Values = Mapping[Symbol, int]


@st.composite
def bounded_symbols(draw: st.DrawFn) -> dict[Symbol, int]:
    """Two to four symbols, each with a value within its bounds, of which some are symbolic."""
    values: dict[Symbol, int] = {}
    for at in range(draw(st.integers(2, 4))):
        value = draw(st.integers(-4, 12))
        kind = draw(st.sampled_from(["none", "lower", "both", "symbolic"]))
        lower: Dim | None = None
        upper: Dim | None = None
        if kind in ("lower", "both"):
            lower = value - draw(st.integers(0, 5))
        if kind == "both":
            upper = value + draw(st.integers(0, 5))
        if kind == "symbolic" and values:
            other = draw(st.sampled_from(sorted(values, key=lambda s: s.serial)))
            difference = value - values[other]
            lower = Poly({(other,): 1}) + (difference - draw(st.integers(0, 3)))
            upper = Poly({(other,): 1}) + (difference + draw(st.integers(0, 3)))
        values[Symbol("abcd"[at], "", lower, upper)] = value
    return values


@st.composite
def polynomials(draw: st.DrawFn, values: Values, degree: int = 2) -> Dim:
    """A polynomial over the symbols of `values`."""
    names = sorted(values, key=lambda s: s.serial)
    result: Dim = draw(st.integers(-6, 6))
    for _ in range(draw(st.integers(0, 3))):
        term: Dim = draw(st.integers(-3, 3))
        for _ in range(draw(st.integers(1, degree))):
            term = term * Poly({(draw(st.sampled_from(names)),): 1})
        result = result + term
    return result


def value_of(dim: Dim, values: Values) -> int:
    """`dim` with the values put in; an AssertionError if a symbol has none."""
    result = substitute(dim, lambda s: values.get(s))
    assert isinstance(result, int), f"{result} has no value"
    return result


def is_within_bounds(dim: Dim, actual: int, values: Values) -> bool:
    """Whether `actual` can be what `dim` stands for: its value, or within the bounds of a symbol that has no value."""
    known = substitute(dim, lambda s: values.get(s))
    if isinstance(known, int):
        return known == actual
    (only, *more) = symbols(known)
    if more or known != Poly({(only,): 1}):
        return True
    for bound, sign in ((only.lower, 1), (only.upper, -1)):
        limit = None if bound is None else substitute(bound, lambda s: values.get(s))
        if isinstance(limit, int) and sign * (actual - limit) < 0:
            return False
    return True
