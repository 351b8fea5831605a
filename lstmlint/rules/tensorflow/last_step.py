"""TensorFlow 1's part of LST505: the last sample of a batch in place of the last step."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.tensorflow.graphs import came_from, name, network_of, shown
from lstmlint.rules.torch.last_step import WrongLastStep
from lstmlint.shapes.dims import Dim, same
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import ElementTaken, Event, Operation, PlaceholderFed, Trace


class GraphWrongLastStep(Part):
    """
    ## With TensorFlow 1
    The outputs of tf.nn.dynamic_rnn are (batch, time, features), so that `outputs[-1]` is the last sample; those of
    tf.nn.static_rnn are a list of steps, whose last is `outputs[-1]`. With `time_major=True` the steps come first. tf.unstack
    of outputs along the batch raises "Cannot infer num from shape".

    ```python
    last = outputs[:, -1]
    last = tf.unstack(tf.transpose(outputs, [1, 0, 2]))[-1]
    ```
    """

    of = WrongLastStep
    listens = (ElementTaken, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._unstacked(event)
            return
        if not isinstance(event, ElementTaken) or event.array.kind != "graph" or event.array.shape.rank != 3:
            return
        shape, axis = event.array.shape, event.axis
        if axis > 1 or shape.axes[axis].meaning is not Meaning.BATCH or any(same(one.dim, 1) for one in shape.axes[:2]):
            return
        steps = shape.axes[1 - axis].dim
        if event.index != -1 and not (isinstance(steps, int) and steps > 1 and event.index == steps - 1):
            return
        applied = network_of(event.array)
        if applied is None or not _is_several(shape.axes[axis].dim, trace):
            return
        yield self.finding(
            event,
            event.site,
            f"axis {axis} of these outputs {shown(shape)} is the batch, so that this is one sample of it, not the last step",
            label="one sample",
            help="take the last step with outputs[:, -1]" if axis == 0 else "the steps come first here: outputs[-1] is the last",
            related=(Related(applied.site, f"this {name(applied.layer)} gives them"),),
            effect="silent",
            key=event.site.node,
        )

    def _unstacked(self, event: Operation) -> Iterator[Finding]:
        if event.violation is None or event.violation.kind != "unstack" or network_of(event.operands[0]) is None:
            return
        yield self.finding(
            event,
            event.site,
            f"tf.unstack takes {shown(event.operands[0].shape)} apart along the batch, whose length is not known "
            "when the graph is built",
            label=event.violation.message,
            help="the steps of (batch, time, features) are axis 1: tf.unstack(outputs, axis=1)",
            related=came_from(event.operands[0]),
            severity="error",
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [9, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
last = tf.gather(tf.transpose(outputs, [1, 0, 2]), 19)
same = tf.unstack(outputs, axis=1)[-1]
""",
        """
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
steps_of_the_only_sample = outputs[-1]
with tf.Session() as sess:
    sess.run(steps_of_the_only_sample, feed_dict={x: np.zeros((1, 20, 3))})
""",
    )
    invalid = (
        """
import numpy as np
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
last = outputs[-1]  # LST505
with tf.Session() as sess:
    sess.run(last, feed_dict={x: np.zeros((9, 20, 3))})
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(8), x, dtype=tf.float32)
last = tf.unstack(outputs)[-1]  # LST505
""",
    )


def _is_several(batch: Dim, trace: Trace) -> bool:
    """Whether a batch is of several samples: of one alone, the first axis is dropped this way."""
    if isinstance(batch, int):
        return batch > 1
    for event in trace.events:
        if isinstance(event, PlaceholderFed) and event.data.shape.rank == event.placeholder.shape.rank:
            for own, fed in zip(event.placeholder.shape, event.data.shape):
                if own.dim == batch and isinstance(fed.dim, int) and fed.dim > 1:
                    return True
    return False
