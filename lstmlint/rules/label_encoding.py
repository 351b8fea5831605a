"""LST303: class numbers where one-hot rows are needed, or the other way round."""
from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from lstmlint.edits.calls import argument
from lstmlint.edits.change import Proposal, proposal
from lstmlint.edits.expressions import text_replaced
from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.targets import mistake, story, target_faults, targets
from lstmlint.trace import Event, ModelFed, Trace
from lstmlint.values.code import Site


def _fix(compiled: Site | None, loss: str) -> Proposal | None:
    """The other of the two losses, where it is named: both say the same of the classes."""
    if compiled is None:
        return None
    return proposal(f"use {loss}", text_replaced(compiled, argument(compiled.node, "loss", 1), loss))


class LabelEncoding(Rule):
    """
    # label-encoding

    ## What
    categorical_crossentropy gets class numbers, or sparse_categorical_crossentropy gets one-hot rows.

    ## Why it hurts
    Keras raises at the first training step: the first needs targets of the output's shape, the second targets with one
    axis fewer.

    ## Example
    ```python
    model.compile("adam", "categorical_crossentropy")
    model.fit(X, np.array([0, 2, 1]))
    ```

    ## Fixed
    ```python
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(X, np.array([0, 2, 1]))
    ```

    ## When to ignore
    Never: the training raises.
    """

    code = "LST303"
    name = "label-encoding"
    severity = "error"
    safe_fix = "use the other of the two losses; for PyTorch: bring the target to class numbers"
    listens: ClassVar[tuple[type[Event], ...]] = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        for fault in target_faults(event):
            if fault.code != self.code:
                continue
            sparse = fault.compared.loss.name.startswith("sparse")
            wanted = "class numbers" if sparse else f"one-hot targets {fault.output}"
            other = "categorical_crossentropy" if sparse else "sparse_categorical_crossentropy"
            site = fault.event.compiled_at or fault.event.site
            yield self.finding(
                event,
                site,
                f"{fault.compared.loss.name} needs {wanted}, but {targets(fault)} are {fault.target}",
                help=f"use {other}, or " + ("np.argmax(y, axis=-1)" if sparse else "keras.utils.to_categorical(y)"),
                related=(Related(fault.event.site, f"targets {fault.target}"), *story(fault)[:1]),
                effect=fault.effect,
                key=mistake(fault),
                fix=_fix(fault.event.compiled_at, other),
            )

    valid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((8, 3)), LSTM(10), Dense(4, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(np.zeros((256, 8, 3)), np.zeros((256, 1)))
model.compile("adam", "categorical_crossentropy")
model.fit(np.zeros((256, 8, 3)), np.zeros((256, 4)))
""",
    )
    invalid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((8, 3)), LSTM(10), Dense(4, activation="softmax")])
model.compile("adam", "categorical_crossentropy")  # LST303
model.fit(np.zeros((256, 8, 3)), np.zeros(256))
""",
        """
import numpy as np
from keras import Sequential, losses
from keras.layers import Dense, Input, LSTM
from keras.utils import to_categorical

model = Sequential([Input((8, 3)), LSTM(10, return_sequences=True), Dense(4)])
model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True))  # LST303
model.fit(np.zeros((256, 8, 3)), to_categorical(np.zeros((256, 8)), 4))
""",
    )
