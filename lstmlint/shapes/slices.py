"""The length of a slice, exactly or as a symbol that the slice determines."""
from __future__ import annotations

from lstmlint.shapes.dims import (
    Dim,
    Poly,
    Symbol,
    at_least,
    derived,
    floor_divide,
    smaller,
    substitute,
    symbols,
)

DEPTH = 3
"""How often a symbol is replaced by its bound, which may itself be symbolic."""


def slice_length(length: Dim, start: Dim | None, stop: Dim | None, step: Dim | None = None) -> Dim:
    """How many elements `[start:stop:step]` takes of an axis of `length`.

    A symbolic length is taken to reach as far as the start (`x[60:]` of n has n - 60): otherwise the result is
    empty, and nobody trains on that.
    """
    if isinstance(length, int) and not any(isinstance(bound, Poly) for bound in (start, stop, step)):
        return len(range(*slice(_number(start), _number(stop), _number(step)).indices(max(length, 0)))) if step != 0 else 0
    if step is None or step == 1:
        return _contiguous(length, start, stop)
    if step == -1 and start is None and stop is None:
        return length
    if isinstance(step, int) and step > 1:
        span = _contiguous(length, start, stop)
        return -(-span // step) if isinstance(span, int) else floor_divide(span + (step - 1), step)
    return _some(length, start, stop, step)


def is_window(start: Dim | None, stop: Dim | None) -> bool:
    """Whether `[start:stop]` is a part of one length at a place that moves: `x[i:i + w]`, `x[i - w:i]`."""
    if start is None or stop is None or (isinstance(start, int) and isinstance(stop, int)):
        return False
    width = stop - start
    moving = (symbols(start) | symbols(stop)) - symbols(width)
    return not at_least(1, width) and any(s.upper is not None for s in moving)


def _number(bound: Dim | None) -> int | None:
    return bound if isinstance(bound, int) else None


def _some(length: Dim, start: Dim | None, stop: Dim | None, step: Dim | None = None) -> Dim:
    text = ":".join("" if bound is None else str(bound) for bound in (start, stop))
    return derived(("slice", length, start, stop, step), f"len([{text}])", "the length of a slice", lower=0, upper=length)


def _contiguous(length: Dim, start: Dim | None, stop: Dim | None) -> Dim:
    start = 0 if start is None else start
    if stop is None:
        return _tail(length, start)
    if isinstance(start, Poly):
        width = _window(length, start, stop)
        if width is not None:
            return width
    if at_least(start, 0) and at_least(stop, 0):
        if at_least(start, stop):
            return 0
        if isinstance(start, int):
            # `x[1:2]`: one element is there if any is.
            return 1 if stop == start + 1 else smaller(stop, length) - start
        return stop - start if at_least(length, stop) and at_least(stop, start) else _some(length, start, stop)
    if at_least(-1, stop) and at_least(start, 0):
        return _rest(length + stop - start)
    if at_least(-1, stop) and at_least(-1, start):
        return 0 if at_least(start, stop) else smaller(stop - start, length + stop)
    return _some(length, start, stop)


def _tail(length: Dim, start: Dim) -> Dim:
    if at_least(start, 0):
        return _rest(length - start)
    if at_least(-1, start):
        return 1 if start == -1 else smaller(-start, length)
    return _some(length, start, None)


def _rest(rest: Dim) -> Dim:
    return 0 if at_least(0, rest) else rest


def _window(length: Dim, start: Poly, stop: Dim) -> Dim | None:
    """The width of `x[i:i + w]`, None if it is no window or may be cut.

    It is w where i + w is proven to stay within the array, and also where nothing is known of how far i goes: windows that
    are cut at the end do not fit into one array, so the program would not work. Where the bound of i is given in terms of
    this very length, or both are numbers, and does not keep the window inside, the last one is cut.
    """
    width = stop - start
    indices = symbols(start) - symbols(width)
    if not indices or at_least(-1, width) or at_least(-1, _bounded(start, length, False)):
        return None
    if at_least(length, stop) and at_least(start, 0):
        return width
    over = _bounded(stop, length, True) - length
    if isinstance(length, Poly):
        decided = not symbols(over) & symbols(length)
    else:
        decided = symbols(over) <= symbols(width)
    return None if decided and not at_least(0, over) else width


def _bounded(dim: Dim, length: Dim, upper: bool) -> Dim:
    """`dim` with the symbols other than those of `length` replaced by their bounds, where they have any."""
    fixed = symbols(length)
    for _ in range(DEPTH):
        if not isinstance(dim, Poly):
            break
        signs = {monomial[0]: coefficient > 0 for monomial, coefficient in dim.terms.items() if len(monomial) == 1}

        def bound(s: Symbol, signs: dict[Symbol, bool] = signs) -> Dim | None:
            if s in fixed or s not in signs:
                return None
            return s.upper if signs[s] is upper else s.lower

        dim = substitute(dim, bound)
    return dim
