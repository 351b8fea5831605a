"""merge: the rows that match are counted by a symbol, the columns are those of both tables."""
from __future__ import annotations

from lstmlint.library.pandas.combining import table_of
from lstmlint.library.pandas.tables import Unnamed, label_of, labels_of, truth_of
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.values.base import FALSE, NONE, Value, is_none
from lstmlint.values.data import Label, Table, frame, items_of

Labels = tuple[Label, ...]


@models("pandas.merge", "pandas.DataFrame.merge", "pandas.merge_asof", "pandas.merge_ordered")
def merge(
    left: Value,
    right: Value = NONE,
    how: Value = NONE,
    on: Value = NONE,
    left_on: Value = NONE,
    right_on: Value = NONE,
    left_index: Value = FALSE,
    right_index: Value = FALSE,
    sort: Value = NONE,
    suffixes: Value = NONE,
    *,
    indicator: Value = FALSE,
    by: Value = NONE,
    left_by: Value = NONE,
    right_by: Value = NONE,
) -> Value:
    """pandas.pydata.org: rows that match, with the columns of both; what both have is told apart by suffixes."""
    tables = [table for table in map(table_of, (left, right)) if table is not None]
    dtype = "object" if any(table.dtype == "object" for table in tables) or len(tables) < 2 else None
    columns: Labels | None = None
    width: Dim | None = None
    plain = indicator == FALSE and all(is_none(part) for part in (by, left_by, right_by))
    if len(tables) == 2 and plain:
        by_index = truth_of(left_index), truth_of(right_index)
        keys = _keys(tables[0], tables[1], by_index, on, left_on, right_on)
        if keys is not None:
            columns, width = _columns(tables[0], tables[1], keys, _suffixes(suffixes))
    rows = symbol("n", "rows that match")
    return frame(rows, columns, symbol("columns", "columns of both tables") if width is None else width, dtype=dtype, index=None)


def _given(value: Value) -> Labels | None:
    single = label_of(value)
    return (single,) if single is not None and items_of(value) is None else labels_of(value)


def _keys(
    left: Table, right: Table, by_index: tuple[bool | None, bool | None], on: Value, left_on: Value, right_on: Value
) -> Labels | None:
    """The labels that become one column of both; None where it is not known which."""
    if None in by_index:
        return None
    if any(by_index):
        return () if all(by_index) else None
    if not is_none(on):
        return _given(on)
    if not is_none(left_on) or not is_none(right_on):
        a, b = _given(left_on), _given(right_on)
        return None if a is None or b is None or len(a) != len(b) else tuple(x for x, y in zip(a, b) if x == y)
    if left.columns is None or right.columns is None or _unnamed(left) or _unnamed(right):
        return None
    return tuple(label for label in left.columns if label in right.columns)


def _unnamed(table: Table) -> bool:
    return any(isinstance(label, Unnamed) for label in table.columns or ())


def _suffixes(value: Value) -> tuple[str, str] | None:
    if is_none(value):
        return "_x", "_y"
    known = labels_of(value)
    if known is None or len(known) != 2:
        return None
    first, second = known
    return (first, second) if isinstance(first, str) and isinstance(second, str) else None


def _columns(left: Table, right: Table, keys: Labels, suffixes: tuple[str, str] | None) -> tuple[Labels | None, Dim]:
    width = left.width + right.width - len(keys)
    if left.columns is None or right.columns is None or suffixes is None or _unnamed(left) or _unnamed(right):
        return None, width
    both = {label for label in left.columns if label in right.columns and label not in keys}
    if any(not isinstance(label, str) for label in both):
        return None, width
    mine = (f"{label}{suffixes[0]}" if label in both else label for label in left.columns)
    others = (f"{label}{suffixes[1]}" if label in both else label for label in right.columns if label not in keys)
    return (*mine, *others), width
