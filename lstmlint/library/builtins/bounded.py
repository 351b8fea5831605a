"""What the conditions on the way to a place say of the bounds of a slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmlint.shapes.dims import Dim, Poly, Symbol, at_least, derived, substitute, symbols
from lstmlint.values.base import Const, Integer, Unknown, Value, dim_of
from lstmlint.values.memory import memory


def within_conditions(bounds: Sequence[Dim | None]) -> list[Dim | None]:
    """The bounds of a slice, with each loop variable in them held within what is known here: `if i + w > len(x): break` leaves
    an i of at most len(x) - w."""
    moving = {s for bound in bounds if isinstance(bound, Poly) for s in symbols(bound) if s.upper is not None}
    if not moving or not memory.path:
        return list(bounds)
    held: dict[Symbol, Dim] = {}
    for fact in _facts():
        for s in moving & symbols(fact):
            closer = _closer(held.get(s), s, fact)
            if closer is not None:
                held[s] = closer
    return [substitute(bound, held.get) if bound is not None and held else bound for bound in bounds]


def _facts() -> Iterator[Poly]:
    """What is at least 0 on the way that was taken to this place."""
    for condition, holds in memory.path.items():
        key = condition.key if isinstance(condition, Unknown) else None
        if not isinstance(key, tuple) or len(key) != 3 or key[0] not in ("<", "<="):
            continue
        left, right = (_number(part) for part in key[1:])
        if left is None or right is None:
            continue
        strict = (key[0] == "<") == holds
        fact = (right - left if holds else left - right) - (1 if strict else 0)
        if isinstance(fact, Poly):
            yield fact


def _number(value: object) -> Dim | None:
    return dim_of(value) if isinstance(value, (Const, Integer)) and isinstance(value, Value) else None


def _closer(known: Dim | None, s: Symbol, fact: Poly) -> Dim | None:
    """A symbol for `s` with the bound that `fact` gives it, if that is closer than the one that it has."""
    coefficient = fact.terms.get((s,), 0)
    rest = fact - Poly({(s,): coefficient})
    if coefficient not in (1, -1) or s in symbols(rest):
        return None
    own = next(iter(symbols(known))) if isinstance(known, Poly) else s
    if coefficient == -1:
        if own.upper is not None and not at_least(own.upper, rest):
            return None
        return _held(s, own.lower, rest)
    if own.lower is not None and not at_least(-1 * rest, own.lower):
        return None
    return _held(s, -1 * rest, own.upper)


def _held(s: Symbol, lower: Dim | None, upper: Dim | None) -> Dim:
    return derived(("held", Poly({(s,): 1}), lower, upper), s.name, s.origin, lower, upper)
