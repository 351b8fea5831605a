"""Lists, tuples, sets, deques and iterators."""
from __future__ import annotations

from collections.abc import Callable

from lstmlint.library.builtins.comparisons import equal
from lstmlint.library.builtins.determined import is_fixed, one_of
from lstmlint.library.builtins.iteration import LITERAL, drained, items_over, length_of
from lstmlint.library.builtins.slices import cut_items
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, derived, same, symbol
from lstmlint.shapes.shape import SCALAR, Violation, unknown_dim
from lstmlint.trace import AxisMissing, Operation
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Const, Integer, Unknown, Value, constant_int, dim_of, integer, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, ListObject, Range, Slice, Tuple, items_of, widen
from lstmlint.values.variation import fresh

_FIRST, _LAST = Const(0), Const(-1)
_SIZED = ("list", "tuple", "range", "set", "frozenset", "deque", "dict", "view")
_UNORDERED = ("set", "frozenset")


def is_index(value: Value) -> bool:
    """Surely one integer (and no slice or array)."""
    if isinstance(value, Array):
        return value.shape == SCALAR and value.dtype in ("int", "bool")
    return value.type_path in ("int", "bool")


def item_at(items: Items, index: Value) -> Value:
    """The item at an integer index; unknown where there is none."""
    at = constant_int(index)
    if at is None or items.known is None:
        return one_of(items.element, index)
    item = items.at(at)
    return unknown() if item is None else item


def get_item(self: Value, key: Value) -> Value:
    """Python: an integer selects an item, a slice selects a sequence of the same type."""
    items = items_of(self)
    if items is None:
        return unknown()
    if isinstance(key, Slice):
        part = cut_items(items, key)
        return Tuple(part) if isinstance(self, Tuple) else ListObject(part)
    return item_at(items, key) if is_index(key) else unknown()


@models("tuple.__getitem__", "list.__getitem__", "deque.__getitem__")
def subscript(caller: Caller, self: Value, key: Value) -> Value:
    """Python: as `get_item`."""
    _tell(caller, self, key)
    at = constant_int(key)
    if isinstance(self, Tuple) and self.lengths_of is not None and at is not None:
        rank = self.lengths_of.shape.rank or 0
        if not -rank <= at < rank:
            caller.emit(AxisMissing(caller.site, self.lengths_of, at))
    return get_item(self, key)


def _tell(caller: Caller, sequence: Value, key: Value) -> None:
    """An event where tensors in a tuple are subscripted like one tensor, or the last of them is taken."""
    items = sequence.items.known if isinstance(sequence, Tuple) else None
    arrays = tuple(item for item in items or () if isinstance(item, Array))
    if not arrays or (not isinstance(key, Tuple) and key != _LAST):
        return
    wrong = Violation("type", "tuple indices must be integers or slices, not tuple") if isinstance(key, Tuple) else None
    caller.emit(Operation(caller.site, "tuple.__getitem__", arrays, NONE, wrong))


@models("range.__getitem__")
def range_item(self: Range, key: Value, caller: Caller) -> Value:
    """Python: range(a, b)[i]."""
    if isinstance(key, Slice):
        return unknown("range")
    return item_at(items_over(caller, self), key) if is_index(key) else unknown()


@models("list.__setitem__", "deque.__setitem__")
def set_item(self: ListObject, key: Value, value: Value) -> None:
    """Python: replaces an item, or what a slice selects."""
    items = self.items
    at = constant_int(key)
    if items.known is not None and at is not None:
        if -len(items.known) <= at < len(items.known):
            at %= len(items.known)
            self.items = Items.of((*items.known[:at], value, *items.known[at + 1 :]))
    elif is_index(key):
        self.items = Items.many(widen(items.element, value), items.length)
    elif isinstance(key, Slice):
        self.items = Items.many(unknown(), unknown_dim("len(list)"))
    else:
        self.items = Items.many(unknown(), items.length if isinstance(key, Integer) else unknown_dim("len(list)"))


@models("list.__delitem__", "deque.__delitem__")
def delete_item(self: ListObject, key: Value) -> None:
    """Python: removes an item, or what a slice selects."""
    items = self.items
    at = constant_int(key)
    if isinstance(key, Slice):
        self.items = Items.many(items.element, items.length - cut_items(items, key).length)
    elif items.known is not None and at is not None:
        rest = list(items.known)
        if -len(rest) <= at < len(rest):
            del rest[at]
        self.items = Items.of(rest)
    else:
        self.items = Items.many(items.element, items.length - 1 if is_index(key) else unknown_dim("len(list)"))


@models(*(f"{type}.__len__" for type in _SIZED))
def length(self: Value) -> Value:
    """Python: the number of items."""
    known = length_of(self)
    return integer(unknown_dim("len(…)")) if known is None else integer(known)


@models(*(f"{type}.__contains__" for type in _SIZED))
def contains(self: Value, item: Value, caller: Caller) -> Value:
    """Python: whether an item (of a dictionary: a key) is equal to `item`."""
    items = items_over(caller, self)
    if same(items.length, 0):
        return FALSE
    if items.known is None:
        return unknown("bool")
    results = [equal(known, item) for known in items.known]
    if TRUE in results:
        return TRUE
    return FALSE if all(result == FALSE for result in results) else unknown("bool")


@models(*(f"{type}.__iter__" for type in (*_SIZED, "iterator", "str")))
def iterate(self: Value, caller: Caller) -> Value:
    """Python: one element that covers all that the loop sees."""
    if isinstance(self, Unknown):
        return unknown("str") if self.type == "str" else unknown()
    return items_over(caller, self).element


def joined(left: Items, right: Items) -> Items:
    """One sequence after the other."""
    if left.known is not None and right.known is not None and len(left.known) + len(right.known) <= LITERAL:
        return Items.of((*left.known, *right.known))
    if same(left.length, 0) or same(right.length, 0):
        return right if same(left.length, 0) else left
    return Items.many(widen(left.element, right.element), left.length + right.length)


@models("list.__add__", "tuple.__add__", "deque.__add__")
def concatenate(left: Value, right: Value) -> Value:
    """Python: two lists, or two tuples, one after the other."""
    a, b = items_of(left), items_of(right)
    if a is None or b is None or left.type_path != right.type_path:
        return MISSING
    return Tuple(joined(a, b)) if isinstance(left, Tuple) else ListObject(joined(a, b))


def repeated(items: Items, times: Value) -> Items:
    """The items, `times` over."""
    count = dim_of(times)
    if count is None:
        return Items.many(items.element, unknown_dim("len(list)"))
    if isinstance(count, int):
        count = max(count, 0)
        if items.known is not None and len(items.known) * count <= LITERAL:
            return Items.of(items.known * count)
    return Items.many(items.element, items.length * count)


@models("list.__mul__", "list.__rmul__", "tuple.__mul__", "tuple.__rmul__")
def repeat(self: Value, times: Value) -> Value:
    """Python: the items, `times` over."""
    items = items_of(self)
    if items is None or not is_index(times):
        return MISSING
    part = repeated(items, times if not isinstance(times, Array) else unknown("int"))
    return Tuple(part) if isinstance(self, Tuple) else ListObject(part)


@models("list.__imul__")
def repeat_in_place(self: ListObject, times: Value) -> Value:
    """Python: the list itself, longer."""
    self.items = repeated(self.items, times) if is_index(times) else Items.many(unknown(), unknown_dim("len(list)"))
    return self


def _appended(items: Items, value: Value) -> Items:
    if items.known is not None and len(items.known) < LITERAL:
        return Items.of((*items.known, value))
    element = value if same(items.length, 0) else widen(items.element, value)
    return Items.many(element, items.length + 1)


@models("list.append", "deque.append")
def append(self: ListObject, value: Value) -> None:
    """Python: one more item at the end."""
    self.items = _appended(self.items, value)


@models("deque.appendleft")
def append_left(self: ListObject, value: Value) -> None:
    """docs.python.org: one more item at the start."""
    items = self.items
    self.items = Items.of((value, *items.known)) if items.known is not None else _appended(items, value)


@models("list.extend", "deque.extend")
def extend(self: ListObject, values: Value, caller: Caller) -> None:
    """Python: all items of `values` at the end."""
    before, more = self.items, items_over(caller, values)
    self.items = joined(before, more)
    if values is not self:
        drained(caller, values)


@models("list.__iadd__", "deque.__iadd__")
def extend_in_place(self: ListObject, values: Value, caller: Caller) -> Value:
    """Python: the list itself, longer."""
    if isinstance(values, Unknown) and values.type in ("int", "float", "bool"):
        return unknown()
    extend(self, values, caller)
    return self


@models("list.insert")
def insert(self: ListObject, index: Value, value: Value) -> None:
    """Python: one more item at `index`."""
    items, at = self.items, constant_int(index)
    if items.known is not None and at is not None:
        changed = list(items.known)
        changed.insert(at, value)
        self.items = Items.of(changed)
    else:
        self.items = Items.many(widen(items.element, value), items.length + 1)


@models("list.pop", "deque.pop")
def pop(self: ListObject, index: Value = _LAST) -> Value:
    """Python: takes an item out."""
    items = self.items
    delete_item(self, index)
    return item_at(items, index)


@models("deque.popleft")
def pop_left(self: ListObject) -> Value:
    """docs.python.org: takes the first item out."""
    return pop(self, _FIRST)


@models("list.remove", "deque.remove")
def remove(self: ListObject, value: Value) -> None:
    """Python: takes the first equal item out."""
    items = self.items
    if items.known is not None:
        for at, known in enumerate(items.known):
            answer = equal(known, value)
            if answer == TRUE:
                self.items = Items.of((*items.known[:at], *items.known[at + 1 :]))
                return
            if answer != FALSE:
                break
    self.items = Items.many(items.element, items.length - 1)


@models("list.clear", "deque.clear", "set.clear")
def clear(self: ListObject) -> None:
    """Python: takes all items out."""
    self.items = Items.of(())


@models("list.sort")
def sort(self: ListObject) -> None:
    """Python: another order."""
    self.items = reordered(self.items)


def reordered(items: Items) -> Items:
    """The same items in an unknown order."""
    if items.known is not None and len(items.known) > 1:
        first = items.known[0]
        if any(item != first for item in items.known):
            return Items.many(items.element, items.length)
    return items


@models("list.reverse", "deque.reverse")
def reverse(self: ListObject) -> None:
    """Python: the other way round."""
    self.items = backwards(self.items)


def backwards(items: Items) -> Items:
    """The items from the last to the first."""
    return items if items.known is None else Items.of(reversed(items.known))


@models("list.copy", "deque.copy", "set.copy")
def copy(self: ListObject) -> Value:
    """Python: another list with the same items."""
    return ListObject(self.items, self.kind)


@models("list.index", "list.count", "tuple.index", "tuple.count", "range.index", "deque.index", "deque.count")
def position(self: Value, value: Value, start: Value = MISSING, stop: Value = MISSING) -> Value:
    """Python: where an item stands, or how often it occurs."""
    return integer(symbol("index", "the position of an item", upper=length_of(self)))


def distinct(items: Items, source: Value, name: str = "set") -> Items:
    """The different ones of the items."""
    if items.known is not None:
        if all(isinstance(item, Const) for item in items.known):
            kept = {item.value: item for item in reversed(items.known) if isinstance(item, Const)}
            return Items.of(item for item in dict.fromkeys(items.known) if isinstance(item, Const) and kept[item.value] is item)
        if len(items.known) <= 1:
            return items
    count: Dim
    if isinstance(source, Const) and isinstance(source.value, (str, bytes)):
        count = len(set(source.value))
    elif is_fixed(source):
        count = derived(("distinct", source), f"len({name})", "the number of different items")
    else:
        count = symbol(f"len({name})", "the number of different items", upper=items.length)
    return Items.many(items.element, count)


@models("set.add")
def add(self: ListObject, value: Value, caller: Caller) -> None:
    """Python: one more item, unless it is there."""
    present = contains(self, value, caller)
    items = self.items
    if present == FALSE:
        self.items = _appended(items, value)
    elif present != TRUE:
        element = widen(items.element, value)
        self.items = Items.many(element, symbol("len(set)", "the number of different items", items.length, items.length + 1))


@models("set.remove", "set.discard", "set.pop", "set.update", "set.intersection_update", "set.difference_update")
def change(self: ListObject, *others: Value) -> Value:
    """Python: other items, of unknown number."""
    self.items = Items.many(unknown(), unknown_dim("len(set)", "the number of different items"))
    return unknown()


_SET_OPERATIONS = ("union", "intersection", "difference", "symmetric_difference", "__or__", "__and__", "__sub__", "__xor__")


@models(*(f"{type}.{name}" for type in _UNORDERED for name in _SET_OPERATIONS))
def combine(self: Value, *others: Value) -> Value:
    """Python: a set of unknown size."""
    return ListObject(Items.many(unknown(), unknown_dim("len(set)", "the number of different items")), "set")


@models(*(f"{type}.{name}" for type in _UNORDERED for name in ("issubset", "issuperset", "isdisjoint")))
def relation(self: Value, other: Value) -> Value:
    """Python: a bool."""
    return unknown("bool")


@models("iterator.__next__")
def advance(self: ListObject) -> Value:
    """Python: the next item."""
    items = self.items
    if items.known is not None:
        self.items = Items.of(items.known[1:])
        return items.known[0] if items.known else unknown()
    self.items = Items.many(items.element, items.length - 1)
    return fresh(items.element)


def collector(build: Callable[[Items, Value], Value]) -> Callable[..., Value]:
    """The model of a constructor that takes an iterable."""

    def construct(caller: Caller, iterable: Value = MISSING) -> Value:
        return build(Items.of(()) if iterable is MISSING else drained(caller, iterable), iterable)

    return construct


models("builtins.list")(collector(lambda items, source: ListObject(items)))
models("builtins.tuple")(collector(lambda items, source: Tuple(items)))
models("builtins.set")(collector(lambda items, source: ListObject(distinct(items, source), "set")))
models("builtins.frozenset")(collector(lambda items, source: ListObject(distinct(items, source), "set")))


@models("builtins.iter")
def iterator(caller: Caller, iterable: Value, sentinel: Value = MISSING) -> Value:
    """Python: an iterator over all items."""
    if sentinel is not MISSING:
        return ListObject(Items.many(unknown(), unknown_dim()), "iterator")
    if isinstance(iterable, ListObject) and iterable.kind == "iterator":
        return iterable
    return ListObject(items_over(caller, iterable), "iterator")
