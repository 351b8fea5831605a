"""From the layer of a trace to the layer of a rebuilt program: the arguments that shapes depend on, as plain data."""

from __future__ import annotations

from collections.abc import Callable

from lstmlint.confirm.steps import ARGUMENTS, FLAGS, INNER, LAYERS, MADE, SIZES, WORDS, LayerCall, Plain
from lstmlint.confirm.texts import Ref
from lstmlint.values.base import MISSING, Choice, Const, Undecided, Value, dim_of, is_none
from lstmlint.values.code import Function, Instance
from lstmlint.values.data import items_of
from lstmlint.values.memory import memory
from lstmlint.values.network import Layer, Model, is_positive

_SINGLE = frozenset(["units", "filters", "n", "output_dim", "input_dim", "num_heads", "key_dim"])
"""Sizes that are one number: where it is unknown, any number will do."""


class NotRebuilt(Exception):
    """A finding that can't be put before the framework; the message says why, in words for the user."""


Other = Callable[[Layer, str, Value], Ref]
"""Makes what a layer gets as an argument and what is no layer of Keras's: a model, a cell of the program, a function."""


def _refuse(layer: Layer, name: str, value: Value) -> Ref:
    what = {"Model": "a model", "Instance": "a class of the program"}.get(type(value).__name__, "a function of the program")
    raise NotRebuilt(f"{what} inside a {layer.kind} can't be rebuilt yet")


def layer_call(layer: Layer, stateful: bool = False, other: Other = _refuse) -> LayerCall:
    """`layer` as a program makes it; without its being `stateful`, unless that is what a finding is about."""
    # CuDNNLSTM and CuDNNGRU are gone; LSTM and GRU have the same shapes.
    kind = layer.kind.removeprefix("CuDNN")
    if kind not in LAYERS:
        raise NotRebuilt(f"a {kind} layer can't be rebuilt yet")
    given = [(name, value) for name, value in layer.config.items() if name != "stateful" or stateful]
    arguments = [(name, _argument(layer, name, value, stateful, other)) for name, value in given if _matters(name, value)]
    return LayerCall(kind, tuple(arguments))


def _matters(name: str, value: Value) -> bool:
    if name == "mask_zero" and not isinstance(value, Const):
        # Without it, the shapes are the same; only what a loss makes of targets of another rank may be different.
        return False
    return name in ARGUMENTS and value is not MISSING and (name == "merge_mode" or not is_none(value))


def _argument(layer: Layer, name: str, value: Value, stateful: bool, other: Other) -> Plain:
    if isinstance(value, Choice):
        value = value.under(memory.path)
        if isinstance(value, Choice):
            raise Undecided(value.condition)
    if name in _SINGLE and not is_positive(value):
        return layer.unknown_length(name)
    plain = _plain(layer, name, value, stateful, other)
    if plain is None and not is_none(value):
        raise NotRebuilt(f"{name} of a {layer.kind} isn't known")
    return plain


def _plain(layer: Layer, name: str, value: Value, stateful: bool, other: Other) -> Plain:
    """`value` as plain data; None where it is not known, or None itself."""
    if isinstance(value, Layer):
        return layer_call(value, stateful, other) if name in INNER else None
    if name in MADE and isinstance(value, (Model, Instance, Function)):
        return other(layer, name, value)
    items = items_of(value)
    if items is not None:
        return None if items.known is None else tuple(_argument(layer, name, item, stateful, other) for item in items.known)
    if isinstance(value, Const) and isinstance(value.value, str):
        word = value.value.lower()
        return word if word in WORDS.get(name, ()) else None
    if name in FLAGS:
        return bool(value.value) if isinstance(value, Const) else None
    return dim_of(value) if name in SIZES or name in WORDS else None
