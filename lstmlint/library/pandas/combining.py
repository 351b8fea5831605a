"""Putting tables together: concat, merge, join; and one column for each class."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lstmlint.library.pandas.tables import Unnamed, axis_number, common, count_of, series
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, same, symbol, symbols
from lstmlint.shapes.shape import Axis, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Value, is_none, unknown
from lstmlint.values.data import Array, Frame, Items, Label, Table, frame, items_of, tuple_of

_OUTER = Const("outer")


def table_of(value: Value) -> Table | None:
    """A table, or a Series as a table of one column."""
    if isinstance(value, Frame):
        return value.table
    if isinstance(value, Array) and value.kind == "series" and value.shape.rank == 1:
        return Table(value.shape.axes[0], (Unnamed(),), 1, value.source, value.dtype)
    return None


@models("pandas.concat")
def concat(objs: Value, *, axis: Value = FALSE, join: Value = _OUTER, ignore_index: Value = FALSE, keys: Value = NONE) -> Value:
    """pandas.pydata.org: tables one below the other (axis 0) or side by side (axis 1)."""
    items, along = items_of(objs), axis_number(axis)
    if items is None or along is None:
        return unknown()
    values = [value for value in items.known if not is_none(value)] if items.known is not None else [items.element]
    parts = [part for value in values if (part := table_of(value)) is not None]
    if not parts or len(parts) != len(values):
        return unknown()
    if along == 0 and all(isinstance(value, Array) for value in values):
        dtype = _common([part.dtype for part in parts])
        return series(_rows_below(parts, items), dtype, parts[0].source)
    table = _beside(parts, items) if along else _below(parts, items, join == _OUTER)
    if ignore_index != FALSE and along:
        table = replace(table, columns=None)
    return Frame(replace(table, index=("index",) if ignore_index != FALSE or (is_none(keys) and along == 0) else None))


def _common(dtypes: Sequence[str | None]) -> str | None:
    result = dtypes[0]
    for dtype in dtypes[1:]:
        result = common(result, dtype)
    return result if result in ("float", "object", "str") or len(set(dtypes)) == 1 else None


def _rows_below(parts: Sequence[Table], items: Items) -> Dim:
    if items.known is None:
        return _in_all(parts[0].rows.dim, items, "n")
    total: Dim = 0
    for part in parts:
        total = part.rows.dim + total
    return total


def _in_all(dim: Dim, items: Items, name: str) -> Dim:
    """A length of each of many parts, summed up."""
    return unknown_dim(name) if any(one.varies for one in symbols(dim)) else dim * items.length


def _below(parts: Sequence[Table], items: Items, outer: bool) -> Table:
    first = parts[0]
    columns: tuple[Label, ...] | None = None
    width: Dim
    if all(part.columns == first.columns and same(part.width, first.width) for part in parts):
        # Without labels the same width is no proof: only parts of one table have one symbol.
        columns, width = first.columns, first.width
        if columns is None and isinstance(width, int) and len(parts) > 1:
            width = unknown_dim("columns")
    elif all(part.columns is not None for part in parts) and outer:
        columns = tuple(dict.fromkeys(label for part in parts for label in part.columns or ()))
        width = len(columns)
    else:
        width = unknown_dim("columns")
    dtype = _common([part.dtype for part in parts])
    dtype = dtype if all(part.columns == columns for part in parts) or dtype in ("float", "object") else None
    index = first.index if all(part.index == first.index for part in parts) else None
    return Table(first.rows.of_length(_rows_below(parts, items)), columns, width, first.source, dtype, index)


def _beside(parts: Sequence[Table], items: Items) -> Table:
    first = parts[0]
    dtype = _common([part.dtype for part in parts])
    rows = first.rows.dim if all(same(part.rows.dim, first.rows.dim) for part in parts) else unknown_dim("n")
    if not all(same(part.rows.dim, first.rows.dim) for part in parts) and dtype not in ("float", "object"):
        dtype = None
    if items.known is None:
        return Table(first.rows.of_length(rows), None, _in_all(first.width, items, "columns"), first.source, dtype, None)
    width: Dim = 0
    for part in parts:
        width = part.width + width
    known = all(part.columns is not None for part in parts)
    columns = tuple(label for part in parts for label in part.columns or ()) if known else None
    return Table(first.rows.of_length(rows), columns, width, first.source, dtype, None)


@models("pandas.DataFrame.append", "pandas.Series.append")
def append(self: Value, other: Value, ignore_index: Value = FALSE) -> Value:
    """pandas.pydata.org (before 2.0): another table, or one row, below."""
    if isinstance(other, (Frame, Array)) and type(self) is type(other):
        return concat(tuple_of(self, other), ignore_index=ignore_index)
    if isinstance(self, Frame):
        table = self.table
        return Frame(replace(table, rows=Axis(unknown_dim("n")), columns=None, width=unknown_dim("columns"), dtype="object"))
    return unknown()


@models("pandas.DataFrame.combine_first")
def combine_first(self: Value, other: Value = NONE) -> Value:
    """pandas.pydata.org: the rows and columns of both."""
    return frame(symbol("n", "rows of both tables"), None, symbol("columns", "columns of both tables"), dtype="object", index=None)


@models("pandas.DataFrame.join")
def join(self: Frame, other: Value, on: Value = NONE, how: Value = MISSING) -> Value:
    """pandas.pydata.org: the columns of both, side by side."""
    right = table_of(other)
    if right is None:
        return unknown()
    table = _beside((self.table, right), Items.of((self, other)))
    columns = table.columns if table.columns is not None and len(set(table.columns)) == len(table.columns) else None
    dtype = table.dtype if table.dtype in ("float", "object") else None
    return Frame(replace(table, rows=Axis(symbol("n", "rows that match")), columns=columns, dtype=dtype, index=None))


@models("pandas.get_dummies")
def get_dummies(data: Value, *, columns: Value = NONE, drop_first: Value = FALSE, dtype: Value = NONE) -> Value:
    """pandas.pydata.org: one column for each different value."""
    width: Dim = symbol("classes", "the number of classes")
    if isinstance(data, Frame):
        table, given = data.table, None if is_none(columns) else count_of(columns)
        if given is not None:
            width = table.width - given + width
        return frame(table.rows, None, width, table.source, table.dtype if table.dtype == "object" else None)
    if isinstance(data, Array) and data.shape.rank == 1:
        return frame(data.shape.axes[0], None, width, data.source)
    items = items_of(data)
    return unknown() if items is None else frame(items.length, None, width)


@models("pandas.cut", "pandas.qcut")
def cut(x: Value, bins: Value) -> Value:
    """pandas.pydata.org: a class for each item."""
    return series(x.shape.axes[0]) if isinstance(x, Array) and x.kind == "series" and x.shape.rank == 1 else unknown()


@models("pandas.isnull", "pandas.isna", "pandas.notnull", "pandas.notna")
def is_null(obj: Value) -> Value:
    """pandas.pydata.org: bools of the same shape."""
    if isinstance(obj, Frame):
        return Frame(replace(obj.table, dtype="bool"))
    if isinstance(obj, Array):
        return Array(obj.shape, obj.kind if obj.kind != "index" else "numpy", "bool", None, obj.source)
    return unknown("bool") if obj.type_path in ("float", "int", "str", "scalar") else unknown()
