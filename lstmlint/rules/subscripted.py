"""Keras's part of LST108 for what an RNN returns, subscripted as if it were a tensor."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import THERE, Finding, Related
from lstmlint.library.keras.recurrent import recurrent_layer
from lstmlint.rules.base import Part
from lstmlint.rules.cause import layer_name
from lstmlint.rules.not_a_tensor import NotATensor
from lstmlint.trace import Event, LayerApplied, Operation, Trace


class SubscriptedOutputs(Part):
    """
    ## With what an RNN of Keras returns
    With return_state=True, an RNN of Keras returns a list, of which `x[:, -1]` can take no steps.

    ```python
    x, h, c = LSTM(10, return_sequences=True, return_state=True)(series)
    last = x[:, -1]
    ```
    """

    of = NotATensor
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.name != "tuple.__getitem__" or event.violation is None:
            return
        applied = event.operands[0].producer
        if not isinstance(applied, LayerApplied) or recurrent_layer(applied.layer) is None:
            return
        count, inner = len(event.operands), layer_name(applied.layer)
        yield self.finding(
            event,
            event.site,
            f"the {inner} returns {count} tensors, which are subscripted here like one",
            label="no tensor",
            help=f"take the first of them, or drop return_state=True {THERE}",
            related=(Related(applied.layer.site, f"returns {count} tensors"),),
            key=applied.layer,
        )

    valid = (
        """
import numpy as np
from keras.layers import LSTM

x, h, c = LSTM(8, return_sequences=True, return_state=True)(np.zeros((5, 10, 1)))
last = x[:, -1]
""",
    )
    invalid = (
        """
import tensorflow as tf
from tensorflow.keras import Model
from tensorflow.keras.layers import Dense, LSTM


class Network(Model):
    def __init__(self):
        super().__init__()
        self.rnn = LSTM(8, return_sequences=True, return_state=True)
        self.head = Dense(1)

    def call(self, x):
        x = self.rnn(x)
        return self.head(x[:, -1])  # LST108


print(Network()(tf.zeros((5, 10, 1))))
""",
    )
