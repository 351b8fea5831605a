"""Rolling windows, groups and resampling."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lstmlint.library.pandas.selection import get_item
from lstmlint.library.pandas.serieses import like
from lstmlint.library.pandas.tables import (
    count_of,
    has_label,
    label_of,
    labels_of,
    series,
    truth_of,
    with_columns,
    with_rows,
)
from lstmlint.library.registry import attributes, models
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import MISSING, TRUE, Const, Value, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, DictObject, Frame, Label, Table, items_of, tuple_of

_REDUCTIONS = "mean sum std var min max median count last first prod quantile sem skew kurt"


@dataclass(frozen=True, slots=True)
class Windows(Value):
    """x.rolling(w), x.ewm(…), x.expanding(): a result for each row."""

    of: Value

    @property
    def type_path(self) -> str | None:
        return "pandas.Rolling"


@dataclass(frozen=True, slots=True)
class Groups(Value):
    """x.groupby(…), x.resample(…): a result for each group.

    `keys`: the labels of the columns that the groups are made by, None where these are not known. `beside`: the keys stay columns
    (as_index=False) instead of becoming the index. `chosen`: what of the table is reduced, the table without the keys otherwise.
    """

    of: Value
    keys: tuple[Label, ...] | None
    beside: bool | None = False
    by_time: bool = False
    chosen: Value | None = None

    @property
    def type_path(self) -> str | None:
        return "pandas.GroupBy"


def _register(function: Callable[..., Value], owner: str, names: str) -> None:
    models(*(f"{owner}.{name}" for name in names.split()))(function)


@models(*(f"pandas.{owner}.{name}" for owner in ("DataFrame", "Series") for name in ("rolling", "ewm", "expanding")))
def rolling(self: Value, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: windows that end at each row."""
    return Windows(self)


def _windowed(self: Windows, *args: Value) -> Value:
    """pandas.pydata.org: a number for each row."""
    if isinstance(self.of, Frame):
        return Frame(replace(self.of.table, dtype="float"))
    return like(self.of, "float") if isinstance(self.of, Array) else unknown()


_register(_windowed, "pandas.Rolling", _REDUCTIONS + " apply")


@models("pandas.Rolling.__getitem__", "pandas.Rolling.__getattr__")
def windows_of(self: Windows, key: Value) -> Value:
    """pandas.pydata.org: the windows of some columns."""
    chosen = get_item(self.of, key) if isinstance(self.of, Frame) else unknown()
    return Windows(chosen) if isinstance(chosen, (Frame, Array)) else unknown()


def _is_label(table: Table, value: Value) -> bool:
    return not isinstance(value, Array) and label_of(value) is not None and has_label(table, label_of(value)) is True


@models("pandas.DataFrame.groupby", "pandas.Series.groupby")
def groupby(self: Value, by: Value = MISSING, *args: Value, as_index: Value = TRUE, **keywords: Value) -> Value:
    """pandas.pydata.org: the rows by the values of columns, or of a Series beside them."""
    beside = None if truth_of(as_index) is None else not truth_of(as_index)
    if not isinstance(self, Frame):
        return Groups(self, (), beside)
    table = self.table
    keys: tuple[Label, ...] | None = None
    items = items_of(by)
    if _is_label(table, by):
        keys = (label_of(by),)
    elif items is not None and items.known is not None and all(_is_label(table, item) for item in items.known):
        keys = labels_of(by)
    elif isinstance(by, Array) and by.kind == "series":
        # A Series may be a column of the table or not: only its name tells.
        keys = None
    return Groups(self, keys, beside)


@models("pandas.DataFrame.resample", "pandas.Series.resample")
def resample(self: Value, rule: Value = MISSING, *args: Value, on: Value = MISSING, **keywords: Value) -> Value:
    """pandas.pydata.org: the rows by time."""
    if on is MISSING or is_none(on):
        return Groups(self, (), False, True)
    return Groups(self, None if label_of(on) is None else (label_of(on),), False, True)


def _rows() -> Dim:
    return symbol("groups", "groups of rows")


def _reducible(self: Groups) -> Value:
    """What is reduced: the columns that were chosen, or all but the keys."""
    if self.chosen is not None:
        return self.chosen
    if not isinstance(self.of, Frame):
        return self.of
    table = self.of.table
    if self.keys is None:
        return Frame(with_columns(table, None))
    if table.columns is None:
        return Frame(with_columns(table, None, table.width - len(self.keys)))
    return Frame(with_columns(table, tuple(label for label in table.columns if label not in self.keys)))


def _with_keys(self: Groups, table: Table) -> Table:
    """The result with the keys as its index, or as its first columns."""
    if self.beside is False:
        return replace(table, index=self.keys if not self.by_time else None)
    known = self.keys if self.beside else None
    columns = None if known is None or table.columns is None else (*known, *table.columns)
    width = None if known is None else table.width + len(known)
    return with_columns(replace(table, index=("index",)), columns, width)


def _grouped(self: Groups, *args: Value, numeric_only: Value = MISSING) -> Value:
    """pandas.pydata.org: a number for each group."""
    reduced = _reducible(self)
    if isinstance(reduced, Frame):
        table = with_rows(reduced.table, _rows())
        if numeric_only is not MISSING and truth_of(numeric_only) is not False:
            table = with_columns(table, None)
        return Frame(_with_keys(self, replace(table, dtype="object" if table.dtype == "object" else None)))
    if isinstance(reduced, Array) and self.beside is False:
        return series(_rows(), "object" if reduced.dtype == "object" else None)
    if isinstance(reduced, Array) and self.beside:
        return Frame(_with_keys(self, Table(series(_rows()).shape.axes[0], None, 1)))
    return unknown()


_register(_grouped, "pandas.GroupBy", "mean sum std var min max median last first prod sem count nunique")


def _kept(self: Groups, *args: Value) -> Value:
    """pandas.pydata.org: a value for each row that there was; of periods of time, for each period."""
    if self.by_time:
        return _grouped(self)
    reduced = _reducible(self)
    if isinstance(reduced, Frame):
        return Frame(replace(reduced.table, dtype="object" if reduced.table.dtype == "object" else None))
    return like(reduced, None) if isinstance(reduced, Array) else unknown()


_register(_kept, "pandas.GroupBy", "ffill bfill interpolate cumsum cumprod cummax cummin shift diff pct_change rank fillna")


@models("pandas.GroupBy.transform")
def transform(self: Groups, func: Value, *args: Value) -> Value:
    """pandas.pydata.org: a value for each row that there was."""
    return unknown() if self.by_time else _kept(self)


@models("pandas.GroupBy.cumcount", "pandas.GroupBy.ngroup")
def numbered(self: Groups) -> Value:
    """pandas.pydata.org: a number for each row that there was."""
    if isinstance(self.of, Frame):
        return series(self.of.table.rows, "int")
    return like(self.of, "int") if isinstance(self.of, Array) else unknown()


@models("pandas.GroupBy.agg", "pandas.GroupBy.aggregate")
def aggregate(self: Groups, func: Value = MISSING, **named: Value) -> Value:
    """pandas.pydata.org: for each group one answer of a function, of several for each column, or as a dictionary says."""
    if isinstance(func, Const):
        return _grouped(self)
    reduced = _reducible(self)
    if not isinstance(reduced, Frame):
        return unknown()
    columns: tuple[Label, ...] | None = None
    width: Dim | None = None
    if func is MISSING and named:
        columns = tuple(named)
    elif isinstance(func, DictObject) and not func.entries.open:
        labels = tuple(label_of(key) for key, _ in func.entries.known)
        if None not in labels and all(isinstance(value, Const) for _, value in func.entries.known):
            columns = labels
    elif count_of(func) is not None and self.beside is False:
        width = reduced.table.width * (count_of(func) or 1)
    table = with_columns(with_rows(reduced.table, _rows()), columns, width)
    return Frame(_with_keys(self, replace(table, dtype="object" if table.dtype == "object" else None)))


@models("pandas.GroupBy.size")
def sizes(self: Groups) -> Value:
    """pandas.pydata.org: a number for each group."""
    return series(_rows(), "int") if self.beside is False else unknown()


@models("pandas.GroupBy.__getitem__", "pandas.GroupBy.__getattr__")
def groups_of(self: Groups, key: Value) -> Value:
    """pandas.pydata.org: the groups of some columns."""
    chosen = get_item(self.of, key) if isinstance(self.of, Frame) else unknown()
    return replace(self, chosen=chosen) if isinstance(chosen, (Frame, Array)) else unknown()


def _group(self: Groups) -> Value:
    rows = symbol("n", "rows of one group", lower=0 if self.by_time else 1)
    part = self.of if self.chosen is None else self.chosen
    if isinstance(part, Frame):
        return Frame(with_rows(part.table, rows))
    return like(part, part.dtype, rows) if isinstance(part, Array) else unknown()


@models("pandas.GroupBy.get_group")
def get_group(self: Groups, name: Value) -> Value:
    """pandas.pydata.org: the rows of one group, with all columns."""
    return _group(self)


@models("pandas.GroupBy.__iter__")
def iterate(self: Groups) -> Value:
    """pandas.pydata.org: pairs of a key and the rows of its group."""
    return tuple_of(unknown(), _group(self))


@attributes("pandas.GroupBy.ngroups")
def number_of_groups(self: Groups) -> Value:
    """pandas.pydata.org: how many groups there are."""
    return unknown("int")


@models("pandas.GroupBy.apply")
def apply(self: Groups, caller: Caller, func: Value, *args: Value) -> Value:
    """pandas.pydata.org: what the function makes of each group; only a single number for each is told."""
    answer = caller.call(func, [_group(self), *args])
    plain = answer.type_path in ("int", "float", "bool", "str", "scalar")
    return series(_rows()) if plain and self.beside is False else unknown()


@models("pandas.GroupBy.head", "pandas.GroupBy.tail", "pandas.GroupBy.filter")
def some_rows(self: Groups, *args: Value) -> Value:
    """pandas.pydata.org: some of the rows."""
    part = self.of if self.chosen is None else self.chosen
    rows = symbol("n", "rows of some groups")
    if isinstance(part, Frame):
        return Frame(with_rows(part.table, rows))
    return like(part, part.dtype, rows) if isinstance(part, Array) else unknown()


@models("pandas.DataFrame.asfreq", "pandas.Series.asfreq")
def asfreq(self: Value, freq: Value, *args: Value) -> Value:
    """pandas.pydata.org: other rows, by time."""
    rows = symbol("n", "rows by time")
    if isinstance(self, Frame):
        return Frame(with_rows(self.table, rows))
    return like(self, None, rows) if isinstance(self, Array) else unknown()


@models("pandas.DataFrame.explode", "pandas.Series.explode")
def explode(self: Value, *args: Value) -> Value:
    """pandas.pydata.org: a row for each item of lists."""
    rows = unknown_dim("n", "items of lists")
    if isinstance(self, Frame):
        return Frame(replace(with_rows(self.table, rows), dtype="object"))
    return like(self, "object", rows) if isinstance(self, Array) else unknown()


