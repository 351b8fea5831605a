"""Subscripts: integers, slices, new axes, the ellipsis, index arrays and masks."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lstmlint.shapes.broadcast import broadcast_all
from lstmlint.shapes.dims import Dim, Poly, at_least, differ
from lstmlint.shapes.permute import behind
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Result, Shape, Violation, unknown_dim
from lstmlint.shapes.slices import is_window, slice_length


class Mark(Enum):
    """Subscripts that need no details. `ANY` is one of which nothing is known."""

    NEW_AXIS = "None"
    ELLIPSIS = "..."
    ANY = "?"


@dataclass(frozen=True, slots=True)
class Span:
    """A slice; what is not given is None."""

    start: Dim | None = None
    stop: Dim | None = None
    step: Dim | None = None


FULL = Span()


@dataclass(frozen=True, slots=True)
class Fancy:
    """An array as subscript: of integers, of booleans (`mask`), or of which that is not known (None)."""

    shape: Shape
    mask: bool | None = False


Subscript = Dim | Span | Fancy | Mark


def index(shape: Shape, subscripts: Sequence[Subscript]) -> Result:
    """`x[subscripts]` for an array of `shape`."""
    if Mark.ANY in subscripts:
        return UNKNOWN_SHAPE, None
    used = _consumed(subscripts)
    if used is None:
        return UNKNOWN_SHAPE, None
    if shape.open:
        return _of_open(shape, subscripts, used), None
    rank = len(shape.axes)
    if used > rank:
        words = f"{shape} has {rank} axes, but the subscript needs {used}"
        return UNKNOWN_SHAPE, Violation("indices", words, shape, used)
    if list(subscripts).count(Mark.ELLIPSIS) > 1:
        return UNKNOWN_SHAPE, Violation("index", "a subscript can have only one ellipsis", shape)
    return _apply(shape, _without_ellipsis(subscripts, rank - used))


def sources_of(shape: Shape, subscripts: Sequence[Subscript]) -> list[Axis | None] | None:
    """Of which axis of `shape` each axis of `x[subscripts]` is a part (None: it is new); None where that is not known."""
    used = _consumed(subscripts)
    if used is None or shape.open or used > len(shape.axes) or any(isinstance(item, Fancy) for item in subscripts):
        return None
    sources: list[Axis | None] = []
    rest = iter(shape.axes)
    for item in _without_ellipsis(subscripts, len(shape.axes) - used):
        if item is Mark.NEW_AXIS:
            sources.append(None)
        elif isinstance(item, Span):
            sources.append(next(rest))
        elif item is not Mark.ELLIPSIS:
            next(rest)
    return sources


def _consumed(subscripts: Sequence[Subscript]) -> int | None:
    """How many axes the subscripts take; None if that is not known."""
    total = 0
    for item in subscripts:
        if isinstance(item, Fancy):
            rank: int | None = 1
            if item.mask is None:
                # Integers or booleans: with one axis both replace one axis by one.
                rank = 1 if item.shape.rank == 1 else None
            elif item.mask:
                # A mask without axes adds one; too rare to be followed.
                rank = item.shape.rank or None
            if rank is None:
                return None
            total += rank
        elif not isinstance(item, Mark):
            total += 1
    return total


def _without_ellipsis(subscripts: Sequence[Subscript], missing: int) -> list[Subscript]:
    if Mark.ELLIPSIS not in subscripts:
        return [*subscripts, *[FULL] * missing]
    at = list(subscripts).index(Mark.ELLIPSIS)
    # The ellipsis stays: numpy takes index arrays on its two sides for separated, even if it stands for no axis.
    return [*subscripts[: at + 1], *[FULL] * missing, *subscripts[at + 1 :]]


def _of_open(shape: Shape, subscripts: Sequence[Subscript], used: int) -> Shape:
    """What is known of the last axes when the first ones are not."""
    if Mark.ELLIPSIS not in subscripts:
        # Whatever the rank is, the last axes meet the full slices that stand last, or no subscript.
        whole = next((at for at, item in enumerate(reversed(subscripts)) if item != FULL), len(subscripts))
        kept_last = max(len(shape.axes) - used, min(whole, len(shape.axes)))
        return behind(shape, len(shape.axes) - kept_last)
    at = list(subscripts).index(Mark.ELLIPSIS)
    if any(isinstance(item, Fancy) for item in subscripts):
        return UNKNOWN_SHAPE
    before, after = _consumed(subscripts[:at]) or 0, subscripts[at + 1 :]
    last = _consumed(after) or 0
    if last > len(shape.axes):
        return UNKNOWN_SHAPE
    split = len(shape.axes) - last
    kept, _ = _apply(Shape(shape.axes[split:]), list(after))
    return Shape(shape.axes[min(before, split) : split] + kept.axes, True)


def _apply(shape: Shape, subscripts: Sequence[Subscript]) -> Result:
    """All axes have a subscript each (a mask: several axes)."""
    fancy = any(isinstance(item, Fancy) for item in subscripts)
    axes: list[Axis] = []
    arrays: list[Shape] = []
    places: list[int] = []
    violation: Violation | None = None
    insert_at = source = 0
    for place, item in enumerate(subscripts):
        if item is Mark.NEW_AXIS:
            axes.append(Axis(1))
            continue
        if item is Mark.ELLIPSIS:
            continue
        axis = shape.axes[source]
        if isinstance(item, Span):
            axes.append(_cut(shape, axis, item))
            source += 1
            continue
        if isinstance(item, Fancy):
            indices, width, found = _fancy(shape, item, source)
            violation = violation or found
            arrays.append(indices)
            source += width
        else:
            assert isinstance(item, (int, Poly))
            violation = violation or out_of_range(shape, axis.dim, item)
            source += 1
        if fancy:
            if not places:
                insert_at = len(axes)
            places.append(place)
    if not fancy:
        return Shape(tuple(axes)), violation
    together, mismatch = broadcast_all(arrays)
    # numpy puts the axes of the index arrays where they stood, but first if other subscripts separate them.
    if places[-1] - places[0] + 1 != len(places):
        insert_at = 0
    if together.open:
        return Shape(tuple(axes[insert_at:]), True), violation or mismatch
    return Shape((*axes[:insert_at], *together.axes, *axes[insert_at:])), violation or mismatch


def _cut(shape: Shape, axis: Axis, item: Span) -> Axis:
    length = slice_length(axis.dim, item.start, item.stop, item.step)
    # A part of the samples is no window: it is a batch.
    if is_window(item.start, item.stop) and not any(other.meaning in (Meaning.TIME, Meaning.WINDOW) for other in shape):
        return Axis(length, Meaning.WINDOW)
    return axis.of_length(length)


def out_of_range(shape: Shape, length: Dim, item: Dim) -> Violation | None:
    """The violation of taking element `item` of an axis of `length`, where that is proven to be outside."""
    if at_least(item, length) or at_least(-1 - item, length):
        return Violation("index", f"{item} is no index for an axis of length {length}", shape, item)
    return None


def _fancy(shape: Shape, item: Fancy, at: int) -> tuple[Shape, int, Violation | None]:
    """The index array that `item` amounts to, how many axes it replaces, and what is wrong with it."""
    axis = shape.axes[at]
    if item.mask is None:
        return Shape((axis.of_length(unknown_dim()),)), 1, None
    if not item.mask:
        only = item.shape.axes
        if len(only) == 1 and not item.shape.open:
            return Shape((axis.of_length(only[0].dim),)), 1, None
        return item.shape, 1, None
    width = len(item.shape.axes)
    for flag, masked in zip(item.shape.axes, shape.axes[at : at + width]):
        # numpy lets an empty mask pass anywhere.
        if flag.dim != 0 and differ(flag.dim, masked.dim):
            words = f"a mask of shape {item.shape} does not fit {shape}"
            return Shape.of_rank(1), width, Violation("index", words, item.shape, shape)
    return Shape((axis.of_length(unknown_dim("selected", "the elements that a mask selects")),)), width, None
