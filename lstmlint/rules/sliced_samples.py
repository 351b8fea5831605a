"""LST204 with tf.data: tensors with different numbers of samples in one data set."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.cause import data_shape
from lstmlint.rules.sample_count import SampleCountMismatch
from lstmlint.trace import Event, Operation, Trace


class SlicedSampleCount(Part):
    """
    ## With tf.data
    Dataset.from_tensor_slices takes tensors with equal numbers of samples only: "Dimensions 46 and 42 are not compatible".
    """

    of = SampleCountMismatch
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.violation is None or event.violation.kind != "samples":
            return
        if event.name != "tensorflow.data.Dataset.from_tensor_slices":
            return
        first, other = (data_shape(part.shape) for part in event.operands)
        yield self.finding(
            event,
            event.site,
            f"from_tensor_slices gets tensors {first} and {other}: {event.violation.message}",
            help="give as many targets as inputs: cut both at the same places",
            key=event.site.node,
        )

    valid = (
        """
import numpy as np
import tensorflow as tf
from keras.layers import LSTM

x, y = np.random.rand(90, 20, 3), np.random.rand(90)
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
more = tf.data.Dataset.from_tensor_slices({"x": x, "y": y})
""",
    )
    invalid = (
        """
import numpy as np
import tensorflow as tf
from keras.layers import LSTM

x, y = np.random.rand(90, 20, 3), np.random.rand(90)
data = tf.data.Dataset.from_tensor_slices((x, y[20:])).batch(8)  # LST204
""",
    )
