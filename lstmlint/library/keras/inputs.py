"""Symbolic inputs: Input, InputLayer, and the input shape that a first layer declares."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lstmlint.library.keras.arguments import bind
from lstmlint.library.keras.axes import open_batch, open_length
from lstmlint.library.keras.recurrent import RECURRENT
from lstmlint.library.registry import models
from lstmlint.shapes.dims import Dim
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, unknown_dim
from lstmlint.trace import InputDeclared, LayerMade
from lstmlint.values.base import MISSING, Const, Value, dim_of, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array, Items, items_of, tuple_of
from lstmlint.values.network import Layer, plain

_INPUT = ["shape", "batch_size", "dtype", "sparse", "ragged", "batch_shape", "name", "tensor", "optional"]


@dataclass(frozen=True)
class Declaration:
    """An input shape that the program gives: by which argument, as which value, and with which batch axis in front."""

    argument: str
    given: Value
    shape: Shape


def lengths(value: Value) -> tuple[Axis, ...] | None:
    """The axes that a shape argument gives (None is an open length); None where their number is not known."""
    items = items_of(plain(value))
    if items is None:
        return None
    if items.known is None:
        return Shape.of_rank(items.length).axes if isinstance(items.length, int) and items.length < 8 else None
    return tuple(Axis(_length(plain(item))) for item in items.known)


def _length(value: Value) -> Dim:
    if is_none(value):
        return open_length()
    dim = dim_of(value)
    return unknown_dim(lower=1) if dim is None else dim


def _batch(value: Value) -> Axis:
    return open_batch() if is_none(value) else Axis(_length(value), Meaning.BATCH)


def without_batch(argument: str, value: Value, batch_size: Value = MISSING) -> Declaration:
    """An input shape given without the batch axis."""
    axes = lengths(value)
    batch = open_batch() if batch_size is MISSING else _batch(batch_size)
    return Declaration(argument, value, UNKNOWN_SHAPE if axes is None else Shape((batch, *axes)))


def with_batch(argument: str, value: Value) -> Declaration:
    """An input shape given with the batch axis."""
    items = items_of(plain(value))
    if items is None or not items.known:
        return Declaration(argument, value, UNKNOWN_SHAPE)
    rest = tuple(Axis(_length(plain(item))) for item in items.known[1:])
    return Declaration(argument, value, Shape((_batch(plain(items.known[0])), *rest)))


def declared_by(layer: Layer) -> Declaration | None:
    """The input shape that a first layer declares."""
    for argument in ("batch_input_shape", "batch_shape"):
        value = layer.given(argument)
        if value is not None:
            return with_batch(argument, value)
    batch_size = layer.config.get("batch_size", MISSING)
    value = layer.given("input_shape")
    # An RNN with both: Keras 1 went by input_dim, and only scripts of its time give both.
    if value is not None and (layer.path not in RECURRENT or layer.given("input_dim") is None):
        return without_batch("input_shape", value, batch_size)
    width = None if layer.kind == "Embedding" else layer.given("input_dim")
    if width is None:
        return None
    length = layer.given("input_length")
    if layer.path in RECURRENT or (length is not None and layer.kind == "Conv1D"):
        shape = tuple_of(Const(None) if length is None else length, width)
    else:
        shape = tuple_of(width)
    return replace(without_batch("input_dim", shape, batch_size), given=width)


def expected_length(layer: Layer) -> Declaration | None:
    """What an Embedding's input_length says; Keras 3 passes it over, so this holds only where the data says nothing."""
    length = layer.given("input_length") if layer.kind == "Embedding" else None
    if length is None or dim_of(length) is None:
        return None
    return replace(without_batch("input_length", tuple_of(length)), given=length)


def declare(caller: Caller, layer: Layer | None, declaration: Declaration, name: Value | None = None) -> Array:
    """The symbolic input of a declaration."""
    named = name.value if isinstance(name, Const) and isinstance(name.value, str) else None
    event = InputDeclared(
        caller.site, layer, declaration.argument, declaration.given, Array(UNKNOWN_SHAPE, "keras"), named
    )
    event.tensor = Array(declaration.shape, "keras", None, event)
    caller.emit(event)
    return event.tensor


def _declaration(config: dict[str, Value]) -> Declaration | None:
    for argument in ("batch_shape", "batch_input_shape"):
        if config.get(argument, MISSING) is not MISSING and not is_none(config[argument]):
            return with_batch(argument, config[argument])
    for argument in ("shape", "input_shape"):
        if config.get(argument, MISSING) is not MISSING and not is_none(config[argument]):
            return without_batch(argument, config[argument], config.get("batch_size", MISSING))
    return None


@models("keras.Input")
def symbolic_input(caller: Caller, *args: Value, **keywords: Value) -> Value:
    """keras.io: a symbolic tensor of (batch, *shape)."""
    config = bind("Input", _INPUT, args, keywords)
    caller.emit(LayerMade(caller.site, "Input", None, args, dict(keywords)))
    if config is None:
        return unknown()
    second = config.get("batch_size", MISSING)
    if len(args) > 1 and items_of(second) is not None:
        # The second parameter was batch_shape once.
        config["batch_shape"] = config.pop("batch_size")
        config.pop("shape", None)
    declaration = _declaration(config)
    if declaration is None:
        return Array(UNKNOWN_SHAPE, "keras")
    return declare(caller, None, declaration, config.get("name"))


@models("keras.layers.InputLayer")
def input_layer(caller: Caller, *args: Value, **keywords: Value) -> Value:
    """keras.io: the layer of a symbolic input."""
    config = bind("InputLayer", _INPUT, args, keywords)
    if config is None:
        return unknown()
    layer = Layer("keras.layers.InputLayer", config, caller.site)
    declaration = _declaration(config)
    tensor = Array(UNKNOWN_SHAPE, "keras") if declaration is None else declare(caller, layer, declaration, config.get("name"))
    layer.calls.set(Items((tensor,), tensor, 1))
    return layer
