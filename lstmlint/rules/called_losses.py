"""LST301 and LST303 outside of fit: a loss of Keras that a script calls itself, and that refuses the two shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lstmlint.findings import Finding, Related
from lstmlint.library.keras.comparing import Verdict, compare
from lstmlint.library.keras.losses import LOSSES
from lstmlint.rules.base import Part
from lstmlint.rules.cause import data_shape, layer_name
from lstmlint.rules.label_encoding import LabelEncoding
from lstmlint.rules.target_shapes import TargetShapeMismatch
from lstmlint.rules.targets import OTHER_ENCODING, sequence_maker
from lstmlint.shapes.dims import differ
from lstmlint.trace import Event, LayerApplied, ModelFed, Operation, Trace
from lstmlint.values.data import Array
from lstmlint.values.network import Loss

_LOSSES = "keras.losses."


@dataclass(frozen=True, slots=True)
class CalledLoss:
    """The call of a loss with a target and an output that don't go together."""

    loss: str
    target: Array
    output: Array
    verdict: Verdict

    @property
    def words(self) -> str:
        """The two shapes for a message."""
        return f"the targets are {data_shape(self.target.shape)}, but the model gives {data_shape(self.output.shape)}"

    @property
    def other(self) -> str | None:
        """The loss that the two fit, if that is the one for the other kind of labels."""
        other, output = OTHER_ENCODING.get(self.loss), self.output.shape
        if other is None or self.verdict != "raises" or not differ(output.axes[-1].dim, 1):
            return None
        return other if compare(Loss(other), output.dims, self.target.shape.dims) == "right" else None

    @property
    def related(self) -> tuple[Related, ...]:
        """Where the output comes from, and the RNN whose steps are too many, if without them the two would fit."""
        producer, output = self.output.producer, self.output.shape
        if not isinstance(producer, LayerApplied):
            return ()
        places = [Related(producer.layer.site, f"{layer_name(producer.layer)} gives {data_shape(output)}")]
        rnn = sequence_maker(self.output) if output.rank == 3 else None
        if rnn is not None and compare(Loss(self.loss), output.replace(1).dims, self.target.shape.dims) == "right":
            places.append(Related(rnn.layer.site, "returns all steps"))
        return tuple(places)


def called_loss(event: Event) -> CalledLoss | None:
    """What is wrong where a loss is called with a target and an output of layers; None where nothing is."""
    if not isinstance(event, Operation) or event.violation is not None or not event.name.startswith(_LOSSES):
        return None
    name, (target, output) = event.name.removeprefix(_LOSSES), event.operands[:2]
    if name not in LOSSES or not isinstance(output.producer, (LayerApplied, ModelFed)) or target.shape.open or output.shape.open:
        return None
    verdict = compare(Loss(name), output.shape.dims, target.shape.dims)
    return None if verdict in (None, "right") else CalledLoss(name, target, output, verdict)


class CalledLossMismatch(Part):
    """
    ## With a loss that the script calls itself
    A loss of Keras that a script calls itself, `loss_fn(y, model(x))`, asks for the same shapes as in fit, and raises where it is
    called.
    """

    of = TargetShapeMismatch
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        fault = called_loss(event)
        if fault is None or fault.verdict != "raises" or fault.other is not None:
            return
        yield self.finding(
            event,
            event.site,
            f"{fault.words}: {fault.loss} raises",
            label=f"{data_shape(fault.target.shape)} against {data_shape(fault.output.shape)}",
            help="bring the targets and the model's output to one shape",
            related=fault.related,
            key=event.site.node,
        )

    valid = (
        """
import keras
import tensorflow as tf
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = tf.random.normal((96, 30, 2)), tf.random.normal((96, 4))
model = Sequential([Input((30, 2)), LSTM(16), Dense(4)])
error = keras.losses.MeanSquaredError()(y, model(x))
""",
    )
    invalid = (
        """
import keras
import tensorflow as tf
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = tf.random.normal((96, 30, 2)), tf.random.normal((96, 4))
model = Sequential([Input((30, 2)), LSTM(16), Dense(5)])
measure = keras.losses.MeanSquaredError()
with tf.GradientTape() as tape:
    loss = measure(y, model(x))  # LST301
""",
    )


class CalledLossEncoding(Part):
    """
    ## With a loss that the script calls itself
    CategoricalCrossentropy, called with class numbers, raises, and so does SparseCategoricalCrossentropy with one-hot rows.
    """

    of = LabelEncoding
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        fault = called_loss(event)
        if fault is None or fault.other is None:
            return
        sparse = fault.loss.startswith("sparse")
        wanted = "class numbers" if sparse else f"one-hot targets {data_shape(fault.output.shape)}"
        yield self.finding(
            event,
            event.site,
            f"{fault.loss} needs {wanted}, but the targets are {data_shape(fault.target.shape)}",
            help=f"use {fault.other}, or " + ("tf.argmax(y, axis=-1)" if sparse else "tf.one_hot(y, classes)"),
            related=fault.related,
            key=event.site.node,
        )

    valid = (
        """
import keras
import tensorflow as tf
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = tf.random.normal((96, 30, 2)), tf.zeros((96,), tf.int32)
model = Sequential([Input((30, 2)), LSTM(16), Dense(4, activation="softmax")])
error = keras.losses.SparseCategoricalCrossentropy()(y, model(x))
error = keras.losses.CategoricalCrossentropy()(tf.one_hot(y, 4), model(x))
masked = keras.losses.SparseCategoricalCrossentropy(ignore_class=0)(y, model(x))
""",
    )
    invalid = (
        """
import keras
import tensorflow as tf
from keras import Sequential
from keras.layers import Dense, Input, LSTM

x, y = tf.random.normal((96, 30, 2)), tf.zeros((96,), tf.int32)
model = Sequential([Input((30, 2)), LSTM(16), Dense(4, activation="softmax")])
with tf.GradientTape() as tape:
    loss = keras.losses.CategoricalCrossentropy()(y, model(x))  # LST303
""",
    )
