"""Choosing rows and columns, and putting columns in."""
from __future__ import annotations

from dataclasses import replace

from lstmlint.library.builtins.slices import cut_length
from lstmlint.library.pandas.attributes import DATAFRAME_MEMBERS
from lstmlint.library.pandas.construction import length_of_column, widened
from lstmlint.library.pandas.tables import (
    LabelIndex,
    column_of,
    count_of,
    filtered,
    forget,
    has_label,
    label_of,
    labels_of,
    with_columns,
    with_rows,
)
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, same, symbol
from lstmlint.values.base import NONE, Const, Unknown, Value, is_none, unknown
from lstmlint.values.data import Array, Frame, Label, ListObject, Slice, Table, items_of


def is_mask(value: Value) -> bool:
    """A sequence of bools."""
    if isinstance(value, Array):
        return value.dtype == "bool" and value.shape.rank == 1
    items = items_of(value) if isinstance(value, ListObject) else None
    return items is not None and items.element.type_path == "bool"


def is_list_of_labels(value: Value) -> bool:
    """A list or an index of labels (and no mask)."""
    if isinstance(value, LabelIndex):
        return True
    if isinstance(value, Array):
        return value.shape.rank == 1 and (value.kind == "index" or value.dtype == "str")
    items = items_of(value) if isinstance(value, ListObject) else None
    if items is None:
        return False
    return all(item.type_path in ("str", "int", "float") for item in (items.known if items.known is not None else (items.element,)))


def choose(table: Table, wanted: Value) -> Frame | None:
    """The columns of a list; None where they can't be told."""
    labels = labels_of(wanted)
    if labels is None:
        width = count_of(wanted)
        return None if width is None else Frame(with_columns(table, None, width))
    if any(has_label(table, label) is False for label in labels):
        return None
    sure = table.columns is None or all(has_label(table, label) for label in labels)
    return Frame(with_columns(table, labels)) if sure else None


@models("pandas.DataFrame.get")
def get(self: Frame, key: Value, default: Value = NONE) -> Value:
    """pandas.pydata.org: as table[key], or the default where there is no such column."""
    label = label_of(key)
    if is_list_of_labels(key) and is_none(default):
        # Who goes on with what comes for columns that are not there, goes on with None.
        return get_item(self, key)
    known = has_label(self.table, label) if label is not None and items_of(key) is None else None
    return default if known is False else get_item(self, key) if known else unknown()


@models("pandas.DataFrame.__getitem__")
def get_item(self: Frame, key: Value) -> Value:
    """pandas.pydata.org: a label gives a Series, a list of labels columns, a mask or a slice rows."""
    table = self.table
    if isinstance(key, Slice):
        return Frame(_sliced(table, key))
    if isinstance(key, Frame):
        return Frame(table)
    if is_mask(key):
        return Frame(filtered(table, "that a condition lets pass"))
    if is_list_of_labels(key):
        chosen = choose(table, key)
        return unknown() if chosen is None else chosen
    if isinstance(key, Const) or (isinstance(key, Unknown) and key.type in ("str", "scalar")):
        return _column(table, label_of(key))
    return unknown()


def _column(table: Table, label: Label) -> Value:
    if label is not None and table.columns is not None and not has_label(table, label):
        return unknown()
    return column_of(table)


def _sliced(table: Table, cut: Slice) -> Table:
    if all(is_none(bound) or bound.type_path == "int" for bound in (cut.lower, cut.upper)):
        return with_rows(table, cut_length(cut, table.rows.dim))
    return filtered(table, "between two labels")


@models("pandas.DataFrame.__setitem__")
def set_item(self: Frame, key: Value, value: Value) -> None:
    """pandas.pydata.org: a label puts a column in, or replaces it."""
    table = self.table
    labels = labels_of(key) if isinstance(key, (ListObject, LabelIndex)) else None
    if isinstance(key, Const) and key.value is not None:
        labels = (key.value,)
    if labels is not None and not is_mask(key):
        self.table = with_labels(table, labels, value)
    elif is_mask(key) or isinstance(key, (Frame, Slice)):
        self.table = replace(table, dtype=widened(table, value))
    else:
        forget(self)


def with_labels(table: Table, labels: tuple[Label, ...], value: Value) -> Table:
    """The table with these columns put in or replaced."""
    dtype = widened(table, value)
    length = length_of_column(value)
    if same(table.rows.dim, 0) and same(table.width, 0) and length is not None:
        table = with_rows(table, length)
    if table.columns is None:
        more = symbol("columns", f"columns of {table.source}" if table.source else "", table.width, table.width + len(labels))
        return replace(with_columns(table, None, more), dtype=dtype)
    new = tuple(label for label in dict.fromkeys(labels) if has_label(table, label) is False)
    if any(has_label(table, label) is None for label in labels):
        return replace(with_columns(table, None), dtype=dtype)
    return replace(with_columns(table, (*table.columns, *new)), dtype=dtype)


@models("pandas.DataFrame.insert")
def insert(self: Frame, loc: Value, column: Value, value: Value) -> None:
    """pandas.pydata.org: one more column at a place."""
    table, label = self.table, label_of(column)
    at = loc.value if isinstance(loc, Const) else None
    known = table.columns
    placed = None
    if known is not None and label is not None and isinstance(at, int) and 0 <= at <= len(known):
        placed = (*known[:at], label, *known[at:])
    self.table = replace(with_columns(table, placed, table.width + 1), dtype=widened(table, value))


@models("pandas.DataFrame.assign")
def assign(self: Frame, **keywords: Value) -> Value:
    """pandas.pydata.org: columns put in or replaced, in a new table."""
    table = self.table
    for name, value in keywords.items():
        table = with_labels(table, (name,), value)
    return Frame(table)


@models("pandas.DataFrame.pop")
def pop(self: Frame, item: Value) -> Value:
    """pandas.pydata.org: takes a column out."""
    table = self.table
    taken = _column(table, label_of(item))
    delete_item(self, item)
    return taken


@models("pandas.DataFrame.__delitem__")
def delete_item(self: Frame, key: Value) -> None:
    """pandas.pydata.org: takes a column out."""
    label = label_of(key)
    self.table = without(self.table, None if label is None else (label,), 1)


def without(table: Table, labels: tuple[Label, ...] | None, count: Dim | None) -> Table:
    """The table without these columns, all of which it has."""
    if table.columns is not None and labels is not None and all(has_label(table, label) for label in labels):
        return with_columns(table, tuple(label for label in table.columns if label not in labels))
    if labels is not None:
        count = len(set(labels))
    return with_columns(table, None, None if count is None else table.width - count)


@models("pandas.DataFrame.__getattr__")
def attribute(self: Frame, name: str) -> Value:
    """pandas.pydata.org: a column, for a name that is no method."""
    table = self.table
    if has_label(table, name) or (table.columns is None and name not in DATAFRAME_MEMBERS):
        return column_of(table)
    return unknown(name=name)


@models("pandas.DataFrame.__setattr__")
def set_attribute(self: Frame, name: str, value: Value) -> None:
    """pandas.pydata.org: the labels of the columns, the index, or the values of a column that is there."""
    table = self.table
    if name == "columns":
        labels, width = labels_of(value), count_of(value)
        self.table = with_columns(table, labels, table.width if width is None else width)
    elif name == "index":
        self.table = replace(table, index=None)
    elif has_label(table, name) is not False:
        self.table = replace(table, dtype=widened(table, value))
