"""LST201: the length of an axis is asked for that the data doesn't have."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.cause import axes_of, data_shape
from lstmlint.rules.data_rank import DataRank, advice
from lstmlint.trace import AxisMissing, Event, Trace

SEQUENCES = 3
"""How many axes data for a recurrent network has."""


class MissingAxis(Part):
    """
    ## With the lengths of the data's own axes
    The same mistake shows before any layer where the script reads the lengths of axes that are not there:
    `input_shape=(X.shape[1], X.shape[2])` raises "tuple index out of range" where X is a table, and
    `samples, steps, features = X.shape` "not enough values to unpack".
    """

    of = DataRank
    listens = (AxisMissing,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, AxisMissing):
            return
        shape = event.array.shape
        wanted = event.axis + 1 if event.axis >= 0 else -event.axis
        missing = f"not {wanted}" if event.unpacked else f"and no axis {event.axis}"
        yield self.finding(
            event,
            event.site,
            f"the data here is {data_shape(shape)}: it has {axes_of(shape)}, {missing}",
            label=f"rank {shape.rank}: {data_shape(shape)}",
            help=advice(shape, None) if wanted == SEQUENCES else "",
            key=event.array,
        )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, LSTM

X = np.random.rand(300, 20)
steps = X.shape[2] if X.ndim == 3 else X.shape[-1]
X = X[..., np.newaxis]
samples, steps, features = X.shape
first, *others = X.shape
model = Sequential([LSTM(8, input_shape=(X.shape[1], X.shape[-1])), Dense(1)])
try:
    channels = X.shape[3]
except IndexError:
    channels = 1
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, LSTM

X = np.random.rand(300, 20)
model = Sequential()
model.add(LSTM(8, input_shape=(X.shape[1], X.shape[2])))  # LST201
model.add(Dense(1))
model.compile(loss="mse")
model.fit(X, np.zeros(300))
""",
        """
import pandas as pd
from keras import Sequential
from keras.layers import Dense, Input, LSTM

table = pd.read_csv("table.csv").values
samples, steps, features = table.shape  # LST201
model = Sequential([Input((steps, features)), LSTM(8), Dense(1)])
""",
    )
