"""Pipelines, transformers of some columns, and what makes other features of the given ones."""
from __future__ import annotations

from math import comb

from lstmlint.library.binding import apply
from lstmlint.library.pandas.tables import count_of, label_of, labels_of
from lstmlint.library.registry import find_method, models
from lstmlint.library.sklearn.rows import Sparse, check_matrix, matrix_of, samples_of
from lstmlint.library.sklearn.transformers import constructor, methods
from lstmlint.shapes.dims import Dim, symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, unknown_dim
from lstmlint.values.base import FALSE, MISSING, NONE, TRUE, Const, Value, constant_int, dim_of, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array, Frame, Label, Slice, Tuple, items_of, tuple_of

_PIPELINE, _COLUMNS = "sklearn.pipeline.Pipeline", "sklearn.compose.ColumnTransformer"


# Pipelines: one step after the other


@models(_PIPELINE)
def pipeline(steps: Value, *args: Value, **keywords: Value) -> Value:
    """scikit-learn.org: named steps, the last of which may be an estimator."""
    made = LibraryObject(_PIPELINE)
    items = items_of(steps)
    parts = [_second(item) for item in items.known] if items is not None and items.known is not None else [unknown()]
    made.fields.set("parts", tuple_of(*parts))
    return made


def _second(pair: Value) -> Value:
    items = items_of(pair)
    return items.known[1] if items is not None and items.known is not None and len(items.known) >= 2 else unknown()


@models("sklearn.pipeline.make_pipeline")
def make_pipeline(*steps: Value, memory: Value = NONE, verbose: Value = FALSE) -> Value:
    """scikit-learn.org: steps one after the other."""
    made = LibraryObject(_PIPELINE)
    made.fields.set("parts", tuple_of(*steps))
    return made


def _call(caller: Caller, step: Value, method: str, *args: Value) -> Value:
    """step.method(*args) as its own model answers."""
    if step == Const("passthrough") or is_none(step):
        return args[0]
    found = find_method(step.type_path, method) if step.type_path is not None else None
    return unknown() if found is None else apply(found[1], caller, (step, *args), {})


def _steps(self: LibraryObject) -> list[Value]:
    parts = self.fields.get("parts")
    return list(parts.items.known or ()) if isinstance(parts, Tuple) else [unknown()]


def _run(self: LibraryObject, caller: Caller, X: Value, method: str) -> Value:
    value = X
    for step in _steps(self):
        value = _call(caller, step, method, value)
    return value


def _fit_transform(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: what the last step makes of what the others made."""
    return _run(self, caller, X, "fit_transform")


def _transform(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: what the last step makes of what the others made."""
    return _run(self, caller, X, "transform")


def _inverse_transform(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: back through all steps."""
    value = X
    for step in reversed(_steps(self)):
        value = _call(caller, step, "inverse_transform", value)
    return value


def _fit(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: the pipeline itself."""
    value = X
    *first, last = _steps(self) or [unknown()]
    for step in first:
        value = _call(caller, step, "fit_transform", value)
    _call(caller, last, "fit", value)
    return self


methods(_PIPELINE, fit=_fit, fit_transform=_fit_transform, transform=_transform, inverse_transform=_inverse_transform)


# Transformers of columns: what each makes of its columns, side by side


@models(_COLUMNS)
def column_transformer(transformers: Value, *, remainder: Value = Const("drop"), **keywords: Value) -> Value:  # noqa: B008
    """scikit-learn.org: named transformers, each with its columns."""
    made = LibraryObject(_COLUMNS)
    made.fields.set("parts", transformers)
    made.fields.set("remainder", remainder)
    return made


@models("sklearn.compose.make_column_transformer")
def make_column_transformer(*transformers: Value, remainder: Value = Const("drop"), **keywords: Value) -> Value:  # noqa: B008
    """scikit-learn.org: transformers, each with its columns."""
    named = (tuple_of(unknown("str"), *(items.known or ())) for part in transformers if (items := items_of(part)) is not None)
    return column_transformer(tuple_of(*named), remainder=remainder)


def _of_columns(self: LibraryObject, caller: Caller, X: Value, method: str) -> Value:
    parts = items_of(self.fields.get("parts"))
    rows, whole = samples_of(X), matrix_of(X).shape.axis(-1)
    if parts is None or parts.known is None or rows is None or whole is None:
        return Array(Shape.of_rank(2))
    width: Dim = 0
    used: set[Label] | None = set()
    sparse = False
    for part in parts.known:
        items = items_of(part)
        if items is None or items.known is None or len(items.known) != 3:
            return Array(Shape.of_rank(2))
        _, step, columns = items.known
        count = _count(columns)
        if count is None:
            return Array(Shape.of_rank(2))
        labels = (label_of(columns),) if count_of(columns) is None else labels_of(columns)
        # A column has a label and two positions.
        plain = labels is not None and all(isinstance(label, str) for label in labels)
        used = used | set(labels) if used is not None and labels is not None and plain else None
        if step == Const("drop"):
            continue
        answer = _call(caller, step, method, Array(Shape.of(rows, count)))
        last = matrix_of(answer).shape.axis(-1) if isinstance(answer, (Array, Frame, Sparse)) else None
        sparse = sparse or isinstance(answer, Sparse)
        width = width + (unknown_dim("columns") if last is None else last.dim)
    if self.fields.get("remainder") == Const("passthrough"):
        # What several transformers take is not left over twice.
        width = unknown_dim("columns") if used is None else width + whole.dim - len(used)
    elif self.fields.get("remainder") != Const("drop"):
        width = unknown_dim("columns")
    # How dense the result is decides whether a sparse part makes the whole sparse.
    return unknown() if sparse else Array(Shape.of(rows, width), dtype="float")


def _count(columns: Value) -> Dim | None:
    if isinstance(columns, Slice) or isinstance(columns, Array) and columns.dtype == "bool":
        return None
    count = count_of(columns)
    return 1 if count is None and label_of(columns) is not None else count


def _columns_fitted(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: what each transformer makes of its columns, side by side."""
    return _of_columns(self, caller, X, "fit_transform")


def _columns_again(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: what each transformer makes of its columns, side by side."""
    return _of_columns(self, caller, X, "transform")


def _columns_learn(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: the object itself."""
    _of_columns(self, caller, X, "fit_transform")
    return self


methods(_COLUMNS, fit=_columns_learn, fit_transform=_columns_fitted, transform=_columns_again)


# Other features


_POLYNOMIAL, _BINS = "sklearn.preprocessing.PolynomialFeatures", "sklearn.preprocessing.KBinsDiscretizer"


@models(_POLYNOMIAL)
def polynomial_features(
    degree: Value = Const(2), *, interaction_only: Value = FALSE, include_bias: Value = TRUE, order: Value = NONE  # noqa: B008
) -> Value:
    """scikit-learn.org: products of the features."""
    made = LibraryObject(_POLYNOMIAL)
    for name, value in (("degree", degree), ("interaction_only", interaction_only), ("include_bias", include_bias)):
        made.fields.set(name, value)
    return made


def _polynomials(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: a column for each product of features up to a degree."""
    x = matrix_of(X)
    if not check_matrix(caller, f"{self.path}.transform", x):
        return Array(UNKNOWN_SHAPE, dtype="float")
    last, degree = x.shape.axis(-1), constant_int(self.fields.get("degree"))
    width: Dim = unknown_dim("products of features")
    only, bias = self.fields.get("interaction_only"), self.fields.get("include_bias")
    if last is not None and isinstance(last.dim, int) and degree is not None and 0 < degree < 6 and isinstance(bias, Const):
        n = last.dim
        if only == FALSE:
            width = comb(n + degree, degree) - (not bias.value)
        elif only == TRUE:
            width = sum(comb(n, k) for k in range(degree + 1)) - (not bias.value)
    return Array(Shape((x.shape.axis(0) or Axis(unknown_dim("n")), Axis(width))), dtype="float")


def _itself(self: LibraryObject, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: the object itself."""
    return self


methods(_POLYNOMIAL, fit=_itself, fit_transform=_polynomials, transform=_polynomials)


@models(_BINS)
def bins(n_bins: Value = Const(5), *, encode: Value = Const("onehot")) -> Value:  # noqa: B008
    """scikit-learn.org: numbers put into bins."""
    made = LibraryObject(_BINS)
    made.fields.set("encode", encode)
    return made


def _binned(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: the number of the bin of each element, or a column for each bin."""
    x, encode = matrix_of(X), self.fields.get("encode")
    if not check_matrix(caller, f"{self.path}.transform", x):
        return Array(UNKNOWN_SHAPE, dtype="float")
    rows = x.shape.axis(0) or Axis(unknown_dim("n"))
    if encode == Const("ordinal"):
        return Array(Shape((rows, x.shape.axis(-1) or Axis(unknown_dim()))), dtype="float")
    shape = Shape((rows, Axis(symbol("bins", "the bins of all features"))))
    return Sparse(shape) if encode == Const("onehot") else Array(shape, dtype="float")


methods(_BINS, fit=_itself, fit_transform=_binned, transform=_binned)

_SELECTOR = "sklearn.feature_selection.SelectKBest"
constructor(_SELECTOR, ["score_func", "k"])


def _selected(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: the k best features."""
    x, k = matrix_of(X), self.fields.get("k")
    if not check_matrix(caller, f"{self.path}.transform", x):
        return Array(UNKNOWN_SHAPE)
    count = 10 if k is MISSING else dim_of(k) if k.type_path == "int" else None
    return Array(Shape((x.shape.axis(0) or Axis(unknown_dim("n")), Axis(unknown_dim("features") if count is None else count))))


methods(_SELECTOR, fit=_itself, fit_transform=_selected, transform=_selected)
