"""TensorFlow 1's part of LST108: lists where a tensor is needed, tensors where a list or data is needed."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.cause import is_recurrent_of_graphs
from lstmlint.rules.not_a_tensor import NotATensor
from lstmlint.rules.tensorflow.graphs import came_from, name, of_graph, shown
from lstmlint.trace import Event, LayerApplied, Operation, PlaceholderFed, Trace


class GraphNotATensor(Part):
    """
    ## With TensorFlow 1
    tf.nn.dynamic_rnn takes one tensor, tf.nn.static_rnn a list of them: what tf.unstack or tf.split gives is for the second.
    tf.nn.bidirectional_dynamic_rnn returns a pair of outputs, which tf.concat joins. What feed_dict gives must be data, not a
    tensor of the graph.

    ```python
    outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32)
    (forward, backward), states = tf.nn.bidirectional_dynamic_rnn(cell_fw, cell_bw, x, dtype=tf.float32)
    both = tf.concat([forward, backward], 2)
    ```
    """

    of = NotATensor
    listens = (LayerApplied, Operation, PlaceholderFed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, PlaceholderFed):
            yield from self._fed(event)
            return
        if isinstance(event, Operation):
            yield from self._pair(event)
            return
        applied = of_graph(event)
        if applied is None or applied.violation is None or applied.violation.kind != "type":
            return
        listed = applied.violation.right == 3
        yield self.finding(
            event,
            event.site,
            f"this {name(applied.layer)} {applied.violation.message}",
            label="a list" if listed else "one tensor",
            help=(
                "give it the tensor (batch, time, features) itself, or run the list with tf.nn.static_rnn"
                if listed
                else "take the steps apart: tf.unstack(x, axis=1), or run the tensor with tf.nn.dynamic_rnn"
            ),
            related=came_from(applied.inputs[0]),
            key=event.site.node,
        )

    def _fed(self, event: PlaceholderFed) -> Iterator[Finding]:
        if event.data.kind != "graph":
            return
        yield self.finding(
            event,
            event.site,
            f"feed_dict gives a tensor of the graph, {shown(event.data.shape)}, where data is needed",
            label="a tensor",
            help="give it an array: what sess.run returned, or the data before it became a tensor",
            related=came_from(event.data),
            key=event.site.node,
        )

    def _pair(self, event: Operation) -> Iterator[Finding]:
        """What a network returns, subscripted as a tensor."""
        if event.violation is None or event.violation.kind != "type" or event.name != "tuple.__getitem__":
            return
        applied = event.operands[0].producer
        if not isinstance(applied, LayerApplied) or of_graph(applied) is None or not is_recurrent_of_graphs(applied.layer):
            return
        yield self.finding(
            event,
            event.site,
            f"{name(applied.layer)} returns a tuple here, which is subscripted as a tensor",
            label="a tuple",
            help="take it apart first: outputs, state = …; of two directions, join the outputs with tf.concat(outputs, 2)",
            related=came_from(event.operands[0]),
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
forward, backward = tf.nn.rnn_cell.LSTMCell(8), tf.nn.rnn_cell.LSTMCell(8)
outputs, states = tf.nn.bidirectional_dynamic_rnn(forward, backward, x, dtype=tf.float32)
last = tf.concat(outputs, 2)[:, -1]
""",
    )
    invalid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
steps = tf.unstack(x, 20, 1)
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(8), steps, dtype=tf.float32)  # LST108
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.static_rnn(tf.nn.rnn_cell.LSTMCell(8), x, dtype=tf.float32)  # LST108
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
forward, backward = tf.nn.rnn_cell.LSTMCell(8), tf.nn.rnn_cell.LSTMCell(8)
outputs, states = tf.nn.bidirectional_dynamic_rnn(forward, backward, x, dtype=tf.float32)
last = outputs[:, -1]  # LST108
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
with tf.Session() as sess:
    sess.run(state, feed_dict={x: tf.zeros([5, 20, 3]) + outputs[0, 0, 0]})  # LST108
""",
    )
