"""What all pandas models share: labels, columns, cells, and tables made from others."""
from __future__ import annotations

from dataclasses import dataclass, replace

from lstmlint.library.coerce import to_array
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.shapes.shape import SCALAR, Axis, Shape, unknown_dim
from lstmlint.values.base import NONE, Const, Integer, Unknown, Value, is_none, unknown
from lstmlint.values.code import External
from lstmlint.values.data import Array, Frame, Label, Range, Table, Tuple, items_of

AXES = {"index": 0, "rows": 0, "columns": 1, 0: 0, 1: 1}


class Unnamed:
    """A column label that is not known; equal only to itself."""


@dataclass(frozen=True, slots=True)
class LabelIndex(Tuple):
    """The labels of a table's columns, as a pandas Index."""

    @property
    def type_path(self) -> str | None:
        return "pandas.Index"


def label_of(value: Value) -> Label:
    """The label that `value` is; None where it is not known."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Tuple) and value.items.known is not None:
        parts = tuple(map(label_of, value.items.known))
        return None if None in parts else parts
    return None


def label_value(label: Label) -> Value:
    """A label as the program sees it."""
    return Const(label) if isinstance(label, (str, int, float)) else unknown()


def labels_of(value: Value) -> tuple[Label, ...] | None:
    """The labels in a list or an index, None where one is not known."""
    items = items_of(value)
    if items is None or items.known is None:
        return None
    labels = tuple(map(label_of, items.known))
    return None if None in labels else labels


def count_of(value: Value) -> Dim | None:
    """How many labels or positions a list, an index or an array holds."""
    items = items_of(value)
    if items is not None:
        return items.length
    if isinstance(value, Array) and value.shape.rank == 1:
        return value.shape.axes[0].dim
    return None


def axis_number(value: Value) -> int | None:
    """The axis that 0, 1, "index" or "columns" means."""
    return AXES.get(value.value) if isinstance(value, Const) and isinstance(value.value, (int, str)) else None


def cell(dtype: str | None) -> Value:
    """One cell of a table whose cells are of `dtype`."""
    return unknown(None if dtype == "object" else dtype or "scalar")


def series(rows: Axis | Dim, dtype: str | None = None, source: str = "") -> Array:
    """A Series."""
    return Array(Shape((rows if isinstance(rows, Axis) else Axis(rows),)), "series", dtype, None, source)


def column_of(table: Table) -> Array:
    """One column of a table."""
    return series(table.rows, table.dtype, table.source)


def row_of(table: Table) -> Array:
    """One row of a table, as a Series."""
    return series(table.width, table.dtype, table.source)


def has_label(table: Table, label: Label) -> bool | None:
    """Whether there is such a column; None where it is not known."""
    if table.columns is None:
        return None
    if table.columns.count(label) == 1:
        return True
    return None if label in table.columns or any(isinstance(known, Unnamed) for known in table.columns) else False


def with_columns(table: Table, columns: tuple[Label, ...] | None, width: Dim | None = None) -> Table:
    """The table with other columns."""
    if columns is not None:
        width = len(columns)
    return replace(table, columns=columns, width=unknown_dim("columns") if width is None else width)


def with_rows(table: Table, rows: Axis | Dim) -> Table:
    """The table with another number of rows."""
    return replace(table, rows=rows if isinstance(rows, Axis) else table.rows.of_length(rows))


def fewer(rows: Dim, what: str, source: str = "") -> Dim:
    """The number of the rows that a filter leaves."""
    return symbol("n", f"rows of {source} {what}" if source else f"rows {what}", 0, rows)


def filtered(table: Table, what: str) -> Table:
    """The table with some of its rows."""
    return with_rows(table, fewer(table.rows.dim, what, table.source))


def truth_of(value: Value) -> bool | None:
    """A flag, None where it is not known."""
    return bool(value.value) if isinstance(value, Const) else None


def finished(frame: Frame, table: Table, inplace: Value) -> Value:
    """The answer of a method that has `inplace`: a new frame, or None with the frame itself changed."""
    flag = truth_of(inplace)
    if flag is False:
        return Frame(table)
    if flag is None:
        forget(frame)
        return unknown()
    frame.table = table
    return NONE


def forget(frame: Frame) -> None:
    """Give up what is known of the columns and rows."""
    old = frame.table
    frame.table = Table(Axis(unknown_dim("n")), None, unknown_dim("columns"), old.source, "object", None)


def dtype_of(value: Value) -> str | None:
    """The dtype of the cells that `value`, put into a column, makes; "object" where they may hold anything."""
    if isinstance(value, Frame):
        return value.table.dtype
    if isinstance(value, Unknown):
        return to_array(value).dtype if to_array(value).shape == SCALAR else "object"
    if isinstance(value, Range):
        return "int"
    if isinstance(value, (Const, Integer)):
        return to_array(value).dtype if not is_none(value) else None
    if isinstance(value, Array):
        return value.dtype if value.shape.rank in (0, 1) else None if value.shape.rank == 2 else "object"
    items = items_of(value)
    if items is None:
        return "object"
    kinds = {dtype_of(item) if is_plain(item) else "object" for item in (items.known or (items.element,))}
    return kinds.pop() if len(kinds) == 1 else "object" if "object" in kinds else None


def is_plain(value: Value) -> bool:
    """A number, a text or another single thing, surely no list or array."""
    return to_array(value).shape == SCALAR


def common(a: str | None, b: str | None) -> str | None:
    """The dtype of cells that are of either."""
    return a if a == b else "object" if "object" in (a, b) else None


DTYPES = {"float": "float", "int": "int", "bool": "bool", "str": "str", "object": None, "string": "str", "category": None}


def dtype_named(value: Value, present: str | None) -> str | None:
    """The dtype that an argument names; for what is not known the cells stay as plain as they were."""
    name = value.value if isinstance(value, Const) else value.path.rpartition(".")[2] if isinstance(value, External) else None
    kind = DTYPES.get(name.rstrip("0123456789_").removeprefix("u")) if isinstance(name, str) else None
    if kind is None and present == "object":
        return "object"
    return kind
