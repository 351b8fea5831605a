"""TensorFlow 1's parts of LST301, LST302 and LST107: a prediction and a target, or other tensors, that don't go together."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.merge_shape_mismatch import MergeShapeMismatch
from lstmlint.rules.target_shapes import LossBroadcast, TargetShapeMismatch
from lstmlint.rules.tensorflow.graphs import came_from, network_of, shown
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Meaning, Shape
from lstmlint.trace import Event, GraphLoss, InputDeclared, Operation, Trace
from lstmlint.values.data import Array


def difference(event: Event) -> tuple[Array, Array] | None:
    """A prediction of a recurrent network and a target whose difference is taken."""
    if not isinstance(event, Operation) or event.name not in ("tensorflow.subtract", "tensorflow.squared_difference"):
        return None
    if len(event.operands) != 2:
        return None
    a, b = event.operands
    for prediction, target in ((a, b), (b, a)):
        if isinstance(target.producer, InputDeclared) and target.kind == "graph" and network_of(prediction) is not None:
            return prediction, target
    return None


class GraphTargetShapeMismatch(Part):
    """
    ## With TensorFlow 1
    tf.losses and the cross-entropies for sigmoids ask for one shape: "Shapes (?, 1) and (?,) are incompatible".
    tf.nn.sparse_softmax_cross_entropy_with_logits takes class numbers with one axis fewer than the logits ("Rank mismatch"),
    tf.nn.softmax_cross_entropy_with_logits one-hot rows of as many classes. TensorFlow raises when the graph is built or run.

    ```python
    y = tf.placeholder(tf.int32, [None])
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)      # logits (batch, classes)
    ```
    """

    of = TargetShapeMismatch
    listens = (GraphLoss, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, GraphLoss):
            if event.violation is None or event.violation.kind != "target":
                return
            yield self._finding(event, f"tf.{event.name}", event.prediction, event.target, event.violation.message)
            return
        pair = difference(event)
        if pair is None or not isinstance(event, Operation) or event.violation is None or event.violation.kind != "broadcast":
            return
        yield self._finding(event, "the difference", *pair, event.violation.message)

    def _finding(self, event: Event, what: str, prediction: Array, target: Array, label: str) -> Finding:
        return self.finding(
            event,
            event.site,
            f"{what} gets a prediction {shown(prediction.shape)} and a target {shown(target.shape)}, which do not go together",
            label=label,
            help=_advice(prediction.shape, target.shape),
            related=(*came_from(prediction), *came_from(target)),
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

x, y = tf.placeholder(tf.float32, [None, 20, 3]), tf.placeholder(tf.float32, [None, 1])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
loss = tf.losses.mean_squared_error(y, tf.layers.dense(outputs[:, -1], 1))
""",
    )
    invalid = (
        """
import tensorflow as tf

x, y = tf.placeholder(tf.float32, [None, 20, 3]), tf.placeholder(tf.float32, [None])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
loss = tf.losses.mean_squared_error(y, tf.layers.dense(outputs[:, -1], 1))  # LST301
""",
        """
import tensorflow as tf

x, y = tf.placeholder(tf.float32, [None, 20, 3]), tf.placeholder(tf.int32, [None, 5])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
logits = tf.layers.dense(outputs[:, -1], 5)
loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)  # LST301
""",
    )


def _advice(prediction: Shape, target: Shape) -> str:
    if prediction.rank == 3 and target.rank == 2:
        return "take the last step first, outputs[:, -1], or give the target one value for each step"
    if prediction.rank is not None and target.rank == prediction.rank - 1 and same(prediction.axes[-1].dim, 1):
        return "drop the last axis of the prediction, tf.squeeze(prediction, -1), or declare the target as [None, 1]"
    if prediction.rank == 3 and target.rank in (1, 2):
        return "take the last step first, outputs[:, -1], or give the target one value for each step"
    return "bring both to the shapes that the loss takes"


class GraphLossBroadcast(Part):
    """
    ## With TensorFlow 1
    `tf.reduce_mean(tf.square(prediction - y))` of a prediction (batch, 1) and a target (batch,) compares each prediction with
    each target, a table of batch × batch. TensorFlow says nothing.

    ```python
    loss = tf.reduce_mean(tf.square(tf.squeeze(prediction, 1) - y))
    ```
    """

    of = LossBroadcast
    listens = (GraphLoss, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, GraphLoss):
            if event.violation is None or event.violation.kind != "broadcast":
                return
            prediction, target, what = event.prediction, event.target, f"tf.{event.name}"
        else:
            pair = difference(event)
            if pair is None or not isinstance(event, Operation) or event.violation is not None or not _stretched(*pair):
                return
            prediction, target, what = *pair, "the difference"
        yield self.finding(
            event,
            event.site,
            f"{what} compares a prediction {shown(prediction.shape)} with a target {shown(target.shape)}: "
            "each is stretched to the shape of both",
            label="other shapes",
            help=_advice(prediction.shape, target.shape),
            related=(*came_from(prediction), *came_from(target)),
            effect="silent",
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

x, y = tf.placeholder(tf.float32, [None, 20, 3]), tf.placeholder(tf.float32, [None, 1])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
loss = tf.reduce_mean(tf.square(tf.layers.dense(outputs[:, -1], 1) - y))
""",
    )
    invalid = (
        """
import tensorflow as tf

x, y = tf.placeholder(tf.float32, [None, 20, 3]), tf.placeholder(tf.float32, [None])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
loss = tf.reduce_mean(tf.square(tf.layers.dense(outputs[:, -1], 1) - y))  # LST302
""",
        """
import tensorflow as tf

x, y = tf.placeholder(tf.float32, [None, 20, 3]), tf.placeholder(tf.float32, [None, 1])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
loss = tf.reduce_sum(tf.square(tf.layers.dense(outputs, 1) - y))  # LST302
""",
    )


def _stretched(prediction: Array, target: Array) -> bool:
    """Whether a column is compared with a row, so that each number meets each other one."""
    b, a = sorted((prediction.shape, target.shape), key=lambda shape: len(shape.axes))
    if a.rank is None or b.rank is None or a.rank != b.rank + 1 or not b.axes:
        return False
    if a.rank == 3:
        # All steps against one value for each sample: steps meet samples.
        steps = a.axes[1].dim
        return isinstance(steps, int) and steps > 1 and a.axes[1].meaning is Meaning.TIME
    return same(a.axes[-1].dim, 1) and not same(b.axes[-1].dim, 1) and not (isinstance(a.axes[-2].dim, int) and a.axes[-2].dim == 1)


_KINDS = {"concatenate": "joins", "stack": "stacks", "broadcast": "combines"}


class GraphMergeShapeMismatch(Part):
    """
    ## With TensorFlow 1
    tf.concat, tf.stack, sums and products get tensors of unlike shapes: "Dimensions must be equal", "Dimension 0 in both shapes
    must be equal". TensorFlow raises when the graph is built.
    """

    of = MergeShapeMismatch
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.violation is None or not event.name.startswith("tensorflow."):
            return
        verb = _KINDS.get(event.violation.kind)
        if verb is None or len(event.operands) < 2 or not any(part.kind == "graph" for part in event.operands):
            return
        if difference(event) is not None:
            return
        parts = list(dict.fromkeys(shown(part.shape) for part in event.operands))
        yield self.finding(
            event,
            event.site,
            f"{event.name.removeprefix('tensorflow.')} {verb} {' and '.join(parts[:3])}, which do not go together",
            label=event.violation.message,
            help="bring the tensors to shapes that agree in all axes but the one that is joined",
            related=tuple(related for part in event.operands[:3] for related in came_from(part)),
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

x, more = tf.placeholder(tf.float32, [None, 20, 3]), tf.placeholder(tf.float32, [None, 7])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
both = tf.concat([state, more], 1)
""",
    )
    invalid = (
        """
import tensorflow as tf

x, more = tf.placeholder(tf.float32, [None, 20, 3]), tf.placeholder(tf.float32, [None, 7])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
both = tf.concat([outputs, more], 1)  # LST107
""",
    )
