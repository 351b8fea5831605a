"""How a call reaches a library model: arguments are bound by the model's signature and converted as its annotations say.

Annotations: `Value` (as it is), `Array` (anything array-like is converted), `Shape` (an int or a sequence of ints), `Dim`, `int`,
`bool`, `str`, `Caller` (given by the dispatcher), and `| None` of these; `*args: Value` and `**keywords: Value`. An argument that
can't be converted because it is unknown makes the answer unknown without the model being called, unless the annotation
is a union with `Unknown`, which then gets it. Keywords that the model does not name are passed over (dtype, out, copy …).
"""
from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lstmlint.library.coerce import to_array, to_dim, to_shape
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import Shape
from lstmlint.values.base import MISSING, NONE, Choice, Const, Undecided, Unknown, Value, constant_int, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Frame, Items, ListObject, Table, Tuple
from lstmlint.values.knowledge import DERIVED, REMEMBERED, weakest
from lstmlint.values.memory import memory


class Ignored:
    """As an annotation: an argument on which no shape depends (a device, say), taken as it is, whatever alternatives it has."""


class Unconvertible(Exception):
    """An argument is not known well enough for the model."""


def _array(value: Value) -> object:
    return to_array(value)


def _dim(value: Value) -> object:
    dim = to_dim(value)
    if dim is None:
        raise Unconvertible
    return dim


def _int(value: Value) -> object:
    number = constant_int(value)
    if number is None:
        raise Unconvertible
    return number


def _shape(value: Value) -> object:
    shape = to_shape(value)
    if shape is None:
        raise Unconvertible
    return shape


def _bool(value: Value) -> object:
    if isinstance(value, Const):
        return bool(value.value)
    raise Unconvertible


def _str(value: Value) -> object:
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    raise Unconvertible


def _value(value: Value) -> object:
    return value


_CONVERTERS: dict[object, Callable[[Value], object]] = {
    Value: _value, Array: _array, Shape: _shape, int: _int, bool: _bool, str: _str, typing.Any: _value,
}


class _Parameter:
    """One parameter of a model: how its argument is converted."""

    __slots__ = ("name", "kind", "default", "convert", "optional", "takes_unknown", "injected", "ignored")

    def __init__(self, parameter: inspect.Parameter, annotation: object) -> None:
        # A name that hides one of Python's or of the module ends with an underscore.
        self.name = parameter.name.rstrip("_")
        self.kind = parameter.kind
        self.default = parameter.default
        self.injected = annotation is Caller
        self.ignored = annotation is Ignored
        parts = _union(annotation)
        self.optional = type(None) in parts
        self.takes_unknown = Unknown in parts
        kinds = [part for part in parts if part not in (type(None), Unknown)]
        if frozenset(kinds) == _DIM_PARTS:
            self.convert: Callable[[Value], object] = _dim
        elif len(kinds) == 1 and kinds[0] in _CONVERTERS:
            self.convert = _CONVERTERS[kinds[0]]
        elif len(kinds) == 1 and isinstance(kinds[0], type) and issubclass(kinds[0], Value):
            self.convert = _instance_of(kinds[0])
        elif self.injected or self.ignored:
            self.convert = _value
        else:
            raise TypeError(f"a library model can't take {annotation!r} ({parameter.name})")

    def __call__(self, value: Value) -> object:
        if self.ignored:
            return value
        if isinstance(value, Choice):
            raise Undecided(value.condition)
        if self.optional and is_none(value):
            return None
        try:
            return self.convert(value)
        except Unconvertible:
            if self.takes_unknown:
                return value if isinstance(value, Unknown) else unknown()
            raise


def _instance_of(kind: type[Value]) -> Callable[[Value], object]:
    def convert(value: Value) -> object:
        if isinstance(value, kind):
            return value
        raise Unconvertible

    return convert


def _union(annotation: object) -> tuple[object, ...]:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return typing.get_args(annotation)
    return (annotation,)


_DIM_PARTS = frozenset(_union(Dim))
_signatures: dict[Callable[..., Any], tuple[_Parameter, ...]] = {}


def _parameters(model: Callable[..., Any]) -> tuple[_Parameter, ...]:
    known = _signatures.get(model)
    if known is None:
        hints = typing.get_type_hints(model)
        known = tuple(_Parameter(p, hints[p.name]) for p in inspect.signature(model).parameters.values())
        _signatures[model] = known
    return known


def apply(
    model: Callable[..., Any],
    caller: Caller,
    args: Sequence[Value],
    keywords: Mapping[str, Value],
    path: str = "",
    how: str = "function",
) -> Value:
    """Call `model`; the answer is unknown where the arguments do not fit it or are not known well enough.

    `path` is under which it was found, and `how` says how it is called (`values.origins`).
    """
    origins = memory.origins
    if origins is None:
        return _applied(model, caller, args, keywords)
    outer, origins.current = origins.current, origins.begin(path, how, args, keywords, memory.path)
    call = origins.current
    try:
        result = _applied(model, caller, args, keywords)
    finally:
        origins.current = outer
    origins.made(call, result)
    return result


def _applied(model: Callable[..., Any], caller: Caller, args: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    bound: list[object] = []
    named: dict[str, object] = {}
    left = list(args)
    others = dict(keywords)
    try:
        for parameter in _parameters(model):
            if parameter.injected:
                bound.append(caller)
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                bound.extend(parameter(value) for value in left)
                left = []
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                named.update((name, parameter(value)) for name, value in others.items())
            elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                value = others.pop(parameter.name, MISSING)
                if value is not MISSING:
                    named[parameter.name] = parameter(value)
            else:
                if left and parameter.name in others:
                    return unknown()
                value = left.pop(0) if left else others.pop(parameter.name, MISSING)
                if value is not MISSING:
                    bound.append(parameter(value))
                elif parameter.default is not inspect.Parameter.empty:
                    bound.append(parameter.default)
                else:
                    return unknown()
    except Unconvertible:
        return unknown()
    if left:
        return unknown()
    result = model(*bound, **named)
    if memory.weakened:
        result = carried(result, (*args, *keywords.values()))
    return NONE if result is None else typing.cast(Value, result)


def carried(result: object, operands: Sequence[Value]) -> object:
    """What a model made of operands is as sure as the least sure of them, and of no surer kind."""
    arrays = [array for value in operands for array in _arrays(value)]
    known = weakest(*(array.known for array in arrays))
    if known == DERIVED:
        return result
    return _degraded(result, known, any(isinstance(array, Array) and array.kind == "any" for array in arrays))


def _arrays(value: Value, depth: int = 2) -> list[Array | Table]:
    if isinstance(value, Array):
        return [value]
    if isinstance(value, Frame):
        return [value.cell.raw] if isinstance(value.cell.raw, Table) else []
    items = value.cell.raw if isinstance(value, ListObject) else value.items if isinstance(value, Tuple) else None
    if not depth or not isinstance(items, Items):
        return []
    parts = items.known[:8] if items.known is not None else (items.element,)
    return [array for part in parts for array in _arrays(part, depth - 1)]


def _degraded(value: object, known: str, any_kind: bool) -> object:
    if isinstance(value, Array):
        kind = "any" if any_kind and value.kind == "numpy" else value.kind
        return replace(value, known=weakest(value.known, known), kind=kind)
    if isinstance(value, Tuple):
        return Tuple(_degraded_items(value.items, known, any_kind))
    if isinstance(value, Frame) and known == REMEMBERED and isinstance(value.cell.raw, Table):
        value.table = replace(value.cell.raw, known=known)
        return value
    if isinstance(value, ListObject) and isinstance(value.cell.raw, Items):
        return ListObject(_degraded_items(value.cell.raw, known, any_kind), value.kind) if _arrays(value) else value
    return value


def _degraded_items(items: Items, known: str, any_kind: bool) -> Items:
    if items.known is not None:
        return Items.of(typing.cast(Value, _degraded(item, known, any_kind)) for item in items.known)
    return Items.many(typing.cast(Value, _degraded(items.element, known, any_kind)), items.length)
