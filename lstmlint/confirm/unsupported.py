"""Which events are of models that can't be rebuilt yet."""

from __future__ import annotations

from lstmlint.trace import Event, Operation, Unpacked, arrays_of
from lstmlint.values.data import Array, items_of
from lstmlint.values.network import Layer


def is_of_torch(event: Event) -> bool:
    """Whether an event is one of a model of PyTorch (an impossible reshape of its tensors can be replayed as one of arrays)."""
    layer = getattr(event, "layer", None)
    if isinstance(layer, Layer):
        return layer.path.startswith("torch.")
    if isinstance(event, Unpacked):
        items = items_of(event.value)
        values = [event.value] if items is None else [*(items.known or ())]
        return any(isinstance(value, Array) and value.kind == "torch" for value in values)
    if isinstance(event, Operation) and event.violation is not None and event.violation.kind == "reshape":
        return False
    return any(array.kind == "torch" for array in arrays_of(event))


def is_of_graphs(event: Event) -> bool:
    """Whether an event is one of a graph of TensorFlow 1, which needs a TensorFlow that few have."""
    layer = getattr(event, "layer", None)
    if isinstance(layer, Layer) and layer.path.startswith("tensorflow."):
        return True
    return any(array.kind == "graph" for array in arrays_of(event))
