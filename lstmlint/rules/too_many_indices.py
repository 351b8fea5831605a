"""LST102 and LST201: a subscript takes more axes than the tensor or array has."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import THERE, Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.cause import axes_of, cause_of_rank, data_shape, layer_name
from lstmlint.rules.data_rank import DataRank, advice
from lstmlint.rules.missing_axis import SEQUENCES
from lstmlint.rules.missing_return_sequences import MissingReturnSequences
from lstmlint.trace import Event, Operation, Trace
from lstmlint.values.data import PREDICTED, Array


def taken_of_too_few(event: Event) -> tuple[Array, int] | None:
    """What a subscript is put to that takes more axes than there are, and how many it takes."""
    if not isinstance(event, Operation) or event.violation is None or event.violation.kind != "indices":
        return None
    tensor, taken = event.operands[0], event.violation.right
    return (tensor, taken) if isinstance(taken, int) and tensor.shape.axes else None


class StepOfLastStep(Part):
    """
    ## With a subscript
    The last step alone has no axis of time, either, of which a subscript could take one: `LSTM(32)(x)[:, -1, :]` raises.
    """

    of = MissingReturnSequences
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        found = taken_of_too_few(event)
        if found is None or found[0].kind != "keras":
            return
        tensor, taken = found
        earlier = cause_of_rank(tensor).applied
        if cause_of_rank(tensor).kind != "dropped-time" or earlier is None:
            return
        name = layer_name(earlier.layer)
        yield self.finding(
            event,
            event.site,
            f"this subscript takes {taken} axes of {tensor.shape}, the last step of the {name}",
            label=f"rank {tensor.shape.rank}",
            help=f"leave the subscript out, or pass return_sequences=True to the {name} {THERE}",
            related=(Related(earlier.layer.site, f"returns only its last step: {tensor.shape}"),),
            key=(event.site.node, earlier.layer),
        )

    valid = (
        """
from keras import Input, Model
from keras.layers import Dense, LSTM

series = Input((30, 4))
steps = LSTM(16, return_sequences=True)(series)
model = Model(series, Dense(1)(steps[:, -1, :]))
""",
        """
from keras import Input
from keras.layers import LSTM

last = LSTM(16)(Input((30, 4)))
first, column, again = last[:, 0], last[:, :, None], last[..., 0]
""",
    )
    invalid = (
        """
from keras import Input, Model
from keras.layers import Dense, Dropout, LSTM

series = Input((30, 4))
hidden = Dropout(0.2)(LSTM(16)(series))
model = Model(series, Dense(1)(hidden[:, -1, :]))  # LST102
""",
    )


class SubscriptOfData(Part):
    """
    ## With a subscript too many
    `X[:, :, 0]` raises "too many indices for array" where X is a table (samples, features).
    """

    of = DataRank
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        found = taken_of_too_few(event)
        if found is None or found[0].kind != "numpy":
            return
        array, taken = found
        predicted = array.source == PREDICTED
        what = "the model predicts" if predicted else "the data here is"
        yield self.finding(
            event,
            event.site,
            f"{what} {data_shape(array.shape)}: it has {axes_of(array.shape)}, and the subscript takes {taken}",
            label=f"rank {array.shape.rank}: {data_shape(array.shape)}",
            help=advice(array.shape, None) if taken == SEQUENCES and not predicted else "",
            # What a model predicts has one rank, however often it does.
            key=(PREDICTED, array.shape.rank) if predicted else array,
        )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, LSTM

X = np.random.rand(300, 20, 4)
first, means = X[:, :, 0], X.mean(axis=1)[:, 0]
model = Sequential([LSTM(8, input_shape=X.shape[1:]), Dense(1)])
predicted = model.predict(X)[:, 0]
try:
    column = means[:, :, 0]
except IndexError:
    column = means
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, LSTM

X = np.random.rand(300, 20)
prices = X[:, :, 0]  # LST201
model = Sequential([LSTM(8, input_shape=(20, 1)), Dense(1)])
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, LSTM

X = np.random.rand(300, 20, 4)
model = Sequential([LSTM(8, input_shape=(20, 4)), Dense(1)])
model.compile(loss="mse")
model.fit(X, np.zeros((300, 1)))
first = model.predict(X)[:, 0, 0]  # LST201
second = model.predict(X[:9])[:, 1, 0]
""",
    )
