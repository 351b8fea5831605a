"""Encoders of labels and texts: one symbol for the classes that an encoder knows, from one fit to the next."""
from __future__ import annotations

from lstmlint.library.registry import attributes, models
from lstmlint.library.sklearn.rows import Sparse, check_matrix, matrix_of, samples_of
from lstmlint.library.sklearn.transformers import answer, constructor, methods, set_output
from lstmlint.shapes.dims import Dim, at_least, differ, symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Const, Value, dim_of, integer, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array


def _classes(self: LibraryObject, fresh: bool, source: Value) -> Dim:
    """How many classes an encoder knows: one symbol from one fit to the next."""
    known = self.fields.get("classes_count")
    count = dim_of(known) if known is not MISSING and not fresh else None
    if count is None:
        most = samples_of(source) if fresh else None
        count = symbol("classes", "the number of classes", lower=1, upper=None if isinstance(most, int) and most < 1 else most)
        self.fields.set("classes_count", integer(count))
    return count


def _encode_fitted(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: (samples,) integers."""
    _classes(self, True, y)
    return _encode(self, y)


def _encode(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: (samples,) integers."""
    count = samples_of(y)
    return Array(Shape((Axis(unknown_dim("n") if count is None else count),)), dtype="int")


def _decode(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: (samples,) labels."""
    count = samples_of(y)
    return Array(Shape((Axis(unknown_dim("n") if count is None else count),)))


def _learn(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: the object itself."""
    _classes(self, True, y)
    return self


constructor("sklearn.preprocessing.LabelEncoder")
methods(
    "sklearn.preprocessing.LabelEncoder", fit=_learn, fit_transform=_encode_fitted, transform=_encode, inverse_transform=_decode
)


@attributes("sklearn.preprocessing.LabelEncoder.classes_", "sklearn.preprocessing.LabelBinarizer.classes_")
def classes(self: LibraryObject) -> Value:
    """scikit-learn.org: the labels, each once."""
    return Array(Shape((Axis(_classes(self, False, NONE)),)))


def _binarized(self: LibraryObject, y: Value, fresh: bool) -> Value:
    x = matrix_of(y)
    rank, last = x.shape.rank, x.shape.axis(-1)
    rows = samples_of(y)
    first = Axis(unknown_dim("n") if rows is None else rows)
    if rank == 2 and last is not None and differ(last.dim, 1):
        return Array(Shape((first, last)), dtype="int")
    _classes(self, fresh, y)
    width = self.fields.get("width")
    if width is MISSING or fresh:
        width = integer(symbol("classes", "the columns of a LabelBinarizer", lower=1))
        self.fields.set("width", width)
    return Array(Shape((first, Axis(dim_of(width) or unknown_dim()))), dtype="int")


def _binarize_fitted(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: (samples, classes), one column for two classes."""
    return _binarized(self, y, True)


def _binarize(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: (samples, classes), one column for two classes."""
    return _binarized(self, y, False)


def _learn_columns(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: the object itself."""
    _binarized(self, y, True)
    return self


constructor("sklearn.preprocessing.LabelBinarizer")
methods(
    "sklearn.preprocessing.LabelBinarizer",
    fit=_learn_columns, fit_transform=_binarize_fitted, transform=_binarize, inverse_transform=_decode,
)  # fmt: skip


def _marked(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: (samples, classes), a one for each label that a sample has."""
    rows = samples_of(y)
    return Array(Shape.of(unknown_dim("n") if rows is None else rows, _classes(self, False, NONE)), dtype="int")


def _mark_fitted(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: (samples, classes), a one for each label that a sample has."""
    _classes(self, True, NONE)
    return _marked(self, y)


def _learn_sets(self: LibraryObject, y: Value) -> Value:
    """scikit-learn.org: the object itself."""
    _classes(self, True, NONE)
    return self


constructor("sklearn.preprocessing.MultiLabelBinarizer")
methods("sklearn.preprocessing.MultiLabelBinarizer", fit=_learn_sets, fit_transform=_mark_fitted, transform=_marked)


@models("sklearn.preprocessing.label_binarize")
def label_binarize(y: Value, *, classes: Value, sparse_output: Value = FALSE) -> Value:
    """scikit-learn.org: (samples, classes), one column for two classes."""
    count, rows = samples_of(classes), samples_of(y)
    if count is None or rows is None or sparse_output != FALSE or matrix_of(y).shape.rank != 1:
        return unknown()
    width = 1 if count in (1, 2) else count if at_least(count, 3) else symbol("classes", "the number of classes", lower=1)
    return Array(Shape.of(rows, width), dtype="int")


@models("sklearn.preprocessing.OneHotEncoder")
def one_hot_encoder(*, sparse: Value = TRUE, sparse_output: Value = TRUE) -> Value:
    """scikit-learn.org: an encoder whose answer is sparse unless the call says otherwise."""
    made = LibraryObject("sklearn.preprocessing.OneHotEncoder")
    made.fields.set("dense", Const(sparse == FALSE or sparse_output == FALSE))
    return made


def _one_hot(self: LibraryObject, caller: Caller, X: Value, fresh: bool) -> Value:
    x = matrix_of(X)
    if not check_matrix(caller, f"{self.path}.transform", x):
        return Array(UNKNOWN_SHAPE)
    rows, last = x.shape.axis(0), x.shape.axis(-1)
    if fresh:
        self.fields.set("n_features_in_", unknown("int") if last is None else integer(last.dim))
    shape = Shape((rows or Axis(unknown_dim("n")), Axis(_classes(self, fresh, NONE))))
    return answer(self, Array(shape, dtype="float") if self.fields.get("dense") == Const(True) else Sparse(shape))


def _one_hot_fitted(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: (samples, classes of all features)."""
    return _one_hot(self, caller, X, True)


def _one_hot_again(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: (samples, classes of all features)."""
    return _one_hot(self, caller, X, False)


def _one_hot_learn(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: the object itself."""
    _one_hot(self, caller, X, True)
    return self


def _one_hot_back(self: LibraryObject, X: Value) -> Value:
    """scikit-learn.org: (samples, features), the labels."""
    rows, width = samples_of(X), self.fields.get("n_features_in_")
    features = None if width is MISSING else dim_of(width)
    return Array(Shape.of(unknown_dim("n") if rows is None else rows, unknown_dim() if features is None else features))


methods(
    "sklearn.preprocessing.OneHotEncoder",
    fit=_one_hot_learn, fit_transform=_one_hot_fitted, transform=_one_hot_again, inverse_transform=_one_hot_back,
    set_output=set_output,
)  # fmt: skip

_VECTORIZERS = tuple(f"sklearn.feature_extraction.text.{name}Vectorizer" for name in ("Count", "Tfidf", "Hashing"))


def _vectorized(self: LibraryObject, raw_documents: Value, fresh: bool) -> Value:
    rows = samples_of(raw_documents)
    width = _classes(self, fresh, NONE)
    return Sparse(Shape((Axis(unknown_dim("n") if rows is None else rows), Axis(width))))


def _vectorize_fitted(self: LibraryObject, raw_documents: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: (documents, words of the vocabulary), sparse."""
    return _vectorized(self, raw_documents, True)


def _vectorize(self: LibraryObject, raw_documents: Value) -> Value:
    """scikit-learn.org: (documents, words of the vocabulary), sparse."""
    return _vectorized(self, raw_documents, False)


for _path in _VECTORIZERS:
    constructor(_path)
    methods(_path, fit=_learn, fit_transform=_vectorize_fitted, transform=_vectorize)
