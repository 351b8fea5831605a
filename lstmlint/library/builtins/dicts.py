"""Dictionaries."""
from __future__ import annotations

from collections.abc import Iterable, Sequence

from lstmlint.library.builtins.determined import one_of
from lstmlint.library.builtins.iteration import items_over, keys_of
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, NONE, Const, Value, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import (
    DictObject,
    Entries,
    Items,
    ListObject,
    TensorKey,
    Tuple,
    as_value,
    items_of,
    join_all,
    key_of,
    tuple_of,
    type_of_key,
    widen,
)

_LIMIT = 256


def is_key(value: Value) -> bool:
    """A key that is known exactly."""
    if isinstance(value, Tuple):
        return value.items.known is not None and all(map(is_key, value.items.known))
    return isinstance(value, (Const, TensorKey))


def covering(entries: Entries) -> Value:
    """One value that covers all."""
    values = [value for _, value in entries.known]
    return join_all([*values, entries.element] if entries.open else values)


def opened(known: tuple[tuple[Value, Value], ...] = (), element: Value | None = None) -> Entries:
    """These keys, and any others; how many there are in all is one unknown number until the next change."""
    return Entries(known, True, unknown() if element is None else element, unknown_dim("len(dict)"))


@models("dict.__getitem__")
def get_item(self: DictObject, key: Value) -> Value:
    """Python: the value under a key."""
    entries, key = self.entries, key_of(key)
    if is_key(key):
        for known, value in entries.known:
            if known == key:
                return value
        return one_of(entries.element, key) if entries.open else unknown()
    element = covering(entries)
    return one_of(element, key)


@models("dict.get")
def get(self: DictObject, key: Value, default: Value = NONE) -> Value:
    """Python: the value under a key, or the default."""
    entries, key = self.entries, key_of(key)
    if not is_key(key):
        return unknown()
    for known, value in entries.known:
        if known == key:
            return value
    return unknown() if entries.open else default


def _set(entries: Entries, key: Value, value: Value) -> Entries:
    key = key_of(key)
    if is_key(key) and (len(entries.known) < _LIMIT or any(known == key for known, _ in entries.known)):
        present = any(known == key for known, _ in entries.known)
        if present:
            return Entries(
                tuple((k, value if k == key else v) for k, v in entries.known), entries.open, entries.element, entries.length
            )
        if not entries.open:
            return Entries((*entries.known, (key, value)))
        return opened((*entries.known, (key, value)), entries.element)
    # The key may be any of the known ones.
    known = tuple((k, widen(v, value)) for k, v in entries.known)
    empty = not entries.open and not entries.known
    return opened(known, value if empty or not entries.open else widen(entries.element, value))


@models("dict.__setitem__")
def set_item(self: DictObject, key: Value, value: Value) -> None:
    """Python: puts a value under a key."""
    self.entries = _set(self.entries, key, value)


@models("dict.setdefault")
def set_default(self: DictObject, key: Value, default: Value = NONE) -> Value:
    """Python: the value under a key, put there if there is none."""
    entries = self.entries
    if is_key(key):
        for known, value in entries.known:
            if known == key:
                return value
        if not entries.open:
            self.entries = _set(entries, key, default)
            return default
    self.entries = opened()
    return unknown()


@models("dict.pop")
def pop(self: DictObject, key: Value, default: Value = MISSING) -> Value:
    """Python: takes a key out."""
    entries = self.entries
    value = get(self, key, unknown() if default is MISSING else default)
    if is_key(key):
        known = tuple(entry for entry in entries.known if entry[0] != key)
        self.entries = opened(known, entries.element) if entries.open else Entries(known)
    else:
        self.entries = opened((), covering(entries))
    return value


@models("dict.__delitem__")
def delete_item(self: DictObject, key: Value) -> None:
    """Python: takes a key out."""
    pop(self, key)


@models("dict.popitem")
def pop_item(self: DictObject) -> Value:
    """Python: takes some key out."""
    element = covering(self.entries)
    self.entries = opened((), element)
    return tuple_of(unknown(), element)


@models("dict.clear")
def clear(self: DictObject) -> None:
    """Python: takes all keys out."""
    self.entries = Entries(())


@models("dict.keys")
def keys(self: DictObject) -> Value:
    """Python: the keys, in the order in which they came."""
    return ListObject(keys_of(self), "view")


@models("dict.values")
def values(self: DictObject) -> Value:
    """Python: the values, in the order of their keys."""
    entries = self.entries
    if not entries.open:
        return ListObject(Items.of(value for _, value in entries.known), "view")
    return ListObject(Items.many(covering(entries), _size(entries)), "view")


@models("dict.items")
def items(self: DictObject) -> Value:
    """Python: pairs of keys and values."""
    entries = self.entries
    if not entries.open:
        return ListObject(Items.of(tuple_of(as_value(key), value) for key, value in entries.known), "view")
    return ListObject(Items.many(tuple_of(unknown(entries.keys), covering(entries)), _size(entries)), "view")


def _size(entries: Entries) -> Dim:
    return unknown_dim("len(dict)") if entries.length is None else entries.length


@models("dict.copy")
def copy(self: DictObject) -> Value:
    """Python: another dictionary with the same keys and values."""
    return DictObject(self.entries)


def _merged(caller: Caller, entries: Entries, others: Iterable[Value], keywords: Sequence[tuple[str, Value]]) -> Entries:
    for other in others:
        if isinstance(other, DictObject):
            more = other.entries
            if more.open:
                return opened()
            pairs: Sequence[tuple[Value, Value]] = more.known
        else:
            found = _pairs(caller, other)
            if found is None:
                return opened()
            pairs = found
        for key, value in pairs:
            entries = _set(entries, key, value)
    for name, value in keywords:
        entries = _set(entries, Const(name), value)
    return entries


def _pairs(caller: Caller, value: Value) -> list[tuple[Value, Value]] | None:
    """The pairs that an iterable of two-tuples gives, if all are known."""
    if items_of(value) is None:
        return None
    pairs: list[tuple[Value, Value]] = []
    for item in items_over(caller, value).known or ():
        pair = items_of(item)
        if pair is None or pair.known is None or len(pair.known) != 2:
            return None
        pairs.append((pair.known[0], pair.known[1]))
    return pairs if items_over(caller, value).known is not None else None


@models("dict.update")
def update(self: DictObject, caller: Caller, *others: Value, **keywords: Value) -> None:
    """Python: puts all keys and values of another dictionary in."""
    self.entries = _merged(caller, self.entries, others, list(keywords.items()))


@models("dict.__ior__")
def union_in_place(self: DictObject, caller: Caller, other: Value) -> Value:
    """Python: puts all keys and values of another dictionary in."""
    update(self, caller, other)
    return self


@models("dict.__or__")
def union(self: DictObject, other: Value, caller: Caller) -> Value:
    """Python: a dictionary with the keys of both."""
    return DictObject(_merged(caller, self.entries, (other,), ()))


@models("builtins.dict", "collections.OrderedDict")
def make_dict(caller: Caller, *others: Value, **keywords: Value) -> Value:
    """Python: a dictionary of pairs, of another dictionary, of keywords."""
    entries = Entries(())
    if len(others) == 1 and not isinstance(others[0], DictObject) and not keywords:
        pairs = items_of(others[0])
        if pairs is not None and pairs.known is None:
            pair = items_of(pairs.element)
            element = pair.at(1) if pair is not None else None
            most = symbol("len(dict)", "the number of different keys", upper=pairs.length)
            key = pair.at(0) if pair is not None else None
            kind = None if key is None else type_of_key(key)
            return DictObject(Entries((), True, element if element is not None else unknown(), most, kind))
    return DictObject(_merged(caller, entries, others, list(keywords.items())))


@models("dict.fromkeys")
def from_keys(caller: Caller, iterable: Value, value: Value = NONE) -> Value:
    """Python: the same value under each key."""
    keys = items_over(caller, iterable)
    if keys.known is not None and all(map(is_key, keys.known)):
        return DictObject(Entries(tuple((key, value) for key in dict.fromkeys(keys.known))))
    return DictObject(Entries((), True, value, symbol("len(dict)", "the number of different keys", upper=keys.length)))
