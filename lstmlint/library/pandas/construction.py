"""Making tables and series from other data."""
from __future__ import annotations

from lstmlint.library.coerce import to_array
from lstmlint.library.pandas.tables import Unnamed, common, count_of, dtype_of, label_of, labels_of, series
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, at_least, same
from lstmlint.shapes.shape import Axis, Violation, unknown_dim
from lstmlint.trace import Operation
from lstmlint.values.base import MISSING, NONE, Const, Unknown, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, DictObject, Frame, Items, Label, Range, Table, frame, items_of, range_length

Labels = tuple[Label, ...] | None


def length_of_column(value: Value) -> Dim | None:
    """How many rows a value makes as a column; None for a scalar."""
    if isinstance(value, Range):
        return range_length(value)
    if isinstance(value, Array):
        return value.shape.axes[0].dim if value.shape.rank else None
    items = items_of(value)
    return None if items is None else items.length


@models("pandas.DataFrame")
def make_frame(caller: Caller, data: Value = NONE, index: Value = NONE, columns: Value = NONE, dtype: Value = NONE) -> Value:
    """pandas.pydata.org: a table of a dictionary, an array, records or another table."""
    named = None if is_none(columns) else labels_of(columns)
    count = None if is_none(columns) else count_of(columns)
    rows = None if is_none(index) else length_of_column(index)
    if is_none(data):
        return frame(rows or 0, () if is_none(columns) else named, count, dtype="object")
    if isinstance(data, DictObject):
        return _of_dict(data, rows, is_none(index), named, count)
    if isinstance(data, Frame):
        table = data.table
        if is_none(columns) and is_none(index):
            return Frame(table)
        chosen = (table.columns, table.width) if is_none(columns) else (named, count)
        return frame(table.rows if is_none(index) else rows or unknown_dim("n"), *chosen, table.source, table.dtype)
    if isinstance(data, Array):
        return _of_array(caller, data, is_none(columns), named, count)
    items = items_of(data)
    if items is not None:
        return _of_items(items, data, is_none(columns), named, count)
    return frame(unknown_dim("n"), named, count, dtype="object", index=None if isinstance(data, Unknown) else ("index",))


def _of_dict(data: DictObject, rows: Dim | None, free: bool, named: Labels, count: Dim | None) -> Value:
    entries = data.entries
    values = [value for _, value in entries.known]
    if any(_is_opaque(value) for value in values):
        rows = rows if not free else None
    else:
        lengths = [length for value in values if (length := length_of_column(value)) is not None]
        if free and lengths and all(same(length, lengths[0]) for length in lengths):
            rows = lengths[0]
        elif free:
            rows = None if entries.open or values else 0
    if rows is None:
        rows = unknown_dim("n")
    labels = tuple(label_of(key) for key, _ in entries.known)
    known = None if entries.open or None in labels else labels
    kinds = [dtype_of(value) for value in values]
    dtype = kinds[0] if kinds and len(set(kinds)) == 1 else "object" if "object" in kinds or entries.open else None
    if named is not None or count is not None:
        return frame(rows, named, count, dtype=None if dtype is not None and dtype != "object" else dtype)
    return frame(rows, known, entries.length if entries.open else len(values), dtype=dtype)


def _is_opaque(value: Value) -> bool:
    return (isinstance(value, Unknown) and value.type is None) or isinstance(value, (DictObject, Frame))


def _of_array(caller: Caller, data: Array, free: bool, named: Labels, count: Dim | None) -> Value:
    rank = data.shape.rank
    if rank is None:
        return frame(unknown_dim("n"), named, count, data.source, "object")
    if rank > 2:
        result = frame(data.shape.axes[0], named, count, data.source, "object")
        text = f"a DataFrame needs rank 2, got {data.shape}"
        caller.emit(Operation(caller.site, "pandas.DataFrame", (data,), result, Violation("rank", text, data.shape)))
        return result
    if rank == 0:
        return unknown()
    width: Dim = data.shape.axes[1].dim if rank == 2 else 1
    if free:
        named = tuple(range(width)) if isinstance(width, int) and width <= 512 and data.kind == "numpy" else None
        if data.kind == "series":
            named = (Unnamed(),)
    return frame(data.shape.axes[0], named, width if free or count is None else count, data.source, data.dtype)


def _of_items(items: Items, data: Value, free: bool, named: Labels, count: Dim | None) -> Value:
    rows = Axis(items.length)
    first = items.known[0] if items.known else items.element
    if isinstance(first, DictObject):
        return frame(rows, *(_keys_of_all(items) if free else (named, count)), dtype="object")
    as_array = to_array(data)
    if as_array.shape.rank in (1, 2) and at_least(items.length, 1):
        width = as_array.shape.axes[1].dim if as_array.shape.rank == 2 else 1
        if free:
            named = tuple(range(width)) if isinstance(width, int) and width <= 512 and not isinstance(first, Array) else None
        return frame(rows, named, width if free or count is None else count, dtype=as_array.dtype)
    return frame(rows, named, count, dtype="object")


def _keys_of_all(items: Items) -> tuple[Labels, Dim | None]:
    """The labels that a list of dictionaries gives."""
    labels: dict[Label, None] = {}
    for record in items.known if items.known is not None else (items.element,):
        entries = record.entries if isinstance(record, DictObject) else None
        if entries is None or entries.open:
            return None, None
        for key, _ in entries.known:
            label = label_of(key)
            if label is None:
                return None, None
            labels[label] = None
    return tuple(labels), len(labels)


@models("pandas.DataFrame.from_dict", "pandas.DataFrame.from_records")
def from_dict(caller: Caller, data: Value, orient: Value = MISSING, columns: Value = NONE) -> Value:
    """pandas.pydata.org: like DataFrame(data), the keys being columns; otherwise of unknown size."""
    if orient in (MISSING, Const("columns")):
        return make_frame(caller, data, NONE, columns)
    return frame(unknown_dim("n"), None, None, dtype="object")


@models("pandas.Series")
def make_series(data: Value = NONE, index: Value = NONE) -> Value:
    """pandas.pydata.org: one column."""
    given = None if is_none(index) else length_of_column(index)
    if isinstance(data, DictObject):
        entries = data.entries
        own: Dim | None = entries.length if entries.open else len(entries.known)
    elif isinstance(data, Unknown) and data.type is None:
        own = None
    else:
        own = 1 if length_of_column(data) is None else length_of_column(data)
    length = given if not is_none(index) else own
    kind = dtype_of(data) if not isinstance(data, DictObject) else "object"
    return series(unknown_dim("n") if length is None else length, kind)


@models("pandas.Index", "pandas.DatetimeIndex")
def make_index(data: Value = NONE) -> Value:
    """pandas.pydata.org: labels."""
    length = length_of_column(data)
    return Array(series(unknown_dim("n") if length is None else length).shape, "index", None)


@models("pandas.date_range", "pandas.bdate_range", "pandas.period_range", "pandas.timedelta_range")
def date_range(start: Value = NONE, end: Value = NONE, periods: Value = NONE, freq: Value = NONE) -> Value:
    """pandas.pydata.org: `periods` dates, or those between start and end."""
    count = None if is_none(periods) else dim_of(periods)
    return Array(series(unknown_dim("dates") if count is None else count).shape, "index", None)


@models("pandas.to_datetime", "pandas.to_timedelta")
def to_datetime(arg: Value) -> Value:
    """pandas.pydata.org: dates of the same number: a Series of a Series, otherwise an index."""
    if isinstance(arg, Array) and arg.shape.rank == 1:
        return Array(arg.shape, "series" if arg.kind == "series" else "index", None, None, arg.source)
    if isinstance(arg, Frame):
        return series(arg.table.rows)
    length = length_of_column(arg)
    return unknown() if length is None else Array(series(length).shape, "index", None)


@models("pandas.to_numeric")
def to_numeric(arg: Value) -> Value:
    """pandas.pydata.org: numbers of the same shape."""
    if isinstance(arg, Array):
        return Array(arg.shape, arg.kind, None if arg.dtype not in ("int", "float") else arg.dtype, None, arg.source)
    return unknown("scalar") if length_of_column(arg) is None and not isinstance(arg, Unknown) else unknown()


def widened(table: Table, value: Value) -> str | None:
    """The dtype of a table's cells when a column of `value` comes in."""
    return dtype_of(value) if same(table.width, 0) else common(table.dtype, dtype_of(value))
