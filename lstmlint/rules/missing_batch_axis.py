"""LST205: one sample where a model takes a batch."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape
from lstmlint.rules.feeding import given, lone_samples, mismatch, sample_of
from lstmlint.rules.feeding_fixes import with_batch
from lstmlint.rules.rank import declaration
from lstmlint.shapes.dims import same
from lstmlint.trace import Event, InputDeclared, ModelFed, Trace


class MissingBatchAxis(Rule):
    """
    # missing-batch-axis

    ## What
    One sample is given to predict, fit or the model itself, without the axis of the batch: `x[0]`, which is (steps, features),
    where (samples, steps, features) is needed.

    ## Why it hurts
    Keras raises; but where the model has one feature it takes each step for a sample of its own, and answers with as many
    predictions as there are steps, each made from a single value.

    ## What must be proven
    That the data is an element of an array of samples, or, at predict, that it has exactly the axes of one sample and not those
    of a batch. It is always an error.

    ## Example
    ```python
    model = Sequential([Input((60, 1)), LSTM(50), Dense(1)])
    tomorrow = model.predict(x_test[0])         # (60, 1): sixty predictions
    ```

    ## Fixed
    ```python
    tomorrow = model.predict(x_test[0:1])       # (1, 60, 1)
    ```

    ## When to ignore
    Never: what comes out is not the prediction for the sample.
    """

    code = "LST205"
    name = "missing-batch-axis"
    severity = "error"
    unsafe_fix = "make a batch of the one sample"
    listens = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ModelFed):
            return
        for declared, data in lone_samples(event):
            # A model that was built by its first data insists on the rank of that.
            single = same(data.shape.axes[-1].dim, 1) and mismatch(declared, data) != "rank"
            silent = single and isinstance(declared.producer, InputDeclared)
            taken = sample_of(data)
            steps = data.shape.axes[0].dim
            effect = f": Keras makes {steps} samples of one step of it, and the model gives {steps} answers" if silent else ""
            made = () if taken is None else (Related(taken.site, f"one element of {data_shape(taken.array.shape)}"),)
            yield self.finding(
                event,
                event.site,
                f"{given(event, data)}, one sample without the axis of the batch, but the model takes {declared.shape}{effect}",
                label=f"rank {data.shape.rank} where rank {declared.shape.rank} is needed",
                help="keep the axis, as in x[0:1], or add it: x[np.newaxis]",
                related=(*made, *declaration(declared)),
                effect="silent" if silent else "raises",
                key=event.site.node,
                fix=with_batch(event, data),
            )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x = np.random.rand(300, 60, 1)
model = Sequential([Input((60, 1)), LSTM(8), Dense(1)])
model.predict(x[0:1])
model.predict(x[0][np.newaxis])
other = Sequential([Input((60, 1)), LSTM(8), Dense(1)])
other.predict(x[..., 0])
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x = np.random.rand(300, 60, 1)
model = Sequential([Input((60, 1)), LSTM(8), Dense(1)])
model.predict(x[0])  # LST205
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x = np.random.rand(300, 60, 5)
model = Sequential([Input((60, 5)), LSTM(8), Dense(1)])
model.predict(x[0])  # LST205
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Embedding, Input, LSTM

tokens = np.random.randint(0, 90, (300, 20))
model = Sequential([Input((20,)), Embedding(90, 8), LSTM(8), Dense(1)])
model.predict(tokens[0])  # LST205
""",
    )
