"""Reshapes that read elements under axes that they do not lie along: what is proven of a source and a result shape alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from lstmlint.rules.lengths import may_be_one, several
from lstmlint.shapes.dims import Dim, differ, same
from lstmlint.shapes.reshape import Group, regroup
from lstmlint.shapes.shape import Axis, Meaning, Shape, product

Kind = Literal["exchanged", "renamed", "cut", "split"]


@dataclass(frozen=True, slots=True)
class Scramble:
    """Axes of a source that a result names otherwise than they lie.

    `kind`: "exchanged" they have the same lengths in another order; "renamed" `axis`, of which the meaning is known, has its
    length at another place; "cut" rows of one length are read as rows of another that is no multiple or part of it; "split" the
    features of each step are read as several steps. `certain`: the meaning of one of the axes is known and none can have length
    one. `order` is the permutation that was meant, where there is one.
    """

    kind: Kind
    axis: Axis
    certain: bool
    order: tuple[int, ...] | None = None


def scramble_of(source: Shape, result: Shape) -> Scramble | None:
    """How the reshape of `source` to `result` scrambles it, if it is proven to."""
    if source.open or result.open:
        return None
    first = 0
    for group in regroup(source.axes, result.dims):
        if len(group.axes) > 1 and len(group.places) > 1:
            found = _in_group(group, source, result, first)
            if found is not None:
                return found
        first += len(group.axes)
    return None


def _in_group(group: Group, source: Shape, result: Shape, first: int) -> Scramble | None:
    axes, target = group.axes, [result.axes[at].dim for at in group.places]
    if _is_split_of_features(group, source, target):
        return _split(group, source, result)
    sizes = [axis.dim for axis in axes]
    certain = not any(map(may_be_one, sizes))
    if Counter(sizes) == Counter(target):
        moved = next(axis for axis, dim in zip(axes, target) if axis.dim != dim)
        known = next((axis for axis in axes if axis.meaning is not None), None)
        return Scramble("exchanged", known or moved, certain and known is not None, _order(group, source, target, first))
    for at, axis in enumerate(axes):
        before = product(sizes[:at])
        if axis.meaning is None or not at or not several(before):
            continue
        for place, dim in enumerate(target):
            if same(dim, axis.dim) and differ(product(target[:place]), before):
                return Scramble("renamed", axis, certain)
    return _cut(group, source, result)


def _is_split_of_features(group: Group, source: Shape, target: Sequence[Dim]) -> bool:
    """Whether it may be that the last axis is split, and its first part merged with the axis before: heads of attention."""
    last = group.axes[-1]
    if not _is_last(last, source) or not isinstance(last.dim, int):
        return False
    stride: Dim = 1
    for dim in reversed(target[1:]):
        stride = dim * stride
        if not isinstance(stride, int) or not stride or last.dim % stride:
            return False
    return True


def _split(group: Group, source: Shape, result: Shape) -> Scramble | None:
    """(samples, steps, features) read as (samples, more steps, fewer features)."""
    if source.rank != 3 or result.rank != 3 or len(group.axes) != 2 or group.places != (1, 2):
        return None
    return Scramble("split", group.axes[0], False) if group.axes[0].meaning is Meaning.TIME else None


def _is_last(axis: Axis, source: Shape) -> bool:
    pieces = [piece for one in source.axes for piece in (one.parts or (one,))]
    return bool(pieces) and pieces[-1] is axis


def _cut(group: Group, source: Shape, result: Shape) -> Scramble | None:
    """(batch, steps, features) read as (batch, others, others), so that a step begins with another feature each time."""
    if source.rank != 3 or result.rank != 3 or len(group.axes) != 2 or group.places != (1, 2):
        return None
    old, new = group.axes[1].dim, result.axes[2].dim
    if not isinstance(old, int) or not isinstance(new, int) or min(old, new) < 2 or not old % new or not new % old:
        return None
    if source.axes[0].meaning is None and group.axes[0].meaning is None:
        return None
    return Scramble("cut", group.axes[0], group.axes[0].meaning is Meaning.TIME)


def _order(group: Group, source: Shape, target: Sequence[Dim], first: int) -> tuple[int, ...] | None:
    """The permutation of the axes of `source` that gives the result, where each axis is one of these."""
    if any(axis.parts for axis in source.axes):
        return None
    places = [at for at, axis in enumerate(source.axes) if axis.dim != 1][first : first + len(group.axes)]
    left = list(zip(places, group.axes))
    order = list(range(len(source.axes)))
    for place, dim in zip(places, target):
        found = next((pair for pair in left if pair[1].dim == dim), None)
        if found is None:
            return None
        left.remove(found)
        order[place] = found[0]
    return tuple(order)
