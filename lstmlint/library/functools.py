"""Models of functools."""
from __future__ import annotations

from lstmlint.library.builtins.iteration import drained
from lstmlint.library.registry import models
from lstmlint.values.base import MISSING, Const, Value, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import DictObject, Entries, Items, Tuple


@models("functools.reduce")
def reduce(caller: Caller, function: Value, iterable: Value, initial: Value = MISSING) -> Value:
    """docs.python.org: the function applied to the result so far and the next item."""
    items = drained(caller, iterable)
    if items.known is None or len(items.known) > 16:
        return unknown()
    rest = list(items.known) if initial is MISSING else [initial, *items.known]
    if not rest:
        return unknown()
    result = rest[0]
    for item in rest[1:]:
        result = caller.call(function, [result, item])
    return result


@models("functools.partial")
def partial(func: Value, *args: Value, **keywords: Value) -> Value:
    """docs.python.org: the function with some of its arguments already given."""
    made = LibraryObject("functools.partial")
    made.fields.set("func", func)
    made.fields.set("args", Tuple(Items.of(args)))
    made.fields.set("keywords", DictObject(Entries(tuple((Const(name), value) for name, value in keywords.items()))))
    return made


@models("functools.partial.__call__")
def call_partial(caller: Caller, self: LibraryObject, *args: Value, **keywords: Value) -> Value:
    """docs.python.org: calls the function with these arguments, too; keywords override those that were given before."""
    func, before, named = (self.fields.get(name) for name in ("func", "args", "keywords"))
    first = before.items.known if isinstance(before, Tuple) else None
    entries = named.cell.get() if isinstance(named, DictObject) else None
    if first is None or not isinstance(entries, Entries):
        return unknown()
    given = {key.value: value for key, value in entries.known if isinstance(key, Const) and isinstance(key.value, str)}
    return caller.call(func, [*first, *args], {**given, **keywords})


@models("functools.cache")
def decorator(*args: Value, **keywords: Value) -> Value:
    """docs.python.org: the function itself; a decorator with arguments is not followed."""
    return args[0] if len(args) == 1 and not keywords else unknown()
