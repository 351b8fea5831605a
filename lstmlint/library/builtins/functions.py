"""Python's functions on sequences: len, range, zip, enumerate, map, sorted, min, max, sum …"""
from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from lstmlint.library.binding import apply
from lstmlint.library.builtins.comparisons import truth
from lstmlint.library.builtins.iteration import KNOWN, drained, items_over, length_of, special
from lstmlint.library.builtins.lists import advance, backwards, joined, reordered
from lstmlint.library.builtins.numbers import extreme, total
from lstmlint.library.registry import find_method, models
from lstmlint.shapes.dims import Dim, at_least, smaller, symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Const, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller, Instance
from lstmlint.values.data import Array, Frame, Items, ListObject, Range, Slice, items_of, range_length, tuple_of
from lstmlint.values.variation import Youth, vary

_ZERO, _ONE = Const(0), Const(1)


@models("builtins.len")
def length(obj: Value, caller: Caller) -> Value:
    """Python: the number of items; of an array its first axis, of a table its rows."""
    if isinstance(obj, Instance):
        answer = special(caller, obj, "__len__")
        return unknown("int") if answer is None else answer
    if isinstance(obj, ListObject) and obj.kind == "iterator":
        return unknown("int")
    known = length_of(obj)
    if known is not None:
        return integer(known)
    method = find_method(obj.type_path, "__len__") if obj.type_path is not None else None
    if method is None or isinstance(obj, (Array, Frame)):
        return integer(unknown_dim("len(…)"))
    return apply(method[1], caller, (obj,), {})


@models("builtins.range", "builtins.xrange")
def make_range(start: Value, stop: Value = MISSING, step: Value = _ONE) -> Value:
    """Python: range(stop) or range(start, stop, step)."""
    return Range(_ZERO, start, step) if stop is MISSING else Range(start, stop, step)


@models("builtins.slice")
def make_slice(start: Value, stop: Value = MISSING, step: Value = NONE) -> Value:
    """Python: slice(stop) or slice(start, stop, step)."""
    return Slice(NONE, start, step) if stop is MISSING else Slice(start, stop, step)


def _iterator(items: Items) -> Value:
    return ListObject(items, "iterator")


@models("builtins.enumerate")
def enumerated(iterable: Value, caller: Caller, start: Value = _ZERO) -> Value:
    """Python: pairs of a number and an item."""
    items, first = drained(caller, iterable), dim_of(start)
    if first is None:
        return _iterator(Items.many(tuple_of(unknown("int"), items.element), items.length))
    if items.known is not None:
        return _iterator(Items.of(tuple_of(integer(first + i), item) for i, item in enumerate(items.known)))
    number = symbol("i", lower=first, upper=first + items.length - 1)
    return _iterator(Items.many(tuple_of(integer(number), items.element), items.length))


def shortest(lengths: Iterable[Dim]) -> Dim:
    """The smallest of some lengths; 0 if there are none."""
    result: Dim | None = None
    for one in lengths:
        result = one if result is None else smaller(result, one)
    return 0 if result is None else result


def side_by_side(parts: list[Items]) -> Items:
    """What zip yields."""
    known = [part.known for part in parts if part.known is not None]
    if len(known) == len(parts):
        return Items.of(tuple_of(*row) for row in zip(*known))
    return Items.many(tuple_of(*(part.element for part in parts)), shortest(part.length for part in parts))


@models("builtins.zip", "itertools.izip")
def zipped(caller: Caller, *iterables: Value) -> Value:
    """Python: tuples of one item of each, as long as the shortest."""
    counted = _counted_together(iterables)
    if counted is not None:
        return _iterator(counted)
    return _iterator(side_by_side([drained(caller, iterable) for iterable in iterables]))


def _counted_together(iterables: tuple[Value, ...]) -> Items | None:
    """The numbers of several long ranges side by side: what lies between two of them is the same each time."""
    spans = [value for value in iterables if isinstance(value, Range)]
    starts, steps = [dim_of(span.start) for span in spans], [dim_of(span.step) for span in spans]
    if len(spans) != len(iterables) or len(spans) < 2 or None in starts or None in steps:
        return None
    length = range_length(spans[0])
    for span in spans[1:]:
        length = smaller(length, range_length(span))
    if isinstance(length, int) and length <= KNOWN:
        return None
    at = symbol("i", lower=0, upper=length - 1)
    numbers = [integer(start + at * step) for start, step in zip(starts, steps) if start is not None and step is not None]
    return Items.many(tuple_of(*numbers), length)


@models("itertools.zip_longest")
def zipped_longest(caller: Caller, *iterables: Value) -> Value:
    """docs.python.org: tuples of one item of each, as long as the longest."""
    element = tuple_of(*(unknown() for _ in iterables))
    return _iterator(Items.many(element, unknown_dim()))


def mapped(caller: Caller, function: Value, parts: list[Items]) -> Items:
    """What map yields: each known item by itself, otherwise one call for all."""
    rows = side_by_side(parts)
    if rows.known is not None and len(rows.known) <= KNOWN:
        return Items.of(caller.call(function, (items_of(row) or rows).known or ()) for row in rows.known)
    young = Youth(rows.element)
    return Items.many(vary(caller.call(function, [part.element for part in parts]), young), rows.length)


@models("builtins.map", "itertools.imap")
def map_over(caller: Caller, function: Value, *iterables: Value) -> Value:
    """Python: the function's answers for all items."""
    return _iterator(mapped(caller, function, [drained(caller, iterable) for iterable in iterables]))


@models("builtins.filter")
def filtered(caller: Caller, function: Value, iterable: Value) -> Value:
    """Python: the items for which the function says yes."""
    items = drained(caller, iterable)
    if items.known is not None and len(items.known) <= KNOWN:
        answers = [truth(item if is_none(function) else caller.call(function, [item])) for item in items.known]
        if all(isinstance(answer, Const) for answer in answers):
            return _iterator(Items.of(item for item, answer in zip(items.known, answers) if answer == TRUE))
    elif not is_none(function):
        caller.call(function, [items.element])
    return _iterator(Items.many(items.element, symbol("len(filter)", "the items that a filter lets pass", upper=items.length)))


@models("builtins.sorted")
def in_order(iterable: Value, caller: Caller, key: Value = NONE, reverse: Value = FALSE) -> Value:
    """Python: a list of the same items in order."""
    items = drained(caller, iterable)
    constants = [item.value for item in items.known or () if isinstance(item, Const)]
    if items.known is not None and len(constants) == len(items.known) and is_none(key) and isinstance(reverse, Const):
        with suppress(TypeError):
            return ListObject(Items.of(map(Const, sorted(constants, reverse=bool(reverse.value)))))  # type: ignore[type-var]
    return ListObject(reordered(items))


@models("builtins.reversed")
def reverse(iterable: Value, caller: Caller) -> Value:
    """Python: the items from the last to the first."""
    return _iterator(backwards(items_over(caller, iterable)))


@models("builtins.next")
def next_item(iterator: Value, caller: Caller, default: Value = MISSING) -> Value:
    """Python: the next item of an iterator."""
    if isinstance(iterator, ListObject):
        return advance(iterator)
    answer = special(caller, iterator, "__next__")
    if answer is not None:
        return answer
    method = find_method(iterator.type_path, "__next__") if iterator.type_path is not None else None
    return unknown() if method is None else apply(method[1], caller, (iterator,), {})


def _extreme(least: bool) -> Callable[..., Value]:
    def model(caller: Caller, *values: Value, key: Value = NONE, default: Value = MISSING) -> Value:
        if len(values) != 1:
            return extreme(list(values), least) if is_none(key) else unknown()
        items = drained(caller, values[0])
        if items.known is not None and is_none(key):
            return extreme(list(items.known), least) if items.known else default if default is not MISSING else unknown()
        return _some_item(items, "min" if least else "max")

    return model


def _some_item(items: Items, name: str) -> Value:
    """One of the items, of which it is not known."""
    only = items.element.type_path
    if only == "int":
        return integer(symbol(f"{name}(…)", lower=_lower(items.element)))
    return unknown(only) if only in ("float", "str") else unknown()


def _lower(element: Value) -> int | None:
    dim = dim_of(element)
    return 0 if dim is not None and at_least(dim, 0) else None


models("builtins.min")(_extreme(True))
models("builtins.max")(_extreme(False))


@models("builtins.sum")
def summed(iterable: Value, caller: Caller, start: Value = _ZERO) -> Value:
    """Python: the sum of all items."""
    if isinstance(iterable, (Array, Frame)):
        return unknown()
    items = drained(caller, iterable)
    lists = items_of(items.element)
    if lists is not None and items.known is not None and isinstance(start, ListObject):
        return _concatenated(items.known, start)
    return total(items, start)


def _concatenated(parts: Iterable[Value], start: ListObject) -> Value:
    result = start.items
    for part in parts:
        items = items_of(part)
        if items is None:
            return unknown()
        result = joined(result, items)
    return ListObject(result)


@models("builtins.any", "builtins.all")
def some_bool(iterable: Value) -> Value:
    """Python: a bool."""
    return unknown("bool")


@models("builtins.print")
def nothing(*args: Value, **keywords: Value) -> Value:
    """Python: None."""
    return NONE
