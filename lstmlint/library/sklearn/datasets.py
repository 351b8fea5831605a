"""Data sets: made ones by their arguments, stored ones by their true shapes."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Shape, unknown_dim
from lstmlint.values.base import FALSE, Const, Value, dim_of, unknown
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array, tuple_of

_HUNDRED, _TWENTY, _TWO, _ONE = Const(100), Const(20), Const(2), Const(1)


def _size(value: Value, name: str) -> Dim:
    dim = dim_of(value)
    return unknown_dim(name) if dim is None else dim


def _pair(shape: Shape, target: Shape, dtype: str) -> Value:
    return tuple_of(Array(shape, dtype="float"), Array(target, dtype=dtype))


@models("sklearn.datasets.make_regression")
def make_regression(
    n_samples: Value = _HUNDRED,
    n_features: Value = _HUNDRED,
    *,
    n_targets: Value = _ONE,
    coef: Value = FALSE,
) -> Value:
    """scikit-learn.org: X of (n_samples, n_features), y of (n_samples,) or (n_samples, n_targets)."""
    samples, targets = _size(n_samples, "n_samples"), dim_of(n_targets)
    if coef != FALSE or targets is None:
        return unknown()
    if not isinstance(targets, int):
        return unknown()
    target = Shape.of(samples) if targets == 1 else Shape.of(samples, targets)
    return _pair(Shape.of(samples, _size(n_features, "n_features")), target, "float")


@models("sklearn.datasets.make_classification")
def make_classification(n_samples: Value = _HUNDRED, n_features: Value = _TWENTY) -> Value:
    """scikit-learn.org: X of (n_samples, n_features), y of (n_samples,)."""
    samples = _size(n_samples, "n_samples")
    return _pair(Shape.of(samples, _size(n_features, "n_features")), Shape.of(samples), "int")


@models("sklearn.datasets.make_blobs")
def make_blobs(n_samples: Value = _HUNDRED, n_features: Value = _TWO) -> Value:
    """scikit-learn.org: X of (n_samples, n_features), y of (n_samples,)."""
    if n_samples.type_path != "int":
        return unknown()
    samples = _size(n_samples, "n_samples")
    return _pair(Shape.of(samples, _size(n_features, "n_features")), Shape.of(samples), "int")


@models("sklearn.datasets.make_moons", "sklearn.datasets.make_circles")
def make_moons(n_samples: Value = _HUNDRED) -> Value:
    """scikit-learn.org: X of (n_samples, 2), y of (n_samples,)."""
    if n_samples.type_path != "int":
        return unknown()
    samples = _size(n_samples, "n_samples")
    return _pair(Shape.of(samples, 2), Shape.of(samples), "int")


_STORED = {
    "load_iris": (150, 4, "int"),
    "load_wine": (178, 13, "int"),
    "load_breast_cancer": (569, 30, "int"),
    "load_digits": (1797, 64, "int"),
    "load_diabetes": (442, 10, "float"),
    "load_boston": (506, 13, "float"),
    "fetch_california_housing": (20640, 8, "float"),
}


def _stored(name: str, samples: int, features: int, dtype: str) -> None:
    @models(f"sklearn.datasets.{name}")
    def load(*, return_X_y: Value = FALSE, as_frame: Value = FALSE, n_class: Value = FALSE) -> Value:
        if as_frame != FALSE or n_class != FALSE:
            return unknown()
        pair = _pair(Shape.of(samples, features), Shape.of(samples), dtype)
        if return_X_y == Const(True):
            return pair
        if return_X_y != FALSE:
            return unknown()
        bunch = LibraryObject("sklearn.utils.Bunch")
        bunch.fields.set("data", Array(Shape.of(samples, features), dtype="float"))
        bunch.fields.set("target", Array(Shape.of(samples), dtype=dtype))
        return bunch


for _name, (_samples, _features, _dtype) in _STORED.items():
    _stored(_name, _samples, _features, _dtype)


@models("sklearn.utils.Bunch.__getitem__")
def bunch_item(self: LibraryObject, key: str) -> Value:
    """scikit-learn.org: the same as the attribute of that name."""
    known = key in ("data", "target")
    return self.fields.get(key) if known else unknown()
