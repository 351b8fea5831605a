"""The call that makes a layer of PyTorch."""

from __future__ import annotations

from collections.abc import Callable

from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.texts import Text, joined, length
from lstmlint.library.torch.specs import SPECS, decided
from lstmlint.values.base import Const, Integer, Unknown, Value
from lstmlint.values.data import items_of
from lstmlint.values.network import Layer

_PASSED_OVER = frozenset(["device", "dtype", "inplace", "generator", "collate_fn"])
_SHAPELESS = frozenset(["dropout", "p", "bias", "eps", "momentum", "weight", "pos_weight", "nonlinearity", "activation", "lambd"])
"""Arguments without which a layer has the same shapes, where they are not known."""
_FLAGS = frozenset(["batch_first", "bidirectional", "bias", "sparse", "ceil_mode", "affine", "norm_first", "add_bias_kv"])


def layer_text(layer: Layer, value: Callable[[Value], Text]) -> Text:
    """`layer` as a program makes it; `value` writes arguments."""
    spec = SPECS.get(layer.path)
    if spec is None:
        raise NotRebuilt(f"a {layer.kind} can't be rebuilt yet")
    given = [
        (f"{name}=", *_argument(layer, name, argument, value))
        for name, argument in layer.config.items()
        if name in spec.parameters and name not in _PASSED_OVER and not (name in _SHAPELESS and not _is_known(argument))
    ]
    return (layer.path, "(", *joined(given), ")")


def _is_known(value: Value) -> bool:
    return isinstance(value, (Const, Integer))


def _argument(layer: Layer, name: str, argument: Value, value: Callable[[Value], Text]) -> Text:
    if isinstance(argument, Unknown):
        if name in _FLAGS:
            return (repr(decided(argument)),)
        return length(layer.length(name))
    if items_of(argument) is None and not isinstance(argument, (Const, Integer)):
        raise NotRebuilt(f"{name} of a {layer.kind} isn't known")
    return value(argument)
