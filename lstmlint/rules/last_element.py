"""LST505 for Keras: `out[:, -1]` of a bidirectional layer, `out[-1]`, which is the last sample, and last steps that are padding."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.library.keras.padding import PaddedBehind
from lstmlint.rules.base import Part
from lstmlint.rules.cause import data_shape, is_recurrent, layer_name
from lstmlint.rules.torch.last_step import WrongLastStep
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import ElementTaken, Event, LayerApplied, ModelFed, Operation, Trace, arrays_of
from lstmlint.values.data import Array


class KerasLastElement(Part):
    """
    ## With Keras
    `out[:, -1]` of `Bidirectional(LSTM(8, return_sequences=True))` is the forward direction after all steps beside the backward
    direction after a single one: the last. Without `return_sequences=True` the layer itself gives both directions after all their
    steps. `out[-1]` is the last sample of the batch, whatever the layer. And where `pad_sequences(…, padding="post")` has put zeros
    behind the sequences and nothing masks them, `out[:, -1]` is the answer after the padding. (The same is true of a layer
    without return_sequences=True, but so many models work with it all the same that it is not reported.)

    It must be proven that the tensor is what a recurrent layer of Keras returned, that the axis is its time (or its batch), and
    that nothing else is made of it: beside attention or another step, the last one is a part of what is kept.
    """

    of = WrongLastStep
    listens = (ElementTaken, ModelFed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, ModelFed):
            yield from self._padded(event, trace)
            return
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

    def _padded(self, event: ModelFed, trace: Trace) -> Iterator[Finding]:
        """A layer that answers with its last step, after padding that nothing masks."""
        for declared, data in event.inputs:
            steps = data.shape.axis(1) if data.shape.rank in (2, 3) else None
            if steps is None or not isinstance(steps.origin, PaddedBehind):
                continue
            taken = _last_of_padded(declared, trace)
            if taken is None or not isinstance(taken.array.producer, LayerApplied):
                continue
            layer = taken.array.producer.layer
            yield self.finding(
                event,
                taken.site,
                "the sequences are padded behind and nothing masks the padding: of a sequence that is shorter than the longest, "
                f"[:, -1] is what this {layer_name(layer)} answers after the zeros",
                label="the last step is padding",
                help='pass mask_zero=True to the Embedding (or put a Masking layer before), or pad in front: padding="pre"',
                related=(Related(steps.origin.site, "the sequences are padded behind here"),),
                effect="silent",
                key=event.model,
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
        """
import numpy as np
from keras import Input, Model, Sequential
from keras.layers import Dense, Embedding, LSTM
from keras.utils import pad_sequences

lines = [[3, 1, 4], [1, 5], [9, 2, 6, 5]]
front, behind = pad_sequences(lines, 10), pad_sequences(lines, 10, padding="post")
model = Sequential([Embedding(10, 8), LSTM(12), Dense(1)])
model.compile("adam", "mse")
model.fit(front, np.zeros(3))
words = Input((10,))
masked = Model(words, LSTM(12, return_sequences=True)(Embedding(10, 8, mask_zero=True)(words))[:, -1])
masked.compile("adam", "mse")
masked.fit(behind, np.zeros((3, 12)))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Input, Model
from keras.layers import Dense, Embedding, LSTM
from keras.utils import pad_sequences

lines = [[3, 1, 4], [1, 5], [9, 2, 6, 5]]
behind = pad_sequences(lines, 10, padding="post")
words = Input((10,))
out = LSTM(12, return_sequences=True)(Embedding(10, 8)(words))
model = Model(words, Dense(1)(out[:, -1]))  # LST505
model.compile("adam", "mse")
model.fit(behind, np.zeros(3))
""",
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


def _last_of_padded(declared: Array, trace: Trace) -> ElementTaken | None:
    """Where the last step is taken of what a recurrent layer makes of an input, of which it has read all steps, unmasked."""
    reached: set[int] = {id(declared.producer)}
    rnns: set[int] = set()
    for event in trace.events:
        if isinstance(event, ElementTaken):
            if event.index == -1 and event.axis == 1 and event.array.shape.rank == 3 and id(event.array.producer) in rnns:
                return event
        elif isinstance(event, LayerApplied) and len(event.inputs) == 1 and id(event.inputs[0].producer) in reached:
            if event.layer.kind == "Embedding" and event.layer.flag("mask_zero") is not False:
                return None
            if is_recurrent(event.layer) and event.layer.kind != "Bidirectional":
                rnns.add(id(event))
            elif event.layer.kind not in _STEP_BY_STEP:
                continue
            reached.add(id(event))
    return None


_STEP_BY_STEP = frozenset(
    ("Embedding", "Dropout", "SpatialDropout1D", "BatchNormalization", "LayerNormalization", "Dense", "TimeDistributed")
)
"""Layers that leave each step where it is, padding or not."""
