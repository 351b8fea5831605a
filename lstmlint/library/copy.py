"""Models of copy: another object with the same content."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.values.base import Value, unknown
from lstmlint.values.code import Class, Function, Instance, LibraryObject
from lstmlint.values.data import DictObject, Entries, Frame, Items, ListObject, Object, Tuple

_DEPTH = 4


@models("copy.copy")
def copy(x: Value) -> Value:
    """docs.python.org: a shallow copy."""
    if isinstance(x, ListObject):
        return ListObject(x.items, x.kind)
    if isinstance(x, DictObject):
        return DictObject(x.entries)
    return _object(x)


@models("copy.deepcopy")
def deepcopy(x: Value) -> Value:
    """docs.python.org: a copy of everything within, too."""
    return _deep(x, _DEPTH)


def _deep(x: Value, depth: int) -> Value:
    if depth == 0:
        return unknown() if isinstance(x, Object) else x
    if isinstance(x, ListObject):
        return ListObject(_items(x.items, depth), x.kind)
    if isinstance(x, Tuple) and x.type_path == "tuple":
        return Tuple(_items(x.items, depth))
    if isinstance(x, DictObject):
        entries = x.entries
        known = tuple((key, _deep(value, depth - 1)) for key, value in entries.known)
        return DictObject(Entries(known, entries.open, _deep(entries.element, depth - 1), entries.length))
    return _object(x)


def _items(items: Items, depth: int) -> Items:
    if items.known is not None:
        return Items.of(_deep(item, depth - 1) for item in items.known)
    return Items.many(_deep(items.element, depth - 1), items.length)


def _object(x: Value) -> Value:
    if isinstance(x, Frame):
        return Frame(x.table)
    if isinstance(x, (LibraryObject, Instance)):
        other = LibraryObject(x.path) if isinstance(x, LibraryObject) else Instance(x.cls)
        for name in x.fields.names():
            other.fields.set(name, x.fields.get(name))
        return other
    return unknown() if isinstance(x, Object) and not isinstance(x, (Function, Class)) else x


