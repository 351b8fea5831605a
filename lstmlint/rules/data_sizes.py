"""LST202 and LST203: data whose features or timesteps are not those that the model declares."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape
from lstmlint.rules.feeding import Mismatch, fed_wrongly, given
from lstmlint.rules.feeding_fixes import as_the_data
from lstmlint.rules.rank import declaration
from lstmlint.shapes.dims import same
from lstmlint.trace import Event, ModelFed, Operation, Trace
from lstmlint.values.data import Array


def _pairs(rule: Rule, event: Event, trace: Trace, kind: Mismatch, axis: str, advice: str) -> Iterator[Finding]:
    if not isinstance(event, ModelFed):
        return
    for declared, data in fed_wrongly(event, kind):
        free = kind == "timesteps" and event.model.kind == "sequential" and trace.keras.version != 2
        silent = free and not _may_be_turned(declared, data)
        yield rule.finding(
            event,
            event.site,
            f"{given(event, data)}, but the model declares {declared.shape}: "
            + (_unchecked(declared, data) if silent else f"another number of {axis}"),
            label=f"got {data_shape(data.shape)}",
            help=advice,
            related=(*declaration(declared), *_reshaped(event, data, trace)),
            severity="warning" if free else "error",
            effect="silent" if silent else "raises",
            key=event.model,
            fix=as_the_data(declared, data, -1 if kind == "features" else 1),
        )


def _may_be_turned(declared: Array, data: Array) -> bool:
    """Whether as many features are declared as the data has steps, and it isn't known that it has that many features."""
    wanted, given = declared.shape, data.shape
    if wanted.rank != 3 or given.rank != 3 or same(wanted.axes[2].dim, given.axes[2].dim):
        return False
    return same(wanted.axes[2].dim, given.axes[1].dim)


def _reshaped(event: ModelFed, data: Array, trace: Trace) -> Iterator[Related]:
    """The last reshape before that gave the data its lengths, where these are numbers."""
    lengths, found = data.shape.dims[1:], None
    for other in trace.events:
        if other is event:
            break
        result = other.result if isinstance(other, Operation) and other.name == "numpy.reshape" else None
        if isinstance(result, Array) and result.shape.dims[1:] == lengths and all(isinstance(one, int) for one in lengths):
            found = Related(other.site, f"reshaped to {data_shape(result.shape)}")
    if found is not None:
        yield found


def _unchecked(declared: Array, data: Array) -> str:
    wanted, found = declared.shape.axes[1].dim, data.shape.axes[1].dim
    return f"Keras does not check it, and the model reads {found} steps of each sample where {wanted} were meant"


class DataFeatureMismatch(Rule):
    """
    # data-feature-mismatch

    ## What
    The last axis of the data is not the number of features that the model's input declares.

    ## Why it hurts
    The weights of the first layer are built for the declared number; Keras raises at the first batch.

    ## Example
    ```python
    model = Sequential([Input((8, 1)), LSTM(10)])
    model.fit(np.zeros((256, 8, 9)), y)
    ```

    ## Fixed
    ```python
    model = Sequential([Input((8, 9)), LSTM(10)])
    ```

    ## When to ignore
    Never: the call raises.
    """

    code = "LST202"
    name = "data-feature-mismatch"
    severity = "error"
    unsafe_fix = "declare the number of features that the data has"
    listens = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        advice = "declare the number of features that the data has, such as X.shape[2]"
        return _pairs(self, event, trace, "features", "features", advice)

    valid = (
        """
import numpy as np
import pandas as pd
from keras import Input, Sequential
from keras.layers import Dense, Embedding, Lambda, LSTM, Permute, Reshape

ids = pd.read_csv("words.csv").values
for steps in (20, 30):
    words = Sequential([Input((steps,)), Embedding(50, 8), LSTM(8), Dense(1)])
    words.compile(loss="mse")
    words.fit(ids, np.zeros(len(ids)))
rows = Sequential([Input((20,)), Reshape((-1, 1)), LSTM(8), Dense(1)])
rows.predict(np.zeros((9, 25)))
turned = Sequential([Input((4, 20)), Permute((2, 1)), LSTM(8), Dense(1)])
turned.predict(np.zeros((9, 4, 25)))
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

X = np.zeros((256, 8, 9))
model = Sequential([Input((X.shape[1], X.shape[2])), LSTM(10), Dense(1)])
model.fit(X, np.zeros(256))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

X = np.zeros((256, 8, 9))
model = Sequential([Input((8, 1)), LSTM(10), Dense(1)])
model.fit(X, np.zeros(256))  # LST202
""",
    )


class DataTimestepsMismatch(Rule):
    """
    # data-timesteps-mismatch

    ## What
    The data has another number of timesteps than the model's input declares.

    ## Why it hurts
    A functional model raises, and so does Keras 2. A Sequential model of Keras 3 takes the data without a word: the declared window
    is not the one that is trained on, which is usually a stale constant. There it is a warning, since an RNN works with any number
    of steps.

    ## What must be proven
    That the declared and the given number of steps are both known and differ. It is an error where Keras raises, and a warning
    for a Sequential model, which accepts any number with Keras 3.

    ## Example
    ```python
    model = Sequential([Input((60, 1)), LSTM(10)])
    model.fit(np.zeros((256, 30, 1)), y)
    ```

    ## Fixed
    ```python
    model = Sequential([Input((30, 1)), LSTM(10)])
    ```

    ## When to ignore
    Where another length is meant in a Sequential model; declare (None, features) to say so.
    """

    code = "LST203"
    name = "data-timesteps-mismatch"
    severity = "error"
    unsafe_fix = "declare the number of timesteps that the data has"
    listens = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        advice = "declare the number of timesteps that the data has, or None where it may differ"
        return _pairs(self, event, trace, "timesteps", "timesteps", advice)

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((None, 1)), LSTM(10), Dense(1)])
model.fit(np.zeros((256, 30, 1)), np.zeros(256))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Input, Sequential
from keras.layers import Dense, Embedding, LSTM

words = Sequential([Input((20,)), Embedding(50, 8), LSTM(10), Dense(1)])
words.compile(loss="mse")
words.fit(np.zeros((256, 25), int), np.zeros(256))  # LST203
""",
        """
import numpy as np
from keras import Model
from keras.layers import Dense, Input, LSTM

series = Input((60, 1))
model = Model(series, Dense(1)(LSTM(10)(series)))
model.fit(np.zeros((256, 30, 1)), np.zeros(256))  # LST203
""",
    )
