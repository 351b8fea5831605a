"""TensorFlow 1's part of LST401: initial states that a cell does not take."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.state_shape import StateShape
from lstmlint.rules.tensorflow.graphs import cells, is_cell, name, of_graph
from lstmlint.trace import Event, LayerApplied, Trace
from lstmlint.values.network import Layer


class GraphStateShape(Part):
    """
    ## With TensorFlow 1
    The state of an LSTM cell is a tuple (c, h) of two tensors (batch, units); that of a GRU is one tensor; a MultiRNNCell has a
    tuple with the state of each layer. `cell.zero_state(batch_size, tf.float32)` makes the right ones. Without an initial state,
    the network needs a `dtype`. TensorFlow raises when the graph is built.

    ```python
    start = cell.zero_state(batch_size, tf.float32)
    outputs, state = tf.nn.dynamic_rnn(cell, x, initial_state=start)
    ```
    """

    of = StateShape
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        applied = of_graph(event)
        if applied is None or applied.violation is None or applied.violation.kind != "state":
            return
        layer = applied.layer
        cell = layer if is_cell(layer) else layer.config.get("cell")
        lacking = applied.violation.left is None and applied.violation.right is None
        what = name(layer) if is_cell(layer) else f"{name(layer)} of a {cells(layer)}"
        yield self.finding(
            event,
            event.site,
            f"this {what} {applied.violation.message}",
            help=(
                "pass dtype=tf.float32, or an initial_state"
                if lacking
                else "make the states with cell.zero_state(batch_size, tf.float32), or take those of a cell of this kind and size"
            ),
            related=(Related(cell.site, "the cell"),) if isinstance(cell, Layer) else (),
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [9, 20, 3])
cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(8), tf.nn.rnn_cell.LSTMCell(8)])
outputs, state = tf.nn.dynamic_rnn(cell, x, initial_state=cell.zero_state(9, tf.float32))
more, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(8), x, initial_state=state[-1])
""",
    )
    invalid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(8), x)  # LST401
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
encoder, decoder = tf.nn.rnn_cell.LSTMCell(8), tf.nn.rnn_cell.LSTMCell(16)
outputs, state = tf.nn.dynamic_rnn(encoder, x, dtype=tf.float32)
with tf.variable_scope("decoder"):
    answers, last = tf.nn.dynamic_rnn(decoder, x, initial_state=state)  # LST401
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [9, 20, 3])
start = tf.zeros([9, 8]) + tf.get_variable("start", [8])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(8), x, initial_state=start)  # LST401
""",
    )
