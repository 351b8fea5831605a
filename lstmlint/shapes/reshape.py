"""Reshape: the same elements, in the same order, under other axes."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import gcd

from lstmlint.shapes.dims import (
    Dim,
    Poly,
    Symbol,
    at_least,
    differ,
    divide,
    floor_divide,
    normal,
    substitute,
    symbol,
    symbols,
)
from lstmlint.shapes.shape import Axis, Meaning, Result, Shape, Violation, product, unknown_dim


def reshape(shape: Shape, target: Sequence[Dim]) -> Result:
    """`shape` with the dimensions `target`, of which one may be -1.

    It is impossible only where that is proven for every array that is not empty: nobody means to train on none, and n*6
    elements are never n*24, save for n = 0. So each length that is a factor of either count is taken to be at least 1.
    """
    holes = [at for at, dim in enumerate(target) if dim == -1]
    if len(holes) > 1:
        wanted = Shape.of(*target)
        return _unfilled(target), Violation("reshape", f"a reshape to {wanted} has more than one -1", shape, wanted)
    total = shape.elements()
    if total is None:
        return _unfilled(target), None
    known = [dim for dim in target if dim != -1]
    own = _nonempty(shape.dims)
    if any(_doubtful(dim, own) for dim in known):
        return _uncertain_target(shape, target, total, own), None
    left, right = _cancel(shape.dims, known)
    if holes:
        return _fill(shape, target, holes[0], (total, product(known)), (left, right))
    if total == 0 or 0 in known:
        impossible = differ(total, product(known))
    else:
        impossible = _differ_nonempty(left, right, _nonempty([*shape.dims, *known]))
    return _named(shape, target), _impossible(shape, target) if impossible else None


def _unfilled(target: Sequence[Dim]) -> Shape:
    return Shape.of(*(unknown_dim() if dim == -1 else dim for dim in target))


def _impossible(shape: Shape, target: Sequence[Dim]) -> Violation:
    wanted = Shape.of(*target)
    message = f"{shape} has {shape.elements()} elements and can't be reshaped to {wanted}"
    if -1 not in target:
        message += f", which has {wanted.elements()}"
    return Violation("reshape", message, shape, wanted)


def _fill(shape: Shape, target: Sequence[Dim], hole: int, counts: tuple[Dim, Dim], reduced: tuple[Dim, Dim]) -> Result:
    """The -1 by division: first of what is left after cancelling, which is exact more often."""
    total, known = counts
    if known == 0 or _indivisible(*reduced):
        return _unfilled(target), _impossible(shape, target)
    length = divide(*reduced)
    if length is None:
        length = divide(total, known)
    if length is None:
        length = floor_divide(*reduced)
    filled = list(target)
    filled[hole] = length
    return _named(shape, filled), None


def _indivisible(a: Dim, b: Dim) -> bool:
    """Proven that b never divides a."""
    if not isinstance(b, int) or b == 0:
        return False
    if isinstance(a, int):
        return a % b != 0
    step = gcd(b, *(coefficient for monomial, coefficient in a.terms.items() if monomial))
    return a.terms.get((), 0) % step != 0


def _doubtful(dim: Dim, own: _Bounds) -> bool:
    """Whether `dim`, a number of the target, may itself be meant as -1.

    A plain unknown integer may, unless the array has such an axis. A length such as n - 10 may not.
    """
    return any(not at_least(substitute(Poly({(s,): 1}), own), 0) for s in symbols(dim))


def _uncertain_target(shape: Shape, target: Sequence[Dim], total: Dim, own: _Bounds) -> Shape:
    """The answer where an unknown integer of `target` may itself be -1: nothing is impossible.

    If it is the only one, it is what the division gives, whether it was -1 or not.
    """
    doubtful = [at for at, dim in enumerate(target) if dim == -1 or _doubtful(dim, own)]
    filled = list(target)
    if len(doubtful) == 1:
        length = divide(total, product(dim for at, dim in enumerate(target) if at != doubtful[0]))
        if length is not None:
            filled[doubtful[0]] = length
    return _named(shape, filled) if -1 not in filled else _unfilled(filled)


def _nonempty(dims: Sequence[Dim]) -> _Bounds:
    """Replaces each symbol that is at least k because one of `dims` is at least 1 by a new one from 0, plus k."""
    least: dict[Symbol, int] = {}
    for dim in dims:
        if not isinstance(dim, Poly):
            continue
        parts = dict(dim.terms)
        constant = parts.pop((), 0)
        if len(parts) != 1:
            continue
        ((monomial, coefficient),) = parts.items()
        if len(monomial) == 1 and coefficient >= 1:
            s = monomial[0]
            low = -((constant - 1) // coefficient)
            least[s] = max(least.get(s, low), low)
    return _Bounds(least)


class _Bounds:
    """A substitution that knows better lower bounds than the symbols themselves."""

    def __init__(self, least: dict[Symbol, int]) -> None:
        self._replacements: dict[Symbol, Dim] = {}
        for s, low in least.items():
            own = s.lower if isinstance(s.lower, int) else None
            if own is None or low > own:
                upper = s.upper - low if isinstance(s.upper, int) else None
                self._replacements[s] = symbol(s.name, s.origin, 0, upper) + low

    def __call__(self, s: Symbol) -> Dim | None:
        return self._replacements.get(s)


def _differ_nonempty(a: Dim, b: Dim, bounds: _Bounds) -> bool:
    return differ(a, b) or differ(substitute(a, bounds), substitute(b, bounds))


def _cancel(source: Sequence[Dim], target: Sequence[Dim]) -> tuple[Dim, Dim]:
    """The two products without the factors that they share (each of them at least 1)."""
    shared = Counter(d for d in source if isinstance(d, Poly)) & Counter(d for d in target if isinstance(d, Poly))
    left, right = (_without(dims, shared) for dims in (source, target))
    common = _common_symbols(left) & _common_symbols(right)
    if common:
        factor = normal({tuple(sorted(common.elements(), key=lambda s: s.serial)): 1})
        left, right = divide(left, factor) or 0, divide(right, factor) or 0
    return left, right


def _without(dims: Sequence[Dim], shared: Counter[Poly]) -> Dim:
    left = Counter(shared)
    total: Dim = 1
    for dim in dims:
        if isinstance(dim, Poly) and left[dim] > 0:
            left[dim] -= 1
        else:
            total = dim * total
    return total


def _common_symbols(dim: Dim) -> Counter[Symbol]:
    """The symbols that are in every term."""
    if not isinstance(dim, Poly):
        return Counter()
    monomials = [Counter(monomial) for monomial in dim.terms]
    common = monomials[0]
    for monomial in monomials[1:]:
        common &= monomial
    return common


def _named(shape: Shape, target: Sequence[Dim]) -> Shape:
    """`target` with what is known of the axes that it keeps, merges or splits."""
    if not any(axis.meaning or axis.parts for axis in shape):
        return Shape.of(*target)
    axes = [Axis(dim) for dim in target]
    for group in regroup(shape.axes, target):
        if len(group.places) == 1 and group.axes:
            axes[group.places[0]] = replace(merged(group.axes), dim=target[group.places[0]])
        elif len(group.axes) == 1 and group.axes[0].meaning in (Meaning.TIME, Meaning.WINDOW):
            # A part of time is time, too.
            for at in group.places:
                axes[at] = group.axes[0].of_length(target[at])
    for at, one in _ones(shape, target):
        axes[at] = one
    return Shape(tuple(axes))


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring axes, none of length one, whose elements a reshape puts under the axes at `places`, of the lengths `dims`, and
    under no others."""

    axes: tuple[Axis, ...]
    places: tuple[int, ...]
    dims: tuple[Dim, ...]


def regroup(axes: Sequence[Axis], target: Sequence[Dim]) -> list[Group]:
    """Which axes become which of `target`, as finely as the order of the elements proves it.

    One axis at one place is kept, several at one place are merged, one at several places is split; several at several places
    are cut anew across their borders.
    """
    pieces = [piece for axis in axes for piece in (axis.parts or (axis,)) if piece.dim != 1]
    places = [at for at, dim in enumerate(target) if dim != 1]
    ends = _ends([piece.dim for piece in pieces])
    groups: list[Group] = []
    first = begin = 0
    for count, end in enumerate(_ends([target[at] for at in places]), start=1):
        if end in ends[first:]:
            last = ends.index(end, first) + 1
            groups.append(_group(pieces[first:last], places[begin:count], target))
            first, begin = last, count
    if first < len(pieces) or begin < len(places):
        groups.append(_group(pieces[first:], places[begin:], target))
    return groups


def _group(axes: Sequence[Axis], places: Sequence[int], target: Sequence[Dim]) -> Group:
    return Group(tuple(axes), tuple(places), tuple(target[at] for at in places))


def _ends(dims: Sequence[Dim]) -> list[Dim]:
    total: Dim = 1
    return [total := dim * total for dim in dims]


def merged(axes: Sequence[Axis]) -> Axis:
    """One axis made of neighbouring ones, which has a meaning where all of them have the same."""
    if len(axes) == 1:
        return axes[0]
    meaning = axes[0].meaning if all(axis.meaning is axes[0].meaning for axis in axes) else None
    return Axis(product(axis.dim for axis in axes), meaning, axes[0].origin, tuple(axes))


def _ones(shape: Shape, target: Sequence[Dim]) -> Iterator[tuple[int, Axis]]:
    """The axes of length one that stay where they are; two at one place can't be told apart."""
    found: dict[Dim, Axis | None] = {}
    before: Dim = 1
    for axis in shape:
        if axis.dim == 1:
            found[before] = None if before in found else axis
        before = before * axis.dim
    before = 1
    for at, dim in enumerate(target):
        one = found.get(before) if dim == 1 else None
        if one is not None:
            yield at, one
        before = before * dim


def flatten(shape: Shape, start: int = 0, end: int = -1) -> Shape:
    """The axes from `start` to `end` merged into one."""
    if shape.open:
        return Shape((Axis(unknown_dim()),)) if (start, end) == (0, -1) else Shape((), True)
    if not shape.axes:
        return Shape.of(1)
    first, last = shape.position(start), shape.position(end)
    if first is None or last is None or first > last:
        return Shape((), True)
    if first == last:
        return shape
    pieces = [piece for axis in shape.axes[first : last + 1] for piece in (axis.parts or (axis,))]
    return Shape(shape.axes[:first] + (merged(pieces),) + shape.axes[last + 1 :])
