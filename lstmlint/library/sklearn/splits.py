"""Splitting, shuffling and drawing samples."""
from __future__ import annotations

from math import ceil, floor

from lstmlint.library.registry import models
from lstmlint.library.sklearn.rows import fail, matrix_of, samples_of, with_samples
from lstmlint.shapes.dims import Dim, derived, differ, symbol
from lstmlint.shapes.shape import Axis, Shape, Violation, unknown_dim
from lstmlint.values.base import MISSING, NONE, Const, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, Items, ListObject, tuple_of

_QUARTER, _FIVE = Const(0.25), Const(5)


def _common_count(caller: Caller, path: str, values: tuple[Value, ...]) -> Dim | None:
    """The number of samples that all values have; leaves an event where two are proven to differ."""
    counts = [count for value in values if (count := samples_of(value)) is not None]
    if not counts:
        return None
    for count in counts[1:]:
        if differ(count, counts[0]):
            text = f"the arrays have {counts[0]} and {count} samples"
            fail(caller, path, tuple(map(matrix_of, values)), Violation("samples", text, counts[0], count))
            return None
    return next((count for count in counts if isinstance(count, int)), counts[0])


def _part(count: Dim, size: Value, test: bool) -> Dim | None:
    """How many samples a share or number of them is: a test part is rounded up, a training part down."""
    share = size.value if isinstance(size, Const) else None
    if isinstance(share, int) and not isinstance(share, bool):
        return share
    if isinstance(share, float) and isinstance(count, int):
        return ceil(share * count) if test else floor(share * count)
    if size.type_path == "int":
        return dim_of(size)
    return None


def split_sizes(count: Dim, test_size: Value, train_size: Value) -> tuple[Dim, Dim]:
    """The numbers of training and test samples, as scikit-learn rounds them."""
    if is_none(test_size) and is_none(train_size):
        test_size = _QUARTER
    test = None if is_none(test_size) else _part(count, test_size, True)
    train = None if is_none(train_size) else _part(count, train_size, False)
    if is_none(test_size) and train is not None:
        test = count - train
    if test is None:
        share = test_size.value if isinstance(test_size, Const) else None
        name = f"ceil({share}*({count}))" if isinstance(share, float) else "n_test"
        key = ("test part", count, test_size, train_size)
        test = derived(key, name, "the test part of a split", lower=1, upper=count - 1)
    if train is None:
        train = count - test
        if not is_none(train_size) and not is_none(test_size):
            train = derived(("train part", count, test_size, train_size), "n_train", "the training part of a split", 1, count - 1)
    return train, test


@models("sklearn.model_selection.train_test_split")
def train_test_split(caller: Caller, *arrays: Value, test_size: Value = NONE, train_size: Value = NONE) -> Value:
    """scikit-learn.org: for each array its training and its test part, in one list."""
    count = _common_count(caller, "sklearn.model_selection.train_test_split", arrays)
    train, test = (unknown_dim("n_train"), unknown_dim("n_test")) if count is None else split_sizes(count, test_size, train_size)
    return ListObject(Items.of(with_samples(value, size) for value in arrays for size in (train, test)))


def _one_or_list(values: list[Value]) -> Value:
    return values[0] if len(values) == 1 else ListObject(Items.of(values))


@models("sklearn.utils.shuffle", "sklearn.utils.resample")
def shuffle(caller: Caller, *arrays: Value, n_samples: Value = NONE, replace: Value = NONE) -> Value:
    """scikit-learn.org: the same arrays in another order, perhaps with another number of samples."""
    count = _common_count(caller, "sklearn.utils.shuffle", arrays)
    wanted = count if is_none(n_samples) else dim_of(n_samples)
    if wanted is None:
        wanted = unknown_dim("n")
    return _one_or_list([with_samples(value, wanted) for value in arrays])


_EXHAUSTIVE = ("KFold", "StratifiedKFold", "GroupKFold", "LeaveOneOut")
_SPLITTERS = (*_EXHAUSTIVE, "TimeSeriesSplit", "ShuffleSplit", "StratifiedShuffleSplit", "RepeatedKFold")


def _splitter(path: str) -> None:
    @models(path)
    def construct(n_splits: Value = MISSING) -> Value:
        made = LibraryObject(path)
        made.fields.set("n_splits", n_splits)
        return made


for _name in _SPLITTERS:
    _splitter(f"sklearn.model_selection.{_name}")


@models(*(f"sklearn.model_selection.{name}.split" for name in _SPLITTERS))
def split(self: LibraryObject, X: Value, y: Value = NONE, groups: Value = NONE) -> Value:
    """scikit-learn.org: pairs of the indices of training and test samples."""
    count = samples_of(X)
    test = symbol("n_test", "the test part of a split", lower=1)
    whole = count is not None and self.path.rpartition(".")[2] in _EXHAUSTIVE
    train = count - test if whole and count is not None else symbol("n_train", "the training part of a split", lower=1)
    pair = tuple_of(*(Array(Shape((Axis(size),)), dtype="int") for size in (train, test)))
    return ListObject(Items.many(pair, _number_of_splits(self)), "iterator")


@models(*(f"sklearn.model_selection.{name}.get_n_splits" for name in _SPLITTERS))
def get_n_splits(self: LibraryObject, *args: Value) -> Value:
    """scikit-learn.org: how many pairs split() gives."""
    given = self.fields.get("n_splits")
    return unknown("int") if given is MISSING or self.path.endswith("RepeatedKFold") else given


def _number_of_splits(self: LibraryObject) -> Dim:
    given, name = self.fields.get("n_splits"), self.path.rpartition(".")[2]
    if name in ("LeaveOneOut", "RepeatedKFold"):
        return unknown_dim("splits")
    default: Value = Const(10) if "Shuffle" in name else _FIVE
    count = dim_of(default if given is MISSING else given)
    return unknown_dim("splits") if count is None else count
