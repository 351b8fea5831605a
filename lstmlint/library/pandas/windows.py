"""Rolling windows, groups and resampling."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lstmlint.library.pandas.selection import get_item
from lstmlint.library.pandas.serieses import like
from lstmlint.library.pandas.tables import series, with_columns, with_rows
from lstmlint.library.registry import models
from lstmlint.shapes.dims import symbol
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import Array, Frame

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
    """x.groupby(…), x.resample(…): a result for each group; with `keys`, the keys are no longer columns."""

    of: Value
    keys: bool

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


@models("pandas.Rolling.__getitem__")
def windows_of(self: Windows, key: Value) -> Value:
    """pandas.pydata.org: the windows of some columns."""
    chosen = get_item(self.of, key) if isinstance(self.of, Frame) else unknown()
    return Windows(chosen) if isinstance(chosen, (Frame, Array)) else unknown()


@models("pandas.DataFrame.groupby", "pandas.Series.groupby")
def groupby(self: Value, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: the rows by the values of a column."""
    return Groups(self, True)


@models("pandas.DataFrame.resample", "pandas.Series.resample")
def resample(self: Value, *args: Value, **keywords: Value) -> Value:
    """pandas.pydata.org: the rows by time."""
    return Groups(self, False)


def _grouped(self: Groups) -> Value:
    """pandas.pydata.org: a number for each group."""
    groups = symbol("groups", "groups of rows")
    if isinstance(self.of, Frame):
        table = with_rows(self.of.table, groups)
        dtype = "object" if table.dtype == "object" else None
        return Frame(replace(with_columns(table, None) if self.keys else table, dtype=dtype, index=None))
    return series(groups, "object" if self.of.dtype == "object" else None) if isinstance(self.of, Array) else unknown()


_register(_grouped, "pandas.GroupBy", "mean sum std var min max median last first ffill bfill interpolate")


@models("pandas.GroupBy.size", "pandas.GroupBy.ngroup")
def sizes(self: Groups) -> Value:
    """pandas.pydata.org: a number for each group."""
    return series(unknown_dim("groups", "groups of rows"))


@models("pandas.GroupBy.__getitem__")
def groups_of(self: Groups, key: Value) -> Value:
    """pandas.pydata.org: the groups of some columns."""
    chosen = get_item(self.of, key) if isinstance(self.of, Frame) else unknown()
    return Groups(chosen, False) if isinstance(chosen, (Frame, Array)) else unknown()


@models("pandas.DataFrame.asfreq", "pandas.Series.asfreq")
def asfreq(self: Value) -> Value:
    """pandas.pydata.org: other rows, by time."""
    rows = symbol("n", "rows by time")
    if isinstance(self, Frame):
        return Frame(with_rows(self.table, rows))
    return like(self, None, rows) if isinstance(self, Array) else unknown()
