"""LST206: a Python list of samples where a model takes one array."""
from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

import libcst as cst

from lstmlint.findings import Finding, Severity
from lstmlint.library.keras.nesting import declared_inputs
from lstmlint.rules.base import Rule
from lstmlint.rules.feeding import fed_wrongly
from lstmlint.rules.version import ASSUMED, only_with_keras_3
from lstmlint.shapes.dims import Dim, Poly, at_least, differ
from lstmlint.shapes.shape import Shape
from lstmlint.trace import Event, InputDeclared, ModelFed, Trace
from lstmlint.values.base import Const, Integer, Undecided, Unknown, Value
from lstmlint.values.data import Array, Items, ListObject, Tuple, items_of
from lstmlint.values.network import plain

_METHODS = ("fit", "evaluate", "predict", "train_on_batch", "test_on_batch", "predict_on_batch")


class ListAsData(Rule):
    """
    # list-as-data

    ## What
    The inputs or targets of a model with one input, or one output, are a Python list of the samples: windows that a loop has
    appended, and that nobody has made an array of.

    ## Why it hurts
    Keras takes a list as one array for each input (or output) of the model, and each of the samples for all the data of an input of
    its own. It raises ("Data cardinality is ambiguous", "expects 1 input(s), but it received 300"), with numbers that say nothing
    of the cause.

    ## What must be proven
    That the model has one input (one output, for the targets), and that the list holds arrays, more than one of them. Where their
    number is not known, each must have the shape of one sample, and the finding is a warning. Lists of plain numbers are reported
    where Keras 3 is meant, or nothing says that it is not: early versions of Keras 2 made arrays of them. The targets of a model
    that trains itself are not looked at.

    ## Example
    ```python
    X = []
    for i in range(len(values) - 10):
        X.append(values[i:i + 10])
    model.fit(X, y)
    ```

    ## Fixed
    ```python
    model.fit(np.array(X), y)
    ```

    ## When to ignore
    Never: the call raises. A warning, where there is one sample only.
    """

    code = "LST206"
    name = "list-as-data"
    severity = "error"
    listens = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ModelFed) or event.method not in _METHODS or event.batched or event.model.is_broken:
            return
        try:
            yield from self._lists(event, trace)
        except Undecided:
            return

    def _lists(self, event: ModelFed, trace: Trace) -> Iterator[Finding]:
        inputs = declared_inputs(event.model)
        if inputs is None or len(inputs) != 1 or not isinstance(inputs[0].producer, InputDeclared):
            return
        if any(fed_wrongly(event, "rank")):
            return
        what = "validation data" if event.role == "validation" and event.method == "fit" else "inputs"
        given = plain(event.x)
        severity = _of_inputs(given, inputs[0]) if _holds_arrays(given) else None
        if severity is not None:
            yield self._of_arrays(event, what, "x", severity, "")
        elif _holds_numbers(given) and (how := only_with_keras_3(trace.keras)) is not None:
            yield self._of_numbers(event, what, "x", how[0], how[1])
        elif len(event.losses) == 1 and not isinstance(event.outputs, (ListObject, Tuple)):
            yield from self._targets(event, event.losses[0][0], trace)

    def _targets(self, event: ModelFed, output: Array, trace: Trace) -> Iterator[Finding]:
        given = plain(event.y)
        if _holds_arrays(given):
            found = _of_targets(given, output, event.x, trace)
            if found is not None:
                yield self._of_arrays(event, "targets", "y", *found)
        elif _holds_numbers(given) and (how := only_with_keras_3(trace.keras)) is not None:
            yield self._of_numbers(event, "targets", "y", how[0], how[1])

    def _of_arrays(self, event: ModelFed, what: str, name: str, severity: Severity, words: str) -> Finding:
        items = items_of(plain(event.x if name == "x" else event.y))
        assert items is not None
        each = plain(items.element)
        shape = each.shape if isinstance(each, Array) else None
        count = f"{items.length} " if isinstance(items.length, int) else ""
        of_shape = f" of shape {shape}" if shape is not None and not shape.open else ""
        things = f"{count}single numbers of numpy" if shape is not None and shape.rank == 0 else f"{count}arrays{of_shape}"
        one = "output" if what == "targets" else "input"
        return self._finding(
            event, what, name, severity,
            f"{event.method} gets its {what} as a Python list of {things}: Keras takes a list as one array for each {one} of the "
            f"model, and this model has one{words}",
        )  # fmt: skip

    def _of_numbers(self, event: ModelFed, what: str, name: str, severity: Severity, words: str) -> Finding:
        message = f"{event.method} gets its {what} as a Python list of numbers, where an array is needed {words}"
        return self._finding(event, what, name, severity, message)

    def _finding(self, event: ModelFed, what: str, name: str, severity: Severity, message: str) -> Finding:
        advice = f"make one array of it first: np.array({_name(event, name) or '…'})"
        given = plain(event.x if name == "x" else event.y)
        return self.finding(event, event.site, message, help=advice, severity=severity, key=given)

    valid = (
        """
import numpy as np
from keras import Input, Sequential
from keras.layers import Dense, LSTM

values = np.random.rand(500, 2)
X, y = [], []
for i in range(len(values) - 10):
    X.append(values[i:i + 10])
    y.append(values[i + 10, 0])
model = Sequential([Input((10, 2)), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(np.array(X), np.array(y))
model.predict([np.array(X)[:5]])
""",
        """
import numpy as np
from keras import Input, Model
from keras.layers import Concatenate, Dense, LSTM

inputs = [Input((10, 1)) for _ in range(3)]
model = Model(inputs, Dense(1)(Concatenate()([LSTM(4)(one) for one in inputs])))
model.compile("adam", "mse")
values = np.random.rand(50, 10, 3)
model.fit([values[:, :, i:i + 1] for i in range(3)], np.zeros((50, 1)))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Input, Sequential
from keras.layers import Dense, LSTM

values = np.random.rand(500, 2)
X, y = [], []
for i in range(len(values) - 10):
    X.append(values[i:i + 10])
    y.append(values[i + 10, 0])
model = Sequential([Input((10, 2)), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(X, np.array(y))  # LST206
answers = model.predict(X)
""",
        """
import numpy as np
import pandas as pd
from keras import Input, Sequential
from keras.layers import Dense, LSTM

values = pd.read_csv("prices.csv")[["Open", "Close"]].values
X, y = [], []
for i in range(len(values) - 10):
    X.append(values[i:i + 10])
    y.append(values[i + 10, 0])
model = Sequential([Input((10, 2)), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(np.array(X), y)  # LST206
""",
    )


def _holds_arrays(given: Value) -> TypeGuard[ListObject | Tuple]:
    """Whether a list holds something, and arrays only."""
    each = _each(given)
    return bool(each) and all(isinstance(one, Array) and one.kind != "dataset" for one in each)


def _holds_numbers(given: Value) -> bool:
    """Whether a list holds something, and numbers only, itself or in lists of its own."""
    each = _each(given)
    return bool(each) and all(_is_number(one) or _holds_numbers(one) for one in each)


def _each(given: Value) -> list[Value]:
    items = items_of(given) if isinstance(given, (ListObject, Tuple)) else None
    if items is None:
        return []
    return [plain(item) for item in items.known] if items.known is not None else [plain(items.element)]


def _is_number(one: Value) -> bool:
    if isinstance(one, Const):
        return isinstance(one.value, (int, float))
    return isinstance(one, Integer) or (isinstance(one, Unknown) and one.type in ("int", "float", "scalar"))


def _of_inputs(given: ListObject | Tuple, declared: Array) -> Severity | None:
    """How sure it is that a list is none of arrays for the inputs of a model with one."""
    items = items_of(given)
    if items is None:
        return None
    if at_least(items.length, 2):
        return "error"
    return "warning" if _unknown_count(items.length) and _is_sample(items, declared.shape) else None


def _of_targets(given: ListObject | Tuple, output: Array, x: Value, trace: Trace) -> tuple[Severity, str] | None:
    """The same for targets: Keras 2 takes the first of several arrays, where each has as many rows as there are samples."""
    items = items_of(given)
    if items is None:
        return None
    numbers = all(isinstance(one, Array) and one.shape.rank == 0 for one in _each(given))
    sure = numbers or at_least(items.length, 2)
    if not sure and not (_unknown_count(items.length) and _is_sample(items, output.shape)):
        return None
    if not numbers and all(_not_all_samples(one, plain(x)) for one in _each(given)):
        return ("error" if sure else "warning"), ""
    how = only_with_keras_3(trace.keras)
    if how is None:
        return None
    return how[0] if sure else "warning", f" ({how[1]})" if how[1] == ASSUMED else ""


def _unknown_count(length: Dim) -> bool:
    """Whether there are as many as something else has, which nobody knows here."""
    return isinstance(length, Poly)


def _is_sample(items: Items, whole: Shape) -> bool:
    """Whether each item has the axes of one sample of data of shape `whole`."""
    each = plain(items.element)
    if not isinstance(each, Array) or each.shape.open or whole.open or len(each.shape.axes) != len(whole.axes) - 1:
        return False
    return not any(differ(a.dim, b.dim) for a, b in zip(each.shape.axes, whole.axes[1:]))


def _not_all_samples(item: Value, x: Value) -> bool:
    """Whether an array can't hold one target for each sample."""
    if not isinstance(item, Array) or item.shape.open or not item.shape.axes:
        return False
    return isinstance(x, Array) and bool(x.shape.rank) and differ(item.shape.axes[0].dim, x.shape.axes[0].dim)


def _name(event: ModelFed, keyword: str) -> str | None:
    """How the program calls the argument."""
    call = event.site.node
    if not isinstance(call, cst.Call):
        return None
    named = [arg.value for arg in call.args if arg.keyword is not None and arg.keyword.value == keyword]
    placed = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
    at = 0 if keyword == "x" else 1
    found = named[0] if named else placed[at] if len(placed) > at and event.role == "train" else None
    if found is None and keyword == "x" and placed and event.role != "validation":
        found = placed[0]
    return found.value if isinstance(found, cst.Name) else None
