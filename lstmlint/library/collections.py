"""Models of collections: deque, Counter, defaultdict."""
from __future__ import annotations

from lstmlint.library.builtins.dicts import opened
from lstmlint.library.builtins.iteration import drained
from lstmlint.library.registry import inherits, models
from lstmlint.shapes.dims import same, symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, NONE, Unknown, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller, External, Function
from lstmlint.values.data import DictObject, Entries, Items, ListObject, tuple_of, widen
from lstmlint.values.network import plain

_KIND, _BOUNDED = "deque", "bounded"


@models("collections.deque")
def deque(caller: Caller, iterable: Value = MISSING, maxlen: Value = NONE) -> Value:
    """docs.python.org: a list with two ends; with `maxlen` its length depends on what was appended."""
    items = Items.of(()) if iterable is MISSING else drained(caller, iterable)
    if is_none(maxlen):
        return ListObject(items, _KIND)
    made = ListObject(Items.many(unknown(), 0), _BOUNDED)
    _filled(made, items)
    return made


inherits(_BOUNDED, _KIND)


def _filled(bounded: ListObject, more: Items) -> None:
    """Any number of items, of which the oldest have gone."""
    old = bounded.items
    if same(more.length, 0):
        return
    element = more.element if same(old.length, 0) else widen(old.element, more.element)
    bounded.items = Items.many(element, unknown_dim("len(deque)"))


@models(f"{_BOUNDED}.append", f"{_BOUNDED}.appendleft")
def append_to_bounded(self: ListObject, value: Value) -> None:
    """docs.python.org: one more item, for which another goes where there are `maxlen`."""
    _filled(self, Items.of((value,)))


@models(f"{_BOUNDED}.insert")
def insert_into_bounded(self: ListObject, index: Value, value: Value) -> None:
    """docs.python.org: one more item at `index`."""
    _filled(self, Items.of((value,)))


@models(f"{_BOUNDED}.extend", f"{_BOUNDED}.extendleft")
def extend_bounded(caller: Caller, self: ListObject, values: Value) -> None:
    """docs.python.org: all items of `values`, for which others go."""
    _filled(self, drained(caller, values))


@models(f"{_BOUNDED}.__iadd__")
def extend_bounded_in_place(caller: Caller, self: ListObject, values: Value) -> Value:
    """docs.python.org: the deque itself."""
    _filled(self, drained(caller, values))
    return self


@models("collections.Counter")
def counter(caller: Caller, iterable: Value = MISSING) -> Value:
    """docs.python.org: how often each item occurs."""
    most = None if iterable is MISSING else drained(caller, iterable).length
    size = symbol("len(Counter)", "the number of different items", upper=most)
    return DictObject(Entries((), True, unknown("int"), size))


@models("dict.most_common")
def most_common(self: DictObject, n: Value = NONE) -> Value:
    """docs.python.org: the n most frequent items with their counts."""
    limit = None if is_none(n) else dim_of(n)
    length = self.entries.length if is_none(n) else symbol("len(most_common)", upper=limit)
    return ListObject(Items.many(tuple_of(unknown(), unknown("int")), unknown_dim() if length is None else length))


@models("collections.defaultdict")
def defaultdict(caller: Caller, default_factory: Value = NONE, *args: Value, **keywords: Value) -> Value:
    """docs.python.org: a dictionary that makes what is missing: of numbers, no more is known than that they are."""
    factory = plain(default_factory)
    if isinstance(factory, (Function, External)) and not args and not keywords:
        made = caller.call(factory, [])
        kind = made.type if isinstance(made, Unknown) else made.type_path
        if kind in ("int", "float"):
            return DictObject(opened((), unknown(kind)))
    return DictObject(opened())


