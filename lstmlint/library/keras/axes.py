"""Axes of symbolic tensors: the batch axis, lengths that Keras leaves open, and ranks that a layer needs."""

from __future__ import annotations

from lstmlint.shapes.dims import Dim, Poly, symbol, symbols
from lstmlint.shapes.shape import Axis, Meaning, Shape, Violation, unknown_dim

OPEN_LENGTH = "may differ from batch to batch"
"""The origin of the lengths that Keras knows as None."""


def open_length(name: str = "None", known: int | None = None) -> Dim:
    """A length that Keras knows as None; `known` where it can't be any other."""
    return symbol(name, OPEN_LENGTH, 1 if known is None else known, known)


def is_open(dim: Dim) -> bool:
    """Whether Keras knows this length as None."""
    return any(s.origin == OPEN_LENGTH or (s.key is not None and _made_of_open(s.key)) for s in symbols(dim))


def _made_of_open(key: object) -> bool:
    """Whether what determines a length, such as the quotient of another one, holds an open length."""
    if isinstance(key, Poly):
        return is_open(key)
    return isinstance(key, tuple) and any(map(_made_of_open, key))


def open_batch() -> Axis:
    """The batch axis of a symbolic tensor without a fixed batch size."""
    return Axis(open_length("batch"), Meaning.BATCH)


def some_batch() -> Axis:
    """A batch axis of which nothing is known."""
    return Axis(symbol("batch", lower=1), Meaning.BATCH)


def batch_of(shape: Shape) -> Axis:
    """The batch axis of `shape`."""
    return some_batch() if shape.open or not shape.axes else Axis(shape.axes[0].dim, Meaning.BATCH)


def with_rank(shape: Shape, needed: int, exact: bool = True) -> tuple[Shape, Violation | None]:
    """`shape` as a layer sees it that needs this rank (or, not `exact`, at least this rank).

    Where the rank is wrong, the answer goes on with an input as it should have been: same batch, same last axes.
    """
    known = len(shape.axes)
    if shape.open and not exact:
        return shape, None
    if known == needed and not shape.open or known > needed and not exact:
        return shape, None
    fitted = Shape((batch_of(shape), *_last(shape, needed - 1)))
    if shape.open and known <= needed:
        return (Shape(shape.axes) if known == needed else fitted), None
    words = f"expects rank {needed}{'' if exact else ' or more'}, got rank {known}{' or more' if shape.open else ''}"
    return fitted, Violation("rank", words, shape, needed)


def _last(shape: Shape, count: int) -> tuple[Axis, ...]:
    """The last `count` axes behind the batch axis, with unknown ones in front where there are fewer."""
    behind = shape.axes if shape.open else shape.axes[1:]
    kept = behind[max(0, len(behind) - count) :]
    return tuple(Axis(unknown_dim(lower=1)) for _ in range(count - len(kept))) + kept


def spatial_positions(rank: int, channels_first: bool) -> range:
    """Where the spatial axes stand in a shape of this rank."""
    return range(2, rank) if channels_first else range(1, rank - 1)
