"""What the values of a tensor are by the activation that made them."""
from __future__ import annotations

from lstmlint.rules.cause import is_recurrent, rnn_of
from lstmlint.trace import LayerApplied
from lstmlint.values.base import NONE, Const, is_none
from lstmlint.values.code import External
from lstmlint.values.data import Array
from lstmlint.values.network import Layer

_ACTIVATED = frozenset(["Dense", "TimeDistributedDense", "Conv1D", "Conv2D", "Conv3D"])
_BY_KIND = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "PReLU": "leaky_relu"}
_SAME_VALUES = frozenset(
    """
    Dropout AlphaDropout GaussianDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D ActivityRegularization Reshape Flatten
    Permute Identity RepeatVector
    """.split()  # noqa: SIM905
)
_SHORT = {"swish": "silu", "hard_swish": "hard_silu", "identity": "linear"}
_MOST = 50


def activation_of(layer: Layer) -> str | None:
    """The function that a layer ends with, by its present name ("linear" where there is none); None where it is not known."""
    if layer.kind in _BY_KIND:
        return _BY_KIND[layer.kind]
    if layer.kind == "Softmax":
        return "softmax"
    if layer.kind not in _ACTIVATED and layer.kind != "Activation":
        return _recurrent(layer) if is_recurrent(layer) else None
    return _named(layer, "linear")


def _recurrent(layer: Layer) -> str | None:
    inner = rnn_of(layer)
    if layer.kind == "Bidirectional" and not _concatenates(layer):
        return None
    return _named(inner, "tanh") if inner.kind in ("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU") else None


def _concatenates(layer: Layer) -> bool:
    mode = layer.config.get("merge_mode", Const("concat"))
    return is_none(mode) or mode == Const("concat")


def _named(layer: Layer, default: str) -> str | None:
    value = layer.config.get("activation")
    if value is None:
        return default
    if value == NONE:
        return "linear"
    name = value.value if isinstance(value, Const) else value.path.rpartition(".")[2] if isinstance(value, External) else None
    return _SHORT.get(name.lower(), name.lower()) if isinstance(name, str) else None


def last_activated(tensor: Array) -> LayerApplied | None:
    """The layer whose activation gave `tensor` its values, through layers that leave them as they are."""
    for _ in range(_MOST):
        producer = tensor.producer
        if not isinstance(producer, LayerApplied) or not producer.inputs:
            return None
        inner = producer.layer.config.get("layer") if producer.layer.kind == "TimeDistributed" else None
        layer = inner if isinstance(inner, Layer) else producer.layer
        if layer.kind not in _SAME_VALUES:
            return producer
        tensor = producer.inputs[0]
    return None


def activated_layer(applied: LayerApplied) -> Layer:
    """The layer that has the activation: what a TimeDistributed wraps, otherwise the layer applied."""
    inner = applied.layer.config.get("layer")
    return inner if applied.layer.kind == "TimeDistributed" and isinstance(inner, Layer) else applied.layer
