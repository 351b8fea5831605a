"""LST505 for Keras: `out[:, -1]` of a bidirectional layer, and `out[-1]`, which is the last sample."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.cause import data_shape, is_recurrent, layer_name
from lstmlint.rules.torch.last_step import WrongLastStep
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import ElementTaken, Event, LayerApplied, Operation, Trace, arrays_of


class KerasLastElement(Part):
    """
    ## With Keras
    `out[:, -1]` of `Bidirectional(LSTM(8, return_sequences=True))` is the forward direction after all steps beside the backward
    direction after a single one: the last. Without `return_sequences=True` the layer itself gives both directions after all their
    steps. `out[-1]` is the last sample of the batch, whatever the layer.

    It must be proven that the tensor is what a recurrent layer of Keras returned, that the axis is its time (or its batch), and
    that nothing else is made of it: beside attention or another step, the last one is a part of what is kept.
    """

    of = WrongLastStep
    listens = (ElementTaken,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ElementTaken) or event.index != -1 or event.array.shape.rank != 3:
            return
        applied, axis = event.array.producer, event.array.shape.axes[event.axis]
        if not isinstance(applied, LayerApplied) or applied.layer.path.startswith("torch.") or not is_recurrent(applied.layer):
            return
        made = Related(applied.layer.site, f"{layer_name(applied.layer)} gives {data_shape(event.array.shape)}")
        if event.axis == 0 and axis.meaning is Meaning.BATCH and not same(axis.dim, 1):
            yield self.finding(
                event,
                event.site,
                f"axis 0 of this output {data_shape(event.array.shape)} is the batch, so that [-1] is its last sample with all its "
                "steps, not the last step of each sample",
                label="the last sample",
                help="take the last step with [:, -1], or make the layer without return_sequences=True",
                related=(made,),
                effect="silent",
                key=applied.layer,
            )
        elif event.axis == 1 and applied.layer.kind == "Bidirectional" and not same(axis.dim, 1) and _alone(event, trace):
            yield self.finding(
                event,
                event.site,
                f"this {layer_name(applied.layer)} reads in both directions: at the last step, the backward one has read that step "
                f"only, of {axis.dim if isinstance(axis.dim, int) else 'all'}",
                label="the first step of the backward direction",
                help="make the layer without return_sequences=True: it gives the last state of each direction",
                related=(made,),
                effect="silent",
                key=applied.layer,
            )

    valid = (
        """
from keras import Input, Model
from keras.layers import Bidirectional, Concatenate, Dense, GlobalMaxPooling1D, LSTM

x = Input((20, 6))
out = LSTM(12, return_sequences=True)(x)
model = Model(x, Dense(1)(out[:, -1]))
both = Bidirectional(LSTM(12, return_sequences=True))(x)
other = Model(x, Dense(1)(Concatenate()([both[:, -1], GlobalMaxPooling1D()(both)])))
""",
    )
    invalid = (
        """
from keras import Input, Model
from keras.layers import Bidirectional, Dense, LSTM

x = Input((20, 6))
out = Bidirectional(LSTM(12, return_sequences=True))(x)
model = Model(x, Dense(1)(out[:, -1, :]))  # LST505
""",
        """
import keras
import numpy as np
from keras.layers import Dense, GRU

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.rnn = GRU(12, return_sequences=True)
        self.head = Dense(1)

    def call(self, x):
        return self.head(self.rnn(x)[-1])  # LST505

net = Net()
net.predict(np.zeros((40, 20, 6)))
""",
    )


def _alone(event: ElementTaken, trace: Trace) -> bool:
    """Whether nothing but this element is made of what the layer gave."""
    source = event.array.producer
    for other in trace.events:
        if other is event or (isinstance(other, LayerApplied) and other.layer.kind == "Lambda"):
            continue
        if isinstance(other, ElementTaken):
            if other.array.producer is source and (other.axis, other.index) != (event.axis, event.index):
                return False
        elif isinstance(other, (LayerApplied, Operation)) and any(array.producer is source for array in arrays_of(other)):
            return False
    return True
