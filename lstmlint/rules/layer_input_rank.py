"""LST105: a layer other than an RNN with an input of the wrong rank."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import layer_name
from lstmlint.rules.rank import RankFault, rank_fault
from lstmlint.trace import Event, LayerApplied, Trace


class LayerInputRank(Rule):
    """
    # layer-input-rank

    ## What
    A layer around a recurrent network gets another number of axes than it takes: TimeDistributed without a time axis,
    RepeatVector after a sequence, a convolution without channels.

    ## Why it hurts
    Keras raises when the model is built.

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
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        fault = rank_fault(event)
        if fault is None or fault.code != self.code or fault.applied.violation is None:
            return
        layer = event.inside if isinstance(event, LayerApplied) and event.inside is not None else fault.applied.layer
        yield self.finding(
            event,
            layer.site,
            f"this {layer_name(layer)} gets {fault.tensor.shape}: {fault.applied.violation.message}",
            label=fault.applied.violation.message,
            help=_advice(fault),
            related=_related(fault),
            key=layer,
        )

    valid = (
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
        return (Related(fault.cause.declared.site, f"declares {fault.cause.declared.tensor.shape}"),)
    return ()


def _advice(fault: RankFault) -> str:
    kind = fault.applied.layer.kind
    if kind == "RepeatVector":
        return "RepeatVector takes one vector a sample: drop return_sequences=True before it, or drop the RepeatVector"
    if kind == "TimeDistributed":
        return "TimeDistributed applies its layer to each step of (batch, time, …): keep or add the time axis before it"
    if kind.startswith("Conv") or "Pooling" in kind:
        return "convolutions need a last axis of channels; inside TimeDistributed also a time axis before the picture's own"
    return "bring the input to the rank that the layer takes"
