"""What a DataFrame has and does: families of methods by what they do to its rows and columns."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lstmlint.library.pandas.tables import (
    LabelIndex,
    axis_number,
    cell,
    dtype_named,
    dtype_of,
    filtered,
    finished,
    has_label,
    is_plain,
    label_of,
    label_value,
    row_of,
    series,
    with_columns,
    with_rows,
)
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.dims import Dim, smaller, symbol
from lstmlint.shapes.shape import Axis, Shape, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, DictObject, Frame, Items, ListObject, Table, shape_tuple, tuple_of

_ONE, _FIVE = Const(1), Const(5)


@attributes("pandas.DataFrame.shape")
def shape(self: Frame) -> Value:
    """pandas.pydata.org: (rows, columns)."""
    return shape_tuple(self.shape, self)


@attributes("pandas.DataFrame.ndim")
def ndim(self: Frame) -> Value:
    """pandas.pydata.org: 2."""
    return Const(2)


@attributes("pandas.DataFrame.size")
def size(self: Frame) -> Value:
    """pandas.pydata.org: rows times columns."""
    return integer(self.table.rows.dim * self.table.width)


@attributes("pandas.DataFrame.empty")
def empty(self: Frame) -> Value:
    """pandas.pydata.org: a bool."""
    return unknown("bool")


@attributes("pandas.DataFrame.columns")
def columns(self: Frame) -> Value:
    """pandas.pydata.org: the labels of the columns."""
    table = self.table
    if table.columns is None:
        return Array(Shape((Axis(table.width),)), "index")
    return LabelIndex(Items.of(map(label_value, table.columns)))


@models("pandas.DataFrame.keys")
def keys(self: Frame) -> Value:
    """pandas.pydata.org: the labels of the columns."""
    return columns(self)


@attributes("pandas.DataFrame.index")
def index(self: Frame) -> Value:
    """pandas.pydata.org: the labels of the rows."""
    return Array(Shape((self.table.rows,)), "index")


@attributes("pandas.DataFrame.dtypes")
def dtypes(self: Frame) -> Value:
    """pandas.pydata.org: a dtype for each column."""
    return series(self.table.width, "object")


@attributes("pandas.DataFrame.values")
@models("pandas.DataFrame.to_numpy", "pandas.DataFrame.as_matrix", "pandas.DataFrame.__array__")
def to_numpy(self: Frame, dtype: Value = NONE) -> Value:
    """pandas.pydata.org: the cells as an array of rank 2."""
    table = self.table
    kind = table.dtype if is_none(dtype) else dtype_named(dtype, table.dtype)
    return Array(self.shape, "numpy", kind, None, table.source)


@attributes("pandas.DataFrame.T")
@models("pandas.DataFrame.transpose")
def transposed(self: Frame) -> Value:
    """pandas.pydata.org: rows and columns exchanged."""
    table = self.table
    return Frame(Table(Axis(table.width), None, table.rows.dim, table.source, table.dtype))


def _register(function: Callable[..., Value], names: str) -> None:
    models(*(f"pandas.DataFrame.{name}" for name in names.split()))(function)


def _copied(self: Frame, *args: Value, inplace: Value = FALSE, axis: Value = FALSE) -> Value:
    """pandas.pydata.org: the same cells, perhaps in another order."""
    table = self.table
    return finished(self, table if axis_number(axis) == 0 else with_columns(table, None, table.width), inplace)


def _changed(self: Frame, *args: Value, inplace: Value = FALSE, axis: Value = FALSE) -> Value:
    """pandas.pydata.org: other cells in a table of the same rows and columns."""
    return finished(self, with_gaps(self.table), inplace)


def with_gaps(table: Table) -> Table:
    """The table with some other cells, which may be gaps: only floats and objects keep their dtype."""
    return replace(table, dtype=table.dtype if table.dtype in ("float", "object") else None)


_register(_copied, "copy sort_values sort_index sort infer_objects tz_localize tz_convert rename_axis __copy__ __deepcopy__")
_register(
    _changed,
    "ffill bfill pad backfill interpolate round abs clip convert_dtypes replace cumsum cumprod cummax cummin mask where fillna "
    "diff pct_change rank __neg__",
)


@models("pandas.DataFrame.shift")
def shift(self: Frame, periods: Value = _ONE, freq: Value = NONE, axis: Value = FALSE) -> Value:
    """pandas.pydata.org: the same rows, moved; several shifts make other columns."""
    return Frame(with_gaps(self.table)) if periods.type_path == "int" else unknown()


@models("pandas.DataFrame.astype")
def astype(self: Frame, dtype: Value) -> Value:
    """pandas.pydata.org: the same table with other cells."""
    table = self.table
    kind = table.dtype if isinstance(dtype, DictObject) and table.dtype == "object" else None
    return Frame(replace(table, dtype=kind if isinstance(dtype, DictObject) else dtype_named(dtype, table.dtype)))


def _bools(self: Frame, *args: Value) -> Value:
    """pandas.pydata.org: a table of bools."""
    return Frame(replace(self.table, dtype="bool"))


_register(_bools, "isnull isna notnull notna isin __invert__")


@models("pandas.DataFrame.duplicated")
def duplicated(self: Frame) -> Value:
    """pandas.pydata.org: a bool for each row."""
    return series(self.table.rows, "bool")


@models("pandas.DataFrame.dropna")
def dropna(self: Frame, *, axis: Value = FALSE, inplace: Value = FALSE, how: Value = MISSING, ignore_index: Value = FALSE) -> Value:
    """pandas.pydata.org: without the rows (or columns) that have gaps."""
    table, along = self.table, axis_number(axis)
    if along != 0:
        width = symbol("columns", "columns without gaps", upper=table.width)
        return finished(self, with_columns(table if along == 1 else filtered(table, "without gaps"), None, width), inplace)
    return finished(self, filtered(table, "without gaps"), inplace)


@models("pandas.DataFrame.drop_duplicates", "pandas.DataFrame.query", "pandas.DataFrame.truncate", "pandas.DataFrame.between_time")
def some_rows(self: Frame, *args: Value, inplace: Value = FALSE) -> Value:
    """pandas.pydata.org: some of the rows."""
    return finished(self, filtered(self.table, "that a filter leaves"), inplace)


def taken(rows: Dim, n: Value) -> Dim:
    """The rows that head(n) or tail(n) gives."""
    count = dim_of(n) if n.type_path == "int" else None
    if count is None or (isinstance(count, int) and count < 0):
        return symbol("n", upper=rows)
    return smaller(count, rows)


@models("pandas.DataFrame.head", "pandas.DataFrame.tail")
def head(self: Frame, n: Value = _FIVE) -> Value:
    """pandas.pydata.org: the first or last n rows."""
    return Frame(with_rows(self.table, taken(self.table.rows.dim, n)))


@models("pandas.DataFrame.nlargest", "pandas.DataFrame.nsmallest")
def largest(self: Frame, n: Value, columns: Value) -> Value:
    """pandas.pydata.org: n rows."""
    return Frame(with_rows(self.table, taken(self.table.rows.dim, n)))


def sampled(rows: Dim, n: Value, frac: Value) -> Dim:
    """The rows that sample() gives."""
    if frac in (Const(1), Const(1.0)):
        return rows
    if is_none(frac):
        count = 1 if is_none(n) else dim_of(n)
        return unknown_dim("n") if count is None else count
    return symbol("n", "a share of the rows")


@models("pandas.DataFrame.sample")
def sample(self: Frame, n: Value = NONE, frac: Value = NONE, *, axis: Value = FALSE) -> Value:
    """pandas.pydata.org: n rows, or a share of them, in another order."""
    return Frame(with_rows(self.table, sampled(self.table.rows.dim, n, frac))) if axis_number(axis) == 0 else unknown()


def reduced(self: Frame, *args: Value, axis: Value = FALSE, numeric_only: Value = FALSE) -> Value:
    """pandas.pydata.org: a number for each column (axis 0) or row (axis 1)."""
    along = axis_number(args[0] if args else axis)
    table = self.table
    dtype = "object" if table.dtype == "object" else None
    if along == 1:
        return series(table.rows, dtype)
    if along == 0:
        return series(table.width if numeric_only == FALSE else unknown_dim("columns"), dtype)
    return unknown()


_register(reduced, "mean std var median min max sum prod count skew kurt sem all any nunique idxmax idxmin")


@models("pandas.DataFrame.iterrows")
def iterrows(self: Frame) -> Value:
    """pandas.pydata.org: pairs of a label and a row."""
    return ListObject(Items.many(tuple_of(unknown(), row_of(self.table)), self.table.rows.dim), "iterator")


@models("pandas.DataFrame.itertuples")
def itertuples(self: Frame) -> Value:
    """pandas.pydata.org: one named tuple for each row."""
    return ListObject(Items.many(unknown(), self.table.rows.dim), "iterator")


@models("pandas.DataFrame.items", "pandas.DataFrame.iteritems")
def column_items(self: Frame) -> Value:
    """pandas.pydata.org: pairs of a label and a column."""
    table, column = self.table, series(self.table.rows, self.table.dtype, self.table.source)
    if table.columns is not None:
        return ListObject(Items.of(tuple_of(label_value(label), column) for label in table.columns), "iterator")
    return ListObject(Items.many(tuple_of(unknown(), column), table.width), "iterator")


@models("pandas.DataFrame.__iter__")
def iterate(self: Frame) -> Value:
    """pandas.pydata.org: the labels of the columns."""
    return unknown()


@models("pandas.DataFrame.__contains__")
def contains(self: Frame, label: Value) -> Value:
    """pandas.pydata.org: whether there is such a column."""
    known = has_label(self.table, label_of(label)) if label_of(label) is not None else None
    return unknown("bool") if known is None else Const(known)


@models("pandas.DataFrame.apply")
def apply(self: Frame, caller: Caller, func: Value, axis: Value = FALSE) -> Value:
    """pandas.pydata.org: the function's answer for each column (axis 0) or row (axis 1)."""
    table, along = self.table, axis_number(axis)
    if along is None:
        return unknown()
    answer = caller.call(func, [row_of(table) if along else series(table.rows, table.dtype)])
    if isinstance(answer, Array) and answer.kind == "series" and answer.shape.rank == 1:
        same_axis = answer.shape.axes[0].dim == (table.width if along else table.rows.dim)
        return Frame(replace(table, dtype=answer.dtype)) if same_axis else unknown()
    if is_plain(answer):
        return series(table.rows if along else table.width, dtype_of(answer))
    return unknown()


@models("pandas.DataFrame.applymap", "pandas.DataFrame.map")
def applymap(self: Frame, caller: Caller, func: Value) -> Value:
    """pandas.pydata.org: the function's answer for each cell."""
    return Frame(replace(self.table, dtype=dtype_of(caller.call(func, [cell(self.table.dtype)]))))


@models("pandas.DataFrame.to_records", "pandas.DataFrame.stack", "pandas.DataFrame.unstack")
def other_form(self: Frame) -> Value:
    """pandas.pydata.org: the data in another form."""
    return unknown()


@models("pandas.DataFrame.info", "pandas.DataFrame.to_csv", "pandas.DataFrame.to_pickle", "pandas.DataFrame.to_excel")
def nothing(self: Frame, *args: Value) -> Value:
    """pandas.pydata.org: None."""
    return NONE


@models("pandas.DataFrame.update")
def update(self: Frame, other: Value) -> Value:
    """pandas.pydata.org: other values in the same cells."""
    self.table = replace(self.table, dtype="object")
    return NONE
