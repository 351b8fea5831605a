"""Structures of tensors, as tf.data nests them: one tensor, or tuples and dictionaries of structures."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lstmlint.library.coerce import to_array
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import SCALAR, UNKNOWN_SHAPE, Axis, Meaning, Shape
from lstmlint.values.base import Const, Integer, Unknown, Value, unknown
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array, DictObject, Entries, Frame, Items, ListObject, Range, Tuple
from lstmlint.values.network import plain

PLAIN = ("int", "float", "bool", "str", "scalar")


def structure_of(value: Value) -> Value:
    """`value` as tf.data takes it: lists and numbers become tensors, what is not known stays so."""
    value = plain(value)
    if isinstance(value, Tuple) and value.items.known is not None:
        return Tuple(Items.of(structure_of(part) for part in value.items.known))
    if isinstance(value, DictObject) and not value.entries.open:
        return DictObject(Entries(tuple((key, structure_of(part)) for key, part in value.entries.known)))
    if isinstance(value, LibraryObject):
        return value
    if isinstance(value, Frame):
        # Columns of different types are not taken; what is taken is one tensor.
        return _tensor(to_array(value))
    if isinstance(value, (Array, ListObject, Range, Const, Integer)):
        return _tensor(to_array(value))
    if isinstance(value, Unknown) and value.type in PLAIN:
        return Array(SCALAR, "tensor", None if value.type == "scalar" else value.type)
    return unknown()


def _tensor(array: Array) -> Array:
    return Array(array.shape, "tensor", array.dtype, array.producer, array.source, array.known)


def mapped(structure: Value, change: Callable[[Array], Value]) -> Value:
    """A structure with each tensor changed; of what is not known, nothing is known afterwards."""
    structure = plain(structure)
    if isinstance(structure, Array):
        return change(structure)
    if isinstance(structure, Tuple) and structure.items.known is not None:
        return Tuple(Items.of(mapped(part, change) for part in structure.items.known))
    if isinstance(structure, DictObject) and not structure.entries.open:
        return DictObject(Entries(tuple((key, mapped(part, change)) for key, part in structure.entries.known)))
    return unknown()


def leaves(structure: Value) -> list[Array] | None:
    """The tensors of a structure; None where they are not all known."""
    found: list[Array] = []

    def note(array: Array) -> Value:
        found.append(array)
        return array

    return found if _is_known(mapped(structure, note)) else None


def _is_known(structure: Value) -> bool:
    if isinstance(structure, Tuple):
        return all(map(_is_known, structure.items.known or ()))
    if isinstance(structure, DictObject):
        return all(_is_known(part) for _, part in structure.entries.known)
    return isinstance(structure, Array)


def with_axes(structure: Value, *first: Axis) -> Value:
    """Each tensor with these axes before its own; what was a batch by itself is time in a batch of such."""

    def longer(array: Array) -> Array:
        if array.shape.open:
            return reshaped(array, UNKNOWN_SHAPE)
        own = (replace(axis, meaning=Meaning.TIME) if axis.meaning is Meaning.BATCH else axis for axis in array.shape)
        return reshaped(array, Shape((*first, *own)))

    return mapped(structure, longer)


def without_first(structure: Value) -> Value:
    """Each tensor without its first axis."""
    return mapped(structure, lambda array: reshaped(array, Shape(array.shape.axes[1:]) if array.shape.rank else UNKNOWN_SHAPE))


def first_length(structure: Value) -> Dim | None:
    """The length of the first axis that all tensors share."""
    for array in leaves(structure) or ():
        axis = array.shape.axis(0)
        if axis is not None:
            return axis.dim
    return None


def reshaped(array: Array, shape: Shape) -> Array:
    """The same data as a tensor of another shape."""
    return Array(shape, "tensor", array.dtype, None, array.source, array.known)
