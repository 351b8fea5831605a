"""LST301 and LST302: targets whose shape is not that of the model's output."""
from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from lstmlint.edits.calls import argument
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import number_replaced
from lstmlint.findings import Finding
from lstmlint.rules.activations import activated_layer, last_activated
from lstmlint.rules.base import Rule
from lstmlint.rules.targets import TargetFault, mistake, story, target_faults, targets, what_happens
from lstmlint.shapes.dims import same
from lstmlint.trace import Event, ModelFed, Trace


def _check(rule: Rule, event: Event) -> Iterator[Finding]:
    for fault in target_faults(event):
        if fault.code == rule.code:
            yield rule.finding(
                event,
                fault.event.site,
                f"{targets(fault)} are {fault.target}, but the model gives {fault.output}: {what_happens(fault)}",
                label=f"targets {fault.target}",
                help=_advice(fault),
                related=story(fault),
                effect=fault.effect,
                key=mistake(fault),
                fix=_fix(fault),
            )


def _fix(fault: TargetFault) -> Proposal | None:
    """As many units as a target has values, where both are numbers."""
    output, target = fault.compared.shape, fault.compared.target.shape
    applied = last_activated(fault.compared.output)
    if output.rank != target.rank or output.rank is None or output.rank < 2 or applied is None:
        return None
    layer, width = activated_layer(applied), target.axes[-1].dim
    if layer.kind != "Dense" or not isinstance(width, int) or same(output.axes[-1].dim, width):
        return None
    written = argument(layer.site.node, "units", 0)
    return proposal(f"give the last layer {width} units", number_replaced(layer.site, written, width), safe=False)


def _advice(fault: TargetFault) -> str:
    output, target = fault.compared.shape, fault.compared.target.shape
    if output.rank == target.rank:
        width = target.axes[-1].dim
        return f"give the last layer as many units as a target has values ({width}), or bring the targets to the output's shape"
    return "bring the targets and the model's output to one shape: the last axis of each is what a sample or step has values for"


class TargetShapeMismatch(Rule):
    """
    # target-shape-mismatch

    ## What
    The targets have another shape than the model's output, and the loss does not take the two together.

    ## Why it hurts
    Keras raises at the first training step, after the data has been prepared and the model built. The cross-entropies ask for
    equal shapes (the sparse one for class numbers with one axis fewer), the others for shapes that broadcast.

    ## Example
    ```python
    model = Sequential([Input((8, 3)), LSTM(10), Dense(4)])
    model.compile("adam", "mse")
    model.fit(X, np.zeros((256, 3)))
    ```

    ## Fixed
    ```python
    model = Sequential([Input((8, 3)), LSTM(10), Dense(3)])
    ```

    ## When to ignore
    Never: the training raises.
    """

    code = "LST301"
    name = "target-shape-mismatch"
    severity = "error"
    safe_fix = "for PyTorch: bring the classes to axis 1, drop a last axis of length one"
    unsafe_fix = "give the last layer as many units as a target has values"
    listens: ClassVar[tuple[type[Event], ...]] = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        return _check(self, event)

    valid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((8, 3)), LSTM(10), Dense(4)])
model.compile("adam", "mse")
model.fit(np.zeros((256, 8, 3)), np.zeros((256, 4)))
""",
    )
    invalid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((8, 3)), LSTM(10), Dense(4)])
model.compile("adam", "mse")
model.fit(np.zeros((256, 8, 3)), np.zeros((256, 3)))  # LST301
""",
        """
import keras
import numpy as np
from keras import layers

series = keras.Input((8, 3))
hidden = layers.GRU(10)(series)
price = layers.Dense(1, name="price")(hidden)
kind = layers.Dense(5, activation="softmax", name="kind")(hidden)
model = keras.Model(series, [price, kind])
model.compile("adam", {"price": "mse", "kind": keras.losses.CategoricalCrossentropy()})
model.fit(np.zeros((256, 8, 3)), {"price": np.zeros(256), "kind": np.zeros((256, 6))})  # LST301
""",
    )


class LossBroadcast(Rule):
    """
    # loss-broadcast

    ## What
    The targets have another shape than the model's output, and the loss broadcasts one to the other without a word.

    ## Why it hurts
    Training runs and the loss falls, but each value of the output is compared with targets of others: all units of the last
    layer learn the same value, or every sample of a batch is compared with the targets of all.

    ## What must be proven
    That in each size of batch that occurs the loss gets two shapes of which one is stretched to the other, and raises in none of
    them. It is always an error. Where an RNN with too many or too few steps explains it, LST306 or LST307 speaks.

    ## Example
    ```python
    model = Sequential([Input((24, 12)), LSTM(20), Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, np.zeros((700, 12)))
    ```

    ## Fixed
    ```python
    model = Sequential([Input((24, 12)), LSTM(20), Dense(12)])
    ```

    ## When to ignore
    Where one value for all is really meant; say so by repeating it: `np.repeat(y, 12, axis=1)`.
    """

    code = "LST302"
    name = "loss-broadcast"
    severity = "error"
    safe_fix = "for PyTorch: drop a last axis of length one"
    unsafe_fix = "give the last layer as many units as a target has values"
    listens: ClassVar[tuple[type[Event], ...]] = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        return _check(self, event)

    valid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((24, 12)), LSTM(20), Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((700, 24, 12)), np.zeros(700))
""",
    )
    invalid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((24, 12)), LSTM(20), Dense(1)])
model.compile("adam", "mse")
model.fit(np.zeros((700, 24, 12)), np.zeros((700, 12)))  # LST302
""",
        """
import keras
import numpy as np
from keras.layers import Dense, LSTM

class Swell(keras.Model):
    def __init__(self):
        super().__init__()
        self.memory = LSTM(20)
        self.height = Dense(1)

    def call(self, past):
        return self.height(self.memory(past))

model = Swell()
model.compile("adam", keras.losses.Huber())
model.fit(np.zeros((700, 24, 12)), np.zeros((700, 12)))  # LST302
""",
    )
