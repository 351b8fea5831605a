"""Models of itertools."""
from __future__ import annotations

from lstmlint.library.builtins.iteration import drained, items_over
from lstmlint.library.builtins.lists import joined
from lstmlint.library.builtins.slices import cut_items
from lstmlint.library.registry import models
from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Value, dim_of, integer, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Items, ListObject, Slice, tuple_of

_ONE = Const(1)


def _iterator(items: Items) -> Value:
    return ListObject(items, "iterator")


@models("itertools.chain")
def chain(caller: Caller, *iterables: Value) -> Value:
    """docs.python.org: the items of one after the other."""
    result = Items.of(())
    for iterable in iterables:
        result = joined(result, drained(caller, iterable))
    return _iterator(result)


@models("itertools.chain.from_iterable")
def chain_from(caller: Caller, iterable: Value) -> Value:
    """docs.python.org: the items of all items."""
    outer = drained(caller, iterable)
    if outer.known is not None:
        return chain(caller, *outer.known)
    inner = items_over(caller, outer.element)
    return _iterator(Items.many(inner.element, unknown_dim("items", "the items of all lists")))


@models("itertools.product")
def product(caller: Caller, *iterables: Value, repeat: Value = _ONE) -> Value:
    """docs.python.org: tuples of one item of each, in all combinations."""
    parts = [items_over(caller, iterable) for iterable in iterables]
    if repeat != _ONE:
        return _iterator(Items.many(unknown("tuple"), unknown_dim()))
    length = 1 if not parts else parts[0].length
    for part in parts[1:]:
        length = length * part.length
    return _iterator(Items.many(tuple_of(*(part.element for part in parts)), length))


@models("itertools.count")
def count(start: Value = FALSE, step: Value = _ONE) -> Value:
    """docs.python.org: numbers without end."""
    first = dim_of(start) if step == _ONE else None
    return _iterator(Items.many(integer(symbol("i", lower=first)) if first is not None else unknown(), unknown_dim()))


@models("itertools.cycle")
def cycle(caller: Caller, iterable: Value) -> Value:
    """docs.python.org: the items over and over."""
    return _iterator(Items.many(items_over(caller, iterable).element, unknown_dim()))


@models("itertools.repeat")
def repeat(object: Value, times: Value = MISSING) -> Value:
    """docs.python.org: the same thing, `times` over."""
    length = dim_of(times) if times is not MISSING else None
    return _iterator(Items.many(object, unknown_dim() if length is None else length))


@models("itertools.islice")
def islice(caller: Caller, iterable: Value, start: Value, stop: Value = MISSING, step: Value = NONE) -> Value:
    """docs.python.org: some of the items."""
    cut = Slice(NONE, start, step) if stop is MISSING else Slice(start, stop, step)
    return _iterator(cut_items(items_over(caller, iterable), cut))


@models("itertools.permutations", "itertools.combinations", "itertools.combinations_with_replacement", "itertools.groupby")
def tuples(caller: Caller, iterable: Value, r: Value = NONE) -> Value:
    """docs.python.org: tuples, of unknown number."""
    return _iterator(Items.many(unknown(), unknown_dim()))


@models("itertools.accumulate")
def accumulate(caller: Caller, iterable: Value, *args: Value, **keywords: Value) -> Value:
    """docs.python.org: as many running totals as items."""
    items = drained(caller, iterable)
    return _iterator(Items.many(unknown(), unknown_dim("items") if keywords else items.length))


@models("itertools.pairwise")
def pairwise(caller: Caller, iterable: Value) -> Value:
    """docs.python.org: each item with the next one."""
    items = drained(caller, iterable)
    if items.known is not None:
        return _iterator(Items.of(tuple_of(a, b) for a, b in zip(items.known, items.known[1:])))
    return _iterator(Items.many(tuple_of(items.element, items.element), unknown_dim("pairs")))
