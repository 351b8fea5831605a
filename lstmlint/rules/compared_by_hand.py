"""LST302 outside of fit: predictions and targets that a script compares by itself."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.called_losses import called_loss
from lstmlint.rules.cause import data_shape
from lstmlint.rules.target_shapes import LossBroadcast
from lstmlint.rules.targets import what_is_compared
from lstmlint.trace import Event, Operation, Trace
from lstmlint.values.data import Array

_COMPARISONS = ("numpy.subtract", "numpy.equal")


class ComparedByHand(Part):
    """
    ## With predictions compared by hand
    `model.predict(x)` and `model(x)` give (n, 1) where the targets are (n,). Keras's losses and scikit-learn's metrics take the
    two together, but numpy and TensorFlow broadcast: `predicted - y` is (n, n), each prediction minus each target, and the error
    computed of it is not that of the model. Flatten the predictions first: `model.predict(x).ravel()`.

    A loss of Keras that a script calls itself, in a training loop of its own, broadcasts as it does in fit.

    It must be proven that one of the two is what a model predicted, unchanged or transformed back, that the other is not, and that
    they have as many samples.
    """

    of = LossBroadcast
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.violation is not None:
            return
        yield from self._loss(event)
        if event.name not in _COMPARISONS:
            return
        if not isinstance(event.result, Array) or len(event.operands) != 2:
            return
        first, second = (data_shape(operand.shape) for operand in event.operands)
        samples = next(shown[1:-2] for shown in (first, second) if shown.endswith(",)"))
        crossed = f"({samples}, {samples})"
        yield self.finding(
            event,
            event.site,
            f"this broadcasts {first} against {second} to {crossed}: each prediction is compared with the targets "
            "of all samples",
            label=f"gives {crossed}",
            help="flatten the predictions, predicted.ravel(), or give both the shape (samples, 1)",
            effect="silent",
            key=event.site.node,
        )

    def _loss(self, event: Operation) -> Iterator[Finding]:
        """A loss of Keras that is called with an output and a target."""
        fault = called_loss(event)
        if fault is None or fault.verdict != "silent":
            return
        target, output = fault.target.shape, fault.output.shape
        yield self.finding(
            event,
            event.site,
            f"{fault.words}: {fault.loss} broadcasts the two without a word{what_is_compared(output, target)}",
            label=f"{data_shape(target)} against {data_shape(output)}",
            help="bring the targets and the model's output to one shape",
            related=fault.related,
            effect="silent",
            key=event.site.node,
        )

    valid = (
        """
import keras
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = np.random.rand(96, 30, 2), np.random.rand(96)
model = Sequential([Input((30, 2)), LSTM(16), Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
predicted = model.predict(x)
error = np.mean((predicted[:, 0] - y) ** 2)
same = np.mean((predicted - y.reshape(-1, 1)) ** 2)
error = keras.losses.MeanSquaredError()(y, model(x))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = np.random.rand(96, 30, 2), np.random.rand(96)
model = Sequential([Input((30, 2)), LSTM(16), Dense(1)])
model.compile("adam", "mse")
model.fit(x, y)
predicted = model.predict(x)
error = np.sqrt(np.mean((predicted - y) ** 2))  # LST302
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = np.random.rand(96, 30, 2), np.random.randint(0, 2, 96)
model = Sequential([Input((30, 2)), LSTM(16), Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, y)
accuracy = np.mean((model.predict(x) > 0.5) == y)  # LST302
""",
        """
import numpy as np
import tensorflow as tf
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = tf.random.normal((96, 30, 2)), tf.random.normal((96,))
model = Sequential([Input((30, 2)), LSTM(16), Dense(1)])
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.square(y - model(x)))  # LST302
""",
        """
import keras
import tensorflow as tf
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = tf.random.normal((96, 30, 2)), tf.random.normal((96, 1))
model = Sequential([Input((30, 2)), LSTM(16, return_sequences=True), Dense(1)])
error = keras.losses.MeanSquaredError()
with tf.GradientTape() as tape:
    loss = error(y, model(x))  # LST302
""",
    )
