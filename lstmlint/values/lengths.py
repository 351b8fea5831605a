"""Lengths that a use has told: a layer made for two features has taken the data, so that its rows have two numbers."""
from __future__ import annotations

from dataclasses import dataclass, field, replace

from lstmlint.shapes.dims import Dim, Poly, Symbol, divide, substitute
from lstmlint.values.base import Value
from lstmlint.values.data import Array
from lstmlint.values.knowledge import REFINED, weakest
from lstmlint.values.memory import Cell, Path, memory


@dataclass(frozen=True, slots=True)
class _Told(Value):
    """A number that a use has told, and the conditions that held there."""

    number: int
    path: Path = field(compare=False)

    def holds(self) -> bool:
        """Whether that use lies on the way that led here."""
        return all(memory.path.get(condition) is truth for condition, truth in self.path.items())


def learn(one: Dim, other: Dim) -> None:
    """From here on, the two are equal, since what was done with them would have raised otherwise."""
    found = _solved(learned(one - other))
    if found is not None:
        symbol, number = found
        memory.lengths.setdefault(symbol, Cell()).set(_Told(number, memory.path))


def _solved(difference: Dim) -> tuple[Symbol, int] | None:
    """The one symbol of a difference, and for which number that is 0."""
    if not isinstance(difference, Poly):
        return None
    constant = difference.terms.get((), 0)
    rest = [(monomial, factor) for monomial, factor in difference.terms.items() if monomial]
    if len(rest) != 1 or len(rest[0][0]) != 1:
        return None
    ((symbol,), factor) = rest[0]
    number = divide(-constant, factor) if factor > 0 else divide(constant, -factor)
    return (symbol, number) if isinstance(number, int) and not symbol.varies else None


def learned(dim: Dim) -> Dim:
    """`dim` with the numbers that uses before have told, on every way that leads here."""
    return substitute(dim, _number) if memory.lengths else dim


def _number(symbol: Symbol) -> int | None:
    cell = memory.lengths.get(symbol)
    known = None if cell is None else cell.get()
    return known.number if isinstance(known, _Told) and known.holds() else None


def as_used(array: Array, *axes: int) -> Array:
    """The array with what uses before have told of these axes."""
    shape = array.shape
    for at in axes:
        axis = shape.axis(at)
        if axis is not None:
            shape = shape.replace(at, axis.of_length(learned(axis.dim)))
    return array if shape == array.shape else by_use(replace(array, shape=shape))


def by_use(array: Array) -> Array:
    """The array as one of which something is known only by its uses."""
    memory.weakened = True
    return replace(array, known=weakest(array.known, REFINED))
