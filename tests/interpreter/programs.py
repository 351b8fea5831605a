"""Running small programs through the interpreter, for its tests."""
from __future__ import annotations

import textwrap

import libcst

from lstmlint.interpreter import analyse
from lstmlint.trace import Bound, Trace
from lstmlint.values.base import Choice, Const, Integer, Value
from lstmlint.values.data import Array, Items, ListObject, Tuple


def trace_of(program: str) -> Trace:
    """The trace of `program`, with every binding."""
    text = textwrap.dedent(program)
    module = libcst.parse_module(text)
    return analyse([(None, module)], text.count("\n") + 1, reveal=True)


def bindings(program: str) -> dict[str, Value]:
    """The last value bound to each name at the end of a branch-free place of `program`."""
    found: dict[str, Value] = {}
    for event in trace_of(program).events:
        if isinstance(event, Bound):
            found[event.name] = event.value
    return found


def plain(value: Value) -> object:
    """A value as a Python object that reads well in a test: unknown is "?", symbols are their names."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Integer):
        return str(value.dim)
    if isinstance(value, Array):
        return str(value.shape)
    if isinstance(value, Tuple):
        return _items(value.items, tuple)
    if isinstance(value, ListObject):
        content = value.cell.raw
        return _items(content, list) if isinstance(content, Items) else "?"
    if isinstance(value, Choice):
        return {plain(leaf) for leaf in value.leaves()}
    return "?"


def _items(items: Items, kind: type) -> object:
    if items.known is not None:
        return kind(plain(item) for item in items.known)
    return (plain(items.element), str(items.length))
