"""LST201: data of the wrong rank reaches a model."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape, layer_name
from lstmlint.rules.feeding import embedding_fed_with_vectors, fed_wrongly, given, is_empty
from lstmlint.rules.feeding_fixes import with_axis
from lstmlint.rules.rank import declaration, rank_fault
from lstmlint.shapes.shape import Shape
from lstmlint.trace import Event, LayerApplied, ModelFed, Trace


class DataRank(Rule):
    """
    # data-rank

    ## What
    The array given to fit, evaluate, predict or the model itself has another number of axes than the model takes.

    ## Why it hurts
    A recurrent network reads (samples, timesteps, features). Rows of a table are (samples, features): there is no time axis, and
    Keras raises at the first batch, often after a long preprocessing. Where the model declares one feature, Keras
    adds the last axis itself and nothing is reported.

    ## Example
    ```python
    X = StandardScaler().fit_transform(table.values)      # (rows, 7)
    model = Sequential([Input((8, 7)), LSTM(12), Dense(1)])
    model.fit(X, y)
    ```

    ## Fixed
    ```python
    X = np.array([X[i:i + 8] for i in range(len(X) - 8)])  # (rows - 8, 8, 7)
    model.fit(X, y[8:])
    ```

    ## When to ignore
    Never: the call raises.
    """

    code = "LST201"
    name = "data-rank"
    severity = "error"
    unsafe_fix = "add an axis of length one to the data"
    listens = (LayerApplied, ModelFed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, LayerApplied):
            fault = rank_fault(event)
            if fault is None or fault.code != self.code or fault.cause.data is None:
                return
            data = fault.cause.data
            yield self.finding(
                event,
                event.site,
                f"the data is {data_shape(data.shape)}, but this model starts with {layer_name(event.layer)}, which needs "
                "(samples, timesteps, features)",
                label=f"rank {data.shape.rank}: {data_shape(data.shape)}",
                help=advice(data.shape, None),
                related=(Related(event.layer.site, event.violation.message if event.violation is not None else ""),),
                key=event.model or event.layer,
                fix=with_axis(event, None, data),
            )
            return
        if not isinstance(event, ModelFed):
            return
        for declared, data in fed_wrongly(event, "rank"):
            if embedding_fed_with_vectors(declared, data, trace) is not None:
                continue
            yield self.finding(
                event,
                event.site,
                f"{given(event, data)}, but the model takes {declared.shape}",
                label=f"rank {data.shape.rank} where rank {declared.shape.rank} is needed",
                help=_EMPTY if is_empty(data) else advice(data.shape, declared.shape),
                related=declaration(declared),
                key=event.model,
                fix=with_axis(event, declared, data),
            )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

X = np.random.rand(300, 20)
model = Sequential([Input((20, 1)), LSTM(8), Dense(1)])
model.compile(loss="mse")
model.fit(X, np.zeros(300))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Input, Sequential
from keras.layers import Dense, LSTM

samples, answers = [], []
for day in np.random.rand(9, 40, 2):
    samples.append(day[:30].tolist())
    answers.append(float(day[-1, 0]))
model = Sequential([Input((30, 2)), LSTM(6), Dense(1)])
model.compile("adam", "mae")
model.fit([samples], answers)  # LST201
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

X = np.random.rand(300, 7)
model = Sequential([Input((8, 7)), LSTM(12), Dense(1)])
model.compile(loss="mse")
model.fit(X, np.zeros(300))  # LST201
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, LSTM

X = np.random.rand(300, 7)
model = Sequential([LSTM(12), Dense(1)])
model.compile(loss="mse")
model.fit(X, np.zeros(300))  # LST201
""",
    )


_EMPTY = "the array is empty: check that the part of the data it is cut from has more rows than one window"


def advice(shape: Shape, wanted: Shape | None) -> str:
    """What to do with data of this shape, where `wanted` is what the model takes."""
    if shape.rank == 2:
        if wanted is not None and wanted.rank == 3:
            return f"cut the data into windows of shape {Shape(wanted.axes[1:])}, so that it becomes (samples, timesteps, features)"
        return "bring the data to (samples, timesteps, features): cut windows, or add an axis with X[..., np.newaxis]"
    if wanted is not None:
        return f"bring the data to {wanted}"
    return "bring the data to (samples, timesteps, features)"
