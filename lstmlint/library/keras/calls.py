"""Layers called on tensors, and the functions that make a merging layer and call it."""

from __future__ import annotations

from lstmlint.library.keras.applying import Run, tensors_of
from lstmlint.library.keras.attention import ATTENTION_INPUTS
from lstmlint.library.keras.cells import TAKES_STATES
from lstmlint.library.keras.merge import DEFAULTS, TWINS
from lstmlint.library.keras.nesting import apply_model
from lstmlint.library.keras.refusing import refuses
from lstmlint.library.keras.states import states_given
from lstmlint.library.registry import models
from lstmlint.values.base import Value, is_none, unknown
from lstmlint.values.code import Caller
from lstmlint.values.data import Array
from lstmlint.values.network import Layer, Model


@models("keras.Layer.__call__")
def call_layer(caller: Caller, self: Layer, *args: Value, **keywords: Value) -> Value:
    """keras.io: the layer's outputs for these inputs."""
    if any(refuses(caller, self, value) for value in _given(self, args, keywords)):
        return unknown()
    tensors = _inputs(self, args, keywords)
    if len(args) > 1 and self.path in TAKES_STATES:
        keywords.setdefault("states", args[1])
    states = states_given(self, args, keywords, tensors or ())
    return unknown() if not tensors else Run(caller, apply_model, keywords=keywords, states=states).apply(self, tensors)


def _given(layer: Layer, args: tuple[Value, ...], keywords: dict[str, Value]) -> list[Value]:
    """The arguments of a call that must be tensors."""
    if layer.kind in ATTENTION_INPUTS:
        return [*args[:3], *(keywords[name] for name in ("query", "value", "key") if name in keywords)]
    return [*args[:1], *(keywords[name] for name in ("inputs", "sequences") if name in keywords)]


def _inputs(layer: Layer, args: tuple[Value, ...], keywords: dict[str, Value]) -> tuple[Array, ...] | None:
    """The tensors that a call gives to the layer: its first argument, for some attention layers the first three."""
    if layer.kind not in ATTENTION_INPUTS:
        first = args[0] if args else keywords.get("inputs", keywords.get("sequences"))
        return None if first is None else tensors_of(first)
    given = [*args[:3]]
    for name in ("query", "value", "key")[len(given) :]:
        if name in keywords:
            given.append(keywords[name])
    parts = [tensors_of(value) for value in given if not is_none(value)]
    return None if None in parts else tuple(tensor for part in parts for tensor in part or ())


@models("keras.Model.__call__")
def call_model(caller: Caller, self: Model, inputs: Value) -> Value:
    """keras.io: the model's outputs for these inputs."""
    if refuses(caller, self, inputs):
        return unknown()
    tensors = tensors_of(inputs)
    return unknown() if not tensors else Run(caller, apply_model).apply(self, tensors)


def _twin(name: str, kind: str) -> None:
    @models(f"keras.layers.{name}")
    def merge(caller: Caller, inputs: Value, *args: Value, **keywords: Value) -> Value:
        """keras.io: the functional twin of a merging layer."""
        if refuses(caller, f"keras.layers.{name}", inputs):
            return unknown()
        config = {**DEFAULTS.get(name, {}), **keywords}
        if args:
            config["axes" if name == "dot" else "axis"] = args[0]
        tensors = tensors_of(inputs)
        layer = Layer(f"keras.layers.{kind}", config, caller.site)
        return unknown() if not tensors else Run(caller, apply_model).apply(layer, tensors)


for _name, (_kind, _) in TWINS.items():
    _twin(_name, _kind)
