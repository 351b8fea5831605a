"""LST306 and LST307: sequences against one target per sample, and the other way round."""
from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from lstmlint.findings import THERE, Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import layer_name
from lstmlint.rules.sequences import all_steps, last_step
from lstmlint.rules.targets import mistake, target_faults, targets, what_happens
from lstmlint.trace import Event, ModelFed, Trace


class SequencesForPerSampleTarget(Rule):
    """
    # sequences-for-per-sample-target

    ## What
    The last recurrent layer returns all its steps (`return_sequences=True`), so the model gives a sequence for each sample;
    but there is one target for each sample.

    ## Why it hurts
    The cross-entropies raise. mse, mae and the like broadcast without a word: every step is compared with the same target, and
    predict answers with a sequence.

    ## What must be proven
    That the model's output has the steps of this layer, through layers that keep them, and that without them output and targets
    go together. It is always an error.

    ## Example
    ```python
    model = Sequential([Input((30, 2)), LSTM(16, return_sequences=True), Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, y)  # y: (n, 1)
    ```

    ## Fixed
    ```python
    model = Sequential([Input((30, 2)), LSTM(16), Dense(1)])
    ```

    ## When to ignore
    Where every step is meant to predict the target of the whole; say so by repeating it for each step.
    """

    code = "LST306"
    name = "sequences-for-per-sample-target"
    severity = "error"
    unsafe_fix = "drop `return_sequences=True`"
    listens: ClassVar[tuple[type[Event], ...]] = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        for fault in target_faults(event):
            if fault.code != self.code or fault.rnn is None:
                continue
            layer = fault.rnn.layer
            yield self.finding(
                event,
                layer.site,
                f"this {layer_name(layer)} returns all steps, so the model gives {fault.output}, but {targets(fault)} are "
                f"{fault.target}, one for each sample: {what_happens(fault)}",
                label="return_sequences=True",
                help="drop return_sequences=True here, if one value for each sample is meant",
                related=(Related(fault.event.site, f"targets {fault.target}"),),
                effect=fault.effect,
                key=mistake(fault),
                fix=last_step(fault.rnn.layer, trace),
            )

    valid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((30, 2)), LSTM(16, return_sequences=True), Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((96, 30, 2)), np.zeros((96, 30)))
""",
    )
    invalid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((30, 2)), LSTM(16, return_sequences=True), LSTM(16, return_sequences=True), Dense(1)])  # LST306
model.compile("adam", "mse")
model.fit(np.zeros((96, 30, 2)), np.zeros((96, 1)))
""",
        """
import numpy as np
from keras.layers import Bidirectional, Dense, Dropout, GRU
from keras.models import Sequential

model = Sequential()
model.add(Bidirectional(GRU(16, return_sequences=True), input_shape=(None, 2)))  # LST306
model.add(Dropout(0.2))
model.add(Dense(4, activation="softmax"))
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((96, 30, 2)), np.eye(4)[np.zeros(96, int)])
""",
    )


class PerSampleOutputForSequenceTarget(Rule):
    """
    # per-sample-output-for-sequence-target

    ## What
    There is a target for each step, but the last recurrent layer returns only its last step.

    ## Why it hurts
    The cross-entropies raise. mse, mae and the like broadcast without a word: the one value is compared with the targets of all
    steps.

    ## What must be proven
    That this layer is the one that gives up the steps, and that with them output and targets go together, with as many steps as
    the targets have. It is always an error.

    ## Example
    ```python
    model = Sequential([Input((12, 30)), LSTM(32), Dense(5, activation="softmax")])
    model.compile("adam", "categorical_crossentropy")
    model.fit(X, y)  # y: (n, 12, 5)
    ```

    ## Fixed
    ```python
    model = Sequential([Input((12, 30)), LSTM(32, return_sequences=True), Dense(5, activation="softmax")])
    ```

    ## When to ignore
    Never: the training raises, or compares a value with targets of other steps.
    """

    code = "LST307"
    name = "per-sample-output-for-sequence-target"
    severity = "error"
    unsafe_fix = "add `return_sequences=True`"
    listens: ClassVar[tuple[type[Event], ...]] = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        for fault in target_faults(event):
            if fault.code != self.code or fault.rnn is None:
                continue
            layer = fault.rnn.layer
            yield self.finding(
                event,
                layer.site,
                f"this {layer_name(layer)} returns only its last step, so the model gives {fault.output}, but {targets(fault)} "
                f"are {fault.target}, one for each step: {what_happens(fault)}",
                label="without return_sequences=True",
                help=f"pass return_sequences=True here, or give fit {THERE} one target for each sample",
                related=(Related(fault.event.site, f"targets {fault.target}"),),
                effect=fault.effect,
                key=mistake(fault),
                fix=all_steps(fault.rnn.layer, trace),
            )

    valid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM, RepeatVector

model = Sequential([Input((12, 30)), LSTM(32), RepeatVector(5), LSTM(32, return_sequences=True), Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((64, 12, 30)), np.zeros((64, 5, 1)))
""",
    )
    invalid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((None, 30)), LSTM(32), Dense(5, activation="softmax")])  # LST307
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((64, 12, 30)), np.zeros((64, 12)))
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((12, 30)), LSTM(32), Dense(1)])  # LST307
model.compile("adam", "mse")
model.fit(np.zeros((64, 12, 30)), np.zeros((64, 12, 1)))
""",
    )
