"""pandas_datareader: the prices of one share are a table."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.shape import unknown_dim
from lstmlint.values.base import Const, Value, unknown
from lstmlint.values.data import frame

_PLAIN = {"yahoo": ("High", "Low", "Open", "Close", "Volume", "Adj Close"), "stooq": ("Open", "High", "Low", "Close", "Volume")}
"""The columns that a source gives for one share."""


def _prices(name: Value, source: str | None) -> Value:
    if not isinstance(name, Const) or not isinstance(name.value, str):
        # Of several shares the columns have two levels.
        return unknown()
    days = unknown_dim("days", f"days of {name.value}")
    return frame(days, _PLAIN.get(source or ""), None, f"prices of {name.value}", None, ("Date",))


@models("pandas_datareader.data.DataReader", "pandas_datareader.DataReader")
def data_reader(name: Value, data_source: str | None = None) -> Value:
    """pandas-datareader.readthedocs.io: a row for each day; the columns are those of the source."""
    return _prices(name, data_source)


@models("pandas_datareader.data.get_data_yahoo", "pandas_datareader.get_data_yahoo")
def get_data_yahoo(symbols: Value) -> Value:
    """pandas-datareader.readthedocs.io: a row for each day."""
    return _prices(symbols, "yahoo")
