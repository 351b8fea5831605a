"""The initial states of recurrent layers: those that a call gives, and those that a layer has."""

from __future__ import annotations

from dataclasses import replace

from lstmlint.library.keras.recurrent import recurrent_layer
from lstmlint.library.keras.specs import Applier, LayerSpec, Structure
from lstmlint.shapes.shape import Shape
from lstmlint.trace import States, StateShapes
from lstmlint.values.base import MISSING, NONE, TRUE, Value
from lstmlint.values.data import Array, items_of
from lstmlint.values.network import Layer, plain


def states_given(layer: Layer, args: tuple[Value, ...], keywords: dict[str, Value], tensors: tuple[Array, ...]) -> States | None:
    """The initial states of a recurrent layer: an argument of their own or, as in Keras 2, in a list with the input."""
    if recurrent_layer(layer) is None:
        return None
    value = keywords.get("initial_state", args[1] if len(args) > 1 else MISSING)
    if value is MISSING:
        return States(tensors[1:], True, (0,) * (len(tensors) - 1)) if len(tensors) > 1 else None
    value = plain(value)
    items = items_of(value)
    given: list[Array] = []
    parts: list[int] = []
    for item in (value,) if items is None else items.known or ():
        found = _tensors(plain(item))
        if found is None:
            return None
        given += found[0]
        parts.append(found[1])
    return States(tuple(given), items is not None, tuple(parts)) if given else None


def _tensors(value: Value) -> tuple[list[Array], int] | None:
    """One item of a list of states: its tensors, and how many are in a list of their own."""
    if isinstance(value, Array):
        return [value], 0
    items = items_of(value)
    inner = [plain(item) for item in items.known or ()] if items is not None else []
    arrays = [item for item in inner if isinstance(item, Array)]
    return (arrays, len(arrays)) if arrays and len(arrays) == len(inner) else None


def with_wanted(states: States, spec: LayerSpec, layer: Layer, x: Shape, applier: Applier) -> States:
    """`states` beside the shapes of those that `layer`, if its cell is an argument or it convolves, has for the input `x`."""
    if layer.kind != "RNN" and not layer.kind.startswith("ConvLSTM"):
        return states
    asked = Layer(layer.path, {**layer.config, "return_state": TRUE, "stateful": NONE}, layer.site)
    structure, violation = spec.compute(asked, (x,), applier)
    wanted = None if violation is not None or not isinstance(structure, tuple) else _shapes(structure[1:])
    return replace(states, wanted=wanted)


def _shapes(structure: tuple[Structure, ...]) -> StateShapes | None:
    found: list[Shape | StateShapes] = []
    for part in structure:
        shapes = _shapes(part) if isinstance(part, tuple) else part
        if shapes is None:
            return None
        found.append(shapes)
    return tuple(found)
