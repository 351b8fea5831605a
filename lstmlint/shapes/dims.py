"""Dimensions: plain integers, and integer polynomials over symbols in a normal form.

A `Dim` is an `int` or a `Poly`; a `Poly` is never constant, so equal dimensions are equal objects in the sense of `==`
and can be dictionary keys. Comparison is three-valued: `same` and `differ` both answer False where nothing is proven.
"""
from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Mapping
from math import gcd
from weakref import WeakValueDictionary

_births = itertools.count()


def birth() -> int:
    """A moment of the analysis, later than all before (what is born in one iteration of a loop is not what is born in the next)."""
    return next(_births)


class Birth(int):
    """The moment at which an unknown value came into being, as the key by which it is told from all others."""


class Symbol:
    """An unknown integer that stands for one value: `name` is how to print it, `origin` what it counts.

    `lower` and `upper` are inclusive bounds that the origin justifies; None where there is none. `varies` marks the one
    exception to "one value": the length of the elements of a ragged collection. `key` is what `derived` interned it by.
    `birth` is the moment when the value came into being: for a derived symbol, when the youngest thing that determines it did.
    Symbols are equal when they are the same object.
    """

    __slots__ = ("name", "origin", "lower", "upper", "varies", "key", "serial", "birth", "__weakref__")

    def __init__(
        self, name: str, origin: str = "", lower: Dim | None = 0, upper: Dim | None = None, varies: bool = False
    ) -> None:
        self.name = name
        self.origin = origin
        self.lower = lower
        self.upper = upper
        self.varies = varies
        self.key: Hashable = None
        self.serial = birth()
        self.birth = self.serial

    def __repr__(self) -> str:
        return self.name


Monomial = tuple[Symbol, ...]


class Poly:
    """A non-constant polynomial: `terms` maps each monomial (symbols in order of birth) to its coefficient, never 0."""

    __slots__ = ("terms", "_hash")

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        self.terms = dict(terms)
        self._hash = hash(frozenset(self.terms.items()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self._hash == other._hash and self.terms == other.terms

    def __hash__(self) -> int:
        return self._hash

    def __add__(self, other: Dim) -> Dim:
        terms = dict(self.terms)
        for monomial, coefficient in _terms(other):
            terms[monomial] = terms.get(monomial, 0) + coefficient
        return normal(terms)

    def __neg__(self) -> Poly:
        return Poly({monomial: -coefficient for monomial, coefficient in self.terms.items()})

    def __sub__(self, other: Dim) -> Dim:
        return self + (-other)

    def __rsub__(self, other: int) -> Dim:
        return -self + other

    def __mul__(self, other: Dim) -> Dim:
        terms: dict[Monomial, int] = {}
        for left, a in self.terms.items():
            for right, b in _terms(other):
                monomial = tuple(sorted(left + right, key=_serial))
                terms[monomial] = terms.get(monomial, 0) + a * b
        return normal(terms)

    __radd__ = __add__
    __rmul__ = __mul__

    def __str__(self) -> str:
        parts = []
        for monomial, coefficient in sorted(self.terms.items(), key=_print_order):
            sign = " - " if coefficient < 0 else " + "
            size = abs(coefficient)
            body = "*".join(([str(size)] if size != 1 or not monomial else []) + [s.name for s in monomial])
            parts.append(sign + body)
        text = "".join(parts)
        return text[3:] if text.startswith(" + ") else "-" + text[3:]

    __repr__ = __str__


Dim = int | Poly


def _serial(symbol: Symbol) -> int:
    return symbol.serial


def _print_order(term: tuple[Monomial, int]) -> tuple[bool, int, list[int]]:
    monomial, coefficient = term
    return (coefficient < 0, -len(monomial), [s.serial for s in monomial])


def _terms(dim: Dim) -> Iterable[tuple[Monomial, int]]:
    if isinstance(dim, Poly):
        return dim.terms.items()
    return (((), dim),)


def normal(terms: Mapping[Monomial, int]) -> Dim:
    """The dimension with these terms, as an `int` when it is constant."""
    kept = {monomial: coefficient for monomial, coefficient in terms.items() if coefficient}
    if not kept:
        return 0
    if len(kept) == 1 and () in kept:
        return kept[()]
    return Poly(kept)


def symbol(name: str, origin: str = "", lower: Dim | None = 0, upper: Dim | None = None) -> Poly:
    """A fresh symbol as a dimension."""
    return Poly({(Symbol(name, origin, lower, upper),): 1})


_derived: WeakValueDictionary[Hashable, Symbol] = WeakValueDictionary()


def derived(key: Hashable, name: str, origin: str = "", lower: Dim | None = 0, upper: Dim | None = None) -> Poly:
    """The symbol of a value that `key` determines: the same key gives the same symbol."""
    known = _derived.get(key)
    if known is None:
        known = _derived[key] = Symbol(name, origin, lower, upper)
        known.key = key
        youngest = _youngest(key)
        if youngest is not None:
            known.birth = youngest
    return Poly({(known,): 1})


def _youngest(key: Hashable) -> int | None:
    """When the youngest part of a key was born, 0 if all its parts are constants; None if that can't be told."""
    if isinstance(key, Birth):
        return int(key)
    if key is None or isinstance(key, (int, float, str, bytes)):
        return 0
    if isinstance(key, Poly):
        return max(s.birth for monomial in key.terms for s in monomial)
    if isinstance(key, (tuple, frozenset)):
        parts = [_youngest(part) for part in key]
        return None if any(part is None for part in parts) else max((part for part in parts if part is not None), default=0)
    inner = getattr(key, "identity", None)
    return None if inner is None else _youngest(inner)


def single(dim: Dim) -> Symbol | None:
    """The symbol that `dim` consists of, if it is nothing but one symbol."""
    if isinstance(dim, Poly) and len(dim.terms) == 1:
        ((monomial, coefficient),) = dim.terms.items()
        if coefficient == 1 and len(monomial) == 1:
            return monomial[0]
    return None


def minimum(dim: Dim, depth: int = 4) -> int | None:
    """A proven lower bound of `dim`, or None. Bounds that are themselves symbolic are also put in, so that they cancel."""
    if not isinstance(dim, Poly):
        return dim
    lows = [_numeric_minimum(dim)]
    replaced = _with_symbolic_bounds(dim)
    if depth and replaced != dim:
        lows.append(minimum(replaced, depth - 1))
    return max((low for low in lows if low is not None), default=None)


def _with_symbolic_bounds(dim: Poly) -> Dim:
    result: Dim = 0
    for monomial, coefficient in dim.terms.items():
        value: Dim = 1
        for s in monomial:
            bound = s.lower if coefficient > 0 else s.upper
            use = len(monomial) == 1 and isinstance(bound, Poly)
            value = value * (bound if use and bound is not None else Poly({(s,): 1}))
        result = result + value * coefficient
    return result


def _numeric_minimum(dim: Poly) -> int | None:
    total = 0
    for monomial, coefficient in dim.terms.items():
        product = coefficient
        for s in monomial:
            bound = s.lower if coefficient > 0 else s.upper
            if not isinstance(bound, int) or (bound < 0 and len(monomial) > 1):
                return None
            product *= bound
        if coefficient < 0 and any(not isinstance(s.lower, int) or s.lower < 0 for s in monomial) and len(monomial) > 1:
            return None
        total += product
    return total


def same(a: Dim, b: Dim) -> bool:
    """Proven equal."""
    return a == b and not (isinstance(a, Poly) and any(s.varies for s in symbols(a)))


def differ(a: Dim, b: Dim) -> bool:
    """Proven different: the difference can't be 0 within the bounds of the symbols."""
    d = a - b
    if not isinstance(d, Poly):
        return d != 0
    constant = d.terms.get((), 0)
    step = gcd(*(coefficient for monomial, coefficient in d.terms.items() if monomial))
    if constant % step:
        return True
    return at_least(d, 1) or at_least(-d, 1)


def at_least(a: Dim, b: Dim) -> bool:
    """Proven a ≥ b."""
    low = minimum(a - b)
    return low is not None and low >= 0


def divide(a: Dim, b: Dim) -> Dim | None:
    """The exact quotient, or None where exactness is not proven (b is taken to be non-zero)."""
    if isinstance(b, int):
        if b == 0:
            return None
        if all(coefficient % b == 0 for _, coefficient in _terms(a)):
            return normal({monomial: coefficient // b for monomial, coefficient in _terms(a)})
        return None
    if a == 0:
        return 0
    return _polynomial_quotient(a, b)


def _polynomial_quotient(a: Dim, b: Poly) -> Dim | None:
    lead = max(b.terms, key=_degree_order)
    quotient: Dim = 0
    rest: Dim = a
    for _ in range(16):
        if rest == 0:
            return quotient
        if not isinstance(rest, Poly):
            return None
        top = max(rest.terms, key=_degree_order)
        factor = _without(top, lead)
        if factor is None or rest.terms[top] % b.terms[lead]:
            return None
        step = normal({factor: rest.terms[top] // b.terms[lead]})
        quotient = quotient + step
        rest = rest - b * step
    return None


def _degree_order(monomial: Monomial) -> tuple[int, tuple[int, ...]]:
    return (len(monomial), tuple(s.serial for s in monomial))


def _without(monomial: Monomial, part: Monomial) -> Monomial | None:
    left = list(monomial)
    for s in part:
        if s not in left:
            return None
        left.remove(s)
    return tuple(left)


def floor_divide(a: Dim, b: Dim) -> Dim:
    """a // b, exact where that is provable, otherwise a symbol that the two operands determine."""
    if isinstance(a, int) and isinstance(b, int):
        return a // b if b else symbol("?", lower=None)
    exact = divide(a, b)
    if exact is not None:
        return exact
    low = 0 if at_least(a, 0) and at_least(b, 1) else None
    if isinstance(b, int) and b >= 1 and low == 0:
        least = minimum(a)
        low = least // b if least is not None else 0
    return derived(("//", a, b), f"{_operand(a)}//{_operand(b)}", lower=low)


def _operand(dim: Dim) -> str:
    return f"({dim})" if isinstance(dim, Poly) and len(dim.terms) > 1 else str(dim)


def modulo(a: Dim, b: Dim) -> Dim:
    """a % b."""
    if isinstance(a, int) and isinstance(b, int):
        return a % b if b else symbol("?", lower=None)
    return a - b * floor_divide(a, b)


def smaller(a: Dim, b: Dim) -> Dim:
    """min(a, b)."""
    if at_least(b, a):
        return a
    if at_least(a, b):
        return b
    lows = (minimum(a), minimum(b))
    low = None if lows[0] is None or lows[1] is None else min(lows[0], lows[1])
    return derived(("min", frozenset((a, b))), f"min({a}, {b})", lower=low, upper=b if isinstance(b, int) else a)


def larger(a: Dim, b: Dim) -> Dim:
    """max(a, b)."""
    if at_least(a, b):
        return a
    if at_least(b, a):
        return b
    lows = [low for low in (minimum(a), minimum(b)) if low is not None]
    return derived(("max", frozenset((a, b))), f"max({a}, {b})", lower=max(lows) if lows else None)


def symbols(dim: Dim) -> set[Symbol]:
    """The symbols that occur in `dim`."""
    return {s for monomial, _ in _terms(dim) for s in monomial}


def substitute(dim: Dim, value_of: Callable[[Symbol], Dim | None]) -> Dim:
    """`dim` with each symbol replaced by what `value_of` gives for it (None: kept)."""
    if not isinstance(dim, Poly):
        return dim
    result: Dim = 0
    for monomial, coefficient in dim.terms.items():
        product: Dim = coefficient
        for s in monomial:
            value = value_of(s)
            product = product * (Poly({(s,): 1}) if value is None else value)
        result = result + product
    return result


def covering(a: Dim, b: Dim) -> Dim | None:
    """A fresh symbol for a number that is one of two, where the bounds of one hold for both; None where nothing is known of it."""
    one, other = _bounded(a), _bounded(b)
    if one is not None and other is not None:
        alike = (one.name, one.origin, one.lower, one.upper) == (other.name, other.origin, other.lower, other.upper)
        return symbol(one.name, one.origin, one.lower, one.upper) if alike else None
    s, number = (one, b) if one is not None else (other, a)
    if s is None or not isinstance(number, int) or not at_least(number, s.lower or 0) or not at_least(s.upper or 0, number):
        return None
    return symbol(s.name, s.origin, s.lower, s.upper)


def _bounded(dim: Dim) -> Symbol | None:
    """The one symbol that `dim` is, if both its bounds are numbers."""
    found = single(dim)
    return found if found is not None and isinstance(found.lower, int) and isinstance(found.upper, int) else None
