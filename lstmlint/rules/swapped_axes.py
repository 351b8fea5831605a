"""LST506: features where the steps belong, and steps where the features belong."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import layer_name
from lstmlint.rules.feeding import given, is_swapped, may_be_swapped
from lstmlint.rules.rank import declaration
from lstmlint.rules.reading import reader
from lstmlint.shapes.dims import at_least
from lstmlint.shapes.shape import Axis, Meaning
from lstmlint.trace import Event, ModelFed, Trace
from lstmlint.values.code import Site
from lstmlint.values.data import Array


class SwappedTimeAndFeatures(Rule):
    """
    # swapped-time-and-features

    ## What
    A recurrent layer of Keras reads (samples, time, features), and gets (samples, features, time): windows of
    `sliding_window_view`, which puts the steps last, windows of a transposed table, or data that does not fit an input which is
    declared the other way round.

    ## Why it hurts
    Where the input is declared as wide as the data is, nothing is raised: the layer takes each column for a step and each step
    for a feature, and its answer depends on the order of the columns. Where it is declared rightly, Keras raises at the first
    batch.

    ## What must be proven
    That the last axis of the data is the steps of windows of at least two steps that the script cuts itself, and the axis before
    it the columns of a table, at least two. (Where that axis may be anything, such as windows that follow each other, nothing is
    said.) Or else, that the two lengths of the data are those that the input declares, in the other order.

    ## Example
    ```python
    X = sliding_window_view(table.values, 24, axis=0)       # (samples, columns, 24)
    model = Sequential([Input(X.shape[1:]), LSTM(16), Dense(1)])
    ```

    ## Fixed
    ```python
    X = sliding_window_view(table.values, 24, axis=0).transpose(0, 2, 1)
    ```

    ## When to ignore
    When the layer is meant to go through the columns, one after the other.
    """

    code = "LST506"
    name = "swapped-time-and-features"
    severity = "error"
    listens = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ModelFed):
            return
        for declared, data in event.inputs:
            if may_be_swapped(declared, data):
                yield self._declared(event, declared, data, is_swapped(declared, data))
            elif (steps := _steps_last(data)) is not None:
                yield from self._read(event, declared, data, steps, trace)

    def _declared(self, event: ModelFed, declared: Array, data: Array, certain: bool) -> Finding:
        first, second = data.shape.axes[1:]
        steps_first = first.meaning is Meaning.TIME
        return self.finding(
            event,
            event.site,
            f"{given(event, data)}, but the model declares {declared.shape}: the two last axes are swapped"
            + ("" if certain else ", which passes only where they are of one length"),
            severity="error" if certain else "warning",
            label="(samples, time, features)" if steps_first else "swapped",
            help=f"declare the input as ({first.dim}, {second.dim})"
            + ("" if steps_first else ", or bring the steps of the data to the second axis: X.transpose(0, 2, 1)"),
            related=declaration(declared),
            key=event.model,
        )

    def _read(self, event: ModelFed, declared: Array, data: Array, steps: Axis, trace: Trace) -> Iterator[Finding]:
        applied = reader(declared, trace)
        if applied is None:
            return
        columns = data.shape.axes[1]
        cut = (Related(steps.origin, f"windows of {steps.dim} steps, which stand last"),) if isinstance(steps.origin, Site) else ()
        yield self.finding(
            event,
            event.site,
            f"{given(event, data)}, whose last axis is time: this {layer_name(applied.layer)} will read {columns.dim} steps of "
            f"{steps.dim} features, where there are {steps.dim} steps of {columns.dim}",
            label="(samples, features, time)",
            help="bring the steps to the second axis: X.transpose(0, 2, 1)",
            related=(*cut, Related(applied.layer.site, "reads (batch, time, features)")),
            effect="silent",
            key=event.model,
        )

    valid = (
        """
import numpy as np
import pandas as pd
from keras import Sequential
from keras.layers import Dense, Input, LSTM

table = pd.read_csv("turbine.csv")[["speed", "load", "heat"]]
X = np.lib.stride_tricks.sliding_window_view(table.values, 24, axis=0).transpose(0, 2, 1)
model = Sequential([Input(X.shape[1:]), LSTM(16), Dense(1)])
model.compile("adam", "mse")
model.fit(X[:-1], table["heat"].values[24:])
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

series = np.random.rand(500)
X = np.array([[series[i + k:i + k + 24] for k in range(10)] for i in range(len(series) - 34)])
model = Sequential([Input(X.shape[1:]), LSTM(16), Dense(1)])
model.compile("adam", "mse")
model.fit(X, series[34:])
""",
    )
    invalid = (
        """
import numpy as np
import pandas as pd
from keras import Sequential
from keras.layers import Dense, Input, LSTM

table = pd.read_csv("turbine.csv")[["speed", "load", "heat"]]
X = np.lib.stride_tricks.sliding_window_view(table.values, 24, axis=0)
model = Sequential([Input(X.shape[1:]), LSTM(16), Dense(1)])
model.compile("adam", "mse")
model.fit(X[:-1], table["heat"].values[24:])  # LST506
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((3, 24)), LSTM(16), Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((200, 24, 3)), np.zeros(200))  # LST506
""",
    )


def _steps_last(data: Array) -> Axis | None:
    """The axis of time that stands last in data (samples, features, time), both of more than one."""
    if data.shape.rank != 3:
        return None
    columns, steps = data.shape.axes[1:]
    if (columns.meaning, steps.meaning) != (Meaning.FEATURE, Meaning.TIME):
        return None
    return steps if at_least(columns.dim, 2) and at_least(steps.dim, 2) else None
