"""Models of functools."""
from __future__ import annotations

from lstmlint.library.builtins.iteration import drained
from lstmlint.library.registry import models
from lstmlint.values.base import MISSING, Value, unknown
from lstmlint.values.code import Caller


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


@models("functools.cache")
def decorator(*args: Value, **keywords: Value) -> Value:
    """docs.python.org: the function itself; a decorator with arguments is not followed."""
    return args[0] if len(args) == 1 and not keywords else unknown()
