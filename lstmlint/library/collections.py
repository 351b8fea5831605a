"""Models of collections: deque, Counter, defaultdict."""
from __future__ import annotations

from lstmlint.library.builtins.dicts import opened
from lstmlint.library.builtins.iteration import drained
from lstmlint.library.registry import models
from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, NONE, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import DictObject, Entries, Items, ListObject, tuple_of

_KIND = "deque"


@models("collections.deque")
def deque(caller: Caller, iterable: Value = MISSING, maxlen: Value = NONE) -> Value:
    """docs.python.org: a list with two ends; with `maxlen` its length depends on what was appended."""
    items = Items.of(()) if iterable is MISSING else drained(caller, iterable)
    if is_none(maxlen):
        return ListObject(items, _KIND)
    return ListObject(Items.many(unknown(), unknown_dim("len(deque)")), "bounded")


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
def defaultdict(*args: Value, **keywords: Value) -> Value:
    """docs.python.org: a dictionary that makes what is missing."""
    return DictObject(opened())


