"""Subscripts of arrays: reading and assigning."""
from __future__ import annotations

from dataclasses import replace

from lstmlint.library.builtins.bounded import within_conditions
from lstmlint.library.coerce import to_array
from lstmlint.library.numpy.arguments import is_scalar
from lstmlint.library.numpy.results import array, array_or_number, checked
from lstmlint.library.registry import models
from lstmlint.shapes.broadcast import assigned
from lstmlint.shapes.combine import as_sample
from lstmlint.shapes.dims import Dim, Poly
from lstmlint.shapes.index import FULL, Fancy, Mark, Span, Subscript, index
from lstmlint.shapes.shape import Axis, Meaning, Shape
from lstmlint.trace import ElementTaken
from lstmlint.values.base import NONE, Choice, Const, Integer, Undecided, Unknown, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Frame, ListObject, Range, Slice, Tuple


def subscripts_of(value: Value) -> list[Subscript]:
    """What stands between the brackets, as the shape operations take it."""
    if isinstance(value, Tuple):
        known = value.items.known
        return [Mark.ANY] if known is None else [_subscript(item) for item in known]
    return [_subscript(value)]


def _subscript(value: Value) -> Subscript:
    if isinstance(value, Choice):
        raise Undecided(value.condition)
    if isinstance(value, Slice):
        return _span(value)
    if isinstance(value, Const):
        if value.value is None:
            return Mark.NEW_AXIS
        if value.value is Ellipsis:
            return Mark.ELLIPSIS
        return value.value if type(value.value) is int else Mark.ANY
    if isinstance(value, Integer):
        return value.dim
    if isinstance(value, Unknown):
        if value.type == "slice":
            return Span(0, dim_of(unknown("int")))
        dim = dim_of(value) if value.type == "int" else None
        return Mark.ANY if dim is None else dim
    if isinstance(value, (Array, ListObject, Tuple, Range)):
        return _fancy(to_array(value))
    return Mark.ANY


def _fancy(chosen: Array) -> Subscript:
    if chosen.dtype == "bool":
        return Fancy(chosen.shape, True)
    if chosen.dtype == "int":
        return Fancy(chosen.shape)
    # An empty list is an array of floats, but stands for no integers.
    if chosen.shape.dims == (0,) and not chosen.shape.open:
        return Fancy(chosen.shape)
    return Fancy(chosen.shape, None)


def _span(value: Slice) -> Subscript:
    bounds = (value.lower, value.upper, value.step)
    dims: list[Dim | None] = []
    for bound in bounds:
        if isinstance(bound, Choice):
            raise Undecided(bound.condition)
        dim = None if is_none(bound) else dim_of(bound)
        if dim is None and not is_none(bound):
            # A bound that is no integer that could be followed: some part of the axis.
            return Span(0, dim_of(unknown("int")))
        dims.append(dim)
    start, stop = within_conditions(dims[:2])
    return FULL if dims == [None, None, None] else Span(start, stop, dims[2])


def part_of(caller: Caller, self: Array, key: Value) -> tuple[Array, bool]:
    """`self[key]`, with an event where the subscript can't fit, and whether it can."""
    shape, violation = index(self.shape, subscripts_of(key))
    part = array(shape.born_at(caller.site), self.dtype, self)
    checked(caller, "ndarray.__getitem__", [self], part, violation)
    return part, violation is None


@models("numpy.ndarray.__getitem__")
def get(caller: Caller, self: Array, key: Value) -> Value:
    """numpy.org/doc/stable/user/basics.indexing.html."""
    if _names_field(key):
        return unknown()
    part, _ = part_of(caller, self, key)
    taken = subscripts_of(key)[:1]
    if taken and isinstance(taken[0], (int, Poly)) and part.shape.rank:
        # One of the elements along the first axis: a sample, if that counts samples.
        return replace(part, producer=ElementTaken(caller.site, self, 0, taken[0]))
    return array_or_number(part.shape, part.dtype, part)


def _names_field(key: Value) -> bool:
    return key.type_path == "str" or isinstance(key, Frame)


@models("numpy.ndarray.__setitem__")
def set(caller: Caller, self: Array, key: Value, value: Value) -> Value:
    """numpy.org/doc/stable/user/basics.indexing.html: the value is broadcast to the part. What the array is from here on."""
    if _names_field(key):
        return NONE
    part, fits = part_of(caller, self, key)
    # A sequence may be stored in an array of objects, and what numpy makes of other objects is not known.
    if not fits or self.dtype == "object" or is_scalar(value) or not isinstance(value, (Array, ListObject, Tuple)):
        return NONE
    stored = to_array(value)
    violation = assigned(stored.shape, part.shape)
    if violation is not None and (self.dtype is not None or isinstance(value, Array)):
        checked(caller, "ndarray.__setitem__", [stored, part], self, violation)
    return NONE if violation is not None else _filled(self, subscripts_of(key), stored.shape)


def _filled(array: Array, chosen: list[Subscript], stored: Shape) -> Value:
    """An array of samples that is filled one by one, with what the axes of a sample mean."""
    if array.shape.open or stored.rank != len(array.shape.axes) - 1 or not any(axis.meaning is Meaning.WINDOW for axis in stored):
        return NONE
    if not isinstance(chosen[0], Poly) or any(item != FULL and item is not Mark.ELLIPSIS for item in chosen[1:]):
        return NONE
    first, *rest = array.shape.axes
    axes = (own.or_as(given) for own, given in zip(rest, as_sample(stored).axes))
    return replace(array, shape=Shape((first.or_as(Axis(first.dim, Meaning.SAMPLE)), *axes)))
