"""Small numbers for symbols, so that what is known of them holds: their bounds, and how one follows from others."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from lstmlint.shapes.dims import Dim, Poly, Symbol, single, substitute, symbols

_CHOICES = ((7, 11, 13, 17, 19, 23, 29, 31), (12, 9, 16, 10, 22, 14, 26, 18))
"""The sizes tried first: unlike one another, so that two axes of different symbols are never alike by chance."""
_ATTEMPTS = 40
_LARGEST = 20_000
_LONG = 500
"""Lengths up to this are taken for windows."""
NOTHING: Mapping[Symbol, int] = {}


class Sizes:
    """Numbers for symbols: chosen freely where nothing else determines them, at least `floors`."""

    def __init__(self, choices: Sequence[int], floors: dict[Symbol, int], fixed: Mapping[Symbol, int] = NOTHING) -> None:
        self._choices = choices
        self.margin = choices[0] - 4
        self.multiples: Mapping[Symbol, int] = NOTHING
        """Of what symbols are halved, say: a number that is even hides nothing."""
        self.longest = 0
        """The longest of the lengths that are known."""
        self._floors = floors
        self._values: dict[Symbol, int] = dict(fixed)
        self._pending: set[Symbol] = set()
        self.free: set[Symbol] = set()

    def __getitem__(self, dim: Dim) -> int:
        """The number that `dim` is."""
        number = substitute(dim, self._value)
        assert isinstance(number, int)
        return number

    def _value(self, symbol: Symbol) -> int:
        if symbol not in self._values:
            if symbol in self._pending:
                return 1
            self._pending.add(symbol)
            known = _computed(symbol.key, self)
            self._values[symbol] = self._chosen(symbol) if known is None else known
            self._pending.discard(symbol)
        return self._values[symbol]

    def _chosen(self, symbol: Symbol) -> int:
        number = self._choices[len(self.free) % len(self._choices)]
        if symbol.origin.startswith("rows"):
            # Enough of them for windows, lags and parts of these lengths.
            number += 2 * self.longest
        self.free.add(symbol)
        if symbol.lower is not None:
            number = max(number, self[symbol.lower])
        if symbol.name == "batch" and ":" in symbol.origin and isinstance(symbol.upper, int):
            # The numbers say that the first batch of the loader is full.
            number = symbol.upper
        elif isinstance(symbol.upper, Poly) and symbol.lower is not None:
            # Of rows, nothing is taken away where the data is made up; of the numbers of a loop, the first is as good as any.
            number = self[symbol.upper] if symbol.origin.startswith("rows") else self[symbol.lower]
        number = max(number, self._floors.get(symbol, number))
        number += -number % self.multiples.get(symbol, 1)
        return number if symbol.upper is None else min(number, self[symbol.upper])


def instances(positive: Iterable[Dim], fixed: Mapping[Symbol, int] = NOTHING) -> list[Sizes]:
    """Two different choices of numbers for the symbols of `positive` that make all of these dimensions positive.

    One choice (of nothing) where there are no symbols, none where no choice was found.
    """
    known = list(dict.fromkeys(positive))
    symbolic = any(isinstance(dim, Poly) for dim in known)
    found = (_search(known, choices, fixed) for choices in (_CHOICES if symbolic else _CHOICES[:1]))
    return [sizes for sizes in found if sizes is not None]


def with_known(positive: Iterable[Dim], at: int, fixed: Mapping[Symbol, int]) -> Sizes | None:
    """Choice number `at` again, now that some numbers are known."""
    return _search(list(dict.fromkeys(positive)), _CHOICES[at], fixed)


def free_symbol(dim: Dim) -> Symbol | None:
    """The symbol that a dimension is, if nothing but its bounds says which number that is."""
    symbol = single(dim)
    return symbol if symbol is not None and not _operands(symbol.key) else None


def _search(dims: Sequence[Dim], choices: Sequence[int], fixed: Mapping[Symbol, int]) -> Sizes | None:
    floors: dict[Symbol, int] = {}
    wanted = [dim for dim in dims if isinstance(dim, Poly)]
    positive = [*wanted, *_bounds(wanted)]
    multiples = _multiples(wanted)
    longest = max((dim for dim in dims if isinstance(dim, int) and dim <= _LONG), default=0)
    for _ in range(_ATTEMPTS):
        sizes = Sizes(choices, floors, fixed)
        sizes.longest, sizes.multiples = longest, multiples
        missing = {dim: 1 - sizes[dim] for dim in positive if sizes[dim] < 1}
        if not missing:
            return sizes if all(sizes[dim] <= _LARGEST for dim in wanted if isinstance(dim, Poly)) else None
        raised = [_raise(dim, lack, sizes, floors) for dim, lack in missing.items()]
        if not any(raised):
            return None
    return None


def _multiples(wanted: Sequence[Dim]) -> dict[Symbol, int]:
    """The symbols that are divided by a number, and that number."""
    found: dict[Symbol, int] = {}
    for one in {symbol for dim in wanted for symbol in symbols(dim)}:
        operands = _operands(one.key)
        divided = single(operands[0]) if len(operands) == 2 and isinstance(one.key, tuple) and one.key[0] == "//" else None
        if divided is not None and isinstance(operands[1], int) and 1 < operands[1] <= 64:
            found[divided] = operands[1]
    return found


def _bounds(wanted: Sequence[Dim]) -> list[Dim]:
    """What must be positive so that all symbols that matter for `wanted` lie within their bounds."""
    found: list[Dim] = []
    seen: set[Symbol] = set()
    waiting = list(wanted)
    while waiting:
        for symbol in symbols(waiting.pop()) - seen:
            seen.add(symbol)
            own = Poly({(symbol,): 1})
            limits = [own - symbol.lower + 1] if symbol.lower is not None else []
            limits += [symbol.upper - own + 1] if symbol.upper is not None else []
            found += limits
            waiting += [*limits, *_operands(symbol.key)]
    return found


def _raise(dim: Dim, lack: int, sizes: Sizes, floors: dict[Symbol, int]) -> bool:
    """Ask for a larger number for something that makes `dim` larger; False where there is nothing of the kind."""
    if not isinstance(dim, Poly):
        return False
    for monomial, coefficient in dim.terms.items():
        for symbol in monomial if coefficient > 0 else ():
            source = _source(symbol, sizes)
            if source is not None:
                floors[source] = sizes[Poly({(source,): 1})] + lack + sizes.margin
                return True
    return False


def _source(symbol: Symbol, sizes: Sizes) -> Symbol | None:
    """A freely chosen symbol that `symbol` grows with."""
    for _ in range(8):
        dims = _operands(symbol.key)[:1]
        if not dims:
            return symbol if symbol in sizes.free else None
        inner = [s for dim in dims if isinstance(dim, Poly) for m, c in dim.terms.items() if c > 0 for s in m]
        if not inner:
            return None
        symbol = inner[0]
    return None


def _operands(key: Hashable) -> list[Dim]:
    """The dimensions in the key of a derived symbol."""
    if not isinstance(key, tuple) or key[0] not in _RELATIONS or (key[0] in _SPLITS and _shares(key) is None):
        return []
    parts = [part for member in key[1:] for part in (member if isinstance(member, frozenset) else (member,))]
    return [part for part in parts if isinstance(part, (int, Poly))]


def _computed(key: Hashable, sizes: Sizes) -> int | None:
    """The number that a derived symbol must have, given the numbers of those that it derives from."""
    if not isinstance(key, tuple) or key[0] not in _RELATIONS:
        return None
    if key[0] == "slice":
        length, *bounds = key[1:]
        numbers = [None if bound is None else sizes[bound] for bound in bounds]
        return len(range(*slice(*numbers).indices(sizes[length]))) if sizes[length] >= 0 and numbers[2] != 0 else None
    if key[0] in _SPLITS:
        shares = _shares(key)
        return None if shares is None else _of_split(key[0] == "test part", sizes[key[1]], *shares)
    return _RELATIONS[key[0]]([sizes[dim] for dim in _operands(key)])


_SPLITS = ("test part", "train part")
_Share = float | int | None


def _shares(key: tuple[Hashable, ...]) -> tuple[_Share, _Share] | None:
    """The sizes of the test part and of the training part that a split is given; None where they are not known."""
    given = [getattr(part, "value", ...) for part in key[2:]]
    known: list[_Share] = [one for one in given if one is None or isinstance(one, (int, float))]
    return (known[0], known[1]) if len(known) == 2 else None


def _of_split(of_test: bool, rows: int, test: _Share, train: _Share) -> int:
    """How many of `rows` scikit-learn takes for the test part, or the training part, as shares or numbers say."""
    own, other, rounded = (test, train, math.ceil) if of_test else (train, test, math.floor)
    if isinstance(own, (int, float)):
        return rounded(own * rows) if isinstance(own, float) else own
    if isinstance(other, (int, float)):
        return rows - _of_split(not of_test, rows, test, train)
    return math.ceil(rows / 4) if of_test else rows - math.ceil(rows / 4)


def _floored(numbers: Sequence[int]) -> int | None:
    return numbers[0] // numbers[1] if numbers[1] else None


_RELATIONS: dict[Hashable, Callable[[Sequence[int]], int | None]] = {
    "//": _floored,
    "min": min,
    "max": max,
    "broadcast": max,
    "abs": lambda numbers: abs(numbers[0]),
    "slice": len,
    "test part": len,
    "train part": len,
}
"""How the symbols that `derived` makes follow from what their key names (the last three are computed apart)."""
