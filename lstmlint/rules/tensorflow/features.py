"""TensorFlow 1's part of LST106: weights that are made for another number of features."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.feature_size import FeatureSizeMismatch
from lstmlint.rules.tensorflow.graphs import at_fault, came_from, is_old, name, of_graph, shown
from lstmlint.shapes.dims import same
from lstmlint.trace import Event, LayerApplied, Operation, Trace
from lstmlint.values.data import items_of
from lstmlint.values.network import Layer


class GraphFeatureSizeMismatch(Part):
    """
    ## With TensorFlow 1
    A cell has its own weights, made at its first use. One cell in several layers, as in `MultiRNNCell([cell] * 3)`, gets
    inputs of the network's width in the first layer and of `num_units` in the others: since version 1.1, TensorFlow raises
    "Dimensions must be equal" when the graph is built, or "Attempt to reuse RNNCell". A matrix that is not made for the width
    of an RNN's output raises the same, and so does a placeholder whose number of features is None.

    ```python
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(24) for _ in range(3)])
    ```
    """

    of = FeatureSizeMismatch
    listens = (LayerApplied, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._product(event)
            return
        applied = of_graph(event)
        violation = None if applied is None else applied.violation
        if applied is None or violation is None or violation.kind not in ("feature", "size", "residual"):
            return
        cell, x = at_fault(applied), applied.inputs[0]
        if violation.kind == "feature" and cell is not None:
            if not is_old(trace):
                yield self._cell(event, applied, cell)
            return
        yield self.finding(
            event,
            event.site,
            f"this {name(cell or applied.layer)} {violation.message}",
            label=f"gets {shown(x.shape)}",
            help=_advice(violation.kind),
            related=came_from(x),
            key=event.site.node,
        )

    def _cell(self, event: Event, applied: LayerApplied, cell: Layer) -> Finding:
        stack = applied.layer.config.get("cell")
        repeated = isinstance(stack, Layer) and _holds_twice(stack, cell)
        assert applied.violation is not None
        if repeated and isinstance(stack, Layer):
            words = f"one {cell.kind} stands in several layers of this {stack.kind}, whose inputs have other widths"
            site, advice = stack.site, f"make a cell for each layer: [{cell.kind}(…) for _ in range(layers)]"
            related = (Related(cell.site, "the cell"), Related(event.site, applied.violation.message))
        else:
            words = f"this {cell.kind} {applied.violation.message}"
            site, advice = event.site, "make a second cell: one that is used twice takes one width"
            related = (Related(cell.site, "the cell"),)  # type: ignore[assignment]
        return self.finding(
            event,
            site,
            f"{words}, which TensorFlow refuses since version 1.1",
            label=applied.violation.message,
            help=advice,
            related=related,
            # Nothing says that it isn't for version 1.0.
            severity="warning",
            key=(cell, site.node),
        )

    def _product(self, event: Operation) -> Iterator[Finding]:
        if event.name not in _PRODUCTS or event.violation is None or event.violation.kind != "matmul":
            return
        left, right = event.operands[0], event.operands[-1]
        if "graph" not in (left.kind, right.kind) or len(event.operands) != 2:
            return
        yield self.finding(
            event,
            event.site,
            f"{event.name.replace('tensorflow', 'tf')} gets {shown(left.shape)} and {shown(right.shape)}, which do not go together",
            label=event.violation.message,
            help=_product_advice(left.shape.dims, right.shape.dims),
            related=(*came_from(left), *came_from(right)),
            key=event.site.node,
        )

    valid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
cell = tf.contrib.rnn.MultiRNNCell([tf.contrib.rnn.BasicLSTMCell(24) for _ in range(3)])
outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
weights = tf.Variable(tf.random_normal([24, 5]))
scores = tf.matmul(outputs[:, -1], weights)
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
steps = tf.unpack(x, 20, 1)
cell = tf.nn.rnn_cell.BasicLSTMCell(24)
outputs, state = tf.nn.rnn(tf.nn.rnn_cell.MultiRNNCell([cell] * 3), steps, dtype=tf.float32)
""",
    )
    invalid = (
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
cell = tf.contrib.rnn.BasicLSTMCell(24)
stack = tf.contrib.rnn.MultiRNNCell([cell] * 3)  # LST106
outputs, state = tf.nn.dynamic_rnn(stack, x, dtype=tf.float32)
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, 20, 3])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(24), x, dtype=tf.float32)
weights = tf.get_variable("weights", [48, 5])
scores = tf.matmul(outputs[:, -1], weights)  # LST106
""",
        """
import tensorflow as tf

x = tf.placeholder(tf.float32, [None, None, None])
outputs, state = tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(24), x, dtype=tf.float32)  # LST106
""",
    )


_PRODUCTS = ("tensorflow.matmul", "tensorflow.tensordot")


def _holds_twice(stack: Layer, cell: Layer) -> bool:
    """Whether a MultiRNNCell has one cell in several places, perhaps in wrappers."""
    items = items_of(stack.config["cells"]) if "cells" in stack.config else None
    inner = [] if items is None else [_core(one) for one in items.known or () if isinstance(one, Layer)]
    return inner.count(cell) > 1


def _core(cell: Layer) -> Layer:
    inner = cell.config.get("cell")
    return _core(inner) if isinstance(inner, Layer) else cell


def _advice(kind: str) -> str:
    if kind == "size":
        return "declare the number of features, in the placeholder's shape or with set_shape: [None, None, features]"
    if kind == "residual":
        return "give the cell as many units as it gets features, or leave the ResidualWrapper off the first layer"
    return "make a second layer: what is used twice takes one width"


def _product_advice(left: tuple[object, ...], right: tuple[object, ...]) -> str:
    wide, high = left[-1] if left else None, right[-2] if len(right) > 1 else None
    if isinstance(wide, int) and isinstance(high, int) and same(wide, high * 2):
        return f"both directions are joined: the matrix needs {wide} rows"
    return f"give the matrix {wide} rows" if isinstance(wide, int) else "give the matrix as many rows as the tensor has features"
