"""From a symptom back to its cause: which layer or input gave a tensor the rank that it has."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lstmlint.trace import InputDeclared, LayerApplied
from lstmlint.values.data import Array
from lstmlint.values.network import Layer

RECURRENT = frozenset(
    {
        "LSTM",
        "GRU",
        "SimpleRNN",
        "RNN",
        "CuDNNLSTM",
        "CuDNNGRU",
        "ConvLSTM1D",
        "ConvLSTM2D",
        "ConvLSTM3D",
    }
)


def is_recurrent(layer: Layer) -> bool:
    """An RNN, or a Bidirectional around one."""
    return layer.kind in RECURRENT or layer.kind == "Bidirectional"


def rnn_of(layer: Layer) -> Layer:
    """The RNN itself: what a Bidirectional wraps, otherwise the layer."""
    inner = layer.config.get("layer")
    return rnn_of(inner) if layer.kind in ("Bidirectional", "TimeDistributed") and isinstance(inner, Layer) else layer


@dataclass(frozen=True, slots=True)
class Cause:
    """What gave a tensor its rank. `kind` "dropped-time": an RNN without return_sequences (`applied`); "layer": another layer that
    changed the rank (`applied`); "input": a declared input (`declared`); "data": an array that was fed (`data`)."""

    kind: Literal["dropped-time", "layer", "input", "data", "unknown"]
    applied: LayerApplied | None = None
    declared: InputDeclared | None = None
    data: Array | None = None


def cause_of_rank(tensor: Array) -> Cause:
    """Follow `tensor` back through the layers that keep the rank."""
    for _ in range(200):
        producer = tensor.producer
        if isinstance(producer, InputDeclared):
            return Cause("input", declared=producer)
        if isinstance(producer, Array):
            return Cause("data", data=producer)
        if not isinstance(producer, LayerApplied) or not producer.inputs:
            return Cause("unknown")
        source = producer.inputs[0]
        before, after = source.shape.rank, tensor.shape.rank
        if is_recurrent(producer.layer) and after == 2 and rnn_of(producer.layer).flag("return_sequences") is False:
            return Cause("dropped-time", applied=producer)
        if after is None or before != after:
            return Cause("layer", applied=producer)
        tensor = source
    return Cause("unknown")


def layer_name(layer: Layer) -> str:
    """How a message names a layer: "LSTM", "Bidirectional(LSTM)"."""
    inner = rnn_of(layer)
    return layer.kind if inner is layer else f"{layer.kind}({inner.kind})"
