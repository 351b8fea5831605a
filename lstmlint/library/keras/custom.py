"""Layers and models that the program defines as classes: built at their first call, then what their `call` returns."""

from __future__ import annotations

from lstmlint.library.keras.axes import is_open, open_length
from lstmlint.library.registry import models
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, shapes_differ, unknown_dim
from lstmlint.values.base import MISSING, NONE, TRUE, Choice, Const, Integer, Unknown, Value, dim_of, integer, is_none, unknown
from lstmlint.values.code import Caller, Class, Function, Instance
from lstmlint.values.data import Array, Items, ListObject, Tuple, items_of
from lstmlint.values.network import plain

_BUILT = "(keras built)"
"""Where an instance keeps that it is built; no name of a program."""
_BASES = ("keras.layers.Layer", "keras.Layer", "keras.Model", "keras.layers.Wrapper")


def _paths(name: str) -> list[str]:
    return [f"{base}.{name}" for base in _BASES]


def own_method(instance: Instance, name: str) -> Function | None:
    """The method `name` that the program gives to an instance."""
    for cls in instance.cls.ancestors():
        found = cls.namespace.get(name) if isinstance(cls, Class) else MISSING
        if isinstance(found, Function):
            return Function(found.name, found.code, instance)
    return None


def _shapes_of(value: Value) -> Value:
    """What `build` and `compute_output_shape` get for an input: its shape, or the shapes of several."""
    value = plain(value)
    if isinstance(value, Array):
        if value.shape.open:
            return unknown("tuple", "input_shape")
        return Tuple(Items.of(NONE if is_open(axis.dim) else integer(axis.dim) for axis in value.shape))
    items = items_of(value)
    if items is not None and items.known is not None and any(isinstance(plain(part), Array) for part in items.known):
        return ListObject(Items.of(_shapes_of(part) for part in items.known))
    return unknown(name="input_shape")


@models(*_paths("__call_instance__"))
def call_instance(caller: Caller, self: Instance, *args: Value, **keywords: Value) -> Value:
    """keras.io: builds the layer at its first call; its outputs are what `call` returns."""
    given = args[0] if args else keywords.get("inputs", next(iter(keywords.values()), NONE))
    build = own_method(self, "build")
    if build is not None and self.fields.get(_BUILT) is MISSING:
        self.fields.set(_BUILT, TRUE)
        caller.call(build, [_shapes_of(given)])
    call = own_method(self, "call")
    result = unknown() if call is None else caller.call(call, list(args), keywords)
    declared = own_method(self, "compute_output_shape")
    return result if declared is None else _as_declared(caller, declared, given, result)


def _as_declared(caller: Caller, declared: Function, given: Value, result: Value) -> Value:
    """What `compute_output_shape` says counts in Keras 3: where it contradicts `call`, nothing is known of the shape."""
    if isinstance(result, Choice) or not isinstance(result, (Array, Unknown)):
        return result
    said = caller.call(declared, [_shapes_of(given)])
    shape = UNKNOWN_SHAPE if isinstance(said, Choice) else _shape(said, given)
    if not isinstance(result, Array) or result.shape.open:
        return Array(shape, "keras") if shape.rank is not None and isinstance(given, Array) else result
    return Array(UNKNOWN_SHAPE, result.kind) if shapes_differ(shape, result.shape) else result


def _shape(said: Value, given: Value) -> Shape:
    """A shape as a program writes it: None is a length that may differ, at the front the batch of the input."""
    items = items_of(said)
    if items is None or items.known is None:
        return UNKNOWN_SHAPE
    batch = given.shape.axis(0) if isinstance(given, Array) else None
    axes = []
    for at, part in enumerate(items.known):
        part = plain(part)
        if is_none(part):
            axes.append(batch if not at and batch is not None else Axis(open_length()))
        elif isinstance(part, (Const, Integer, Unknown)):
            dim = dim_of(part)
            axes.append(Axis(unknown_dim(lower=1) if dim is None else dim))
        else:
            return UNKNOWN_SHAPE
    return Shape(tuple(axes))


@models(*_paths("add_weight"), *_paths("add_variable"))
def add_weight(self: Value, *args: Value, shape: Value = MISSING, **others: Value) -> Value:
    """keras.io: a tensor of a shape, which was the second argument once, behind the name."""
    given = shape
    for value in args[:2]:
        if given is MISSING and not isinstance(plain(value), Const):
            given = value
    if given is MISSING or is_none(given):
        return Array(Shape(()), "tensor", "float") if not args or isinstance(args[0], Const) else unknown()
    found = _shape(given, NONE)
    return Array(found, "tensor", "float")
