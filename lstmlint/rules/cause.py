"""From a symptom back to its cause: which layer or input gave a tensor the rank that it has."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lstmlint.shapes.shape import Shape
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


def is_of_keras(layer: Layer) -> bool:
    """A layer of Keras, of whom most rules speak; PyTorch's and those of TensorFlow 1 take other inputs, for other reasons."""
    return not layer.path.startswith(("torch.", "tensorflow."))


def is_recurrent_of_graphs(layer: Layer) -> bool:
    """A recurrent network of TensorFlow 1, such as dynamic_rnn with its cell, or a cell alone."""
    return layer.path.startswith(("tensorflow.nn.", "tensorflow.contrib."))


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
        drops = after is not None and before in (None, after + 1)
        if is_recurrent(producer.layer) and drops and rnn_of(producer.layer).flag("return_sequences") is False:
            return Cause("dropped-time", applied=producer)
        if after is None or before != after:
            return Cause("layer", applied=producer)
        tensor = source
    return Cause("unknown")


def layer_name(layer: Layer) -> str:
    """How a message names a layer: "LSTM", "Bidirectional(LSTM)"."""
    inner = rnn_of(layer)
    return layer.kind if inner is layer else f"{layer.kind}({inner.kind})"


LONG = 16
"""Longer dimensions say nothing to a reader."""


def axes_of(shape: Shape) -> str:
    """How many axes there are, for a message: "2 axes"."""
    return "1 axis" if shape.rank == 1 else f"{shape.rank} axes"


def data_shape(shape: Shape) -> str:
    """An array's shape for a message: "(samples, 24)" where the number of rows is a long expression."""
    parts = [str(axis.dim) for axis in shape]
    parts = [part if len(part) <= LONG else "samples" if at == 0 and not shape.open else "?" for at, part in enumerate(parts)]
    if shape.open:
        parts.insert(0, "…")
    return f"({parts[0]},)" if len(parts) == 1 else "(" + ", ".join(parts) + ")"
