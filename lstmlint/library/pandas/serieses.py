"""What a Series and an Index have and do: families of methods by what they do to the length."""
from __future__ import annotations

from collections.abc import Callable

from lstmlint.library.builtins.lists import get_item as tuple_item
from lstmlint.library.pandas.frames import sampled, taken
from lstmlint.library.pandas.locators import located_item
from lstmlint.library.pandas.selection import is_mask
from lstmlint.library.pandas.tables import (
    LabelIndex,
    Unnamed,
    cell,
    dtype_named,
    dtype_of,
    fewer,
    label_of,
    label_value,
    labels_of,
    series,
    truth_of,
)
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.shapes.shape import Axis, Shape, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Integer, Value, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, DictObject, Entries, Items, Label, ListObject, Slice, Tuple, frame, shape_tuple, tuple_of

_ONE, _FIVE = Const(1), Const(5)
_BOTH = ("pandas.Series", "pandas.Index")


def _register(function: Callable[..., Value], names: str, owners: tuple[str, ...] = ("pandas.Series",)) -> None:
    models(*(f"{owner}.{name}" for owner in owners for name in names.split()))(function)


def _property(function: Callable[..., Value], names: str, owners: tuple[str, ...] = _BOTH) -> None:
    attributes(*(f"{owner}.{name}" for owner in owners for name in names.split()))(function)


def length_of(self: Array) -> Dim:
    """The number of items."""
    first = self.shape.axis(0)
    return unknown_dim("n") if first is None else first.dim


def like(self: Array, dtype: str | None, rows: Dim | None = None, kind: str | None = None) -> Array:
    """Another Series or Index of the same or another length."""
    axis = self.shape.axis(0)
    shape = Shape((Axis(length_of(self) if rows is None else rows, axis.meaning if axis is not None else None),))
    return Array(shape, self.kind if kind is None else kind, dtype, None, self.source)


def loosened(dtype: str | None) -> str | None:
    """The dtype when some items may become gaps."""
    return dtype if dtype in ("float", "object") else None


def _shape(self: Array) -> Value:
    """pandas.pydata.org: (n,)."""
    return shape_tuple(self.shape, self)


def _size(self: Array) -> Value:
    """pandas.pydata.org: n."""
    return integer(length_of(self))


def _rank(self: Array) -> Value:
    """pandas.pydata.org: 1."""
    return Const(1)


def _itself(self: Array) -> Value:
    """pandas.pydata.org: the same Series."""
    return self


def _to_numpy(self: Array, dtype: Value = NONE) -> Value:
    """pandas.pydata.org: the items as an array."""
    kind = self.dtype if is_none(dtype) else dtype_named(dtype, self.dtype)
    return Array(self.shape, "numpy", kind, None, self.source)


_property(_shape, "shape")
_property(_size, "size")
_property(_rank, "ndim")
_property(_itself, "T")
_register(_to_numpy, "to_numpy as_matrix ravel __array__", _BOTH)
_register(_size, "__len__", _BOTH)


@attributes("pandas.Series.values", "pandas.Index.values", "pandas.Series.array", "pandas.Index.array")
def values(self: Array) -> Value:
    """pandas.pydata.org: the items as an array."""
    return _to_numpy(self)


@attributes("pandas.Series.index")
def index(self: Array) -> Value:
    """pandas.pydata.org: the labels of the items."""
    return Array(self.shape, "index")


def _copied(self: Array, *args: Value, inplace: Value = FALSE) -> Value:
    """pandas.pydata.org: the same items, perhaps in another order."""
    return NONE if truth_of(inplace) is True else self if truth_of(inplace) is False else unknown()


def _changed(self: Array, *args: Value, inplace: Value = FALSE) -> Value:
    """pandas.pydata.org: as many items, with other values, some of which may be gaps."""
    return _copied(like(self, loosened(self.dtype)), inplace=inplace)


_register(
    _copied,
    "copy sort_values sort_index infer_objects tz_localize tz_convert rename rename_axis __pos__ __copy__ __deepcopy__",
    _BOTH,
)
_register(
    _changed,
    "ffill bfill pad backfill interpolate round abs clip replace cumsum cumprod cummax cummin diff pct_change rank shift where "
    "mask fillna __neg__",
)


def _bools(self: Array, *args: Value) -> Value:
    """pandas.pydata.org: a bool for each item."""
    return like(self, "bool", kind="series" if self.kind == "series" else "numpy")


_register(_bools, "isnull isna notnull notna isin duplicated", _BOTH)
_register(_bools, "between __invert__")


def _fewer(self: Array, *args: Value, inplace: Value = FALSE) -> Value:
    """pandas.pydata.org: some of the items."""
    return like(self, self.dtype, fewer(length_of(self), "that a filter leaves", self.source)) if inplace == FALSE else unknown()


_register(_fewer, "dropna drop_duplicates drop truncate between_time")
_register(_fewer, "dropna drop_duplicates", ("pandas.Index",))


@models("pandas.Series.head", "pandas.Series.tail", "pandas.Series.nlargest", "pandas.Series.nsmallest")
def head(self: Array, n: Value = _FIVE) -> Value:
    """pandas.pydata.org: the first or last n items."""
    return like(self, self.dtype, taken(length_of(self), n))


@models("pandas.Series.sample")
def sample(self: Array, n: Value = NONE, frac: Value = NONE) -> Value:
    """pandas.pydata.org: n items, or a share of them, in another order."""
    return like(self, self.dtype, sampled(length_of(self), n, frac))


def _number(self: Array, *args: Value) -> Value:
    """pandas.pydata.org: one number."""
    return unknown("float")


def _item(self: Array, *args: Value) -> Value:
    """pandas.pydata.org: one item, or something of the same type."""
    return cell(self.dtype if self.dtype != "bool" else None)


def _count(self: Array, *args: Value) -> Value:
    """pandas.pydata.org: how many items there are of some kind."""
    return integer(symbol("count", "the number of some items", upper=length_of(self)))


def _truth(self: Array, *args: Value) -> Value:
    """pandas.pydata.org: a bool."""
    return unknown("bool")


def _position(self: Array, *args: Value) -> Value:
    """pandas.pydata.org: a position."""
    return unknown("int")


def _label(self: Array, *args: Value) -> Value:
    """pandas.pydata.org: a label."""
    return unknown()


_register(_number, "std var skew kurt sem corr cov autocorr dot")
_register(_truth, "any all")
_register(_position, "argmax argmin", _BOTH)
_register(_label, "idxmax idxmin first_valid_index last_valid_index")
_register(_item, "min max sum prod mean median item", _BOTH)
_register(_count, "count nunique", _BOTH)


@models("pandas.Series.unique", "pandas.unique")
def unique(self: Array) -> Value:
    """pandas.pydata.org: the different items as an array."""
    return like(self, self.dtype, symbol("n", "the number of different items", upper=length_of(self)), "numpy")


@models("pandas.Series.value_counts", "pandas.value_counts")
def value_counts(self: Array, normalize: Value = FALSE) -> Value:
    """pandas.pydata.org: how often each item occurs."""
    return like(self, None, symbol("n", "the number of different items", upper=length_of(self)), "series")


@models("pandas.Series.tolist", "pandas.Series.to_list", "pandas.Index.tolist", "pandas.Index.to_list")
def tolist(self: Value) -> Value:
    """pandas.pydata.org: a list of the items."""
    if isinstance(self, Tuple):
        return ListObject(self.items)
    if not isinstance(self, Array):
        return unknown("list")
    return ListObject(Items.many(cell(self.dtype), length_of(self)))


@models("pandas.Series.to_dict")
def to_dict(self: Array) -> Value:
    """pandas.pydata.org: the items under their labels."""
    return DictObject(Entries((), True, cell(self.dtype)))


@models("pandas.Series.map", "pandas.Series.apply", "pandas.Index.map")
def map_items(self: Array, caller: Caller, func: Value) -> Value:
    """pandas.pydata.org: the function's answer for each item."""
    if isinstance(func, DictObject):
        entries = func.entries
        kinds = {dtype_of(value) for _, value in entries.known}
        plain = not entries.open and "object" not in kinds
        return like(self, None if plain else "object")
    answer = caller.call(func, [cell(self.dtype)])
    return unknown() if isinstance(answer, Array) and answer.kind == "series" else like(self, dtype_of(answer))


@models("pandas.Series.astype", "pandas.Index.astype")
def astype(self: Array, dtype: Value) -> Value:
    """pandas.pydata.org: as many items of another type."""
    return like(self, dtype_named(dtype, self.dtype))


@models("pandas.Series.to_frame", "pandas.Index.to_frame")
def to_frame(self: Array, name: Value = MISSING) -> Value:
    """pandas.pydata.org: a table of one column."""
    label: Label = None if name is MISSING else label_of(name)
    return frame(length_of(self), (Unnamed() if label is None else label,), source=self.source, dtype=self.dtype, index=None)


@models("pandas.Series.reset_index")
def reset_index(self: Array, level: Value = NONE, *, drop: Value = FALSE, inplace: Value = FALSE) -> Value:
    """pandas.pydata.org: the same Series with the labels 0, 1, …, or a table with the old ones."""
    if truth_of(drop) is True:
        return _copied(self, inplace=inplace)
    return frame(length_of(self), None, None, self.source, self.dtype)


@models("pandas.Series.items", "pandas.Series.iteritems")
def pairs(self: Array) -> Value:
    """pandas.pydata.org: pairs of a label and an item."""
    return ListObject(Items.many(tuple_of(unknown(), cell(self.dtype)), length_of(self)), "iterator")


@models("pandas.Series.__iter__", "pandas.Index.__iter__")
def iterate(self: Value) -> Value:
    """pandas.pydata.org: an item."""
    if isinstance(self, Tuple):
        return self.items.element
    return cell(self.dtype) if isinstance(self, Array) else unknown()


@models("pandas.Series.__getitem__")
def get_item(self: Array, key: Value) -> Value:
    """pandas.pydata.org: a label gives an item, a mask, list or slice a part."""
    if self.shape.rank != 1:
        return unknown()
    if isinstance(key, (Const, Integer)):
        return cell(self.dtype)
    if isinstance(key, Slice) and not all(is_none(b) or b.type_path == "int" for b in (key.lower, key.upper)):
        return located_item(self, key, False)
    return located_item(self, key, True) if isinstance(key, Slice) or is_mask(key) else unknown()


@models("pandas.Index.__getitem__")
def index_item(self: Value, key: Value) -> Value:
    """pandas.pydata.org: an integer gives a label, a slice or mask a part."""
    if isinstance(self, Tuple):
        part = tuple_item(self, key)
        return LabelIndex(part.items) if isinstance(part, Tuple) and isinstance(key, Slice) else part
    if not isinstance(self, Array) or self.shape.rank != 1:
        return unknown()
    part = located_item(self, key, True)
    return Array(part.shape, "index", part.dtype) if isinstance(part, Array) else part


@models("pandas.Index.delete")
def delete_label(self: Value, loc: Value) -> Value:
    """pandas.pydata.org: one label less."""
    length = self.items.length if isinstance(self, Tuple) else length_of(self) if isinstance(self, Array) else unknown_dim()
    return Array(Shape.of(length - 1 if loc.type_path == "int" else unknown_dim("labels")), "index")


@models("pandas.Index.drop")
def drop_labels(self: Value, labels: Value) -> Value:
    """pandas.pydata.org: the other labels."""
    if isinstance(self, LabelIndex):
        single = label_of(labels)
        dropped = (single,) if single is not None else labels_of(labels)
        known = labels_of(self)
        if known is not None and dropped is not None and not any(isinstance(label, int) for label in dropped):
            return LabelIndex(Items.of(map(label_value, (label for label in known if label not in dropped))))
    return Array(Shape((Axis(unknown_dim("columns")),)), "index")


@models("pandas.Index.append", "pandas.Index.union", "pandas.Index.intersection", "pandas.Index.difference", "pandas.Index.unique")
def other_labels(self: Value, *args: Value) -> Value:
    """pandas.pydata.org: other labels."""
    return Array(Shape.of(unknown_dim("labels")), "index")


@models("pandas.Index.to_series", "pandas.Series.argsort")
def as_series(self: Value, *args: Value) -> Value:
    """pandas.pydata.org: an item for each label or item."""
    if isinstance(self, Tuple):
        return series(self.items.length)
    return like(self, None, kind="series") if isinstance(self, Array) else unknown()


@models("pandas.Series.get")
def get(self: Array, key: Value, default: Value = NONE) -> Value:
    """pandas.pydata.org: the item under a label."""
    return unknown()


@models("pandas.Series.keys")
def keys(self: Array) -> Value:
    """pandas.pydata.org: the labels of the items."""
    return index(self)


@models("pandas.Series.mode")
def mode(self: Array, *args: Value) -> Value:
    """pandas.pydata.org: the most frequent items."""
    return like(self, self.dtype, symbol("n", "the most frequent items", upper=length_of(self)))


@models("pandas.Index.get_loc")
def get_loc(self: Value, key: Value) -> Value:
    """pandas.pydata.org: where a label stands."""
    known = labels_of(self) if isinstance(self, LabelIndex) else None
    return Const(known.index(label_of(key))) if known is not None and known.count(label_of(key)) == 1 else unknown("int")


@models("pandas.Series.__setitem__", "pandas.Series.update")
def set_item(self: Value, key: Value, value: Value = NONE) -> None:
    """pandas.pydata.org: other values in the same items."""


@models("pandas.Series.__contains__")
def contains(self: Value, item: Value) -> Value:
    """pandas.pydata.org: whether there is such a label."""
    return unknown("bool")
