"""LST204: inputs and targets with different numbers of samples."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.library.keras.nesting import flat
from lstmlint.library.keras.training import arrays_of
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape
from lstmlint.rules.feeding import lone_samples, mismatch
from lstmlint.shapes.dims import at_least, differ
from lstmlint.trace import Event, ModelFed, Trace
from lstmlint.values.base import NONE, Const, Undecided, is_none
from lstmlint.values.data import Array


class SampleCountMismatch(Rule):
    """
    # sample-count-mismatch

    ## What
    The arrays given to fit, evaluate or predict have different numbers of samples: inputs and targets, two inputs, or the
    weights of the samples.

    ## Why it hurts
    Keras raises ("Data cardinality is ambiguous"). Often the windows of the inputs were cut with another length than the
    targets, and the two are shifted against each other as well.

    ## Example
    ```python
    x = np.array([values[i:i + 10] for i in range(len(values) - 10)])
    model.fit(x, values[9:])
    ```

    ## Fixed
    ```python
    model.fit(x, values[10:])
    ```

    With `validation_split`, Keras takes as many of the other arrays as there are inputs, and says nothing of those that are too
    many: this is a warning, since it is right where both begin with the same sample.

    ## When to ignore
    Never where the call raises.
    """

    code = "LST204"
    name = "sample-count-mismatch"
    severity = "error"
    listens = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ModelFed) or event.method not in ("fit", "evaluate", "predict") or event.batched:
            return
        if not event.inputs or any(mismatch(*pair) == "rank" for pair in event.inputs) or next(lone_samples(event), None):
            return
        arrays = counted(event)
        for what, array in arrays[1:]:
            first_what, first = arrays[0]
            if differ(first.shape.axes[0].dim, array.shape.axes[0].dim):
                rows, others = first.shape.axes[0].dim, array.shape.axes[0].dim
                cut = what != "inputs" and _splits(event) and not at_least(rows, others)
                if cut and not at_least(others, rows):
                    # Whether Keras cuts the others or raises depends on which are more.
                    continue
                where = "validation data" if event.role == "validation" and event.method == "fit" else event.method
                yield self.finding(
                    event,
                    event.site,
                    f"{where} gets {first_what} of shape {data_shape(first.shape)} and "
                    f"{what if what != first_what else 'others'} of shape {data_shape(array.shape)}: "
                    f"{rows} samples and {others}"
                    + (", of which Keras drops those that are too many without a word, given validation_split" if cut else ""),
                    help="give as many targets as inputs: cut both at the same places"
                    if what == "targets"
                    else "give all inputs the same number of samples",
                    severity="warning" if cut else self.severity,
                    effect="silent" if cut else "raises",
                    key=(event.site.node, event.role),
                )
                return

    valid = (
        """
import numpy as np
import pandas as pd
from keras import Sequential
from keras.layers import Dense, Input, LSTM

a, b = pd.read_csv("a.csv")[["level"]].values, pd.read_csv("b.csv")[["level"]].values
X, y = np.concatenate((a, a))[:, np.newaxis], np.concatenate((b, b, np.zeros((1, 1))))
model = Sequential([Input((1, 1)), LSTM(8), Dense(1)])
model.compile(loss="mse")
model.fit(X, y, validation_split=0.1)
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

values = np.random.rand(500)
x = np.array([values[i:i + 10] for i in range(len(values) - 10)])
model = Sequential([Input((10, 1)), LSTM(8), Dense(1)])
model.compile(loss="mse")
model.fit(x, values[10:])
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

values = np.random.rand(500)
x = np.array([values[i:i + 10] for i in range(len(values) - 10)])
model = Sequential([Input((10, 1)), LSTM(8), Dense(1)])
model.compile(loss="mse")
model.fit(x, values[9:])  # LST204
""",
        """
import numpy as np
from keras import Input, Model
from keras.layers import Concatenate, Dense, LSTM

series, facts = Input((10, 1)), Input((3,))
model = Model([series, facts], Dense(1)(Concatenate()([LSTM(8)(series), facts])))
model.predict([np.zeros((40, 10, 1)), np.zeros((39, 3))])  # LST204
""",
    )


def _splits(event: ModelFed) -> bool:
    """Whether Keras splits the data itself, and cuts what is longer than the inputs."""
    share = event.arguments.get("validation_split")
    return event.role == "train" and event.method == "fit" and share is not None and share not in (Const(0), Const(0.0), NONE)


def counted(event: ModelFed) -> list[tuple[str, Array]]:
    """The arrays that must have as many samples as each other, and what each is."""
    weights = event.arguments.get("sample_weight") if event.role == "train" else None
    arrays = [*(("inputs", data) for _, data in event.inputs), *(("targets", array) for array in _targets(event))]
    arrays += [("sample weights", weights)] if isinstance(weights, Array) else []
    return [(what, array) for what, array in arrays if array.shape.rank and array.kind != "dataset"]


def _targets(event: ModelFed) -> list[Array]:
    """The targets, where it is known which arrays they are."""
    if event.role == "predict" or is_none(event.y):
        return []
    try:
        found = arrays_of(event.y)
        outputs = flat(event.outputs or NONE)
    except Undecided:
        return []
    if isinstance(found, Array):
        return [found]
    if isinstance(found, dict):
        return list(found.values())
    return found if found and outputs is not None and len(found) == len(outputs) else []
