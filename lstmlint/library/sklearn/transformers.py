"""Scalers and decompositions: fit() remembers the number of features, transform() keeps the samples."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from lstmlint.library.registry import models
from lstmlint.library.sklearn.rows import check_matrix, check_width, matrix_of
from lstmlint.shapes.dims import Dim, at_least, symbol
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, unknown_dim
from lstmlint.trace import Operation
from lstmlint.values.base import FALSE, MISSING, NONE, Const, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller, LibraryObject
from lstmlint.values.data import Array
from lstmlint.values.lengths import learned

_SCALERS = (
    "MinMaxScaler", "StandardScaler", "RobustScaler", "MaxAbsScaler", "PowerTransformer", "QuantileTransformer", "OrdinalEncoder",
    "Binarizer",
)  # fmt: skip
_BROADCAST_BACK = ("MinMaxScaler", "StandardScaler", "RobustScaler", "MaxAbsScaler")
"""Their inverse_transform() takes any width when one feature was fitted."""

_PREPROCESSING = "sklearn.preprocessing."


def constructor(path: str, keep: Iterable[str] = ()) -> None:
    """Model the class at `path` as an object that keeps some of its arguments."""
    kept = tuple(keep)

    @models(path)
    def construct(*args: Value, **keywords: Value) -> Value:
        made = LibraryObject(path)
        for position, name in enumerate(kept):
            given = args[position] if position < len(args) else keywords.get(name, MISSING)
            if given is not MISSING:
                made.fields.set(name, given)
        return made


def methods(path: str, **functions: Callable[..., Value]) -> None:
    for name, function in functions.items():
        models(f"{path}.{name}")(function)


def fitted_width(self: LibraryObject) -> Dim | None:
    """The number of features that fit() saw."""
    width = self.fields.get("n_features_in_")
    return None if width is MISSING else dim_of(width)


def _fit(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: remembers the features of a matrix of samples."""
    _fitted(self, caller, X, "fit")
    return self


def _fitted(self: LibraryObject, caller: Caller, X: Value, method: str) -> Array | None:
    x = matrix_of(X)
    good = check_matrix(caller, f"{self.path}.{method}", x)
    x = _matrix(x) if good else x
    last = x.shape.axis(-1)
    self.fields.set("n_features_in_", integer(last.dim) if good and last is not None else unknown("int"))
    if good:
        caller.emit(Operation(caller.site, f"{self.path}.{method}", (x,), self, None))
    return x if good else None


def _matrix(x: Array, columns: Dim | None = None) -> Array:
    """The array; one of unknown rank as the matrix that it must be, of that many columns."""
    if not x.shape.open:
        return x
    last = x.shape.axis(-1) or Axis(unknown_dim("columns", "columns that were fitted", lower=1) if columns is None else columns)
    return replace(x, shape=Shape((x.shape.axis(-2) or Axis(unknown_dim("n")), last)))


def _as_matrix(x: Array | None, columns: Dim | None = None) -> Value:
    """The numbers as numpy keeps them: what was of unknown rank is a matrix now."""
    if x is None:
        return Array(UNKNOWN_SHAPE, dtype="float")
    return Array(_matrix(x, columns).shape, "numpy", "float", None, x.source)


def _fit_transform(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: as many samples and features, as floats."""
    return answer(self, _as_matrix(_fitted(self, caller, X, "fit_transform")))


def _transform(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: as many samples and features, as floats."""
    return answer(self, _checked(self, caller, X, "transform"))


def _checked(self: LibraryObject, caller: Caller, X: Value, method: str) -> Value:
    x, path, width = matrix_of(X), f"{self.path}.{method}", fitted_width(self)
    good = check_matrix(caller, path, x, self)
    if good and width is not None:
        exact = method == "transform" or self.path.rpartition(".")[2] not in _BROADCAST_BACK
        if exact or at_least(learned(width), 2):
            good = check_width(caller, path, x, width, self)
    return _as_matrix(x if good else None, width if method == "transform" else None)


def _inverse_transform(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: back to the scale of the data."""
    return answer(self, _checked(self, caller, X, "inverse_transform"))


def set_output(self: LibraryObject, *, transform: Value = NONE) -> Value:
    """scikit-learn.org: from now on transform() gives tables."""
    self.fields.set("output", transform)
    return self


def answer(self: LibraryObject, result: Value) -> Value:
    output = self.fields.get("output")
    return result if output is MISSING or is_none(output) or output == Const("default") else unknown()


for _name in _SCALERS:
    constructor(_PREPROCESSING + _name)
    methods(
        _PREPROCESSING + _name, fit=_fit, partial_fit=_fit, fit_transform=_fit_transform, transform=_transform,
        inverse_transform=_inverse_transform, set_output=set_output,
    )  # fmt: skip


def _stateless(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: as many samples and features, as floats."""
    x = matrix_of(X)
    return answer(self, _as_matrix(x if check_matrix(caller, f"{self.path}.transform", x) else None))


constructor(_PREPROCESSING + "Normalizer")
methods(_PREPROCESSING + "Normalizer", fit=_fit, fit_transform=_stateless, transform=_transform, set_output=set_output)


@models(*(f"sklearn.preprocessing.{name}" for name in ("scale", "minmax_scale", "robust_scale", "maxabs_scale")))
def scale(X: Array) -> Value:
    """scikit-learn.org: the same shape, as floats."""
    return Array(X.shape, "numpy", "float", None, X.source)


@models("sklearn.preprocessing.normalize")
def normalize(caller: Caller, X: Value, *, return_norm: Value = FALSE) -> Value:
    """scikit-learn.org: a matrix of the same shape."""
    x = matrix_of(X)
    good = check_matrix(caller, "sklearn.preprocessing.normalize", x)
    return _as_matrix(x if good else None) if return_norm == FALSE else unknown()


_DECOMPOSITIONS = (
    "sklearn.decomposition.PCA", "sklearn.decomposition.KernelPCA", "sklearn.decomposition.FastICA",
    "sklearn.decomposition.IncrementalPCA", "sklearn.decomposition.TruncatedSVD", "sklearn.decomposition.NMF",
    "sklearn.manifold.TSNE",
)  # fmt: skip


def _reduced(self: LibraryObject, caller: Caller, X: Value, method: str) -> Value:
    x = matrix_of(X)
    if not check_matrix(caller, f"{self.path}.{method}", x):
        return Array(UNKNOWN_SHAPE, dtype="float")
    samples = x.shape.axis(0)
    width = self.fields.get("n_components_")
    if width is MISSING:
        wanted = self.fields.get("n_components")
        small = wanted is MISSING and self.path.endswith(("TSNE", "TruncatedSVD"))
        whole = dim_of(wanted) if wanted is not MISSING and wanted.type_path == "int" else None
        width = Const(2) if small else integer(symbol("components", "components that were kept") if whole is None else whole)
        self.fields.set("n_components_", width)
    return Array(Shape((samples or Axis(unknown_dim("n")), Axis(dim_of(width) or unknown_dim()))), dtype="float")


def _reduce_fitted(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: (samples, n_components)."""
    self.fields.set("n_components_", MISSING)
    self.fields.set("n_features_in_", integer(last.dim) if (last := matrix_of(X).shape.axis(-1)) is not None else unknown("int"))
    return answer(self, _reduced(self, caller, X, "fit_transform"))


def _reduce(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: (samples, n_components)."""
    return answer(self, _reduced(self, caller, X, "transform"))


def _restore(self: LibraryObject, caller: Caller, X: Value) -> Value:
    """scikit-learn.org: (samples, features)."""
    x, width = matrix_of(X), fitted_width(self)
    if not check_matrix(caller, f"{self.path}.inverse_transform", x):
        return Array(UNKNOWN_SHAPE, dtype="float")
    rows = x.shape.axis(0) or Axis(unknown_dim("n"))
    return Array(Shape((rows, Axis(unknown_dim() if width is None else width))), dtype="float")


def _fit_only(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: the object itself."""
    _reduce_fitted(self, caller, X)
    return self


for _path in _DECOMPOSITIONS:
    constructor(_path, ["n_components"])
    methods(
        _path, fit=_fit_only, fit_transform=_reduce_fitted, transform=_reduce, inverse_transform=_restore, set_output=set_output
    )


constructor("sklearn.impute.SimpleImputer")
constructor("sklearn.impute.KNNImputer")


for _name in ("SimpleImputer", "KNNImputer"):
    methods(f"sklearn.impute.{_name}", fit=_fit, set_output=set_output)


@models(*(f"sklearn.impute.{name}Imputer.{method}" for name in ("Simple", "KNN") for method in ("fit_transform", "transform")))
def impute(self: LibraryObject, caller: Caller, X: Value, y: Value = NONE) -> Value:
    """scikit-learn.org: as many samples; columns without any value are dropped."""
    x = matrix_of(X)
    if not check_matrix(caller, f"{self.path}.transform", x):
        return Array(UNKNOWN_SHAPE)
    last = x.shape.axis(-1)
    width = symbol("columns", "columns that hold a value", upper=None if last is None else last.dim)
    return Array(Shape((x.shape.axis(0) or Axis(unknown_dim("n")), Axis(width))))
