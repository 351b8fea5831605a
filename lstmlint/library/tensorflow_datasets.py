"""tensorflow_datasets: what an element of some well-known data sets of texts and images is."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.library.tensorflow.data import dataset
from lstmlint.shapes.shape import SCALAR, Shape
from lstmlint.values.base import FALSE, NONE, TRUE, Const, Value, is_none, unknown
from lstmlint.values.data import Array, DictObject, Entries, Items, ListObject, items_of, tuple_of
from lstmlint.values.variation import varying

_TEXTS = {"imdb_reviews": "text", "yelp_polarity_reviews": "text", "ag_news_subset": "description"}
_IMAGES = {"mnist": (28, 28, 1), "fashion_mnist": (28, 28, 1), "cifar10": (32, 32, 3), "cifar100": (32, 32, 3)}


@models("tensorflow_datasets.load")
def load(
    name: Value,
    *,
    split: Value = NONE,
    batch_size: Value = NONE,
    as_supervised: Value = FALSE,
    with_info: Value = FALSE,
) -> Value:
    """tensorflow.org/datasets: one data set for each split, with information beside it if that is asked for."""
    element = _element(name, as_supervised) if is_none(batch_size) else unknown()
    splits = items_of(split)
    if is_none(split):
        known = tuple((Const(part), dataset(element)) for part in ("train", "test"))
        found: Value = DictObject(Entries(known, True, dataset(element)))
    elif splits is not None and splits.known is not None:
        found = ListObject(Items.of(dataset(element) for _ in splits.known))
    elif isinstance(split, Const):
        found = dataset(element)
    else:
        return unknown()
    if with_info == FALSE:
        return found
    return tuple_of(found, unknown(name="info")) if with_info == TRUE else unknown()


def _element(name: Value, as_supervised: Value) -> Value:
    if not isinstance(name, Const) or not isinstance(name.value, str) or not isinstance(as_supervised, Const):
        return unknown()
    base, _, config = name.value.partition(":")[0].partition("/")
    label = Array(SCALAR, "tensor", "int")
    if base in _TEXTS:
        # Ready-made token numbers, in the configurations that have them.
        tokens = Shape.of(varying("tokens")) if "subwords" in config or "bytes" in config else SCALAR
        x, key = Array(tokens, "tensor", "int" if tokens.rank else "str"), _TEXTS[base]
    elif base in _IMAGES:
        x, key = Array(Shape.of(*_IMAGES[base]), "tensor", "int"), "image"
    else:
        return unknown()
    return tuple_of(x, label) if as_supervised.value else DictObject(Entries(((Const(key), x), (Const("label"), label)), True))
