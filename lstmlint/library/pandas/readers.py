"""Reading tables: the rows are a symbol, the columns are known where the call names them."""
from __future__ import annotations

from lstmlint.library.pandas.tables import Unnamed, count_of, label_of, labels_of, series
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim, smaller, symbol
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Value, dim_of, is_none, unknown
from lstmlint.values.data import Label, frame, items_of

_FIRST = Const(0)


def file_name(path: Value) -> str:
    """The name of a file for messages."""
    if isinstance(path, Const) and isinstance(path.value, str) and path.value:
        return path.value.replace("\\", "/").rstrip("/").rpartition("/")[2][:40]
    return "the data file"


def rows_of(source: str, nrows: Value = NONE) -> Dim:
    """The number of rows of a file, at most `nrows`."""
    rows: Dim = symbol("n", f"rows of {source}")
    most = None if is_none(nrows) else dim_of(nrows)
    return rows if most is None else smaller(rows, most)


def _given(value: Value) -> bool:
    return value is not MISSING and not is_none(value)


def _columns(usecols: Value, names: Value) -> tuple[tuple[Label, ...] | None, Dim | None]:
    """The labels and the number of the columns that are read, as far as the call tells."""
    if _given(names) and not _given(usecols):
        return labels_of(names), count_of(names)
    if not _given(usecols) or items_of(usecols) is None:
        return None, None
    wanted, width = labels_of(usecols), count_of(usecols)
    if wanted is None:
        return None, width
    if len(set(wanted)) != len(wanted):
        return None, None
    known = labels_of(names) if _given(names) else None
    if all(isinstance(label, int) for label in wanted):
        if known is not None and all(isinstance(at, int) and 0 <= at < len(known) for at in wanted):
            return tuple(label for at, label in enumerate(known) if at in wanted), width
        return None, width
    # The file's order counts, not that of usecols.
    if known is not None:
        return tuple(label for label in known if label in wanted), width
    return (wanted if len(wanted) == 1 else None), width


@models("pandas.read_csv", "pandas.read_table", "pandas.read_fwf", "dask.dataframe.read_csv", "cudf.read_csv")
def read_csv(
    filepath_or_buffer: Value = NONE,
    sep: Value = NONE,
    *,
    names: Value = NONE,
    index_col: Value = NONE,
    usecols: Value = NONE,
    nrows: Value = NONE,
    chunksize: Value = NONE,
    iterator: Value = FALSE,
    squeeze: Value = FALSE,
) -> Value:
    """pandas.pydata.org: a table from a text file; index_col takes columns away, parse_dates and the like keep them."""
    if _given(chunksize) or iterator != FALSE:
        return unknown()
    return _read(file_name(filepath_or_buffer), names, index_col, usecols, nrows, squeeze)


@models("pandas.read_excel")
def read_excel(
    io: Value = NONE,
    sheet_name: Value = _FIRST,
    *,
    names: Value = NONE,
    index_col: Value = NONE,
    usecols: Value = NONE,
    nrows: Value = NONE,
) -> Value:
    """pandas.pydata.org: a table from one sheet; several sheets make a dictionary."""
    if not isinstance(sheet_name, Const) or is_none(sheet_name):
        return unknown()
    return _read(file_name(io), names, index_col, usecols, nrows, FALSE)


def _read(source: str, names: Value, index_col: Value, usecols: Value, nrows: Value, squeeze: Value) -> Value:
    columns, width = _columns(usecols, names)
    index: tuple[Label, ...] | None = ("index",)
    if _given(index_col) and index_col != FALSE:
        columns, width, index = _without_index(columns, width, index_col)
    rows = rows_of(source, nrows)
    if squeeze != FALSE:
        return series(rows, source=source) if width == 1 and squeeze == Const(True) else MISSING
    if width is None:
        width = symbol("columns", f"columns of {source}", lower=1 if index == ("index",) else 0)
    return frame(rows, columns, width, source, None, index)


Selection = tuple[tuple[Label, ...] | None, Dim | None, tuple[Label, ...] | None]


def _without_index(columns: tuple[Label, ...] | None, width: Dim | None, index_col: Value) -> Selection:
    """The columns that are left when `index_col` becomes the index."""
    levels = items_of(index_col)
    if levels is not None and (levels.known is None or len(levels.known) != 1):
        return None, None if width is None else width - levels.length, None
    label = label_of(index_col if levels is None or levels.known is None else levels.known[0])
    left = None if width is None else width - 1
    if columns is not None and isinstance(label, int) and not isinstance(label, bool) and -len(columns) <= label < len(columns):
        at = label % len(columns)
        return columns[:at] + columns[at + 1 :], left, (columns[at],)
    if columns is not None and label in columns:
        return tuple(known for known in columns if known != label), left, (label,)
    return None, left, (label if isinstance(label, str) else Unnamed(),)


@models("pandas.read_parquet", "pandas.read_feather", "pandas.read_sql_query", "pandas.read_sql_table", "pandas.read_orc")
def read_columns(path: Value = NONE, con: Value = NONE, *, columns: Value = NONE, chunksize: Value = NONE) -> Value:
    """pandas.pydata.org: a table; its index may have been stored with it."""
    if _given(chunksize):
        return unknown()
    source = file_name(path)
    labels, width = (labels_of(columns), count_of(columns)) if _given(columns) else (None, None)
    if width is None:
        width = symbol("columns", f"columns of {source}")
    return frame(rows_of(source), labels, width, source, "object", None)
