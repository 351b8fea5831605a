"""LST102: a layer that needs the whole sequence after an RNN that returns only its last step."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import THERE, Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import is_recurrent, layer_name
from lstmlint.rules.rank import rank_fault
from lstmlint.rules.sequences import whole_sequence
from lstmlint.trace import Event, LayerApplied, Trace


class MissingReturnSequences(Rule):
    """
    # missing-return-sequences

    ## What
    A recurrent layer (or another layer that needs a time axis: TimeDistributed, Conv1D, pooling, attention) stands after
    an RNN that returns only its last step.

    ## Why it hurts
    Without `return_sequences=True` an RNN drops the time axis: its output is (batch, units). A further RNN needs
    (batch, time, features) and Keras raises "expected ndim=3, found ndim=2" when the model is built.

    ## Example
    ```python
    model = Sequential([Input((60, 1)), LSTM(50), LSTM(50), Dense(1)])
    ```

    ## Fixed
    ```python
    model = Sequential([Input((60, 1)), LSTM(50, return_sequences=True), LSTM(50), Dense(1)])
    ```

    Attention and AdditiveAttention are built and trained without a word: they take the axis of the batch for the steps, so that
    each sample attends to the other samples of its batch.

    ## When to ignore
    Never: the model can't be built, or attends to the wrong axis.
    """

    code = "LST102"
    name = "missing-return-sequences"
    severity = "error"
    safe_fix = "add `return_sequences=True` to the recurrent layers before it"
    unsafe_fix = "the same, where something else gets their output, too"
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        fault = rank_fault(event)
        if fault is None or fault.code != self.code or fault.cause.applied is None:
            return
        layer, earlier = fault.applied.layer, fault.cause.applied
        needed = fault.applied.violation.right if fault.applied.violation is not None else None
        refused = fault.applied.violation
        needs = "(batch, time, features)" if is_recurrent(layer) and needed == 3 else "a time axis"
        yield self.finding(
            event,
            layer.site,
            f"this {layer_name(layer)} gets {fault.tensor.shape}, but needs {needs}",
            label="attends to the whole batch, not to steps" if refused is None else refused.message,
            help=f"pass return_sequences=True to the {layer_name(earlier.layer)} {THERE}",
            related=(Related(earlier.layer.site, f"returns only its last step: {fault.tensor.shape}"),),
            effect="silent" if refused is None else "raises",
            key=(layer, earlier.layer),
            fix=whole_sequence(fault, trace),
        )

    valid = (
        """
from keras import Input, Sequential
from keras.layers import LSTM, Dense

model = Sequential([Input((60, 1)), LSTM(50, return_sequences=True), LSTM(50), Dense(1)])
""",
        """
from keras import Sequential
from keras.layers import LSTM, Dense

def build(whole):
    model = Sequential()
    model.add(LSTM(50, return_sequences=whole, input_shape=(60, 1)))
    model.add(LSTM(50))
    return model
""",
    )
    invalid = (
        """
from keras.layers import ConvLSTM2D, Input
from keras.models import Sequential

model = Sequential()
model.add(Input((10, 40, 40, 1)))
model.add(ConvLSTM2D(8, 3))
model.add(ConvLSTM2D(8, 3))  # LST102
""",
        """
from keras.models import Sequential
from keras.layers import LSTM, Dense

model = Sequential()
model.add(LSTM(50, input_shape=(60, 1)))
model.add(LSTM(50))  # LST102
model.add(Dense(1))
""",
        """
from tensorflow.keras.layers import Bidirectional, Dropout, GRU, Input, TimeDistributed, Dense
from tensorflow.keras import Model

series = Input(shape=(30, 4))
hidden = Bidirectional(GRU(16))(series)
hidden = Dropout(0.2)(hidden)
steps = TimeDistributed(Dense(1))(hidden)  # LST102
model = Model(series, steps)
""",
        """
from keras import Input, Model
from keras.layers import Attention, Concatenate, Dense, LSTM

series, previous = Input((30, 4)), Input((None, 4))
encoded, h, c = LSTM(16, return_state=True)(series)
decoded = LSTM(16, return_sequences=True)(previous, initial_state=[h, c])
context = Attention()([decoded, encoded])  # LST102
model = Model([series, previous], Dense(4)(Concatenate()([decoded, context])))
""",
    )
