"""LST105: a layer other than an RNN with an input of the wrong rank."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.edits.change import Proposal
from lstmlint.findings import THERE, Finding, Related, Severity
from lstmlint.library.keras.specs import accepted_by_keras_2
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape, is_recurrent, layer_name
from lstmlint.rules.feeding import embedding_fed_with_vectors, fed_wrongly
from lstmlint.rules.rank import RankFault, declared_at, rank_fault
from lstmlint.rules.sequences import last_step
from lstmlint.rules.version import only_with_keras_3
from lstmlint.trace import Event, LayerApplied, ModelFed, Trace


class LayerInputRank(Rule):
    """
    # layer-input-rank

    ## What
    A layer around a recurrent network gets another number of axes than it takes: TimeDistributed without a time axis,
    RepeatVector after a sequence, a convolution without channels, an Embedding that is fed with vectors.

    ## Why it hurts
    Keras raises when the model is built. A convolution over more axes than its own is refused by Keras 3 only: this is an error
    where the project says that it uses Keras 3 (see the setting `keras-version`), a warning where nothing says which version
    it uses, and not reported for Keras 2.

    ## Example
    ```python
    model.add(TimeDistributed(Conv2D(8, 3), input_shape=(8, 24, 24)))
    ```

    ## Fixed
    ```python
    model.add(TimeDistributed(Conv2D(8, 3), input_shape=(8, 24, 24, 1)))
    ```

    ## When to ignore
    Never: the model can't be built.
    """

    code = "LST105"
    name = "layer-input-rank"
    severity = "error"
    unsafe_fix = "drop `return_sequences=True` before a RepeatVector"
    listens = (LayerApplied, ModelFed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, ModelFed):
            yield from self._vectors(event, trace)
            return
        fault = rank_fault(event)
        if fault is None or fault.code != self.code or fault.applied.violation is None:
            return
        message = fault.applied.violation.message
        severity: Severity = self.severity
        if accepted_by_keras_2(fault.applied.layer, fault.tensor.shape):
            how = only_with_keras_3(trace.keras)
            if how is None:
                return
            severity, message = how[0], f"{message} {how[1]}"
        layer = event.inside if isinstance(event, LayerApplied) and event.inside is not None else fault.applied.layer
        yield self.finding(
            event,
            layer.site,
            f"this {layer_name(layer)} gets {fault.tensor.shape}: {message}",
            label=fault.applied.violation.message,
            severity=severity,
            help=_advice(fault),
            related=_related(fault),
            key=layer,
            fix=_fix(fault, trace),
        )

    def _vectors(self, event: ModelFed, trace: Trace) -> Iterator[Finding]:
        for declared, data in fed_wrongly(event, "rank"):
            embedding = embedding_fed_with_vectors(declared, data, trace)
            if embedding is not None:
                yield self.finding(
                    event,
                    event.site,
                    f"{event.method} feeds vectors {data_shape(data.shape)} to an Embedding, which takes ids (samples, time)",
                    label=f"rank {data.shape.rank} where rank 2 is needed",
                    help=f"the data holds vectors already: drop the Embedding {THERE} and declare (time, features)",
                    related=(Related(embedding.site, "looks ids up"),),
                    key=event.model,
                )

    valid = (
        """
from tf_keras import Sequential
from tf_keras.layers import Conv1D, Flatten, Input, LSTM, TimeDistributed

model = Sequential([Input((None, 20, 1)), Conv1D(8, 3), TimeDistributed(Flatten()), LSTM(8)])
""",
        """
from keras import Sequential
from keras.layers import Conv2D, Flatten, Input, LSTM, TimeDistributed

model = Sequential([Input((8, 24, 24, 1)), TimeDistributed(Conv2D(8, 3)), TimeDistributed(Flatten()), LSTM(16)])
""",
        """
from keras import Sequential
from keras.layers import Input, LSTM, RepeatVector

model = Sequential([Input((10, 1)), LSTM(16), RepeatVector(10), LSTM(16, return_sequences=True)])
""",
    )
    invalid = (
        """
import numpy as np
from keras import Input, Model
from keras.layers import Dense, Embedding, LSTM

X = np.random.rand(90, 20, 32)
tokens = Input((20,))
model = Model(tokens, Dense(1)(LSTM(8)(Embedding(300, 32)(tokens))))
model.fit(X, np.zeros(90))  # LST105
""",
        """
from keras import Sequential
from keras.layers import Conv2D, Flatten, LSTM, TimeDistributed

model = Sequential()
model.add(TimeDistributed(Conv2D(8, 3), input_shape=(8, 24, 24)))  # LST105
model.add(TimeDistributed(Flatten()))
model.add(LSTM(16))
""",
        """
from keras import Sequential
from keras.layers import Input, LSTM, RepeatVector

model = Sequential()
model.add(Input((10, 1)))
model.add(LSTM(16, return_sequences=True))
model.add(RepeatVector(10))  # LST105
model.add(LSTM(16))
""",
    )


def _related(fault: RankFault) -> tuple[Related, ...]:
    if fault.cause.applied is not None:
        return (Related(fault.cause.applied.layer.site, f"gives {fault.tensor.shape}"),)
    if fault.cause.declared is not None and fault.cause.declared.layer is not fault.applied.layer:
        return (Related(declared_at(fault.cause.declared), f"declares {fault.cause.declared.tensor.shape}"),)
    return ()


def _fix(fault: RankFault, trace: Trace) -> Proposal | None:
    """RepeatVector takes the last step only."""
    before = fault.tensor.producer
    if fault.applied.layer.kind != "RepeatVector" or not isinstance(before, LayerApplied) or not is_recurrent(before.layer):
        return None
    return last_step(before.layer, trace)


def _advice(fault: RankFault) -> str:
    kind = fault.applied.layer.kind
    if fault.cause.applied is not None and fault.cause.applied.layer.kind == "Embedding":
        return "the data has an axis too many for an Embedding: give it ids (samples, time), or drop it if these are vectors"
    if kind == "RepeatVector":
        return "RepeatVector takes one vector a sample: drop return_sequences=True before it, or drop the RepeatVector"
    if kind == "TimeDistributed":
        return "TimeDistributed applies its layer to each step of (batch, time, …): keep or add the time axis before it"
    if kind.startswith("Conv") or "Pooling" in kind:
        return "convolutions need a last axis of channels; inside TimeDistributed also a time axis before the picture's own"
    return "bring the input to the rank that the layer takes"
