"""Tables and Series: the models against pandas."""
from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

import numpy
import pandas
from hypothesis import given
from hypothesis import strategies as st

from lstmlint.shapes.dims import at_least, single, symbol
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import NONE, Const, Unknown, Value, integer, unknown
from lstmlint.values.data import Array, Frame, Items, ListObject, Slice, frame, tuple_of
from tests.library.arrays import MANY
from tests.library.differential import abstract, agree, disagreement, run

LABELS = "abcde"


def table(rows: int, columns: str) -> pandas.DataFrame:
    """A table of floats."""
    return pandas.DataFrame(numpy.arange(rows * len(columns), dtype=float).reshape(rows, len(columns)), columns=list(columns))


columns = st.lists(st.sampled_from(LABELS), min_size=1, max_size=5, unique=True).map("".join)
tables = st.builds(table, st.integers(0, 6), columns)


def compare(path: str, real: Callable[..., Any], *args: Any, exact: bool = True, **keywords: Any) -> Value | None:
    """The model's answer, which must be the real one; where the real call raises, the model must not know the answer."""
    abstracted = [abstract(arg) for arg in args]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = real(*args, **keywords)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return None
    value = run(path, *abstracted, **keywords).value
    wrong = disagreement(expected, value, not exact)
    assert wrong is None, (path, args[1:], keywords, wrong)
    return value


def method(name: str) -> Callable[..., Any]:
    return lambda self, *args, **keywords: getattr(self, name)(*args, **keywords)


def frames(name: str, df: pandas.DataFrame, *args: Any, exact: bool = True, **keywords: Any) -> Value | None:
    return compare(f"pandas.DataFrame.{name}", method(name), df, *args, exact=exact, **keywords)


def serieses(name: str, s: Any, *args: Any, exact: bool = True, **keywords: Any) -> Value | None:
    return compare(f"pandas.Series.{name}", method(name), s, *args, exact=exact, **keywords)


@MANY
@given(tables)
def test_attributes(df: pandas.DataFrame) -> None:
    for name in ("values", "shape", "ndim", "size", "index", "T", "columns"):
        if name == "T":
            value = run("pandas.DataFrame.T", df).value
            assert isinstance(value, Frame) and value.shape == Shape.of(*df.T.shape)
        elif name == "columns":
            value = run("pandas.DataFrame.columns", df).value
            assert disagreement(tuple(df.columns), value) is None and value.type_path == "pandas.Index"
        else:
            agree(f"pandas.DataFrame.{name}", df, real=lambda self, name=name: getattr(self, name))
    agree("builtins.len", df)
    frames("to_numpy", df)


_KEEPING = (
    "ffill", "bfill", "interpolate", "round", "abs", "copy", "cumsum", "diff", "pct_change", "shift", "isnull", "notna",
    "sort_index", "rank", "infer_objects", "convert_dtypes", "cummax",
)  # fmt: skip


@MANY
@given(tables, st.sampled_from(_KEEPING), st.integers(-2, 8))
def test_same_shape(df: pandas.DataFrame, name: str, n: int) -> None:
    frames(name, df)
    frames("fillna", df, 0)
    frames("shift", df, n)
    frames("astype", df, "int")
    frames("sort_values", df, df.columns[0])
    frames("head", df, n, exact=n >= 0)
    frames("tail", df, n, exact=n >= 0)
    frames("sample", df, n)
    frames("sample", df, frac=1)
    frames("rename", df, columns={LABELS[0]: "z"})


@MANY
@given(tables, st.one_of(st.sampled_from(LABELS), st.lists(st.sampled_from(LABELS), max_size=3), st.slices(6)))
def test_selection(df: pandas.DataFrame, key: Any) -> None:
    frames("__getitem__", df, key)
    mask = df[df.columns[0]] > 3
    frames("__getitem__", df, mask, exact=False)
    if isinstance(key, str) and key not in df.columns:
        assert isinstance(run("pandas.DataFrame.__getitem__", df, key).value, Unknown)
        assert isinstance(run("pandas.DataFrame.__getattr__", df, key).value, Unknown)
    elif isinstance(key, str):
        assert disagreement(df[key], run("pandas.DataFrame.__getattr__", df, key).value) is None


positions = st.one_of(st.integers(-3, 3), st.slices(5), st.lists(st.integers(-2, 2), min_size=1, max_size=3))


@MANY
@given(tables, positions, positions)
def test_iloc(df: pandas.DataFrame, rows: Any, cols: Any) -> None:
    located = run("pandas.DataFrame.iloc", df).value
    for key in (rows, (rows, cols)):
        try:
            expected = df.iloc[key]
        except IndexError:
            continue
        value = run("pandas.Locator.__getitem__", located, key).value
        if isinstance(expected, float):
            assert isinstance(value, Unknown)
        else:
            assert disagreement(expected, value) is None, key


@MANY
@given(tables, st.one_of(st.sampled_from(LABELS), st.lists(st.sampled_from(LABELS), min_size=1, max_size=3)), st.data())
def test_loc(df: pandas.DataFrame, label: Any, data: st.DataObject) -> None:
    located = run("pandas.DataFrame.loc", df).value
    ends = data.draw(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)))
    for key in (label, slice(*ends), slice(None, ends[1])):
        try:
            expected = df.loc[:, key]
        except KeyError:
            continue
        value = run("pandas.Locator.__getitem__", located, (slice(None), key)).value
        known = not isinstance(key, slice) or {key.start, key.stop} - {None} <= set(df.columns)
        assert disagreement(expected, value, not known) is None, key
    mask = df[df.columns[0]] > 3
    value = run("pandas.Locator.__getitem__", located, (mask, slice(None))).value
    assert disagreement(df.loc[mask, :], value, True) is None


@MANY
@given(tables, st.one_of(st.sampled_from(LABELS), st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True)))
def test_without_columns(df: pandas.DataFrame, label: Any) -> None:
    frames("drop", df, columns=label)
    frames("drop", df, label, axis=1)
    frames("drop", df, columns=label, errors="ignore")
    frames("drop", df, [0], exact=False)
    frames("dropna", df, exact=False)
    frames("dropna", df, axis=1, exact=False)
    frames("drop_duplicates", df, exact=False)
    frames("set_index", df, label)
    frames("set_index", df, label, drop=False)
    frames("reset_index", df)
    frames("reset_index", df, drop=True)
    if isinstance(label, str) and label in df.columns:
        frames("pop", df.copy(), label)
        value = run("pandas.DataFrame.reset_index", run("pandas.DataFrame.set_index", df, label).value).value
        assert disagreement(df.set_index(label).reset_index(), value) is None


@MANY
@given(tables, st.lists(st.tuples(st.integers(0, 6), st.sampled_from(LABELS), st.integers(0, 3)), max_size=4))
def test_changes(df: pandas.DataFrame, steps: list[tuple[int, str, int]]) -> None:
    model = abstract(df)
    assert isinstance(model, Frame)
    for which, label, number in steps:
        if which == 0:
            df[label] = number
            run("pandas.DataFrame.__setitem__", model, label, number)
        elif which == 1:
            df[label] = df[df.columns[0]].shift(1)
            run("pandas.DataFrame.__setitem__", model, label, df[df.columns[0]])
        elif which == 2 and label in df.columns and len(df.columns) > 1:
            del df[label]
            run("pandas.DataFrame.__delitem__", model, label)
        elif which == 3 and label not in df.columns and number <= len(df.columns):
            df.insert(number, label, 1.0)
            run("pandas.DataFrame.insert", model, number, label, 1.0)
        elif which == 4 and len(df):
            df.loc[:, label] = 1.0
            run("pandas.Locator.__setitem__", run("pandas.DataFrame.loc", model).value, (slice(None), label), 1.0)
        elif which == 5 and label in df.columns and len(df.columns) > 1:
            df.drop(label, axis=1, inplace=True)
            assert run("pandas.DataFrame.drop", model, label, axis=1, inplace=True).value == NONE
        elif which == 6:
            df.columns = [f"{label}{i}" for i in range(len(df.columns))]
            run("pandas.DataFrame.__setattr__", model, "columns", list(df.columns))
    assert disagreement(df, model) is None


@MANY
@given(st.lists(tables, min_size=1, max_size=3), st.sampled_from(["outer", "inner"]))
def test_concat(dfs: list[pandas.DataFrame], join: str) -> None:
    equal = all(list(df.columns) == list(dfs[0].columns) for df in dfs)
    compare("pandas.concat", pandas.concat, dfs, join=join, exact=join == "outer" or equal)
    compare("pandas.concat", pandas.concat, dfs, ignore_index=True)
    same_rows = all(len(df) == len(dfs[0]) for df in dfs)
    compare("pandas.concat", pandas.concat, dfs, axis=1, exact=same_rows)
    compare("pandas.concat", pandas.concat, [df[df.columns[0]] for df in dfs])


data = st.one_of(
    st.dictionaries(st.sampled_from(LABELS), st.lists(st.floats(0, 1), min_size=3, max_size=3), max_size=3),
    st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=1, max_size=3),
    st.lists(st.fixed_dictionaries({"a": st.integers(0, 3), "b": st.integers(0, 3)}), min_size=1, max_size=3),
    st.lists(st.integers(0, 9), min_size=1, max_size=3),
    st.tuples(st.integers(1, 4), st.integers(1, 3)).map(numpy.zeros),
    st.integers(1, 4).map(numpy.zeros),
    tables,
    st.none(),
)


@MANY
@given(data, st.integers(0, 4))
def test_constructor(content: Any, width: int) -> None:
    compare("pandas.DataFrame", pandas.DataFrame, content)
    if not isinstance(content, (dict, pandas.DataFrame)) and content is not None:
        compare("pandas.DataFrame", pandas.DataFrame, content, columns=list(LABELS[:width]))


def test_rank_of_the_constructor() -> None:
    agree("pandas.DataFrame", numpy.zeros((2, 3, 4)))


@MANY
@given(
    st.integers(1, 5),
    st.sampled_from([None, 0, 1, "a", "c", ["b"]]),
    st.sampled_from([None, ["a", "c"], ["b"], [0, 2], ["c", "b", "a"]]),
    st.sampled_from([None, list("wxyz")]),
    st.sampled_from([None, 2, 10]),
)
def test_read_csv(rows: int, index_col: Any, usecols: Any, names: Any, nrows: int | None) -> None:
    text = "a,b,c,d\n" + "1,2,3,4\n" * rows
    keywords = {"index_col": index_col, "usecols": usecols, "names": names, "nrows": nrows}
    try:
        expected = pandas.read_csv(io.StringIO(text), **keywords)
    except (ValueError, IndexError):
        return
    value = run("pandas.read_csv", "data/prices.csv", **keywords).value
    assert isinstance(value, Frame) and str(value.table.source) == "prices.csv"
    assert disagreement(expected, value, True) is None
    if usecols is not None or names is not None:
        assert value.table.width == len(expected.columns)


def test_two_readings_are_two_tables() -> None:
    first, second = (run("pandas.read_csv", "prices.csv").value for _ in range(2))
    assert isinstance(first, Frame) and isinstance(second, Frame)
    assert first.table.rows != second.table.rows and first.table.width != second.table.width
    rows = single(first.table.rows.dim)
    assert rows is not None and rows.name == "n" and rows.origin == "rows of prices.csv"
    assert str(single(first.table.width)) == "columns"


def test_unknown_columns() -> None:
    df = run("pandas.read_csv", "prices.csv").value
    assert isinstance(df, Frame)
    rows, width = df.table.rows.dim, df.table.width
    close = run("pandas.DataFrame.__getattr__", df, "Close").value
    assert isinstance(close, Array) and close.kind == "series" and close.shape == Shape.of(rows)
    assert isinstance(run("pandas.DataFrame.__getattr__", df, "melt").value, Unknown)
    chosen = run("pandas.DataFrame.__getitem__", df, ["Close", "Open"]).value
    assert isinstance(chosen, Frame) and chosen.shape == Shape.of(rows, 2)
    names = ListObject(Items.many(unknown("str"), symbol("k")))
    chosen = run("pandas.DataFrame.__getitem__", df, names).value
    assert isinstance(chosen, Frame) and chosen.table.width == names.items.length
    left = run("pandas.DataFrame.drop", df, ["Date"], axis=1).value
    assert isinstance(left, Frame) and left.table.width == width - 1
    more = run("pandas.DataFrame.reset_index", df).value
    assert isinstance(more, Frame) and more.table.width == width + 1
    run("pandas.DataFrame.__setitem__", df, "new", 1)
    assert at_least(df.table.width, width) and at_least(width + 1, df.table.width) and df.table.width != width
    run("pandas.DataFrame.__setitem__", df, unknown(), 1)
    assert df.table.columns is None and not at_least(df.table.width, width)
    assert isinstance(run("pandas.DataFrame.__getitem__", df, unknown()).value, Unknown)


def test_symbolic_rows() -> None:
    n = symbol("n")
    df = frame(n, ("a", "b"))
    part = run("pandas.DataFrame.__getitem__", df, Slice(Const(10), NONE, NONE)).value
    assert isinstance(part, Frame) and part.table.rows.dim == n - 10
    located = run("pandas.DataFrame.iloc", df).value
    head = run("pandas.Locator.__getitem__", located, tuple_of(Slice(NONE, Const(-5), NONE), Const(0))).value
    assert isinstance(head, Array) and head.shape == Shape.of(n - 5)
    left = run("pandas.DataFrame.dropna", df).value
    assert isinstance(left, Frame) and left.table.rows.dim != n and at_least(n, left.table.rows.dim)


def test_cells_that_may_hold_anything() -> None:
    n = symbol("n")
    df = frame(n, ("a",))
    plain = run("pandas.DataFrame.values", df).value
    run("pandas.DataFrame.__setitem__", df, "b", ListObject(Items.many(ListObject(Items.many(unknown("int"), 5)), n)))
    mixed = run("pandas.DataFrame.values", df).value
    assert isinstance(plain, Array) and plain.dtype is None and isinstance(mixed, Array) and mixed.dtype == "object"
    cell = run("pandas.Series.__getitem__", run("pandas.DataFrame.__getitem__", df, "b").value, 0).value
    assert isinstance(cell, Unknown) and cell.type is None


_LIKE = ("diff", "shift", "cumsum", "fillna", "abs", "isna", "copy", "sort_values", "ffill", "interpolate", "pct_change", "rank")
series = st.lists(st.floats(0, 5), max_size=6).map(lambda xs: pandas.Series(xs, dtype=float))


@MANY
@given(series, st.sampled_from(_LIKE), st.integers(0, 8), st.slices(6))
def test_series(s: Any, name: str, n: int, cut: slice) -> None:
    serieses(name, s, *([0] if name == "fillna" else []))
    for attribute in ("values", "shape", "size", "ndim", "index"):
        agree(f"pandas.Series.{attribute}", s, real=lambda self, attribute=attribute: getattr(self, attribute))
    serieses("to_numpy", s)
    serieses("tolist", s)
    serieses("head", s, n)
    serieses("tail", s, n)
    serieses("astype", s, "float32")
    serieses("__getitem__", s, cut)
    serieses("unique", s, exact=False)
    serieses("nunique", s, exact=False)
    serieses("mean", s)
    serieses("reset_index", s, drop=True)
    serieses("__getitem__", s, s > 2, exact=False)
    value = run("pandas.Series.to_frame", s).value
    assert isinstance(value, Frame) and value.shape == Shape.of(len(s), 1)
    agree("builtins.len", s)


_OPERATORS = ("__add__", "__sub__", "__mul__", "__truediv__", "__gt__", "__le__")


@MANY
@given(tables, series, st.sampled_from(_OPERATORS))
def test_operators(df: pandas.DataFrame, s: Any, name: str) -> None:
    frames(name, df, 2)
    frames(name, df, df * 2)
    frames(name, df, df.to_numpy())
    if len(df) != len(df.columns):
        frames(name, df, df.mean())
    serieses(name, s, 2)
    serieses(name, s, s + 1)
    serieses(name, s, s.to_numpy())


@MANY
@given(tables, st.integers(1, 3), st.sampled_from(["mean", "sum", "std", "max"]))
def test_windows_and_reductions(df: pandas.DataFrame, w: int, name: str) -> None:
    rolling = run("pandas.DataFrame.rolling", df, w).value
    value = run(f"pandas.Rolling.{name}", rolling).value
    assert disagreement(getattr(df.rolling(w), name)(), value) is None
    column = run("pandas.Series.rolling", df[df.columns[0]], w).value
    assert disagreement(getattr(df[df.columns[0]].rolling(w), name)(), run(f"pandas.Rolling.{name}", column).value) is None
    frames(name, df)
    frames(name, df, axis=1)
    grouped = run(f"pandas.GroupBy.{name}", run("pandas.DataFrame.groupby", df, df.columns[0]).value).value
    assert disagreement(getattr(df.groupby(df.columns[0]), name)(), grouped, True) is None


@MANY
@given(st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, max_size=5), st.integers(1, 5))
def test_dummies_and_dates(labels: list[str], periods: int) -> None:
    s = pandas.Series(labels)
    compare("pandas.get_dummies", pandas.get_dummies, s, exact=False)
    value = run("pandas.get_dummies", s).value
    assert isinstance(value, Frame) and value.table.rows.dim == len(labels)
    compare("pandas.date_range", pandas.date_range, "2020-01-01", periods=periods)
    compare("pandas.to_datetime", pandas.to_datetime, pandas.Series(["2020-01-01"] * periods))
    compare("pandas.Series", pandas.Series, [1.5] * periods)
    compare("pandas.merge", pandas.merge, s.to_frame("k"), s.to_frame("k"), exact=False)


def test_lagged_columns() -> None:
    """The usual way to supervised samples: the table beside itself, shifted."""
    values = Array(Shape.of(symbol("n"), 3), dtype="float")
    df = run("pandas.DataFrame", values).value
    shifted = [run("pandas.DataFrame.shift", df, i).value for i in range(4)]
    wide = run("pandas.concat", ListObject(Items.of(shifted)), axis=1).value
    assert isinstance(wide, Frame) and wide.table.width == 12 and wide.table.rows.dim == values.shape.dims[0]
    many = ListObject(Items.many(shifted[0], symbol("lag")))
    wide = run("pandas.concat", many, axis=1).value
    assert isinstance(wide, Frame) and wide.table.width == many.items.length * 3
    assert integer(wide.table.width) == run("pandas.DataFrame.shape", wide).value.items.at(1)  # type: ignore[attr-defined]
