"""LST304: a softmax, or a loss that normalises, over one unit."""
from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from lstmlint.edits.calls import argument
from lstmlint.edits.change import Proposal, Replaced, proposal
from lstmlint.edits.expressions import text_replaced
from lstmlint.findings import Finding, Related
from lstmlint.rules.activations import activated_layer, activation_of, last_activated
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import layer_name
from lstmlint.rules.targets import target_faults
from lstmlint.shapes.dims import same
from lstmlint.trace import Event, LayerApplied, ModelFed, Softmax, Trace
from lstmlint.values.base import Const, constant_int
from lstmlint.values.code import Site
from lstmlint.values.data import Array, DictObject
from lstmlint.values.network import Layer, Loss, Model

_WITH_UNITS = ("Dense", "TimeDistributedDense", "Conv1D", "Conv2D", "Conv3D")
_NORMALISING = ("categorical_crossentropy", "sparse_categorical_crossentropy", "categorical_focal_crossentropy")


class DegenerateSoftmax(Rule):
    """
    # degenerate-softmax

    ## What
    A softmax over one unit, or a categorical cross-entropy (which brings the units to a sum of one) of an output of one unit.

    ## Why it hurts
    A softmax makes values that sum to one. Of one value it makes exactly 1.0, whatever the value is: the model answers 1.0
    for every sample, has no gradient and learns nothing. Keras says so, if at all, in a warning while it trains.

    ## What must be proven
    That the axis over which the softmax goes has length one. It is always an error.

    ## Example
    ```python
    model = Sequential([Input((20, 6)), GRU(12), Dense(1, activation="softmax")])
    model.compile("adam", "binary_crossentropy")
    ```

    ## Fixed
    ```python
    model = Sequential([Input((20, 6)), GRU(12), Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    ```

    ## When to ignore
    Never: what the layer gives does not depend on its input.
    """

    code = "LST304"
    name = "degenerate-softmax"
    severity = "error"
    safe_fix = "use a sigmoid before binary_crossentropy, or binary_crossentropy after a sigmoid"
    unsafe_fix = "use a sigmoid, with binary_crossentropy if another loss is named"
    listens: ClassVar[tuple[type[Event], ...]] = (LayerApplied, ModelFed, Softmax)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, LayerApplied):
            yield from self._softmax(event, trace)
        elif isinstance(event, Softmax):
            yield from self._function(event)
        elif isinstance(event, ModelFed) and event.role != "predict" and not target_faults(event):
            for output, loss in event.losses:
                yield from self._loss(event, output, loss)

    def _softmax(self, event: LayerApplied, trace: Trace) -> Iterator[Finding]:
        layer, output = event.layer, event.output
        units = _single_unit(event)
        if units is None or not isinstance(output, Array) or event.violation is not None or _is_explained(event, trace):
            return
        steps = output.shape.rank is not None and (output.shape.rank > 2 or event.inside is not None)
        per_step = ", or a softmax over the steps (keras.layers.Softmax(axis=1)), if they are meant as weights" if steps else ""
        yield self.finding(
            event,
            layer.site,
            f"this softmax goes over one unit, so that it gives 1.0 whatever comes in ({output.shape})",
            label="softmax over one unit",
            help=f'use activation="sigmoid", with binary_crossentropy as the loss{per_step}',
            related=(Related(units.site, "has one unit"),),
            effect="silent",
            key=layer,
            fix=None if steps else _sigmoid(event, trace),
        )

    def _function(self, event: Softmax) -> Iterator[Finding]:
        """tf.nn.softmax, or keras.ops.softmax, of the one score that a Dense gives."""
        applied, shape = event.operand.producer, event.operand.shape
        if event.operand.kind == "torch" or event.axis is None or not isinstance(applied, LayerApplied):
            return
        last = shape.axis(event.axis)
        # Axis 1 of (batch, scores) may have been meant for the steps of (batch, steps, scores).
        if shape.rank is None or last is None or event.axis not in (-1, *([2] if shape.rank == 3 else [])):
            return
        layer = activated_layer(applied)
        if layer.kind != "Dense" or not same(layer.length("units"), 1) or not same(last.dim, 1):
            return
        always = "0.0" if event.log else "1.0"
        yield self.finding(
            event,
            event.site,
            f"this softmax goes over one score ({shape}), so that it gives {always} whatever comes in",
            label="softmax over an axis of length 1",
            help="use axis=1 for weights of the steps" if shape.rank == 3 else "use a sigmoid, or a score for each class",
            related=(Related(layer.site, "gives one score"),),
            effect="silent",
            key=layer,
        )

    def _loss(self, event: ModelFed, output: Array, loss: Loss) -> Iterator[Finding]:
        applied = last_activated(output)
        # Of a longer shape Keras drops the last axis where the targets have one axis fewer, and the classes are the steps.
        if loss.name not in _NORMALISING or "axis" in loss.config or output.shape.rank != 2 or applied is None:
            return
        layer = activated_layer(applied)
        if not same(output.shape.axes[-1].dim, 1) or layer.kind not in _WITH_UNITS or activation_of(layer) in (None, "softmax"):
            return
        compiled = event.compiled_at
        yield self.finding(
            event,
            layer.site,
            f"{loss.name} brings the units to a sum of one, so that the one unit of this {layer_name(layer)} counts as 1.0 "
            "whatever comes in",
            label="one unit",
            help='use binary_crossentropy with activation="sigmoid", or as many units as there are classes',
            related=() if compiled is None else (Related(compiled, f"the loss is {loss.name}"),),
            effect="silent",
            key=layer,
            fix=_binary(event.compiled_at, safe=activation_of(layer) == "sigmoid"),
        )

    valid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, GRU, Input

model = Sequential([Input((20, 6)), GRU(12), Dense(2, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((96, 20, 6)), np.zeros(96))
model = Sequential([Input((20, 6)), GRU(12), Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(np.zeros((96, 20, 6)), np.zeros(96))
""",
        """
from keras import Input
from keras.layers import Activation, Dense, Flatten, GRU, Softmax

steps = GRU(12, return_sequences=True)(Input((20, 6)))
scores = Dense(1)(steps)
weights = Softmax(axis=1)(scores)
others = Activation("softmax")(Flatten()(scores))
""",
    )
    invalid: ClassVar[tuple[str, ...]] = (
        """
import tensorflow as tf
from keras import Input
from keras.layers import Dense, GRU

steps = GRU(12, return_sequences=True)(Input((20, 6)))
right = tf.nn.softmax(Dense(1)(steps), axis=1)
weights = tf.nn.softmax(Dense(1)(steps))  # LST304
""",
        """
from keras import Sequential
from keras.layers import Dense, GRU, Input

model = Sequential([Input((20, 6)), GRU(12), Dense(1, activation="softmax")])  # LST304
model.compile("adam", "binary_crossentropy")
""",
        """
from keras import Sequential, activations
from keras.layers import Activation, Dense, Dropout, Input, LSTM, TimeDistributed

model = Sequential([Input((20, 6)), LSTM(12, return_sequences=True)])
model.add(TimeDistributed(Dense(1)))
model.add(Dropout(0.2))
model.add(Activation(activations.softmax))  # LST304
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((20, 6)), LSTM(12), Dense(1, activation="sigmoid")])  # LST304
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((96, 20, 6)), np.zeros((96, 1)))
""",
    )


def _single_unit(event: LayerApplied) -> Layer | None:
    """The layer with the one unit over which `event` makes a softmax."""
    layer, output = event.layer, event.output
    if activation_of(layer) != "softmax" or not isinstance(output, Array) or not output.shape.axes:
        return None
    if not same(output.shape.axes[-1].dim, 1):
        return None
    if layer.kind in _WITH_UNITS:
        return None if "data_format" in layer.config else layer
    axis = layer.config.get("axis") if layer.kind == "Softmax" else None
    over_last = axis is None or constant_int(axis) in (-1, len(output.shape.axes) - 1)
    # An axis whose length is one by the data (a single step) is no mistake of the layer's.
    below = last_activated(event.inputs[0]) if layer.kind in ("Softmax", "Activation") and over_last else None
    if below is None or activated_layer(below).kind not in _WITH_UNITS or not _keeps_last(event.inputs[0], below):
        return None
    return activated_layer(below)


def _sigmoid(event: LayerApplied, trace: Trace) -> Proposal | None:
    """A sigmoid in place of the softmax, and the loss that goes with it; safe where the loss is that already."""
    layer = activated_layer(event)
    written = argument(layer.site.node, "activation", 0 if layer.kind == "Activation" else 1)
    change = text_replaced(layer.site, written, "sigmoid")
    losses = {
        (loss.name, fed.compiled_at)
        for fed in trace.events
        if isinstance(fed, ModelFed)
        for output, loss in fed.losses
        if (applied := last_activated(output)) is not None and activated_layer(applied) is layer
    }
    if not losses and event.model is not None:
        losses = {(loss, event.model.compiled_at) for loss in (_compiled_loss(event.model),) if loss}
    if {name for name, _ in losses} <= {"binary_crossentropy"}:
        return proposal("use a sigmoid", change, safe=bool(losses))
    others = [_loss_replaced(site) for _, site in losses]
    return proposal("use a sigmoid with binary_crossentropy", change, *others, safe=False)


def _compiled_loss(model: Model) -> str:
    """The loss that a model was compiled with, where it is given as a text."""
    compiled = model.compiled.raw
    loss = compiled.get(Const("loss")) if isinstance(compiled, DictObject) else None
    return loss.value if isinstance(loss, Const) and isinstance(loss.value, str) else ""


def _binary(compiled: Site | None, safe: bool) -> Proposal | None:
    return proposal("use binary_crossentropy", _loss_replaced(compiled), safe=safe)


def _loss_replaced(compiled: Site | None) -> Replaced | None:
    if compiled is None:
        return None
    return text_replaced(compiled, argument(compiled.node, "loss", 1), "binary_crossentropy")


def _keeps_last(tensor: Array, below: LayerApplied) -> bool:
    """Whether the layers between keep the rank, so that the last axis is still that of the units."""
    made = below.output
    return isinstance(made, Array) and made.shape.rank is not None and made.shape.rank == tensor.shape.rank


def _is_explained(event: LayerApplied, trace: Trace) -> bool:
    """Whether the targets say that there should have been more units, which is another rule's finding."""
    for fed in trace.events:
        for fault in target_faults(fed) if isinstance(fed, ModelFed) else ():
            applied = last_activated(fault.compared.output)
            if applied is not None and event.layer in (applied.layer, activated_layer(applied)):
                return True
    return False
