"""TensorFlow 1's parts of LST201 to LST204, LST301, LST303 and LST401: data that a placeholder does not take."""
from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from lstmlint.findings import Finding
from lstmlint.rules.base import Part, Rule
from lstmlint.rules.cause import is_recurrent_of_graphs
from lstmlint.rules.data_rank import DataRank
from lstmlint.rules.data_sizes import DataFeatureMismatch, DataTimestepsMismatch
from lstmlint.rules.label_encoding import LabelEncoding
from lstmlint.rules.sample_count import SampleCountMismatch
from lstmlint.rules.state_shape import StateShape
from lstmlint.rules.target_shapes import TargetShapeMismatch
from lstmlint.rules.tensorflow.graphs import declared, inputs_of, of_graph, shown
from lstmlint.shapes.shape import Violation
from lstmlint.trace import Event, GraphLoss, InputDeclared, PlaceholderFed, Trace

Fault = Literal["rank", "features", "timesteps", "count", "state", "target", "encoding"]


class Roles:
    """What the placeholders of a trace are for: those that recurrent networks read or start from, and those that are compared."""

    def __init__(self, trace: Trace) -> None:
        self.read: set[object] = set()
        self.states: set[object] = set()
        self.compared: set[object] = set()
        seen: set[object] = set()
        started: set[object] = set()
        for event in trace.events:
            applied = of_graph(event)
            if applied is not None and is_recurrent_of_graphs(applied.layer):
                self.read |= inputs_of(applied.inputs[:1], seen)
                self.states |= inputs_of(applied.inputs[1:], started)
        self.states -= self.read
        targets: set[object] = set()
        for event in trace.events:
            if isinstance(event, GraphLoss):
                self.compared |= inputs_of([event.target], targets)
        self.compared -= self.read | self.states


class _Feeding(Part):
    """What the parts below have in common: which of them speaks of a placeholder that does not take the data."""

    of: ClassVar[type[Rule]] = DataRank
    fault: ClassVar[Fault] = "rank"
    listens = (PlaceholderFed,)

    def __init__(self) -> None:
        self._trace: Trace | None = None
        self._roles: Roles | None = None

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, PlaceholderFed) or event.data.kind == "graph":
            return
        if event.violation is None:
            return
        if self._trace is not trace or self._roles is None:
            self._trace, self._roles = trace, Roles(trace)
        if _fault(event, event.violation, self._roles) != self.fault:
            return
        own, data = event.placeholder, event.data
        named = own.producer.name if isinstance(own.producer, InputDeclared) and own.producer.name else None
        yield self.finding(
            event,
            event.site,
            f"data of shape {shown(data.shape)} can't be fed to the placeholder{f' {named!r}' if named else ''}, "
            f"which has shape {own.shape}",
            label=f"got {shown(data.shape)}",
            help=_ADVICE[self.fault],
            related=declared(own),
            key=own.producer,
        )


_ADVICE: dict[Fault, str] = {
    "rank": "bring the data to the placeholder's rank: reshape(-1, time, features), or look at how it was cut",
    "features": "declare the number of features that the data has, or give it the declared number",
    "timesteps": "declare the number of steps that the data has, or None where it may differ",
    "count": "declare None for the batch, or feed batches of the declared size only",
    "state": "start from zeros of the placeholder's shape, or from the state that the last run gave",
    "target": "bring the targets to the placeholder's shape, such as y.reshape(-1, 1) for [None, 1]",
    "encoding": "turn the class numbers into one-hot rows, np.eye(classes)[y], or compare them with "
    "tf.nn.sparse_softmax_cross_entropy_with_logits and a placeholder of shape [None]",
}


def _fault(event: PlaceholderFed, violation: Violation, roles: Roles) -> Fault:
    own, data = event.placeholder, event.data
    if own.producer in roles.states:
        return "state"
    if own.producer not in roles.read and own.shape.rank:
        last = own.shape.axes[-1].dim
        classes = isinstance(last, int) and last > 1 and own.producer in roles.compared
        lacks = data.shape.rank == own.shape.rank - 1 or (data.shape.rank == own.shape.rank and data.shape.axes[-1].dim == 1)
        return "encoding" if classes and lacks and data.dtype in ("int", None) else "target"
    if violation.kind == "rank":
        return "rank"
    if violation.right == 0:
        return "count"
    return "features" if violation.right == 2 else "timesteps"


_MODEL = '''
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
y = tf.placeholder(tf.float32, [None, 4])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
loss = tf.losses.softmax_cross_entropy(y, tf.layers.dense(outputs[:, -1], 4))
sess = tf.Session()
'''


_STATE = '''
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
start = tf.placeholder(tf.float32, [None, 8])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, initial_state=start)
sess = tf.Session()
'''


class GraphDataRank(_Feeding):
    """
    ## With TensorFlow 1
    `sess.run` compares what feed_dict gives with the placeholder's shape: "Cannot feed value of shape (64, 784) for Tensor
    'x:0', which has shape '(?, 28, 28)'".
    """

    of = DataRank
    fault = "rank"
    valid = (f"{_MODEL}sess.run(loss, feed_dict={{x: np.zeros((9, 60)).reshape(-1, 20, 3), y: np.zeros((9, 4))}})\n",)
    invalid = (f"{_MODEL}sess.run(loss, feed_dict={{x: np.zeros((9, 60)), y: np.zeros((9, 4))}})  # LST201\n",)


class GraphDataFeatureMismatch(_Feeding):
    """
    ## With TensorFlow 1
    The last axis of what feed_dict gives is not that of the placeholder: `sess.run` raises "Cannot feed value of shape".
    """

    of = DataFeatureMismatch
    fault = "features"
    valid = (f"{_MODEL}sess.run(loss, {{x: np.zeros((9, 20, 3)), y: np.zeros((9, 4))}})\n",)
    invalid = (f"{_MODEL}sess.run(loss, {{x: np.zeros((9, 20, 5)), y: np.zeros((9, 4))}})  # LST202\n",)


class GraphDataTimestepsMismatch(_Feeding):
    """
    ## With TensorFlow 1
    What feed_dict gives has another number of steps than the placeholder: `sess.run` raises "Cannot feed value of shape".
    """

    of = DataTimestepsMismatch
    fault = "timesteps"
    valid = (f"{_MODEL}loss.eval({{x: np.zeros((9, 20, 3)), y: np.zeros((9, 4))}}, session=sess)\n",)
    invalid = (f"{_MODEL}loss.eval({{x: np.zeros((9, 30, 3)), y: np.zeros((9, 4))}}, session=sess)  # LST203\n",)


class GraphSampleCount(_Feeding):
    """
    ## With TensorFlow 1
    A placeholder with a fixed batch, `[64, 20, 3]`, takes no other number of samples, the last part of the data among them.
    """

    of = SampleCountMismatch
    fault = "count"
    valid = (f"{_MODEL}sess.run(loss, {{x: np.zeros((9, 20, 3)), y: np.zeros((9, 4))}})\n",)
    invalid = (
        f"{_MODEL.replace('[None, 20', '[16, 20')}sess.run(loss, {{x: np.zeros((9, 20, 3)), y: np.zeros((9, 4))}})  # LST204\n",
    )


class GraphFedState(_Feeding):
    """
    ## With TensorFlow 1, in a session
    A state that is fed to a placeholder must have its shape, too; with `state_is_tuple=False`, it is (batch, 2 * units).
    """

    of = StateShape
    fault = "state"
    valid = (f"{_STATE}sess.run(state, {{x: np.zeros((9, 20, 3)), start: np.zeros((9, 8))}})\n",)
    invalid = (f"{_STATE}sess.run(state, {{x: np.zeros((9, 20, 3)), start: np.zeros((9, 16))}})  # LST401\n",)


class GraphFedTarget(_Feeding):
    """
    ## With TensorFlow 1
    What feed_dict gives for the targets does not have the shape of their placeholder: `sess.run` raises "Cannot feed value of
    shape (64,) for Tensor 'y:0', which has shape '(?, 1)'".
    """

    of = TargetShapeMismatch
    fault = "target"
    valid = (f"{_MODEL}sess.run(loss, {{x: np.zeros((9, 20, 3)), y: np.zeros((9, 4))}})\n",)
    invalid = (f"{_MODEL}sess.run(loss, {{x: np.zeros((9, 20, 3)), y: np.zeros((9, 5))}})  # LST301\n",)


class GraphLabelEncoding(_Feeding):
    """
    ## With TensorFlow 1
    A placeholder for one-hot rows, `[None, classes]`, gets class numbers: `sess.run` raises "Cannot feed value of shape (64,)".
    """

    of = LabelEncoding
    fault = "encoding"
    valid = (f"{_MODEL}sess.run(loss, {{x: np.zeros((9, 20, 3)), y: np.eye(4)[np.random.randint(0, 4, 9)]}})\n",)
    invalid = (f"{_MODEL}sess.run(loss, {{x: np.zeros((9, 20, 3)), y: np.random.randint(0, 4, 9)}})  # LST303\n",)
