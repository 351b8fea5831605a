"""Scalers, encoders, splits and data sets: the models against scikit-learn."""
from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy
import pandas
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import datasets, model_selection, preprocessing, utils

from lstmlint.shapes.dims import at_least, symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Shape
from lstmlint.values.base import Value, unknown
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array, ListObject, frame
from tests.library.arrays import MANY
from tests.library.differential import agree, disagreement, run

SCALERS = ("MinMaxScaler", "StandardScaler", "RobustScaler", "MaxAbsScaler", "PowerTransformer", "QuantileTransformer")
shapes = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)
matrices = st.tuples(st.integers(2, 6), st.integers(1, 4))


def numbers(shape: tuple[int, ...]) -> Any:
    return numpy.random.default_rng(0).random(shape)


def made(path: str, *args: Any, **keywords: Any) -> tuple[Any, Value]:
    """The real object and the abstract one."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)(*args, **keywords), run(path, *args, **keywords).value


@MANY
@given(st.sampled_from((*SCALERS, "Normalizer", "OrdinalEncoder")), shapes)
def test_fit_transform(name: str, shape: tuple[int, ...]) -> None:
    path = f"sklearn.preprocessing.{name}"
    real, model = made(path)
    agree(f"{path}.fit_transform", numbers(shape), real=real.fit_transform, receiver=model)


@MANY
@given(st.sampled_from(SCALERS), matrices, shapes)
def test_transform(name: str, fitted: tuple[int, int], shape: tuple[int, ...]) -> None:
    path = f"sklearn.preprocessing.{name}"
    real, model = made(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        real.fit(numbers(fitted))
    run(f"{path}.fit", model, numbers(fitted))
    agree(f"{path}.transform", numbers(shape), real=real.transform, receiver=model)
    agree(f"{path}.inverse_transform", numbers(shape), real=real.inverse_transform, receiver=model)


def test_nothing_is_said_of_an_unknown_rank() -> None:
    path = "sklearn.preprocessing.MinMaxScaler"
    model = run(path).value
    outcome = run(f"{path}.fit_transform", model, Array(UNKNOWN_SHAPE))
    assert not outcome.raises and isinstance(outcome.value, Array) and outcome.value.shape.rank == 2
    assert not run(f"{path}.transform", model, Array(Shape.of(symbol("n"), 3))).raises
    assert not run(f"{path}.transform", model, unknown()).raises
    assert run(f"{path}.fit_transform", model, Array(Shape.of(symbol("n")))).raises
    run(f"{path}.fit", model, frame(symbol("n"), ("a", "b")))
    assert run(f"{path}.transform", model, Array(Shape.of(symbol("n"), 3))).raises


@MANY
@given(matrices, st.integers(1, 4))
def test_decomposition(shape: tuple[int, int], count: int) -> None:
    assume(count <= min(shape))
    real, model = made("sklearn.decomposition.PCA", n_components=count)
    agree("sklearn.decomposition.PCA.fit_transform", numbers(shape), real=real.fit_transform, receiver=model)
    agree("sklearn.decomposition.PCA.transform", numbers(shape), real=real.transform, receiver=model)


@MANY
@given(st.lists(st.integers(0, 4), min_size=1, max_size=8), st.booleans())
def test_labels(labels: list[int], column: bool) -> None:
    y = numpy.array(labels)
    real, model = made("sklearn.preprocessing.LabelEncoder")
    agree("sklearn.preprocessing.LabelEncoder.fit_transform", y[:, None] if column else y, real=real.fit_transform, receiver=model)
    agree("sklearn.preprocessing.LabelEncoder.fit_transform", labels, real=real.fit_transform, receiver=model)
    classes = run("sklearn.preprocessing.LabelEncoder.classes_", model).value
    assert disagreement(real.classes_, classes, True) is None
    assert classes == run("sklearn.preprocessing.LabelEncoder.classes_", model).value
    real, model = made("sklearn.preprocessing.LabelBinarizer")
    path = "sklearn.preprocessing.LabelBinarizer"
    first = agree(f"{path}.fit_transform", y, real=real.fit_transform, receiver=model, data_dependent=True).value
    again = agree(f"{path}.transform", y, real=real.transform, receiver=model, data_dependent=True).value
    assert isinstance(first, Array) and isinstance(again, Array) and first.shape.dims[1] == again.shape.dims[1]
    many = list(range(len(labels)))
    if len(many) > 1:
        agree("sklearn.preprocessing.label_binarize", many, classes=many)


@MANY
@given(matrices)
def test_one_hot(shape: tuple[int, int]) -> None:
    path = "sklearn.preprocessing.OneHotEncoder"
    real, model = made(path, sparse_output=False)
    agree(f"{path}.fit_transform", numbers(shape), real=real.fit_transform, receiver=model, data_dependent=True)
    model = run(path).value
    dense = run("scipy.sparse.csr_matrix.toarray", run(f"{path}.fit_transform", model, numbers(shape)).value).value
    assert isinstance(dense, Array) and dense.shape.dims[0] == shape[0] and not isinstance(dense.shape.dims[1], int)


sizes = st.one_of(st.none(), st.sampled_from([0.1, 0.2, 0.25, 0.3, 0.33, 0.5, 0.7]), st.integers(1, 6))


@MANY
@given(st.integers(2, 40), sizes, sizes)
def test_train_test_split(n: int, test_size: Any, train_size: Any) -> None:
    arrays = [numbers((n, 3)), numbers((n,)), list(range(n)), pandas.DataFrame({"a": numbers((n,))}), pandas.Series(numbers((n,)))]
    try:
        expected = model_selection.train_test_split(*arrays, test_size=test_size, train_size=train_size)
    except ValueError:
        return
    value = run("sklearn.model_selection.train_test_split", *arrays, test_size=test_size, train_size=train_size).value
    assert isinstance(value, ListObject) and value.items.known is not None
    for real, part in zip(expected, value.items.known, strict=True):
        if isinstance(real, pandas.DataFrame):
            real = real.reset_index(drop=True)
        assert disagreement(real, part) is None


def test_symbolic_split() -> None:
    n = symbol("n")
    x, y = Array(Shape.of(n, 60, 1)), Array(Shape.of(n))
    parts = run("sklearn.model_selection.train_test_split", x, y, test_size=0.2).value
    assert isinstance(parts, ListObject)
    train_x, test_x, train_y, test_y = (part.shape.dims for part in parts.items.known or () if isinstance(part, Array))
    assert train_x[0] == train_y[0] and test_x[0] == test_y[0] and train_x[0] + test_x[0] == n
    assert at_least(n, test_x[0]) and train_x[1:] == (60, 1)
    again = run("sklearn.model_selection.train_test_split", y, test_size=0.2).value
    assert isinstance(again, ListObject) and again.items.known is not None
    assert again.items.known[1] == Array(Shape.of(test_y[0]))
    other = run("sklearn.model_selection.train_test_split", y, test_size=0.3).value
    assert isinstance(other, ListObject) and other.items.known is not None and other.items.known[1] != again.items.known[1]


def test_unlike_numbers_of_samples() -> None:
    agree("sklearn.model_selection.train_test_split", numbers((5, 2)), numbers((6,)))
    n = symbol("n")
    assert not run("sklearn.model_selection.train_test_split", Array(Shape.of(n)), Array(Shape.of(symbol("m")))).raises
    assert run("sklearn.model_selection.train_test_split", Array(Shape.of(n)), Array(Shape.of(n - 1))).raises


@MANY
@given(st.integers(1, 6), st.integers(1, 3), st.integers(1, 9))
def test_shuffle(n: int, width: int, wanted: int) -> None:
    x, y = numbers((n, width)), numbers((n,))
    agree("sklearn.utils.shuffle", x, y)
    agree("sklearn.utils.shuffle", x)
    expected = utils.resample(x, y, n_samples=wanted)
    assert disagreement(expected, run("sklearn.utils.resample", x, y, n_samples=wanted).value) is None


@MANY
@given(st.integers(6, 30), st.integers(2, 5), st.sampled_from(["KFold", "TimeSeriesSplit", "ShuffleSplit"]))
def test_splitters(n: int, count: int, name: str) -> None:
    x = numbers((n, 2))
    real, model = made(f"sklearn.model_selection.{name}", count)
    value = run(f"sklearn.model_selection.{name}.split", model, x).value
    assert isinstance(value, ListObject)
    expected = list(real.split(x))
    assert value.items.length == len(expected)
    assert disagreement(expected[0], value.items.element, True) is None


@MANY
@given(st.integers(5, 30), st.integers(3, 9), st.integers(1, 3))
def test_made_data(n: int, width: int, targets: int) -> None:
    agree("sklearn.datasets.make_regression", n, width, n_targets=targets)
    agree("sklearn.datasets.make_classification", n, width, n_informative=2, n_redundant=0)
    agree("sklearn.datasets.make_blobs", n, width)
    agree("sklearn.datasets.make_moons", n)


@pytest.mark.parametrize("name", ["load_iris", "load_wine", "load_breast_cancer", "load_digits", "load_diabetes"])
def test_stored_data(name: str) -> None:
    agree(f"sklearn.datasets.{name}", return_X_y=True)
    bunch, real = run(f"sklearn.datasets.{name}").value, getattr(datasets, name)()
    assert isinstance(bunch, LibraryObject)
    assert disagreement(real.data, bunch.fields.get("data")) is None
    assert disagreement(real.target, run("sklearn.utils.Bunch.__getitem__", bunch, "target").value) is None


@MANY
@given(shapes)
def test_functions(shape: tuple[int, ...]) -> None:
    x = numbers(shape)
    agree("sklearn.preprocessing.normalize", x)
    if len(shape) < 3:
        agree("sklearn.preprocessing.scale", x)
        assert preprocessing.minmax_scale(x).shape == shape
        agree("sklearn.preprocessing.minmax_scale", x)
    agree("sklearn.metrics.mean_squared_error", x.ravel(), x.ravel())
    agree("sklearn.metrics.accuracy_score", [0, 1], [1, 1])
