"""LST308: a cross-entropy of values that are no probabilities."""
from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from lstmlint.edits.calls import argument, keyword_set
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import text_replaced
from lstmlint.findings import Finding, Related
from lstmlint.rules.activations import activated_layer, activation_of, last_activated
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import is_recurrent, layer_name
from lstmlint.rules.targets import target_faults
from lstmlint.shapes.dims import same
from lstmlint.trace import Event, ModelFed, Trace
from lstmlint.values.base import FALSE
from lstmlint.values.data import Array
from lstmlint.values.network import Layer, Loss

_UNBOUND = frozenset(["linear", "relu", "tanh", "elu", "selu", "softsign", "gelu", "silu", "leaky_relu"])
_BINARY = {"binary_crossentropy": "BinaryCrossentropy", "binary_focal_crossentropy": "BinaryFocalCrossentropy"}
_CATEGORICAL = {
    "categorical_crossentropy": "CategoricalCrossentropy",
    "categorical_focal_crossentropy": "CategoricalFocalCrossentropy",
    "sparse_categorical_crossentropy": "SparseCategoricalCrossentropy",
}


class LossOnNonProbabilities(Rule):
    """
    # loss-on-non-probabilities

    ## What
    A cross-entropy, which takes probabilities unless it is told `from_logits=True`, gets values that are none: the last layer
    has no activation, or one such as tanh or relu.

    ## Why it hurts
    Keras cuts values below 0 and above 1 off without a word. What is cut off has no gradient, so the model learns slowly, gets
    stuck, or ends in NaN; what predict gives is no probability.

    ## What must be proven
    That the loss is one of Keras's own and is not told `from_logits=True`, and that the last activation on the way to it may give
    values below 0 or above 1. It is always a warning, since such a model learns as long as its values happen to stay between them.

    ## Example
    ```python
    model = Sequential([Input((20, 6)), LSTM(12), Dense(1)])
    model.compile("adam", "binary_crossentropy")
    ```

    ## Fixed
    ```python
    model = Sequential([Input((20, 6)), LSTM(12), Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    ```

    ## When to ignore
    Where the last layer is known to give values between 0 and 1 all the same, by its constraints or its input.
    """

    code = "LST308"
    name = "loss-on-non-probabilities"
    severity = "warning"
    unsafe_fix = "add the activation that gives probabilities"
    listens: ClassVar[tuple[type[Event], ...]] = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ModelFed) or event.role == "predict" or not event.losses or target_faults(event):
            return
        for output, loss in event.losses:
            yield from self._output(event, output, loss)

    def _output(self, event: ModelFed, output: Array, loss: Loss) -> Iterator[Finding]:
        applied = last_activated(output)
        if applied is None or loss.config.get("from_logits", FALSE) != FALSE:
            return
        layer = activated_layer(applied)
        activation = activation_of(layer)
        categorical = loss.name in _CATEGORICAL
        if activation not in _UNBOUND or not (categorical or loss.name in _BINARY):
            return
        if categorical and (not output.shape.axes or same(output.shape.axes[-1].dim, 1)):
            # One unit is the graver mistake: LST304.
            return
        compiled = event.compiled_at
        made_by = "no activation" if activation == "linear" else f"{activation} as its activation"
        yield self.finding(
            event,
            layer.site,
            f"{loss.name} takes probabilities, but this last {layer_name(layer)} has {made_by}: "
            "Keras cuts off what is not between 0 and 1",
            label=made_by,
            help=_advice(layer, loss, categorical),
            related=() if compiled is None else (Related(compiled, f"the loss is {loss.name}"),),
            effect="silent",
            key=layer,
            fix=None if is_recurrent(layer) else _activated(layer, "softmax" if categorical else "sigmoid"),
        )

    valid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential, losses
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((20, 6)), LSTM(12), Dense(1)])
model.compile("adam", losses.BinaryCrossentropy(from_logits=True))
model.fit(np.zeros((96, 20, 6)), np.zeros(96))
model.compile("adam", "mse")
model.fit(np.zeros((96, 20, 6)), np.zeros(96))
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Activation, Dense, Input, LSTM

model = Sequential([Input((20, 6)), LSTM(12), Dense(4)])
model.add(Activation("softmax"))
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((96, 20, 6)), np.zeros(96))
""",
    )
    invalid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Dropout, Input, LSTM

model = Sequential([Input((20, 6)), LSTM(12), Dense(1), Dropout(0.1)])  # LST308
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((96, 20, 6)), np.zeros(96))
""",
        """
import numpy as np
from keras import Sequential, losses
from keras.layers import Dense, Input, LSTM, TimeDistributed

model = Sequential([Input((20, 6)), LSTM(12, return_sequences=True)])
model.add(TimeDistributed(Dense(4, activation="relu")))  # LST308
model.compile("adam", losses.SparseCategoricalCrossentropy())
model.fit(np.zeros((96, 20, 6)), np.zeros((96, 20)))
""",
    )


def _activated(layer: Layer, wanted: str) -> Proposal | None:
    """The activation that gives probabilities, added or in place of a named one."""
    written = argument(layer.site.node, "activation", 0 if layer.kind == "Activation" else 1)
    if written is not None:
        return proposal(f"use {wanted}", text_replaced(layer.site, written, wanted), safe=False)
    change = keyword_set(layer.site, "activation", f'"{wanted}"') if layer.kind not in ("Activation", "LeakyReLU", "ReLU") else None
    return proposal(f"add activation={wanted!r}", change, safe=False)


def _advice(layer: Layer, loss: Loss, categorical: bool) -> str:
    wanted = "softmax" if categorical else "sigmoid"
    other = f"{_CATEGORICAL[loss.name] if categorical else _BINARY[loss.name]}(from_logits=True)"
    if is_recurrent(layer):
        return f'put Dense(units, activation="{wanted}") behind it'
    return f'use activation="{wanted}" here, or compile with loss={other} where the values are meant as logits'
