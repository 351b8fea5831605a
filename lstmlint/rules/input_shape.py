"""LST103 and LST104: a declared input shape that holds the batch axis, or has the wrong number of entries."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape, layer_name
from lstmlint.rules.declaring import with_features, without_samples
from lstmlint.rules.feeding import batch_as_time
from lstmlint.rules.rank import RankFault, declared_at, rank_fault
from lstmlint.trace import Event, LayerApplied, ModelFed, Trace


class InputShapeIncludesBatch(Rule):
    """
    # input-shape-includes-batch

    ## What
    The shape given to Input or as `input_shape` contains the sample (or batch) axis.

    ## Why it hurts
    Keras adds the batch axis itself. With `input_shape=X.shape` the RNN gets rank 4 and Keras raises; with
    `input_shape=(batch_size, n_features)` the batch size stands where the number of timesteps belongs.

    ## Example
    ```python
    model.add(LSTM(32, input_shape=(1, 500, 24)))
    ```

    ## Fixed
    ```python
    model.add(LSTM(32, input_shape=(500, 24)))
    ```

    ## When to ignore
    Never: the model can't be built, or can't be fed.
    """

    code = "LST103"
    name = "input-shape-includes-batch"
    severity = "error"
    safe_fix = "leave the samples out of the shape, as in `X.shape[1:]`"
    unsafe_fix = "the same, where the first entry need not be a number of samples"
    listens = (LayerApplied, ModelFed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, ModelFed):
            for declared, data in batch_as_time(event):
                yield self.finding(
                    event,
                    declared_at(declared),
                    f"this input declares {declared.tensor.shape}, whose second axis is the number of samples, not of timesteps",
                    label="the batch axis is added by Keras and does not belong here",
                    help="give (timesteps, features), and bring the data to (samples, timesteps, features)",
                    related=(Related(event.site, f"{event.method} gets {data_shape(data.shape)}: rank 2, no time axis"),),
                    key=declared,
                )
            return
        fault = rank_fault(event)
        if fault is None or fault.code != self.code or fault.cause.declared is None:
            return
        shape = fault.cause.declared.tensor.shape
        yield self.finding(
            event,
            declared_at(fault.cause.declared),
            f"this input shape holds the sample axis: the {layer_name(fault.applied.layer)} gets {shape}, but needs rank 3",
            label="3 entries; Keras adds the batch axis itself",
            help="leave the first entry out: give (timesteps, features), for instance X.shape[1:]",
            related=_applied_elsewhere(fault),
            key=fault.cause.declared,
            fix=without_samples(fault.cause.declared, trace),
        )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Input, LSTM

X = np.zeros((500, 24, 3))
model = Sequential([Input(X.shape[1:]), LSTM(8)])
model.fit(X, np.zeros(500))
""",
    )
    invalid = (
        """
import numpy as np
from keras.models import Sequential
from keras.layers import LSTM

X = np.random.rand(500, 24, 3)
model = Sequential()
model.add(LSTM(32, input_shape=(1, 24, 3)))  # LST103
""",
        """
import numpy as np
import pandas as pd
from keras.models import Sequential
from keras.layers import LSTM

X = pd.read_csv("prices.csv").values
model = Sequential()
model.add(LSTM(32, input_shape=(X.shape[0], X.shape[1], 1)))  # LST103
""",
        """
import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Input, LSTM

batch_size = 25
X = np.random.rand(500, 9)
model = Sequential()
model.add(Input(shape=(batch_size, 9)))  # LST103
model.add(LSTM(12))
model.add(Dense(1))
model.compile(loss="mse", optimizer="adam")
model.fit(X, np.zeros(500), batch_size=batch_size)
""",
    )


class InputShapeRank(Rule):
    """
    # input-shape-rank

    ## What
    The input shape of a recurrent layer does not have two entries (timesteps, features).

    ## Why it hurts
    The RNN gets another rank than 3 and Keras raises when the model is built.

    ## Example
    ```python
    model.add(LSTM(32, input_shape=(10,)))
    ```

    ## Fixed
    ```python
    model.add(LSTM(32, input_shape=(10, 1)))
    ```

    ## When to ignore
    Never: the model can't be built.
    """

    code = "LST104"
    name = "input-shape-rank"
    severity = "error"
    safe_fix = "leave the samples out of the shape, as in `X.shape[1:]`"
    unsafe_fix = "declare one feature, `(10, 1)` for `(10,)`"
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        fault = rank_fault(event)
        if fault is None or fault.code != self.code or fault.cause.declared is None:
            return
        declared = fault.cause.declared
        rank = declared.tensor.shape.rank
        count = "?" if rank is None else rank - 1
        entries = "1 entry" if count == 1 else f"{count} entries"
        yield self.finding(
            event,
            declared_at(declared),
            f"this input shape has {entries}: the {layer_name(fault.applied.layer)} gets {declared.tensor.shape}, "
            "but needs (batch, time, features)",
            label="needs two entries: (timesteps, features)",
            help=(
                "give (timesteps, features), and bring the data to (samples, timesteps, features): X[..., np.newaxis] adds an axis"
                if count == 1
                else "give (timesteps, features)"
            ),
            related=_applied_elsewhere(fault),
            key=declared,
            fix=with_features(declared) if count == 1 else without_samples(declared, trace) if count == 3 else None,
        )

    valid = (
        """
from keras import Sequential
from keras.layers import LSTM

model = Sequential([LSTM(32, input_shape=(10, 1))])
""",
    )
    invalid = (
        """
from keras import Sequential
from keras.layers import LSTM

model = Sequential()
model.add(LSTM(32, input_shape=(10,)))  # LST104
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import LSTM

X = np.random.rand(40, 15)
model = Sequential()
model.add(LSTM(32, input_shape=X.shape[1:]))  # LST104
""",
    )


def _applied_elsewhere(fault: RankFault) -> tuple[Related, ...]:
    """The layer that gets the shape, where it stands on another line than the shape."""
    declared = fault.cause.declared
    if declared is None or declared.layer is fault.applied.layer:
        return ()
    return (Related(fault.applied.layer.site, f"this {layer_name(fault.applied.layer)} needs rank 3"),)
