"""LST503: a window of many steps that reaches a recurrent layer as one step with many features."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import layer_name, rnn_of
from lstmlint.rules.reading import reader
from lstmlint.shapes.dims import Dim, at_least, same
from lstmlint.shapes.shape import Axis, Meaning
from lstmlint.trace import Event, InputDeclared, ModelFed, Trace
from lstmlint.values.code import Site
from lstmlint.values.data import Array


class SingleTimestep(Rule):
    """
    # single-timestep

    ## What
    The script cuts windows of several steps out of a series and gives them to a recurrent layer as a single step, whose
    features are what were the steps: `X.reshape(n, 1, window)`.

    ## Why it hurts
    Nothing is raised, and the model learns something. But the layer runs once for each sample: there is nothing that it could
    carry from one step to the next, and an LSTM of one step is a Dense layer with many weights. The order of the steps is
    nothing to it.

    ## What must be proven
    That the last axis of the data is the steps of windows of at least two steps that the script itself cuts, and that the axis
    before it has length one and leads to a recurrent layer. Columns of a table are no steps for this rule, whatever they
    hold: `reshape(n, 1, columns)` of lag features is never reported. It is a warning always, since a window read at once may
    be what is meant. It is not reported where the script says so: where it declares one step in so many words, as in
    `input_shape=(1, window)`, or where the layer is stateful and carries its state from one step to the next.

    ## Example
    ```python
    X = np.array([values[i:i + 24] for i in range(len(values) - 24)])
    X = X.reshape(X.shape[0], 1, X.shape[1])
    ```

    ## Fixed
    ```python
    X = X.reshape(X.shape[0], X.shape[1], 1)
    ```

    ## When to ignore
    When the window is meant to be read at once, as a point of comparison; `Input((1, 24))` says so.
    """

    code = "LST503"
    name = "single-timestep"
    severity = "warning"
    listens = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ModelFed):
            return
        for declared, data in event.inputs:
            steps = _steps_in_features(data)
            if steps is None or _says_one_step(declared):
                continue
            applied = reader(declared, trace)
            if applied is None or rnn_of(applied.layer).flag("stateful") is not False:
                continue
            step, features = data.shape.axes[1:]
            site = step.origin if isinstance(step.origin, Site) else event.site
            cut = steps.origin
            yield self.finding(
                event,
                site,
                f"windows of {steps.dim} steps become one step with {features.dim} features: this {layer_name(applied.layer)} runs "
                "once for each window and carries nothing from one step to the next, if the steps are meant to be read in turn",
                label=f"(samples, 1, {features.dim})",
                help=_advice(steps, features),
                related=(
                    *((Related(cut, f"windows of {steps.dim} steps are cut here"),) if isinstance(cut, Site) else ()),
                    Related(applied.layer.site, f"reads (batch, 1, {features.dim})"),
                ),
                effect="silent",
                key=event.model,
            )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

values = np.random.rand(500)
X = np.array([values[i:i + 24] for i in range(len(values) - 24)])
X = X.reshape(X.shape[0], X.shape[1], 1)
model = Sequential([Input(X.shape[1:]), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(X, values[24:])
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

values = np.random.rand(500)
X = np.array([values[i:i + 24] for i in range(len(values) - 24)])
at_once = Sequential([Input((1, 24)), LSTM(8), Dense(1)])
at_once.compile("adam", "mse")
at_once.fit(X.reshape(X.shape[0], 1, X.shape[1]), values[24:])
""",
        """
import pandas as pd
from keras import Sequential
from keras.layers import Dense, LSTM

table = pd.read_csv("power.csv")
for lag in range(1, 6):
    table[f"lag {lag}"] = table["load"].shift(lag)
table = table.dropna()
X, y = table.drop(columns="load").values, table["load"].values
X = X.reshape((X.shape[0], 1, X.shape[1]))
model = Sequential([LSTM(8, input_shape=(X.shape[1], X.shape[2])), Dense(1)])
model.compile("adam", "mse")
model.fit(X, y)
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

values = np.random.rand(500)
X = np.array([values[i:i + 24] for i in range(len(values) - 24)])
X = X.reshape(X.shape[0], 1, X.shape[1])  # LST503
model = Sequential([Input(X.shape[1:]), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(X, values[24:])
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

readings = np.random.rand(500, 3)
X = np.array([readings[i - 12:i] for i in range(12, len(readings))])
X = np.reshape(X, (X.shape[0], 1, X.shape[1] * X.shape[2]))  # LST503
model = Sequential([Input(X.shape[1:]), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(X[:400], readings[12:412, 0])
""",
    )


def _steps_in_features(data: Array) -> Axis | None:
    """The axis of time, of more than one step, that lies in the features of data with a single step."""
    if data.shape.rank != 3 or not same(data.shape.axes[1].dim, 1):
        return None
    last = data.shape.axes[2]
    return next((axis for axis in last.parts or (last,) if axis.meaning is Meaning.TIME and _several(axis.dim)), None)


def _several(dim: Dim) -> bool:
    return at_least(dim, 2)


def _says_one_step(declared: Array) -> bool:
    """Whether the shape of an input is written out, with a number or a name for its single step."""
    producer = declared.producer
    call = producer.site.node if isinstance(producer, InputDeclared) else None
    if not isinstance(producer, InputDeclared) or not isinstance(call, cst.Call):
        return False
    layer = producer.layer
    calls = [call, *([layer.site.node] if layer is not None and isinstance(layer.site.node, cst.Call) else [])]
    shapes = [arg.value for one in calls for arg in one.args if isinstance(arg.value, (cst.Tuple, cst.List))]
    return any(
        len(shape.elements) >= 2 and isinstance(shape.elements[-2].value, (cst.Integer, cst.Name)) for shape in shapes
    )


def _advice(steps: Axis, features: Axis) -> str:
    width = next((axis.dim for axis in features.parts if axis is not steps), 1)
    return (
        f"keep the steps on the second axis: (samples, {steps.dim}, {width}); "
        f"if one step is meant, say so by declaring the input as (1, {features.dim})"
    )
