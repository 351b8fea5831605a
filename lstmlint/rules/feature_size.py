"""LST106: weights made for another number of features than arrives."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape, is_of_keras, layer_name
from lstmlint.shapes.dims import differ
from lstmlint.shapes.shape import Shape
from lstmlint.trace import Event, LayerApplied, Trace
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array, items_of
from lstmlint.values.network import Layer


class FeatureSizeMismatch(Rule):
    """
    # feature-size-mismatch

    ## What
    The weights of a layer are made for another number of features than arrives: a layer that is used twice, on inputs of
    different widths, or an Embedding that gets a pretrained matrix of other than (input_dim, output_dim).

    ## Why it hurts
    Keras raises at the second use, when the layer is built, or in the first step of fit.

    ## Example
    ```python
    project = Dense(8)
    a, b = project(LSTM(16)(x)), project(LSTM(32)(x))
    ```

    ## Fixed
    ```python
    a, b = Dense(8)(LSTM(16)(x)), Dense(8)(LSTM(32)(x))
    ```

    ## When to ignore
    Never: the call raises.
    """

    code = "LST106"
    name = "feature-size-mismatch"
    severity = "error"
    unsafe_fix = "make a PyTorch layer for the number of features that it gets"
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, LayerApplied) or not is_of_keras(event.layer):
            return
        if event.violation is not None and event.violation.kind == "feature":
            yield self.finding(
                event,
                event.site,
                f"this {layer_name(event.layer)} {event.violation.message}",
                label=f"gets {event.inputs[0].shape}",
                help="make a second layer, or give both inputs the same width: what is used twice takes one width",
                related=(Related(event.layer.site, "made here"),),
                key=event.layer,
            )
        elif event.layer.kind == "Embedding":
            yield from self._pretrained(event)

    def _pretrained(self, event: LayerApplied) -> Iterator[Finding]:
        layer = event.layer
        matrix = pretrained(layer)
        own = Shape.of(layer.length("input_dim"), layer.length("output_dim"))
        if matrix is None or matrix.shape.rank != 2:
            return
        if not any(differ(a.dim, b.dim) for a, b in zip(matrix.shape, own)):
            return
        yield self.finding(
            event,
            layer.site,
            f"this Embedding has a table of shape {data_shape(own)}, and gets one of shape {data_shape(matrix.shape)}",
            help="give it the table's own sizes: Embedding(table.shape[0], table.shape[1], …)",
            key=layer,
        )

    valid = (
        """
import numpy as np
from keras import Input
from keras.layers import Dense, Embedding, LSTM

table = np.zeros((301, 50))
x = Input((20,))
words = Embedding(301, 50, weights=[table])(x)
project = Dense(8)
a, b = project(LSTM(16)(words)), project(LSTM(16)(words))
""",
    )
    invalid = (
        """
from keras import Input
from keras.layers import Dense, LSTM

x = Input((20, 3))
project = Dense(8)
a = project(LSTM(16)(x))
b = project(LSTM(32)(x))  # LST106
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Embedding, Input, LSTM

table = np.zeros((300, 50))
model = Sequential([Input((20,))])
model.add(Embedding(301, 50, weights=[table]))  # LST106
model.add(LSTM(8))
""",
    )


def pretrained(layer: Layer) -> Array | None:
    """The table that an Embedding gets, as its weights or to start from."""
    weights = layer.given("weights")
    items = None if weights is None else items_of(weights)
    if items is not None and items.known is not None and len(items.known) == 1:
        weights = items.known[0]
    if weights is None:
        start = layer.given("embeddings_initializer")
        known = isinstance(start, LibraryObject) and start.path == "keras.initializers.Constant"
        weights = start.fields.get("value") if known and isinstance(start, LibraryObject) else None
    return weights if isinstance(weights, Array) else None
