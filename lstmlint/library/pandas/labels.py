"""Taking rows and columns away, and other labels and indexes."""
from __future__ import annotations

import re
from dataclasses import replace

from lstmlint.library.pandas.construction import length_of_column
from lstmlint.library.pandas.selection import without
from lstmlint.library.pandas.tables import (
    LabelIndex,
    Unnamed,
    axis_number,
    count_of,
    filtered,
    finished,
    has_label,
    label_of,
    labels_of,
    truth_of,
    with_columns,
    with_rows,
)
from lstmlint.library.registry import models
from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Const, Value, is_none, unknown
from lstmlint.values.data import Array, DictObject, Frame, Label, Table


@models("pandas.DataFrame.drop")
def drop(
    self: Frame,
    labels: Value = NONE,
    axis: Value = FALSE,
    index: Value = NONE,
    columns: Value = NONE,
    level: Value = NONE,
    inplace: Value = FALSE,
    errors: Value = MISSING,
) -> Value:
    """pandas.pydata.org: without some rows or columns."""
    table = self.table
    if not is_none(labels):
        along = axis_number(axis)
        if along is None:
            return finished(self, with_rows(with_columns(table, None), unknown_dim("n")), inplace)
        index, columns = (labels, index) if along == 0 else (index, labels)
    if not is_none(columns):
        table = _without_given(table, columns, errors is MISSING or errors == Const("raise"))
    if not is_none(index):
        table = filtered(table, "that drop() leaves")
    return finished(self, table, inplace)


def _without_given(table: Table, columns: Value, strict: bool) -> Table:
    """`columns` may be a label or a list of them; not strict: some may be missing."""
    single = label_of(columns) if not isinstance(columns, LabelIndex) else None
    labels = (single,) if single is not None else labels_of(columns)
    if not strict:
        known = table.columns is not None and labels is not None
        labels = tuple(label for label in labels or () if has_label(table, label)) if known else None
        return without(table, labels, None)
    if labels is None and columns.type_path == "str":
        return without(table, None, 1)
    return without(table, labels, None)


@models("pandas.DataFrame.select_dtypes")
def select_dtypes(self: Frame, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: some of the columns."""
    return Frame(with_columns(self.table, None, symbol("columns", "columns of some types", upper=self.table.width)))


@models("pandas.DataFrame.filter")
def filter_columns(self: Frame, items: Value = NONE, like: Value = NONE, regex: Value = NONE, axis: Value = NONE) -> Value:
    """pandas.pydata.org: the columns that are named, or whose labels hold a text or match a simple pattern."""
    table = self.table
    if not is_none(axis) and axis_number(axis) != 1:
        return Frame(filtered(table, "that filter() leaves")) if axis_number(axis) == 0 else unknown()
    wanted = labels_of(items) if not is_none(items) else None
    chosen = _chosen(table.columns, wanted, label_of(like), label_of(regex)) if table.columns is not None else None
    if chosen is None:
        return Frame(with_columns(table, None, symbol("columns", "columns that filter() leaves", upper=table.width)))
    return Frame(with_columns(table, chosen))


Labels = tuple[Label, ...]


def _chosen(labels: Labels, wanted: Labels | None, part: Label, pattern: Label) -> Labels | None:
    if wanted is not None:
        return tuple(label for label in wanted if label in labels) if not _unnamed(labels) else None
    if not all(isinstance(label, (str, int)) for label in labels):
        return None
    if isinstance(part, str):
        return tuple(label for label in labels if part in str(label))
    # A pattern of an analysed program may take for ever where it repeats anything.
    if isinstance(pattern, str) and not any(mark in pattern for mark in "*+{("):
        try:
            return tuple(label for label in labels if re.search(pattern, str(label)))
        except re.error:
            return None
    return None


def _unnamed(labels: Labels) -> bool:
    return any(isinstance(label, Unnamed) for label in labels)


@models("pandas.DataFrame.rename")
def rename(self: Frame, *args: Value, columns: Value = NONE, inplace: Value = FALSE) -> Value:
    """pandas.pydata.org: other labels."""
    table = self.table
    if is_none(columns) and not args:
        return finished(self, table, inplace)
    entries = columns.entries if isinstance(columns, DictObject) else None
    if entries is None or entries.open or table.columns is None:
        return finished(self, with_columns(table, None, table.width), inplace)
    new = {label_of(key): label_of(value) for key, value in entries.known}
    if None in new.values():
        return finished(self, with_columns(table, None, table.width), inplace)
    return finished(self, with_columns(table, tuple(new.get(label, label) for label in table.columns)), inplace)


@models("pandas.DataFrame.set_index")
def set_index(self: Frame, keys: Value, drop: Value = TRUE, append: Value = FALSE, inplace: Value = FALSE) -> Value:
    """pandas.pydata.org: columns become the index."""
    table = self.table
    if isinstance(keys, Array):
        return finished(self, replace(table, index=None), inplace)
    single = label_of(keys)
    labels = (single,) if single is not None else labels_of(keys)
    index = labels if append == FALSE else None
    kept = truth_of(drop) is False
    left = table if kept else without(table, labels, 1 if keys.type_path == "str" else count_of(keys))
    if truth_of(drop) is None:
        left = with_columns(table, None)
    return finished(self, replace(left, index=index), inplace)


@models("pandas.DataFrame.reset_index")
def reset_index(self: Frame, level: Value = NONE, *, drop: Value = FALSE, inplace: Value = FALSE) -> Value:
    """pandas.pydata.org: the index becomes a column, unless it is dropped."""
    table = self.table
    dropped = truth_of(drop)
    new = replace(table, index=("index",))
    if dropped is not True:
        known = table.index if dropped is False and is_none(level) else None
        columns = None if table.columns is None or known is None else (*known, *table.columns)
        new = replace(with_columns(new, columns, None if known is None else table.width + len(known)), index=("index",))
    return finished(self, new, inplace)


@models("pandas.DataFrame.reindex")
def reindex(self: Frame, labels: Value = NONE, *, index: Value = NONE, columns: Value = NONE, axis: Value = FALSE) -> Value:
    """pandas.pydata.org: exactly these rows or columns."""
    table = self.table
    if not is_none(labels):
        index, columns = (labels, columns) if axis_number(axis) == 0 or axis == FALSE else (index, labels)
    if not is_none(columns):
        table = with_columns(table, labels_of(columns), count_of(columns))
    if not is_none(index):
        rows = length_of_column(index)
        table = with_rows(table, unknown_dim("n") if rows is None else rows)
    return Frame(table)
