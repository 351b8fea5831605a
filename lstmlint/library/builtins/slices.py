"""Slices of sequences."""
from __future__ import annotations

from lstmlint.library.builtins.bounded import within_conditions
from lstmlint.shapes.dims import Dim, Poly
from lstmlint.shapes.shape import unknown_dim
from lstmlint.shapes.slices import slice_length
from lstmlint.values.base import dim_of, is_none
from lstmlint.values.data import Items, Slice


def bounds_of(cut: Slice) -> tuple[Dim | None, Dim | None, Dim | None] | None:
    """The start, stop and step of a slice, each None where it is not given; None where one is no integer."""
    bounds = [None if is_none(bound) else dim_of(bound) for bound in (cut.lower, cut.upper, cut.step)]
    if any(bound is None and not is_none(value) for bound, value in zip(bounds, (cut.lower, cut.upper, cut.step))):
        return None
    start, stop = within_conditions(bounds[:2])
    return start, stop, bounds[2]


def cut_length(cut: Slice, length: Dim) -> Dim:
    """The length of x[cut] for an x of `length`."""
    bounds = bounds_of(cut)
    return unknown_dim("len([:])") if bounds is None else slice_length(length, *bounds)


def constant_slice(cut: Slice) -> slice | None:
    """The slice itself, where its bounds are constants."""
    bounds = bounds_of(cut)
    if bounds is None or bounds[2] == 0:
        return None
    start, stop, step = bounds
    if isinstance(start, Poly) or isinstance(stop, Poly) or isinstance(step, Poly):
        return None
    return slice(start, stop, step)


def cut_items(items: Items, cut: Slice) -> Items:
    """The items that a slice selects."""
    exact = constant_slice(cut)
    if items.known is not None and exact is not None:
        return Items.of(items.known[exact])
    return Items.many(items.element, cut_length(cut, items.length))
