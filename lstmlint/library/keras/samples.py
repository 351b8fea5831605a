"""Keras utilities for what is fed: pictures as arrays, and what belongs to one batch."""
from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.shapes.shape import Axis, Shape, unknown_dim
from lstmlint.values.base import FALSE, NONE, Const, Value, dim_of, is_none, unknown
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array, Tuple, items_of, tuple_of
from lstmlint.values.network import plain

_PICTURE, _SIZE = "keras.utils.Picture", "size"
_RGB = Const("rgb")
_CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}


@models("keras.utils.load_img", "keras.preprocessing.image.load_img")
def load_img(
    path: Value, grayscale: Value = FALSE, color_mode: Value = _RGB, target_size: Value = NONE, *args: Value, **keywords: Value
) -> Value:
    """keras.io: a picture of PIL, of `target_size` where that is given."""
    made = LibraryObject(_PICTURE)
    sizes = items_of(plain(target_size))
    lengths = [dim_of(plain(item)) for item in sizes.known] if sizes is not None and sizes.known is not None else [None, None]
    channels = _CHANNELS.get(str(color_mode.value)) if isinstance(color_mode, Const) and grayscale == FALSE else None
    axes = [unknown_dim(name, lower=1) if length is None else length for name, length in zip(("height", "width"), lengths)]
    axes.append(unknown_dim("channels", lower=1) if channels is None else channels)
    made.fields.set(_SIZE, Array(Shape.of(*axes), dtype="float"))
    return made


@models("keras.utils.img_to_array", "keras.preprocessing.image.img_to_array")
def img_to_array(img: Value, data_format: Value = NONE, dtype: Value = NONE) -> Value:
    """keras.io: (height, width, channels)."""
    img = plain(img)
    if not is_none(data_format) and data_format != Const("channels_last"):
        return unknown()
    if isinstance(img, LibraryObject) and img.path == _PICTURE:
        return img.fields.get(_SIZE)
    shape = img.shape if isinstance(img, Array) else None
    if shape is None or shape.rank not in (2, 3):
        return unknown()
    return Array(shape if shape.rank == 3 else Shape((*shape.axes, Axis(1))), dtype="float")


@models("keras.utils.pack_x_y_sample_weight")
def pack(x: Value, y: Value = NONE, sample_weight: Value = NONE) -> Value:
    """keras.io: x alone if it is no tuple or list, otherwise a tuple of what is given."""
    if is_none(y):
        return x if isinstance(plain(x), Array) else unknown()
    return tuple_of(x, y) if is_none(sample_weight) else tuple_of(x, y, sample_weight)


@models("keras.utils.unpack_x_y_sample_weight")
def unpack(data: Value) -> Value:
    """keras.io: x, y and the weights, None where they are not given."""
    data = plain(data)
    items = items_of(data)
    if isinstance(data, Array):
        return tuple_of(data, NONE, NONE)
    known = items.known if items is not None and isinstance(data, Tuple) else None
    if known is None or not 1 <= len(known) <= 3:
        return tuple_of(unknown(), unknown(), unknown())
    return tuple_of(*known, *[NONE] * (3 - len(known)))
