"""What sums a table or a Series up: descriptions, correlations, quantiles; and other forms of the same data."""
from __future__ import annotations

from dataclasses import replace

from lstmlint.library.coerce import to_array
from lstmlint.library.pandas.frames import reduced
from lstmlint.library.pandas.tables import cell, label_of, row_of, series, with_columns, with_rows
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.dims import differ, same, symbol
from lstmlint.shapes.shape import Axis, unknown_dim
from lstmlint.values.base import MISSING, NONE, Const, Value, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, DictObject, Entries, Frame, Items, ListObject, Table, frame, items_of

_HALF = Const(0.5)
_NUMERIC = ("float", "int")


def _numeric(table: Table) -> Table:
    """The columns of numbers: all of them where it is known that the cells are numbers."""
    return table if table.dtype in _NUMERIC else with_columns(table, None)


@models("pandas.DataFrame.corr", "pandas.DataFrame.cov")
def correlation(self: Frame, *args: Value) -> Value:
    """pandas.pydata.org: a row and a column for each column of numbers."""
    table = _numeric(self.table)
    return Frame(replace(table, rows=Axis(table.width), dtype="float", index=None))


@models("pandas.DataFrame.describe")
def describe(self: Frame, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: eight numbers for each column of numbers."""
    table = self.table
    if table.dtype not in _NUMERIC or args or keywords:
        return frame(unknown_dim("n"), None, None, index=None)
    return Frame(replace(table, rows=Axis(8), dtype="float", index=None))


@models("pandas.Series.describe")
def describe_series(self: Array, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: some numbers."""
    return series(8 if self.dtype in _NUMERIC and not args and not keywords else unknown_dim("n"))


@models("pandas.DataFrame.quantile", "pandas.Series.quantile")
def quantile(self: Value, q: Value = _HALF, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: a number for each column; for several quantiles a row for each."""
    if args or keywords:
        return unknown()
    steps = to_array(q).shape
    if isinstance(self, Frame):
        table = self.table
        if steps.rank == 0:
            return series(table.width)
        return Frame(replace(with_rows(table, steps.axes[0].dim), dtype=None, index=None)) if steps.rank == 1 else unknown()
    if steps.rank == 0:
        return unknown("float")
    return series(steps.axes[0].dim, "float") if steps.rank == 1 else unknown()


@models("pandas.DataFrame.mode")
def mode(self: Frame, *args: Value) -> Value:
    """pandas.pydata.org: the most frequent values."""
    return Frame(with_rows(self.table, unknown_dim("n"))) if not args else unknown()


@models("pandas.DataFrame.value_counts")
def value_counts(self: Frame, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: how often each row occurs."""
    return series(symbol("n", "the number of different rows", upper=self.table.rows.dim))


@models("pandas.DataFrame.agg", "pandas.DataFrame.aggregate")
def aggregate(self: Frame, func: Value, axis: Value = MISSING) -> Value:
    """pandas.pydata.org: a function's answer for each column; for several functions a row for each."""
    if axis is not MISSING:
        return unknown()
    if isinstance(func, Const):
        return reduced(self)
    items = items_of(func)
    return unknown() if items is None else Frame(replace(with_rows(self.table, items.length), dtype=None, index=None))


@models("pandas.DataFrame.dot")
def dot(self: Frame, other: Value) -> Value:
    """pandas.pydata.org: the matrix product."""
    if not isinstance(other, Array) or other.kind != "numpy":
        return unknown()
    if other.shape.rank == 2:
        return frame(self.table.rows, None, other.shape.axes[1].dim, self.table.source)
    return series(self.table.rows) if other.shape.rank == 1 else unknown()


@models("pandas.DataFrame.squeeze")
def squeeze(self: Frame, axis: Value = NONE) -> Value:
    """pandas.pydata.org: a single column or row as a Series, a single cell by itself."""
    table = self.table
    one_row, one_column = same(table.rows.dim, 1), same(table.width, 1)
    rows, columns = one_row or differ(table.rows.dim, 1), one_column or differ(table.width, 1)
    if not is_none(axis) or not rows or not columns:
        return unknown()
    if one_row and one_column:
        return cell(table.dtype)
    return series(table.rows, table.dtype) if one_column else row_of(table) if one_row else Frame(table)


@models("pandas.DataFrame.pivot", "pandas.DataFrame.pivot_table", "pandas.pivot_table", "pandas.pivot", "pandas.crosstab",
        "pandas.DataFrame.melt", "pandas.melt")  # fmt: skip
def other_form(self: Value, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: a table whose size depends on the data."""
    dtype = self.table.dtype if isinstance(self, Frame) else "object"
    return frame(unknown_dim("n"), None, None, dtype=dtype if dtype == "object" else None, index=None)


@models("pandas.DataFrame.to_dict")
def to_dict(self: Frame, orient: Value = MISSING) -> Value:
    """pandas.pydata.org: a dictionary for each row; otherwise a dictionary that is not followed."""
    table = self.table
    if orient not in (Const("records"), Const("r")):
        return DictObject(Entries((), True))
    if table.columns is None or not all(isinstance(label, str) for label in table.columns):
        record = DictObject(Entries((), True, cell(table.dtype), table.width))
    else:
        record = DictObject(Entries(tuple((Const(label), cell(table.dtype)) for label in table.columns if isinstance(label, str))))
    return ListObject(Items.many(record, table.rows.dim))


@models("pandas.DataFrame.pipe", "pandas.Series.pipe")
def pipe(self: Value, caller: Caller, func: Value, *args: Value) -> Value:
    """pandas.pydata.org: what a function makes of the table."""
    return caller.call(func, [self, *args])


def _renamed(self: Frame, rename: str, before: bool) -> Value:
    columns = self.table.columns
    known = columns is not None and all(isinstance(label, str) for label in columns)
    new = tuple(f"{rename}{label}" if before else f"{label}{rename}" for label in columns or ()) if known else None
    return Frame(with_columns(self.table, new, self.table.width))


@models("pandas.DataFrame.add_prefix")
def add_prefix(self: Frame, prefix: Value) -> Value:
    """pandas.pydata.org: the same table under longer labels."""
    text = label_of(prefix)
    return _renamed(self, text, True) if isinstance(text, str) else Frame(with_columns(self.table, None, self.table.width))


@models("pandas.DataFrame.add_suffix")
def add_suffix(self: Frame, suffix: Value) -> Value:
    """pandas.pydata.org: the same table under longer labels."""
    text = label_of(suffix)
    return _renamed(self, text, False) if isinstance(text, str) else Frame(with_columns(self.table, None, self.table.width))


@attributes("pandas.DataFrame.hasnans", "pandas.Series.hasnans", "pandas.Series.is_unique", "pandas.Index.is_unique",
            "pandas.Series.is_monotonic_increasing", "pandas.Index.is_monotonic_increasing")  # fmt: skip
def truth(self: Value) -> Value:
    """pandas.pydata.org: a bool."""
    return unknown("bool")


@attributes("pandas.DataFrame.axes")
def axes(self: Frame) -> Value:
    """pandas.pydata.org: the labels of the rows and of the columns."""
    return unknown("list")
