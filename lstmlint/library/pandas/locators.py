"""Selection by iloc and loc."""
from __future__ import annotations

from dataclasses import dataclass, replace

from lstmlint.library.builtins.slices import constant_slice, cut_length
from lstmlint.library.pandas.construction import widened
from lstmlint.library.pandas.selection import choose, is_list_of_labels, is_mask, with_labels
from lstmlint.library.pandas.tables import (
    LabelIndex,
    cell,
    column_of,
    count_of,
    fewer,
    forget,
    has_label,
    label_of,
    labels_of,
    row_of,
    with_columns,
    with_rows,
)
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import Axis, unknown_dim
from lstmlint.values.base import NONE, Const, Integer, Unknown, Value, is_none, unknown
from lstmlint.values.data import Array, Frame, ListObject, Slice, Table, Tuple, items_of


@dataclass(frozen=True, slots=True)
class Locator(Value):
    """`x.iloc` (`positional`) or `x.loc`, of a table or a Series."""

    of: Value
    positional: bool

    @property
    def type_path(self) -> str | None:
        return "pandas.Locator"


@attributes("pandas.DataFrame.iloc", "pandas.DataFrame.iat", "pandas.Series.iloc", "pandas.Series.iat")
def iloc(self: Value) -> Value:
    """pandas.pydata.org: selection by position."""
    return Locator(self, True)


@attributes("pandas.DataFrame.loc", "pandas.DataFrame.at", "pandas.Series.loc", "pandas.Series.at")
def loc(self: Value) -> Value:
    """pandas.pydata.org: selection by label."""
    return Locator(self, False)


@models("pandas.Locator.__getitem__")
def located(self: Locator, key: Value) -> Value:
    """pandas.pydata.org: rows, or rows and columns; a scalar drops its axis."""
    table = self.of.table if isinstance(self.of, Frame) else None
    if table is None:
        return located_item(self.of, key, self.positional) if isinstance(self.of, Array) else unknown()
    row_key, column_key = key, Slice(NONE, NONE, NONE)
    if isinstance(key, Tuple) and key.type_path == "tuple":
        if key.items.known is None or len(key.items.known) != 2:
            return unknown()
        row_key, column_key = key.items.known  # type: ignore[assignment]
    rows = located_rows(table.rows, row_key, self.positional)
    chosen = _located_columns(table, column_key, self.positional)
    if rows is None or chosen is None:
        return unknown()
    if isinstance(chosen, Table):
        return row_of(chosen) if rows == () else Frame(with_rows(chosen, rows[0]))
    return cell(table.dtype) if rows == () else column_of(with_rows(table, rows[0]))


def located_rows(rows: Axis, key: Value, positional: bool) -> tuple[Axis, ...] | None:
    """The row axis that a key leaves: () where it picks one row, None where it can't be told."""
    if isinstance(key, Slice):
        if positional or (is_none(key.lower) and is_none(key.upper)):
            return (rows.of_length(cut_length(key, rows.dim)),)
        return (rows.of_length(fewer(rows.dim, "between two labels")),)
    if is_mask(key):
        return (rows.of_length(fewer(rows.dim, "that a condition lets pass")),)
    if not positional:
        return (Axis(unknown_dim("n")),) if is_list_of_labels(key) else None
    if is_position(key):
        return ()
    count = count_of(key) if not isinstance(key, Array) or key.dtype == "int" else None
    items = items_of(key)
    if items is not None and items.element.type_path not in ("int", "scalar") and not isinstance(items.element, Integer):
        return None
    return None if count is None else (Axis(count),)


def is_position(key: Value) -> bool:
    """Surely one integer."""
    return key.type_path == "int" or (isinstance(key, Array) and key.shape.rank == 0 and key.dtype == "int")


def _located_columns(table: Table, key: Value, positional: bool) -> Table | bool | None:
    """The table with the chosen columns; True where it is one column; None where it can't be told."""
    if isinstance(key, Slice):
        return _column_slice(table, key, positional)
    if is_mask(key):
        return with_columns(table, None)
    if positional:
        return _columns_at(table, key)
    if is_list_of_labels(key):
        chosen = choose(table, key)
        return None if chosen is None else chosen.table
    label = label_of(key)
    if label is None:
        return True if isinstance(key, Unknown) and key.type == "str" else None
    return None if table.columns is not None and not has_label(table, label) else True


def _columns_at(table: Table, key: Value) -> Table | bool | None:
    if is_position(key):
        return True
    places = labels_of(key)
    known = table.columns
    if known is not None and places is not None:
        if all(isinstance(at, int) and -len(known) <= at < len(known) for at in places):
            return with_columns(table, tuple(known[at] for at in places if isinstance(at, int)))
        return None
    width = count_of(key)
    return None if width is None else with_columns(table, None, width)


def _column_slice(table: Table, cut: Slice, positional: bool) -> Table | None:
    if is_none(cut.lower) and is_none(cut.upper) and is_none(cut.step):
        return table
    if positional:
        exact = constant_slice(cut)
        if table.columns is not None and exact is not None:
            return with_columns(table, table.columns[exact])
        return with_columns(table, None, cut_length(cut, table.width))
    columns, ends = table.columns, [None if is_none(b) else label_of(b) for b in (cut.lower, cut.upper)]
    if columns is None or not is_none(cut.step) or any(end is not None and not has_label(table, end) for end in ends):
        return with_columns(table, None)
    if any(end is None and not is_none(b) for end, b in zip(ends, (cut.lower, cut.upper))):
        return with_columns(table, None)
    first = 0 if ends[0] is None else columns.index(ends[0])
    last = len(columns) if ends[1] is None else columns.index(ends[1]) + 1
    return with_columns(table, columns[first:last])


def located_item(of: Array, key: Value, positional: bool) -> Value:
    """One cell or a part of a Series."""
    if of.shape.rank != 1:
        return unknown()
    if not positional and isinstance(key, (Const, Integer)):
        return unknown()
    rows = located_rows(of.shape.axes[0], key, positional)
    if rows is None:
        return unknown()
    return cell(of.dtype) if rows == () else Array(of.shape.replace(0, rows[0]), "series", of.dtype, None, of.source)


@models("pandas.Locator.__setitem__")
def locate_set(self: Locator, key: Value, value: Value) -> None:
    """pandas.pydata.org: puts values in; a new label makes a new row or column."""
    if not isinstance(self.of, Frame):
        return
    table = self.of.table
    if self.positional:
        self.of.table = replace(table, dtype=widened(table, value))
        return
    parts = key.items.known if isinstance(key, Tuple) and key.type_path == "tuple" else (key,)
    if parts is None or len(parts) > 2:
        forget(self.of)
        return
    if len(parts) == 2:
        if isinstance(parts[1], Slice):
            table = replace(table, dtype=widened(table, value))
        else:
            wanted = labels_of(parts[1]) if isinstance(parts[1], (ListObject, LabelIndex)) else (label_of(parts[1]),)
            if wanted is None or None in wanted:
                forget(self.of)
                return
            table = with_labels(table, wanted, cell(widened(table, value)))
    if not (isinstance(parts[0], Slice) or is_mask(parts[0])):
        rows = symbol("n", table.source and f"rows of {table.source}", table.rows.dim, table.rows.dim + 1)
        table = with_rows(table, rows)
    self.of.table = replace(table, dtype=widened(table, value))
