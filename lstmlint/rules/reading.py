"""Which recurrent layer reads an input of a Keras model."""

from __future__ import annotations

from lstmlint.rules.cause import is_recurrent
from lstmlint.trace import LayerApplied, Trace
from lstmlint.values.data import Array


def reader(declared: Array, trace: Trace) -> LayerApplied | None:
    """The recurrent layer that reads an input, at most through layers that leave its axes as they are."""
    for event in trace.events:
        if not isinstance(event, LayerApplied) or not is_recurrent(event.layer) or not event.inputs:
            continue
        tensor = event.inputs[0]
        for _ in range(_LONGEST_WAY):
            if tensor.producer is declared.producer:
                return event
            made = tensor.producer
            if not isinstance(made, LayerApplied) or not made.inputs or made.layer.kind not in _KEEPS:
                break
            tensor = made.inputs[0]
    return None


_LONGEST_WAY = 20
_KEEPS = frozenset(["Masking", "Dropout", "SpatialDropout1D", "GaussianNoise", "BatchNormalization", "LayerNormalization"])
