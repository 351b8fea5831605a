"""h5py: what a file holds is not known, but what is read from it by slicing is an array."""
from __future__ import annotations

from lstmlint.library.registry import attributes, models
from lstmlint.shapes.shape import UNKNOWN_SHAPE
from lstmlint.values.base import MISSING, Const, Value, unknown
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array, Slice, Tuple

_THING = "h5py.Dataset"
"""Something in a file: an array on disk, or a group."""


@models("h5py.File")
def file(name: Value = MISSING, *others: Value) -> Value:
    """docs.h5py.org: an open file, which is a group."""
    return LibraryObject("h5py.File")


@models("h5py.File.__getitem__", f"{_THING}.__getitem__", "h5py.File.get", f"{_THING}.get")
def item(self: LibraryObject, key: Value) -> Value:
    """docs.h5py.org: a name gives what is stored under it, slices and () an array."""
    if isinstance(key, Const) and isinstance(key.value, str):
        return LibraryObject(_THING)
    sliced = isinstance(key, Slice) or (isinstance(key, Const) and key.value is ...)
    if isinstance(key, Tuple) and key.items.known is not None:
        sliced = not key.items.known or any(isinstance(part, Slice) for part in key.items.known)
    if sliced:
        return Array(UNKNOWN_SHAPE)
    return LibraryObject(_THING) if self.path == "h5py.File" else unknown()


@attributes(f"{_THING}.value")
def value(self: LibraryObject) -> Value:
    """docs.h5py.org: the whole array (until version 3)."""
    return Array(UNKNOWN_SHAPE)


@models("h5py.File.close", "h5py.File.flush")
def nothing(self: LibraryObject) -> None:
    """docs.h5py.org: works by its effect."""


@models("h5py.File.__enter__")
def entered(self: LibraryObject) -> Value:
    """docs.h5py.org: the file itself."""
    return self
