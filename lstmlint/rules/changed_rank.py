"""LST201: data of two ranks, each of which the model would take, in calls of one method."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.cause import data_shape
from lstmlint.rules.data_rank import DataRank
from lstmlint.rules.feeding import lone_samples, mismatch
from lstmlint.trace import Event, ModelFed, Trace
from lstmlint.values.data import Array
from lstmlint.values.network import Model

_FUNCTIONS = {"train": "train", "validation": "test", "evaluate": "test", "predict": "predict"}
"""Which of the functions that Keras compiles a call runs."""


class ChangedRank(Part):
    """
    ## With data that Keras adjusts
    Where the model declares one feature, Keras adds or drops a last axis of length one itself. But with Keras 3 on TensorFlow, a
    method that got (samples, timesteps, 1) before and gets (samples, timesteps) now raises "Cannot take the length of
    shape with unknown rank": the test data was forgotten when the training data was reshaped. It is a warning, since other
    backends take it, and nothing is said where the script names one of these or runs eagerly.
    """

    of = DataRank
    listens = (ModelFed,)

    def __init__(self) -> None:
        self._calls: dict[tuple[Model, str, Array], list[tuple[ModelFed, Array]]] = {}

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        function = _function_of(event) if isinstance(event, ModelFed) else None
        if not isinstance(event, ModelFed) or function is None or trace.keras.version != 3 or not trace.keras.compiled:
            return
        alone = {id(data) for _, data in lone_samples(event)}
        for declared, data in event.inputs:
            if mismatch(declared, data) == "rank" or data.shape.rank is None or id(data) in alone:
                continue
            calls = self._calls.setdefault((event.model, function, declared), [])
            calls.append((event, data))
            before = next((call for call in calls if _contradicts(call, event, data)), None)
            if before is None:
                continue
            earlier, shape = before[0], data_shape(before[1].shape)
            yield self.finding(
                event,
                event.site,
                f"the data is {data_shape(data.shape)}, and was {shape} before: Keras 3 on TensorFlow takes one rank in all calls",
                label=f"rank {data.shape.rank}: {data_shape(data.shape)}",
                help=f"bring the data to {declared.shape}, as before",
                related=(Related(earlier.site, f"here it is {shape}"),),
                severity="warning",
                key=event.model,
            )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((20, 1)), LSTM(8), Dense(1)])
model.compile(loss="mse")
model.fit(np.zeros((300, 20, 1)), np.zeros(300))
model.predict(np.zeros((30, 20)))
model.evaluate(np.zeros((30, 20, 1)), np.zeros(30))
model.compile(loss="mae")
model.predict(np.zeros((30, 20, 1)))
""",
        """
import numpy as np
from tf_keras import Sequential
from tf_keras.layers import Dense, Input, LSTM

model = Sequential([Input((20, 1)), LSTM(8), Dense(1)])
model.compile(loss="mse")
model.predict(np.zeros((300, 20, 1)))
model.predict(np.zeros((30, 20)))
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((20, 1)), LSTM(8), Dense(1)])
model.compile(loss="mse", run_eagerly=True)
model.predict(np.zeros((300, 20, 1)))
model.predict(np.zeros((30, 20)))
""",
        """
import os

os.environ["KERAS_BACKEND"] = "torch"
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((20, 1)), LSTM(8), Dense(1)])
model.predict(np.zeros((300, 20, 1)))
model.predict(np.zeros((30, 20)))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

values = np.random.rand(300)
X = np.array([values[i:i + 20] for i in range(280)])
train, test = X[:200], X[200:]
train = train.reshape(train.shape[0], train.shape[1], 1)
model = Sequential([Input((20, 1)), LSTM(8), Dense(1)])
model.compile(loss="mse")
model.fit(train, values[20:220])
fitted = model.predict(train)
forecast = model.predict(test)  # LST201
""",
    )


def _contradicts(call: tuple[ModelFed, Array], event: ModelFed, data: Array) -> bool:
    """Whether an earlier call of the same compiled function surely got data of another rank."""
    earlier, other = call
    return not earlier.assumptions and earlier.compiled_at is event.compiled_at and other.shape.rank != data.shape.rank


def _function_of(event: ModelFed) -> str | None:
    if event.method not in ("fit", "evaluate", "predict"):
        return None
    return _FUNCTIONS["evaluate" if event.method == "evaluate" else event.role]
