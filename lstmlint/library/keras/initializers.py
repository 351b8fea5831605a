"""Initializers that hold an array."""

from __future__ import annotations

from lstmlint.library.registry import models
from lstmlint.values.base import Const, Value
from lstmlint.values.code import LibraryObject


@models("keras.initializers.Constant", "keras.initializers.constant", "tensorflow.keras.initializers.Constant")
def constant(value: Value = Const(0)) -> Value:  # noqa: B008 - a value, which nothing changes
    """keras.io: weights that start as these numbers."""
    made = LibraryObject("keras.initializers.Constant")
    made.fields.set("value", value)
    return made
