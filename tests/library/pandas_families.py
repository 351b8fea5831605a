"""How the arguments of pandas' functions and methods are drawn."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy
import pandas
from hypothesis import strategies as st

from lstmlint.values.data import items_of
from tests.library.differential import abstract, disagreement, real_of, run
from tests.library.families import Call, Compare, family

LABELS = "abcde"


def table(rows: int, columns: str) -> pandas.DataFrame:
    """A table of floats, none of them missing."""
    return pandas.DataFrame(numpy.arange(rows * len(columns), dtype=float).reshape(rows, len(columns)), columns=list(columns))


columns = st.lists(st.sampled_from(LABELS), min_size=1, max_size=4, unique=True).map("".join)
tables = st.builds(table, st.integers(1, 6), columns)
serieses = st.lists(st.floats(0, 5), min_size=1, max_size=6).map(lambda xs: pandas.Series(xs, dtype=float))
flags = serieses.map(lambda s: s > 2)
indexes = st.integers(1, 6).map(lambda n: pandas.Index(numpy.arange(n) * 1.5))
dated = st.integers(2, 60).map(
    lambda n: pandas.DataFrame(
        {"a": numpy.arange(n, dtype=float), "b": 1.0}, index=pandas.date_range("2020-01-01", periods=n, freq="h")
    )
)


def loosely(path: str, call: Call, exact: bool = False) -> None:
    """The same, but for lengths that depend on the data; where pandas raises, the "
    "model may say anything."""
    function = real_of(path) if call.real is None else call.real
    abstracted = [abstract(arg) for arg in call.args]
    keywords = {name: abstract(value) for name, value in call.keywords.items()}
    given = ([] if call.receiver is None else [call.receiver]) + abstracted
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = function(*call.args, **call.keywords)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, NotImplementedError):
        return
    value = run(path, *given, **keywords).value
    wrong = disagreement(expected, value, not exact)
    assert wrong is None, (path, call.args, call.keywords, wrong)


def strictly(path: str, call: Call) -> None:
    """The same, with every length."""
    loosely(path, call, True)


def one(draws: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return draws.map(lambda x: (x,))


_DF, _S, _I = "pandas.DataFrame", "pandas.Series", "pandas.Index"

family(
    _DF,
    "to_numpy transpose copy sort_index infer_objects ffill bfill interpolate round abs convert_dtypes cumsum "
    "cumprod cummax cummin diff "
    "pct_change rank __neg__ isnull isna notnull notna mean std var median min max sum prod count skew kurt sem all any nunique "
    "__copy__ __deepcopy__ duplicated values shape ndim size index T empty dtypes head tail keys columns shift reset_index "
    "squeeze corr cov describe",
    one(tables),
    strictly,
)
family(_DF, "dropna drop_duplicates value_counts mode", one(tables), loosely)
family(_DF, "add_prefix add_suffix", tables.map(lambda df: (df, "k")), strictly)
family(_DF, "agg aggregate", st.tuples(tables, st.sampled_from(["mean", ["mean", "std"]])), strictly)
family(_DF, "explode", tables.map(lambda df: (df, df.columns[0])), loosely)
family(_DF, "__array__", one(tables), strictly)
family(_DF, "__invert__", one(tables.map(lambda df: df > 3)), strictly)
family(_DF, "sort_values", tables.map(lambda df: (df, df.columns[0])), strictly)
family(_DF, "nlargest nsmallest", st.builds(lambda df, n: (df, n, df.columns[0]), tables, st.integers(1, 8)), strictly)
family(_DF, "fillna isin clip replace where mask eq ne lt le gt ge add sub mul div truediv pow radd rsub rmul rdiv floordiv mod "
       "subtract multiply divide", st.builds(lambda df, x: (df, x), tables, st.sampled_from([1, 2.5])), strictly)  # fmt: skip
family(_DF, "isin", st.builds(lambda df: (df, [1, 2]), tables), strictly)
family(_DF, "replace", st.builds(lambda df: (df, 1, 2), tables), strictly)
family(_DF, "where mask", st.builds(lambda df: (df, df > 2), tables), strictly)
_frame_other = st.one_of(
    tables.map(lambda df: (df, 2)), tables.map(lambda df: (df, df * 2)), tables.map(lambda df: (df, df.to_numpy())),
    st.builds(lambda df, x: (df, df[df.columns[0]].iloc[: len(df.columns)].to_numpy()), tables, st.none()),
)  # fmt: skip
_ARITHMETIC = "__add__ __sub__ __mul__ __truediv__ __floordiv__ __mod__ __pow__"
_REFLECTED = "__radd__ __rsub__ __rmul__ __rtruediv__ __rfloordiv__ __rmod__ __rpow__"
_ORDER = "__lt__ __le__ __gt__ __ge__ __eq__ __ne__"
_LOGIC = "__and__ __or__ __xor__ __rand__ __ror__ __rxor__"
family(_DF, f"{_ARITHMETIC} {_REFLECTED} {_ORDER}", _frame_other, strictly)
family(_DF, _LOGIC, tables.map(lambda df: (df > 2, df < 4)), strictly)
_series_other = st.one_of(
    serieses.map(lambda s: (s, 2)), serieses.map(lambda s: (s, s + 1)), serieses.map(lambda s: (s, s.to_numpy()))
)
family(_S, f"{_ARITHMETIC} {_REFLECTED} {_ORDER}", _series_other, strictly)
family(_S, _LOGIC, flags.map(lambda s: (s, ~s)), strictly)
family(
    _S,
    "add sub mul div truediv subtract multiply divide pow eq ne lt le gt ge floordiv mod rsub rmul radd",
    _series_other,
    strictly,
)
_index_other = st.one_of(indexes.map(lambda i: (i, 2)), indexes.map(lambda i: (i, i.to_numpy())))
family(_I, f"{_ARITHMETIC} {_REFLECTED}", _index_other, strictly)
family(_I, _ORDER, indexes.map(lambda i: (i, 1.0)), strictly)
family(
    _S,
    "to_numpy ravel copy sort_values sort_index infer_objects ffill bfill interpolate round abs cumsum cumprod cummax cummin diff "
    "pct_change rank __neg__ __pos__ isnull isna notnull notna duplicated std var skew kurt sem min max sum prod median mean "
    "tolist to_list values shape size ndim index T head tail argmax argmin keys argsort any all "
    "__len__ __copy__ __deepcopy__ __array__ shift to_frame rename hasnans",
    one(serieses),
    strictly,
)
family(_S, "dropna drop_duplicates unique nunique count value_counts mode describe", one(serieses), loosely)
family(_S, "autocorr item", one(serieses), strictly)
family(_S, "corr cov dot", one(serieses).map(lambda t: (t[0], t[0])), strictly)
family(_S, "__invert__", one(flags), strictly)
family(_S, "clip between", serieses.map(lambda s: (s, 1, 3)), strictly)
family(_S, "replace", serieses.map(lambda s: (s, 1, 2)), strictly)
family(_S, "fillna", serieses.map(lambda s: (s, 0)), strictly)
family(_S, "isin", serieses.map(lambda s: (s, [1, 2])), strictly)
family(_S, "where mask", serieses.map(lambda s: (s, s > 1)), strictly)
family(_S, "drop", serieses.map(lambda s: (s, 0)), loosely)
family(_S, "nlargest nsmallest sample head tail", st.tuples(serieses, st.integers(1, 6)), strictly)
family(_S, "astype", st.tuples(serieses, st.sampled_from(["int64", "float32", "str", "category"])), strictly)
family(_S, "quantile", st.tuples(serieses, st.sampled_from([0.5, [0.1, 0.9]])), strictly)
family(_S, "reset_index", st.builds(lambda s, drop: Call((s,), {"drop": drop}), serieses, st.booleans()), loosely)
family(_S, "__contains__", serieses.map(lambda s: (s, 0)), strictly)
family(
    _I,
    "to_numpy copy sort_values isnull isna notnull notna duplicated min max tolist to_list values shape size ndim T "
    "argmax argmin __len__ __copy__ __deepcopy__ __array__ to_series",
    one(indexes),
    strictly,
)
family(_I, "astype", st.tuples(indexes, st.sampled_from(["int64", "str"])), strictly)
family(_I, "dropna drop_duplicates nunique unique", one(indexes), loosely)
family(_I, "isin", indexes.map(lambda i: (i, [0, 1])), strictly)
family(_I, "__getitem__", st.tuples(indexes, st.slices(6) | st.integers(0, 2)), strictly)
family(_I, "get_loc", indexes.map(lambda i: (i, 0.0)), strictly)
family(_I, "delete", indexes.map(lambda i: (i, 0)), strictly)
family(_I, "drop", indexes.map(lambda i: (i, 0.0)), loosely)
family(_I, "append union intersection difference", indexes.map(lambda i: (i, i)), loosely)

# Rows and columns

_lists = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True)
family(_DF, "__getitem__", st.tuples(tables, st.one_of(st.sampled_from(LABELS), _lists, st.slices(6))), strictly)
family(_DF, "get", st.tuples(tables, st.sampled_from(LABELS)), strictly)
_axes = st.sampled_from([0, 1, "index", "columns"])
family(
    _DF, "drop", st.builds(lambda df, labels: Call((df,), {"columns": labels}), tables, _lists | st.sampled_from(LABELS)), strictly
)
family(
    _DF,
    "pop",
    st.tuples(tables.map(lambda df: df.copy()), st.sampled_from(LABELS)),
    lambda path, call: strictly(path, _fresh(call)),
)
family(_DF, "filter", st.one_of(
    st.builds(lambda df, labels: Call((df,), {"items": labels}), tables, _lists),
    st.builds(lambda df, part: Call((df,), {"like": part}), tables, st.sampled_from(["a", "z"])),
    st.builds(lambda df, part: Call((df,), {"regex": part}), tables, st.sampled_from(["^[ab]", "e$", "."])),
), strictly)  # fmt: skip
family(_DF, "select_dtypes", st.builds(lambda df: Call((df,), {"include": "number"}), tables), loosely)
family(_DF, "reindex", st.one_of(
    st.builds(lambda df, labels: Call((df,), {"columns": labels}), tables, _lists),
    st.builds(lambda df, rows: Call((df,), {"index": rows}), tables, st.lists(st.integers(0, 9), max_size=4, unique=True)),
), strictly)  # fmt: skip
family(_DF, "rename", st.builds(lambda df: Call((df,), {"columns": {"a": "z"}}), tables), strictly)
family(_DF, "rename_axis", tables.map(lambda df: (df, "x")), strictly)
family(_DF, "set_index", st.builds(lambda df, drop: Call((df, df.columns[0]), {"drop": drop}), tables, st.booleans()), strictly)
family(_DF, "assign", st.builds(lambda df: Call((df,), {"a": 1, "z": df[df.columns[0]]}), tables), strictly)
family(_DF, "truncate", st.builds(lambda df: Call((df,), {"before": 1}), tables), loosely)
family(_DF, "query", st.builds(lambda df: (df, f"{df.columns[0]} > 2"), tables), loosely)
family(_DF, "quantile", st.tuples(tables, st.sampled_from([0.5, [0.1, 0.9]])), strictly)
family(_DF, "astype", st.tuples(tables, st.sampled_from(["int64", "float32", "str"])), strictly)
family(_DF, "head tail", st.tuples(tables, st.integers(0, 8)), strictly)
family(_DF, "sample", st.builds(lambda df, n: (df, min(n, len(df))), tables, st.integers(1, 6)), strictly)
family(_DF, "shift", st.tuples(tables, st.integers(-2, 3)), strictly)
family(_DF, "__contains__", st.tuples(tables, st.sampled_from(LABELS)), strictly)
family(_DF, "dot", tables.map(lambda df: (df, numpy.zeros((len(df.columns), 2)))), strictly)
family(_DF, "idxmax idxmin", one(tables), strictly)
family(
    _DF,
    "mean sum std min max count median prod var any all",
    st.builds(lambda df, axis: Call((df,), {"axis": axis}), tables, st.sampled_from([0, 1])),
    strictly,
)
_joined = st.builds(lambda df, rows: (df, table(rows, "xyz")), tables, st.integers(1, 6))
family(_DF, "join", _joined, loosely)
family(_DF, "combine_first", tables.map(lambda df: (df, df)), loosely)
family(_DF, "append", _joined, loosely)
_merged = st.builds(
    lambda df, other, how, on: Call((df.assign(k=1.0), other.assign(k=1.0)), {"how": how, **on}),
    tables,
    st.builds(table, st.integers(1, 4), st.sampled_from(["x", "xy", "xa", "ab"])),
    st.sampled_from(["inner", "left", "right", "outer"]),
    st.sampled_from([{"on": "k"}, {}, {"left_on": "k", "right_on": "k"}, {"left_index": True, "right_index": True},
                     {"on": ["k"], "suffixes": ("", "_right")}]),
)  # fmt: skip
family(_DF, "merge", _merged, loosely)
family(
    "pandas",
    "merge merge_asof",
    _merged.map(lambda call: Call(call.args, {k: v for k, v in call.keywords.items() if k != "how"})),
    loosely,
)
family("pandas", "merge", _merged, loosely)
_several = st.builds(lambda df, n, axis: Call(([df] * n,), {"axis": axis}), tables, st.integers(1, 3), st.sampled_from([0, 1]))
family("pandas", "concat", _several, strictly)
family("pandas", "isnull isna notnull notna", one(serieses) | one(tables), strictly)
family("pandas", "unique value_counts", one(serieses), loosely)
family("pandas", "to_numeric", one(serieses), strictly)
family("pandas", "to_timedelta", st.integers(1, 4).map(lambda n: (pandas.Series([1.0] * n),)), strictly)
family("pandas", "to_datetime", st.integers(1, 4).map(lambda n: (pandas.Series(["2020-01-01"] * n),)), strictly)
family("pandas", "cut qcut", st.tuples(serieses, st.integers(1, 3)), strictly)
family(
    "pandas", "get_dummies", st.lists(st.sampled_from("xyz"), min_size=1, max_size=5).map(lambda xs: (pandas.Series(xs),)), loosely
)
family(
    "pandas",
    "date_range bdate_range period_range",
    st.integers(0, 9).map(lambda n: Call(("2020-01-01",), {"periods": n})),
    strictly,
)
family("pandas", "timedelta_range", st.integers(0, 9).map(lambda n: Call(("1 day",), {"periods": n})), strictly)
family("pandas", "DatetimeIndex", st.integers(0, 4).map(lambda n: (["2020-01-01"] * n,)), strictly)
family("pandas", "Index", st.lists(st.integers(0, 4), max_size=4).map(lambda xs: (xs,)), strictly)
family(
    "pandas",
    "Series",
    st.one_of(st.lists(st.floats(0, 1), max_size=4), st.integers(1, 4).map(numpy.ones)).map(lambda xs: (xs,)),
    strictly,
)
family("pandas", "DataFrame", st.one_of(
    st.builds(lambda n, m: (numpy.zeros((n, m)),), st.integers(1, 4), st.integers(1, 4)),
    st.builds(lambda n: ({"a": [1.0] * n, "b": numpy.zeros(n)},), st.integers(1, 4)),
    st.builds(lambda n: ([[1, 2]] * n,), st.integers(1, 4)),
    st.builds(lambda n, m: Call((numpy.zeros((n, m)),), {"columns": list(LABELS[:m])}), st.integers(1, 4), st.integers(1, 4)),
), strictly)  # fmt: skip
family(_DF, "from_dict from_records", st.builds(lambda n: Call(({"a": [1.0] * n, "b": [2.0] * n},)), st.integers(1, 4)), strictly)


def _fresh(call: Call) -> Call:
    return Call(tuple(arg.copy() if hasattr(arg, "copy") else arg for arg in call.args), call.keywords)


# Windows and groups: what a table is asked for first, then a reduction.

_REDUCTIONS = "mean sum std var min max median count"


def _through(first: str, argument: Callable[[Any], tuple[Any, ...]], exact: bool, **keywords: Any) -> Compare:
    """The method of what another one gives: df.rolling(2).mean()."""

    def compare(path: str, call: Call) -> None:
        (data,) = call.args
        owner = "DataFrame" if isinstance(data, pandas.DataFrame) else "Series"
        name = path.rpartition(".")[2]
        given = argument(data)
        windows = run(f"pandas.{owner}.{first}", data, *given, **keywords).value
        try:
            expected = getattr(getattr(data, first)(*given, **keywords), name)()
        except (ValueError, TypeError):
            return
        wrong = disagreement(expected, run(path, windows).value, not exact)
        assert wrong is None, (first, path, data.shape, wrong)

    return compare


_data = st.one_of(tables, serieses)
family("pandas.Rolling", _REDUCTIONS + " skew kurt sem", one(_data), _through("rolling", lambda data: (2,), True))
_GROUPED = "mean sum std var min max median count first last prod sem nunique"
family("pandas.GroupBy", f"{_GROUPED} size", one(tables), _through("groupby", lambda df: (df.columns[0],), False))
family("pandas.GroupBy", "cumsum cumprod cummax cummin shift diff ffill bfill rank cumcount ngroup", one(tables),
       _through("groupby", lambda df: (df.columns[0],), True))  # fmt: skip


def _grouped(path: str, call: Call) -> None:
    """Groups by one or more columns, with the keys as index or beside; of all columns or of some; and what agg() says."""
    (df,) = call.args
    for keys in (df.columns[0], list(df.columns[:2])):
        for beside in (True, False):
            real, model = df.groupby(keys, as_index=beside), run("pandas.DataFrame.groupby", df, keys, as_index=beside).value
            last = df.columns[-1]
            asked: list[tuple[str, tuple[Any, ...]]] = [
                ("mean", ()),
                ("agg", ("sum",)),
                ("agg", ({last: "mean"},)),
                ("agg", (["min", "max"],)),
            ]
            for name, given in asked:
                if last in keys and name == "agg" and given != ("sum",):
                    continue
                try:
                    expected = getattr(real, name)(*given)
                except ValueError:
                    continue
                answer = run(f"pandas.GroupBy.{name}", model, *given).value
                wrong = disagreement(expected, answer, True)
                assert wrong is None, (keys, beside, name, given, wrong)
                again = run("pandas.DataFrame.reset_index", answer).value
                wrong = disagreement(expected.reset_index(), again, True) if name == "mean" else None
                assert wrong is None, (keys, beside, "reset_index", wrong)
            if last not in keys:
                part = run("pandas.GroupBy.__getitem__", model, [last]).value
                wrong = disagreement(real[[last]].max(), run("pandas.GroupBy.max", part).value, True)
                assert wrong is None, (keys, beside, "chosen", wrong)
            for _, group in real:
                _, abstract_group = items_of(run("pandas.GroupBy.__iter__", model).value).known  # type: ignore[union-attr, misc]
                assert disagreement(group, abstract_group, True) is None


family(_DF, "groupby", one(tables), _grouped)
family(_DF, "rolling", one(tables), lambda path, call: _through("rolling", lambda df: (2,), True)("pandas.Rolling.mean", call))
family(_DF, "expanding", one(tables), lambda path, call: _through("expanding", lambda df: (), True)("pandas.Rolling.mean", call))
family(_DF, "ewm", one(tables), lambda path, call: _through("ewm", lambda df: (3,), True)("pandas.Rolling.mean", call))
family(
    "pandas.Series",
    "rolling",
    one(serieses),
    lambda path, call: _through("rolling", lambda s: (2,), True)("pandas.Rolling.sum", call),
)
family(
    "pandas.Series",
    "groupby",
    serieses.map(lambda s: (s,)),
    lambda path, call: _through("groupby", lambda s: (s,), False)("pandas.GroupBy.mean", call),
)


def _resampled(path: str, call: Call) -> None:
    (data,) = call.args
    for name in ("mean", "sum", "last", "ohlc", "max"):
        for part, owner in ((data, "DataFrame"), (data["a"], "Series")):
            if name == "ohlc":
                continue
            groups = run(f"pandas.{owner}.resample", part, "D").value
            wrong = disagreement(getattr(part.resample("D"), name)(), run(f"pandas.GroupBy.{name}", groups).value, True)
            assert wrong is None, (name, wrong)


family(_DF, "resample", one(dated), _resampled)
family(_DF, "asfreq", dated.map(lambda df: (df, "D")), loosely)
family(_S, "asfreq", dated.map(lambda df: (df["a"], "D")), loosely)
