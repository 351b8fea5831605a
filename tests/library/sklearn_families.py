"""How the arguments of scikit-learn's classes and functions are drawn: what is fitted, and what is transformed then."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy
from hypothesis import strategies as st
from sklearn import compose, decomposition, feature_selection, pipeline, preprocessing

from lstmlint.values.data import Items, ListObject, tuple_of
from tests.library.differential import abstract, disagreement, run
from tests.library.families import Call, Compare, family
from tests.library.pandas_families import loosely, table

shapes = st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)
matrices = st.tuples(st.integers(2, 6), st.integers(1, 4))
large = st.tuples(st.integers(5, 8), st.integers(2, 4))


def numbers(shape: tuple[int, ...]) -> Any:
    return numpy.random.default_rng(sum(shape)).random(shape) + 0.1


def made(path: str, **keywords: Any) -> tuple[Any, Any]:
    """The real object and the abstract one."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)(**keywords), run(path, **keywords).value


def fitted_then(depends: bool, fits: bool = True, **keywords: Any) -> Compare:
    """A method of an object that was fitted with a matrix: `call.args` are the matrix and the argument."""

    def compare(path: str, call: Call) -> None:
        owner, _, name = path.rpartition(".")
        data, argument = call.args
        real, model = made(owner, **keywords)
        if fits:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                real.fit(data)
            run(f"{owner}.fit", model, data)
        method = getattr(real, name)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = method(argument)
        except (ValueError, TypeError, numpy.exceptions.AxisError):
            outcome = run(path, model, argument)
            assert outcome.raises or depends, (path, data.shape, numpy.shape(argument), outcome.value)
            return
        outcome = run(path, model, argument)
        assert not outcome.raises, (path, data.shape, numpy.shape(argument), outcome.caller.violations)
        if expected is real:
            assert outcome.value is model
            return
        if hasattr(expected, "toarray"):
            dense = run("scipy.sparse.csr_matrix.toarray", outcome.value)
            wrong = disagreement(expected.toarray() * 1.0, dense.value, depends)
        else:
            wrong = disagreement(expected, outcome.value, depends)
        assert wrong is None, (path, data.shape, numpy.shape(argument), wrong)

    return compare


_two = st.builds(lambda fit, shape: (numbers(fit), numbers(shape)), matrices, shapes | matrices)
_same = st.builds(lambda fit, rows: (numbers(fit), numbers((rows, fit[1]))), matrices, st.integers(1, 5))
for _name in ("MinMaxScaler", "StandardScaler", "RobustScaler", "MaxAbsScaler", "PowerTransformer", "QuantileTransformer"):
    _path = f"sklearn.preprocessing.{_name}"
    family(_path, "fit transform inverse_transform fit_transform", st.one_of(_two, _same), fitted_then(False))
for _name in ("MinMaxScaler", "StandardScaler", "MaxAbsScaler"):
    family(f"sklearn.preprocessing.{_name}", "partial_fit", _same, fitted_then(False))
family("sklearn.preprocessing.Normalizer", "fit transform fit_transform", st.one_of(_two, _same), fitted_then(False))
family("sklearn.preprocessing.Binarizer", "fit transform fit_transform", st.one_of(_two, _same), fitted_then(False))
family(
    "sklearn.preprocessing.OrdinalEncoder",
    "fit transform fit_transform",
    _same.map(lambda t: (t[0].round(), t[0].round())),
    fitted_then(False),
)
family(
    "sklearn.preprocessing",
    "scale minmax_scale robust_scale maxabs_scale normalize",
    matrices.map(lambda s: (numbers(s),)),
    loosely,
)
_reduced = st.builds(lambda fit, rows: (numbers(fit), numbers((rows, fit[1]))), large, st.integers(2, 5))
for _name in ("PCA", "KernelPCA", "FastICA", "IncrementalPCA", "NMF"):
    family(f"sklearn.decomposition.{_name}", "fit transform fit_transform", _reduced, fitted_then(False, n_components=2))
for _name in ("PCA", "FastICA", "IncrementalPCA", "NMF"):
    family(
        f"sklearn.decomposition.{_name}",
        "inverse_transform",
        _reduced.map(lambda t: (t[0], t[1][:, :2])),
        fitted_then(False, n_components=2),
    )
family("sklearn.decomposition.TruncatedSVD", "fit transform fit_transform", st.builds(
    lambda rows, n: (numbers((rows, 4)), numbers((n, 4))), st.integers(5, 8), st.integers(3, 5)), fitted_then(False))  # fmt: skip
family("sklearn.decomposition.TruncatedSVD", "inverse_transform", st.builds(
    lambda rows, n: (numbers((rows, 4)), numbers((n, 2))), st.integers(5, 8), st.integers(3, 5)), fitted_then(False))  # fmt: skip
family("sklearn.preprocessing.LabelBinarizer", "inverse_transform", st.integers(3, 6).map(
    lambda n: (numpy.arange(n), numpy.eye(n, dtype=int))), fitted_then(True))  # fmt: skip
family("sklearn.preprocessing.OrdinalEncoder", "inverse_transform", _same.map(lambda t: (t[0], t[0] * 0)), fitted_then(False))
for _name in ("SimpleImputer", "KNNImputer"):
    family(f"sklearn.impute.{_name}", "fit transform fit_transform", _same, fitted_then(True))

_labels = st.lists(st.integers(0, 4), min_size=1, max_size=8).map(numpy.array)
family(
    "sklearn.preprocessing.LabelEncoder",
    "fit transform fit_transform inverse_transform",
    _labels.map(lambda y: (y, y * 0)),
    fitted_then(True),
)
family("sklearn.preprocessing.LabelBinarizer", "fit transform fit_transform", _labels.map(lambda y: (y, y)), fitted_then(True))
_sets = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=3), min_size=1, max_size=5)


def _of_lists(path: str, call: Call) -> None:
    """What is fitted with lists of labels, or with texts."""
    owner, _, name = path.rpartition(".")
    (data,) = call.args
    real, model = made(owner)
    real.fit(data)
    run(f"{owner}.fit", model, data)
    expected, value = getattr(real, name)(data), run(path, model, data).value
    if hasattr(expected, "toarray"):
        expected, value = expected.toarray() * 1.0, run("scipy.sparse.csr_matrix.toarray", value).value
    assert expected is real or disagreement(expected, value, True) is None, (path, data, value)


family("sklearn.preprocessing.MultiLabelBinarizer", "fit transform fit_transform", _sets.map(lambda x: (x,)), _of_lists)
_texts = st.lists(st.sampled_from(["one two", "two three", "four"]), min_size=1, max_size=4).map(lambda x: (x,))
for _name in ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer"):
    family(f"sklearn.feature_extraction.text.{_name}", "fit transform fit_transform", _texts, _of_lists)
_categories = st.tuples(st.integers(1, 5), st.integers(1, 3)).map(lambda s: numbers(s).round())
family("sklearn.preprocessing.OneHotEncoder", "fit transform fit_transform", _categories.map(lambda x: (x, x)), fitted_then(True))
family("sklearn.preprocessing.OneHotEncoder", "inverse_transform", st.just(()), lambda path, call: _one_hot_back())


def _one_hot_back() -> None:
    real, model = made("sklearn.preprocessing.OneHotEncoder", sparse_output=False)
    data = numpy.array([[0.0], [1.0]])
    run("sklearn.preprocessing.OneHotEncoder.fit", model, data)
    encoded = real.fit_transform(data)
    back = run("sklearn.preprocessing.OneHotEncoder.inverse_transform", model, encoded).value
    assert disagreement(real.inverse_transform(encoded), back, True) is None


family(
    "sklearn.preprocessing",
    "label_binarize",
    st.integers(3, 6).map(lambda n: Call((list(range(n)),), {"classes": list(range(n))})),
    loosely,
)

# Splits

_SPLITTERS = ("KFold", "TimeSeriesSplit", "ShuffleSplit", "LeaveOneOut", "RepeatedKFold")
_splits = st.builds(lambda rows, n: (rows, n), st.integers(20, 30), st.integers(2, 5))


def _pairs(path: str, call: Call) -> None:
    rows, count = call.args
    owner, _, name = path.rpartition(".")
    keywords = {"n_splits": count} if not owner.endswith("LeaveOneOut") else {}
    real, model = made(owner, **keywords)
    data, labels = numbers((rows, 2)), numpy.arange(rows) % 2
    arguments: tuple[Any, ...] = (data, labels, labels * 5 + numpy.arange(rows) % 5) if "Group" in owner else (data, labels)
    if name == "get_n_splits":
        wrong = disagreement(real.get_n_splits(*arguments), run(path, model, *arguments).value, True)
        assert wrong is None, (path, wrong)
        return
    wrong = disagreement(list(real.split(*arguments)), run(path, model, *arguments).value, True)
    assert wrong is None, (path, wrong)


for _name in (*_SPLITTERS, "StratifiedKFold", "StratifiedShuffleSplit", "GroupKFold"):
    family(f"sklearn.model_selection.{_name}", "split get_n_splits", _splits, _pairs)
_parts = st.builds(
    lambda rows, count, size: Call((numbers((rows, 2)), *[numbers((rows,))] * count), {"test_size": size}),
    st.integers(3, 20), st.integers(0, 3), st.sampled_from([0.2, 0.25, 0.5, 1, 2]),
)  # fmt: skip
family("sklearn.model_selection", "train_test_split", _parts)
family("sklearn.utils", "shuffle", st.tuples(st.integers(1, 6)).map(lambda n: (numbers((n[0], 2)), numbers(n))))
family("sklearn.utils", "resample", st.tuples(st.integers(1, 6)).map(lambda n: (numbers((n[0], 2)), numbers(n))))

# Metrics

_errors = st.tuples(st.integers(2, 6)).map(lambda s: (numbers(s), numbers(s)[::-1]))
family("sklearn.metrics", "mean_squared_error root_mean_squared_error mean_absolute_error mean_absolute_percentage_error "
       "median_absolute_error mean_squared_log_error r2_score explained_variance_score max_error", _errors, loosely)  # fmt: skip
_classes = st.integers(2, 6).map(lambda n: (numpy.arange(n) % 2, numpy.arange(n) % 2))
family("sklearn.metrics", "accuracy_score balanced_accuracy_score f1_score precision_score recall_score roc_auc_score log_loss "
       "cohen_kappa_score matthews_corrcoef hamming_loss jaccard_score average_precision_score zero_one_loss confusion_matrix "
       "roc_curve precision_recall_curve multilabel_confusion_matrix precision_recall_fscore_support", _classes, loosely,
)  # fmt: skip
family("sklearn.metrics", "fbeta_score", _classes.map(lambda pair: Call(pair, {"beta": 1.0})), loosely)
family("sklearn.metrics", "auc", st.integers(2, 5).map(lambda n: (numpy.arange(n), numpy.arange(n))), loosely)
family("sklearn.metrics", "classification_report", _classes, loosely)
family("sklearn.metrics", "silhouette_score", st.integers(4, 8).map(lambda n: (numbers((n, 2)), numpy.arange(n) % 2)), loosely)
family("sklearn.utils.class_weight", "compute_class_weight", _labels.map(
    lambda y: Call(("balanced",), {"classes": numpy.unique(y), "y": y})), loosely)  # fmt: skip
family("sklearn.utils.class_weight", "compute_sample_weight", _labels.map(lambda y: ("balanced", y)), loosely)

# Data sets

_samples = st.builds(lambda n, width: Call((), {"n_samples": n, "n_features": width}), st.integers(5, 20), st.integers(5, 8))
family("sklearn.datasets", "make_classification make_regression make_blobs", _samples)
family("sklearn.datasets", "make_moons make_circles", st.integers(4, 20).map(lambda n: Call((), {"n_samples": n})))
family(
    "sklearn.datasets", "load_iris load_wine load_breast_cancer load_digits load_diabetes", st.just(Call((), {"return_X_y": True}))
)

# Pipelines, transformers of columns, other features


def _composed(path: str, call: Call) -> None:
    """A pipeline or a transformer of columns: what the real one and its model make of the same table."""
    data, again, columns, spare = call.args
    name = path.rpartition(".")[2]
    real_steps = preprocessing.MinMaxScaler(), decomposition.PCA(n_components=1)
    steps = run("sklearn.preprocessing.MinMaxScaler").value, run("sklearn.decomposition.PCA", n_components=1).value
    if "ColumnTransformer" in path or "column_transformer" in path:
        keywords = {"remainder": spare}
        triples = [("one", real_steps[0], columns), ("two", real_steps[1], columns[:1])]
        real: Any = compose.ColumnTransformer(triples, **keywords)
        parts = [tuple_of(abstract(label), step, abstract(chosen)) for (label, _, chosen), step in zip(triples, steps)]
        model = run("sklearn.compose.ColumnTransformer", ListObject(Items.of(parts)), **keywords).value
    else:
        real = pipeline.make_pipeline(*real_steps)
        model = run("sklearn.pipeline.make_pipeline", *steps).value
    expected = real.fit_transform(data)
    if name in ("fit_transform", "make_column_transformer"):
        value = run(f"{model.path}.fit_transform", model, data).value
    else:
        run(f"{model.path}.fit", model, data)
        given = expected if name == "inverse_transform" else again
        expected = getattr(real, name)(given)
        value = run(f"{model.path}.{name}", model, given).value
    wrong = disagreement(expected, value)
    assert wrong is None, (path, data.shape, columns, spare, wrong)


_tables = st.builds(
    lambda rows, more, columns, spare: (table(rows, "abcde"), table(more, "abcde"), columns, spare),
    st.integers(3, 6), st.integers(2, 5), st.lists(st.sampled_from("abcde"), min_size=1, max_size=3, unique=True),
    st.sampled_from(["drop", "passthrough"]),
)  # fmt: skip
family("sklearn.compose.ColumnTransformer", "fit_transform transform", _tables, _composed)
family("sklearn.compose", "make_column_transformer", _tables, _composed)
family("sklearn.pipeline.Pipeline", "fit_transform transform inverse_transform", _tables, _composed)
family("sklearn.pipeline", "make_pipeline", _tables, lambda path, call: _composed("sklearn.pipeline.Pipeline.fit_transform", call))


def _of_degree(path: str, call: Call) -> None:
    degree, only, bias, pair = call.args
    fitted_then(False, degree=degree, interaction_only=only, include_bias=bias)(path, Call(pair))


family("sklearn.preprocessing.PolynomialFeatures", "fit_transform transform",
       st.tuples(st.integers(1, 3), st.booleans(), st.booleans(), _same), _of_degree)  # fmt: skip
_spread = st.builds(lambda rows, width: (numbers((rows, width)), numbers((rows, width))), st.integers(4, 8), st.integers(1, 3))
family("sklearn.preprocessing.KBinsDiscretizer", "fit_transform transform", _spread, fitted_then(True, encode="ordinal", n_bins=2))


def _best(path: str, call: Call) -> None:
    rows, k = call.args
    data, labels = numbers((rows, 5)), numpy.arange(rows) % 2
    real, model = feature_selection.SelectKBest(k=k), run("sklearn.feature_selection.SelectKBest", k=k).value
    expected = real.fit_transform(data, labels)
    assert disagreement(expected, run(path, model, data, *([labels] if path.endswith("fit_transform") else [])).value) is None


family("sklearn.feature_selection.SelectKBest", "fit_transform transform", st.tuples(st.integers(6, 9), st.integers(1, 5)), _best)
