"""TensorFlow 1's parts of LST101 and LST105: tensors with an axis too many or too few."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.cause import is_recurrent_of_graphs
from lstmlint.rules.layer_input_rank import LayerInputRank
from lstmlint.rules.rnn_input_rank import RnnInputRank
from lstmlint.rules.tensorflow.graphs import came_from, declared, is_cell, name, network_of, of_graph, shown
from lstmlint.trace import Event, InputDeclared, LayerApplied, Operation, Trace
from lstmlint.values.data import Array


def has_wrong_rank(applied: LayerApplied) -> bool:
    """Whether something was applied to a tensor of the wrong rank."""
    return applied.violation is not None and applied.violation.kind == "rank"


class GraphRnnInputRank(Part):
    """
    ## With TensorFlow 1
    tf.nn.dynamic_rnn takes (batch, time, features), or (time, batch, features) with `time_major=True`; tf.nn.static_rnn takes
    a list with a tensor (batch, features) for each step. TensorFlow raises "Shape (?, ?) must have rank at least 3" when the
    graph is built. Token ids need tf.nn.embedding_lookup first.

    ```python
    ids = tf.placeholder(tf.int32, [None, None])
    outputs, state = tf.nn.dynamic_rnn(cell, tf.nn.embedding_lookup(table, ids), dtype=tf.float32)
    ```
    """

    of = RnnInputRank
    listens = (LayerApplied, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._unstacked(event)
            return
        applied = of_graph(event)
        if applied is None or not has_wrong_rank(applied) or not is_recurrent_of_graphs(applied.layer):
            return
        x = applied.inputs[0]
        yield self.finding(
            event,
            event.site,
            f"this {name(applied.layer)} gets {shown(x.shape)}, but needs {_needs(applied)}",
            label=f"rank {x.shape.rank}",
            help=_advice(x, applied),
            related=came_from(x),
            key=event.site.node,
        )

    def _unstacked(self, event: Operation) -> Iterator[Finding]:
        if event.violation is None or event.violation.kind != "unstack" or network_of(event.operands[0]) is not None:
            return
        x = event.operands[0]
        yield self.finding(
            event,
            event.site,
            f"tf.unstack takes {shown(x.shape)} apart along an axis whose length is not known when the graph is built",
            label=event.violation.message,
            help="the steps of (batch, time, features) are axis 1: tf.unstack(x, axis=1)",
            related=declared(x),
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

ids = tf.placeholder(tf.int32, [None, 20])
table = tf.get_variable("table", [500, 16])
cell = tf.nn.rnn_cell.LSTMCell(24)
outputs, state = tf.nn.dynamic_rnn(cell, tf.nn.embedding_lookup(table, ids), dtype=tf.float32)
""",
        """
import tensorflow.compat.v1 as tf

x = tf.placeholder(tf.float32, [None, 28, 28])
steps = tf.unstack(x, 28, 1)
outputs, state = tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(24), steps, dtype=tf.float32)
""",
    )
    invalid = (
        """
import tensorflow as tf

ids = tf.placeholder(tf.int32, [None, 20])
cell = tf.nn.rnn_cell.LSTMCell(24)
outputs, state = tf.nn.dynamic_rnn(cell, ids, dtype=tf.float32)  # LST101
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 28, 28])
steps = tf.unstack(x)  # LST101
outputs, state = tf.contrib.rnn.static_rnn(tf.contrib.rnn.GRUCell(24), steps, dtype=tf.float32)
""",
    )


def _needs(applied: LayerApplied) -> str:
    if is_cell(applied.layer):
        return "one step: (batch, features)"
    if applied.violation is not None and applied.violation.right == 2:
        return "a list of tensors (batch, features), one for each step"
    major = applied.layer.flag("time_major")
    return "(time, batch, features)" if major else "(batch, time, features)"


def _advice(x: Array, applied: LayerApplied) -> str:
    rank = x.shape.rank
    if applied.violation is not None and applied.violation.right == 2:
        return "take the steps apart: tf.unstack(x, axis=1) of (batch, time, features)"
    if rank == 2 and isinstance(x.producer, InputDeclared):
        return "look token ids up in an embedding first; numbers need a placeholder of shape [None, time, features]"
    if rank == 2:
        return "keep the axis of time up to here, or bring it back: tf.reshape(x, [-1, time, features])"
    return "bring it to three axes with tf.reshape"


class GraphLayerInputRank(Part):
    """
    ## With TensorFlow 1
    tf.layers.dense takes rank 2 or more, tf.layers.conv1d (batch, length, channels); tf.transpose takes an order with as many
    axes as the tensor has. TensorFlow raises when the graph is built.
    """

    of = LayerInputRank
    listens = (LayerApplied, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._operation(event)
            return
        applied = of_graph(event)
        if applied is None or applied.violation is None or not has_wrong_rank(applied) or is_recurrent_of_graphs(applied.layer):
            return
        x = applied.inputs[0]
        yield self.finding(
            event,
            event.site,
            f"this {name(applied.layer)} gets {shown(x.shape)}: {applied.violation.message}",
            label=f"rank {x.shape.rank}",
            help="bring the tensor to the rank that the layer takes: tf.expand_dims adds an axis, tf.reshape merges some",
            related=came_from(x),
            key=event.site.node,
        )

    def _operation(self, event: Operation) -> Iterator[Finding]:
        violation = event.violation
        if violation is None or violation.kind not in ("axis", "rank", "index", "indices"):
            return
        if not event.name.startswith("tensorflow."):
            return
        x = event.operands[0]
        if x.kind != "graph" or x.shape.open:
            return
        short = event.name.removeprefix("tensorflow.").replace("Tensor.__getitem__", "the subscript")
        yield self.finding(
            event,
            event.site,
            f"{short if short.startswith('the ') else 'tf.' + short} does not fit {shown(x.shape)}: {violation.message}",
            label=f"rank {x.shape.rank}",
            help="check how many axes the tensor has here: the output of an RNN has three, its last step and its states have two",
            related=came_from(x),
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(24), x, dtype=tf.float32)
last = tf.transpose(outputs, [1, 0, 2])[-1]
""",
    )
    invalid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(24), x, dtype=tf.float32)
last = tf.transpose(state, [1, 0, 2])  # LST105
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(24), x, dtype=tf.float32)
local = tf.layers.conv1d(state, 8, 3)  # LST105
""",
    )
