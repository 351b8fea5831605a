"""The data sets of keras.datasets, by their true shapes."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Shape, unknown_dim
from lstmlint.values.base import NONE, Const, Value, is_none, unknown
from lstmlint.values.data import Array, DictObject, Entries, tuple_of

_FIFTH, _LARGE = Const(0.2), Const("large")


def _pairs(train: Dim, test: Dim, x: tuple[int, ...], y: tuple[int, ...], x_dtype: str, y_dtype: str) -> Value:
    """((x_train, y_train), (x_test, y_test))."""
    return tuple_of(
        *(tuple_of(Array(Shape.of(n, *x), dtype=x_dtype), Array(Shape.of(n, *y), dtype=y_dtype)) for n in (train, test))
    )


def _split(samples: int, test_split: Value) -> tuple[Dim, Dim]:
    share = test_split.value if isinstance(test_split, Const) else None
    if isinstance(share, (int, float)):
        train = int(samples * (1 - share))
        return train, samples - train
    return unknown_dim("n_train"), unknown_dim("n_test")


_IMAGES = {
    "mnist": (60000, 10000, (28, 28), ()),
    "fashion_mnist": (60000, 10000, (28, 28), ()),
    "cifar10": (50000, 10000, (32, 32, 3), (1,)),
    "cifar100": (50000, 10000, (32, 32, 3), (1,)),
}


def _images(name: str, train: int, test: int, x: tuple[int, ...], y: tuple[int, ...]) -> None:
    @models(f"keras.datasets.{name}.load_data")
    def load_data(*args: Value, **keywords: Value) -> Value:
        return _pairs(train, test, x, y, "int", "int")


for _name, (_train, _test, _x, _y) in _IMAGES.items():
    _images(_name, _train, _test, _x, _y)


@models("keras.datasets.imdb.load_data")
def load_imdb(path: Value = NONE, num_words: Value = NONE, skip_top: Value = NONE, maxlen: Value = NONE) -> Value:
    """keras.io: 25,000 reviews each; maxlen leaves the longer ones out."""
    train, test = (25000, 25000) if is_none(maxlen) else (unknown_dim("n_train"), unknown_dim("n_test"))
    return _pairs(train, test, (), (), "object", "int")


@models("keras.datasets.reuters.load_data")
def load_reuters(
    path: Value = NONE, num_words: Value = NONE, skip_top: Value = NONE, maxlen: Value = NONE, test_split: Value = _FIFTH
) -> Value:
    """keras.io: 11,228 news items; maxlen leaves the longer ones out."""
    train, test = _split(11228, test_split) if is_none(maxlen) else (unknown_dim("n_train"), unknown_dim("n_test"))
    return _pairs(train, test, (), (), "object", "int")


@models("keras.datasets.boston_housing.load_data")
def load_boston(path: Value = NONE, test_split: Value = _FIFTH) -> Value:
    """keras.io: 506 districts with 13 features."""
    return _pairs(*_split(506, test_split), (13,), (), "float", "float")


@models("keras.datasets.california_housing.load_data")
def load_california(version: Value = _LARGE, path: Value = NONE, test_split: Value = _FIFTH) -> Value:
    """keras.io: 20,640 districts with 8 features, or 600 of them."""
    if not isinstance(version, Const):
        return unknown()
    return _pairs(*_split(600 if version.value == "small" else 20640, test_split), (8,), (), "float", "float")


@models("keras.datasets.imdb.get_word_index", "keras.datasets.reuters.get_word_index")
def get_word_index(path: Value = NONE) -> Value:
    """keras.io: the number of each word."""
    return DictObject(Entries((), True, unknown("int"), unknown_dim("vocabulary", "different words of the texts")))
