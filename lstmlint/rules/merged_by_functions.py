"""LST107 with functions of TensorFlow and keras.ops, inside of layers and models of the script's own."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.cause import data_shape
from lstmlint.rules.merge_shape_mismatch import MergeShapeMismatch
from lstmlint.trace import Event, LayerApplied, Operation, Trace
from lstmlint.values.data import Array

_VERBS = {"concatenate": "joins", "stack": "stacks"}


class FunctionMergeMismatch(Part):
    """
    ## With functions of TensorFlow or keras.ops
    In the `call` of a layer or model of one's own, tf.concat and tf.stack ask for the same as Concatenate: equal ranks, and
    equal lengths of all axes but the one that is joined.
    """

    of = MergeShapeMismatch
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.violation is None or not event.name.startswith(("tensorflow.", "keras.ops.")):
            return
        verb = _VERBS.get(event.violation.kind)
        if verb is None or len(event.operands) < 2 or not any(map(_of_a_layer, event.operands)):
            return
        parts = list(dict.fromkeys(data_shape(part.shape) for part in event.operands))
        yield self.finding(
            event,
            event.site,
            f"{event.name.rpartition('.')[2]} {verb} {' and '.join(parts[:3])}, which do not go together",
            label=event.violation.message,
            help="bring the tensors to shapes that agree in all axes but the one that is joined",
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf
from keras import Input, Model, layers


class Joined(layers.Layer):
    def call(self, x):
        return tf.concat([x[:, -1], tf.reduce_mean(x, axis=1)], axis=-1)


steps = Input((20, 6))
model = Model(steps, layers.Dense(1)(Joined()(layers.LSTM(8, return_sequences=True)(steps))))
""",
    )
    invalid = (
        """
import tensorflow as tf
from keras import Input, Model, layers


class Joined(layers.Layer):
    def call(self, x):
        return tf.concat([x, tf.reduce_mean(x, axis=1)], axis=-1)  # LST107


steps = Input((20, 6))
model = Model(steps, layers.Dense(1)(Joined()(layers.LSTM(8, return_sequences=True)(steps))))
""",
    )


def _of_a_layer(tensor: Array) -> bool:
    """Whether a layer of Keras stands before a tensor."""
    for _ in range(20):
        made_by = tensor.producer
        if isinstance(made_by, LayerApplied):
            return tensor.kind != "graph"
        if not isinstance(made_by, Operation) or not made_by.operands:
            return False
        tensor = made_by.operands[0]
    return False
