"""LST107: tensors of shapes that can't be merged."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import is_recurrent, layer_name, rnn_of
from lstmlint.trace import Event, InputDeclared, LayerApplied, Trace
from lstmlint.values.data import Array
from lstmlint.values.network import Layer


class MergeShapeMismatch(Rule):
    """
    # merge-shape-mismatch

    ## What
    Concatenate, Add, Dot, Attention and the like get tensors whose shapes do not go together: a sequence (batch, time, features)
    and a vector (batch, features), or sequences of different lengths.

    ## Why it hurts
    Keras raises when the model is built.

    ## Example
    ```python
    text = LSTM(10, return_sequences=True)(embedded)
    both = Concatenate()([text, numbers])
    ```

    ## Fixed
    ```python
    text = LSTM(10)(embedded)
    both = Concatenate()([text, numbers])
    ```

    ## When to ignore
    Never: the model can't be built.
    """

    code = "LST107"
    name = "merge-shape-mismatch"
    severity = "error"
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LayerApplied) or event.violation is None or event.violation.kind != "merge":
            return
        # Of many, one of each shape: those that disagree.
        unlike = list({str(tensor.shape): tensor for tensor in reversed(event.inputs)}.values())[::-1]
        told = (unlike if len(event.inputs) > 3 else event.inputs)[:3]
        shapes = " and ".join(str(tensor.shape) for tensor in told)
        yield self.finding(
            event,
            event.layer.site,
            f"this {layer_name(event.layer)} gets {shapes}, which do not go together",
            label=event.violation.message,
            help=_advice(event.inputs),
            related=tuple(_born(tensor) for tensor in told if _has_birth(tensor)),
            key=event.layer,
        )

    valid = (
        """
from keras import Model
from keras.layers import Concatenate, Input, LSTM

a, b = Input((11,)), Input((15, 4))
model = Model([a, b], Concatenate()([a, LSTM(8)(b)]))
""",
    )
    invalid = (
        """
from keras import Model
from keras.layers import Concatenate, Input, LSTM

a, b = Input((11,)), Input((15, 4))
both = Concatenate()([a, LSTM(8, return_sequences=True)(b)])  # LST107
model = Model([a, b], both)
""",
        """
from keras import Input
from keras.layers import Concatenate, GRU

a, b = Input((4,)), Input((15, 4))
all_four = Concatenate()([a, a, a, GRU(8, return_sequences=True)(b)])  # LST107
""",
    )


def _has_birth(tensor: Array) -> bool:
    return isinstance(tensor.producer, (LayerApplied, InputDeclared))


def _born(tensor: Array) -> Related:
    producer = tensor.producer
    if isinstance(producer, LayerApplied):
        return Related(producer.layer.site, f"{layer_name(producer.layer)} gives {tensor.shape}")
    assert isinstance(producer, InputDeclared)
    return Related(producer.site, f"declares {tensor.shape}")


def _advice(inputs: tuple[Array, ...]) -> str:
    if {tensor.shape.rank for tensor in inputs} == {2, 3}:
        for tensor in inputs:
            producer = tensor.producer
            if tensor.shape.rank == 3 and isinstance(producer, LayerApplied) and _returns_sequences(producer.layer):
                return f"drop return_sequences=True from the {layer_name(producer.layer)}, if one vector a sample is meant"
    return "bring the tensors to shapes that agree in all axes but the one that is joined"


def _returns_sequences(layer: Layer) -> bool:
    return is_recurrent(layer) and rnn_of(layer).flag("return_sequences") is True
