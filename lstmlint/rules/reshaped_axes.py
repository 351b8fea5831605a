"""LST502 for numpy, TensorFlow and Keras: a reshape to the same lengths in another order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from lstmlint.findings import Finding, Related, Severity
from lstmlint.rules.base import Part
from lstmlint.rules.cause import data_shape
from lstmlint.rules.exchanged import exchanges_lengths
from lstmlint.rules.lost_batch import lost_batch
from lstmlint.rules.torch.scramble import ReshapeScramblesAxes
from lstmlint.shapes.dims import Dim, at_least, differ, divide
from lstmlint.shapes.reshape import Group, regroup
from lstmlint.shapes.shape import Axis, Meaning, Shape
from lstmlint.trace import Event, LayerApplied, ModelFed, Operation, Trace
from lstmlint.values.data import Array

_RESHAPES = {"numpy.reshape": "x.transpose({})", "tensorflow.reshape": "tf.transpose(x, [{}])"}
_SAMPLES = (Meaning.SAMPLE, Meaning.BATCH)


class ArrayReshapeScramblesAxes(Part):
    """
    ## With numpy, TensorFlow and Keras
    `reshape` (the function, the method, the layer `Reshape`) from (samples, features, time) to (samples, time, features), or any
    other reshape to the same lengths in another order, has the same effect: no element moves, so that the features of a step
    are neighbouring steps of one feature. What is meant is `np.transpose(x, (0, 2, 1))`, or the layer `Permute((2, 1))`.

    It must be proven that the lengths are the same, that they stand in another order, and that those which have changed places
    differ and are more than one. It is an error where the script says what each of these axes is: windows of time, columns of
    a table, samples, what a layer returns. It is a warning where it says so of some of them only, or where nothing is
    known of them but the array goes straight into a recurrent network, or the reshape names its own lengths in another order
    (`X.reshape(X.shape[0], X.shape[2], X.shape[1])`). It is an error, too, to make the batch another axis
    inside a model that is trained: Keras puts the answers for the batches together along the first axis.

    It is a warning to cut the features of known steps of data into several steps: (samples, 24, 6) as (samples, 48, 3).
    """

    of = ReshapeScramblesAxes
    listens = (Operation, LayerApplied, ModelFed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, ModelFed):
            yield from self._moved_batch(event)
            return
        reshaped = _reshaped(event)
        if reshaped is None:
            return
        source, result = reshaped
        groups = _groups(source.shape, result.shape)
        group = next(filter(_is_scrambled, groups), None)
        if group is None:
            split = next((parts for one in groups if (parts := _split_steps(one)) is not None), None)
            # What a layer has learned may be spread over more steps: that is how a decoder makes its sequence longer.
            if split is not None and isinstance(event, Operation) and event.name == "numpy.reshape":
                yield self._fake_steps(event, source, result, *split)
            return
        severity = _severity(event, group, result, trace)
        if severity is None:
            return
        yield self.finding(
            event,
            event.layer.site if isinstance(event, LayerApplied) else event.site,
            f"this makes {data_shape(result.shape)} of {data_shape(source.shape)} without moving an element: {_effect(group)}",
            label=f"{data_shape(source.shape)} read as {data_shape(result.shape)}",
            help=_advice(event, source.shape, result.shape),
            severity=severity,
            effect="silent",
            key=event.site.node,
        )

    def _fake_steps(self, event: Operation, source: Array, result: Array, steps: Dim, features: Dim) -> Finding:
        """The features of one step made several steps."""
        return self.finding(
            event,
            event.site,
            f"this makes {data_shape(result.shape)} of {data_shape(source.shape)}: what was measured in one step becomes {steps} "
            f"steps, one after the other, of {features} of its features each",
            label=f"{data_shape(source.shape)} read as {data_shape(result.shape)}",
            help="leave time and features as they are; fewer features are chosen by a slice or made by a Dense layer",
            severity="warning",
            effect="silent",
            key=event.site.node,
        )

    def _moved_batch(self, event: ModelFed) -> Iterator[Finding]:
        """A batch that was made another axis inside the model."""
        for compared in event.compared:
            lost = lost_batch(compared)
            if lost is None or not lost.now_at:
                continue
            before, after = data_shape(lost.before.shape), data_shape(lost.after.shape)
            yield self.finding(
                event,
                lost.site,
                f"this makes {after} of {before}: the batch becomes axis {lost.now_at}, so that its "
                f"{lost.before.shape.axes[0].dim} samples are taken for the parts of a single one, "
                f"and the model gives {data_shape(compared.shape)} for each batch",
                label=f"{before} read as {after}",
                help="leave the first axis alone: bring the data to (samples, time, features) before it is given to the model",
                related=(Related(event.site, f"targets {data_shape(compared.target.shape)}"),),
                effect="silent",
                key=event.model,
            )

    valid = (
        """
import numpy as np
import pandas as pd

readings = pd.read_csv("buoy.csv")[["height", "period", "wind"]].values
windows = np.lib.stride_tricks.sliding_window_view(readings, 24, axis=0)
windows = windows.transpose(0, 2, 1)
flat = windows.reshape(len(windows), -1)
again = flat.reshape(windows.shape)
days = windows.reshape(-1, 4, 6, 3)
""",
        """
from keras import Sequential
from keras.layers import Dense, Input, LSTM, Permute, Reshape

model = Sequential([Input((24, 3)), LSTM(8, return_sequences=True), Permute((2, 1)), Reshape((8, 4, 6))])
longer = Sequential([Input((24, 3)), LSTM(8, return_sequences=True), Reshape((48, 4)), LSTM(4)])
""",
    )
    invalid = (
        """
import numpy as np
import pandas as pd

readings = pd.read_csv("buoy.csv")[["height", "period", "wind"]].values
windows = np.lib.stride_tricks.sliding_window_view(readings, 24, axis=0)
windows = windows.reshape(len(windows), 24, 3)  # LST502
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

X = np.random.rand(200, 3, 24)
X = np.reshape(X, (X.shape[0], X.shape[2], X.shape[1]))  # LST502
model = Sequential([Input(X.shape[1:]), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(X, np.zeros(200))
""",
        """
from keras import Sequential
from keras.layers import Dense, Input, LSTM, Reshape

model = Sequential([Input((24, 3)), LSTM(8, return_sequences=True), Reshape((8, 24)), LSTM(4)])  # LST502
""",
        """
import numpy as np
import pandas as pd
from keras.layers import LSTM

readings = pd.read_csv("buoy.csv")[["height", "period", "wind", "gust"]].values
windows = np.array([readings[i:i + 24] for i in range(len(readings) - 24)])
pairs = windows.reshape(-1, 48, 2)  # LST502
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

X = np.random.rand(200, 24, 3)
X = X.reshape(X.shape[0], X.shape[2], X.shape[1])  # LST502
train, test = X[:150], X[150:]
model = Sequential([Input(train.shape[1:]), LSTM(8), Dense(1)])
model.compile("adam", "mse")
model.fit(train, np.zeros(150))
""",
        """
import numpy as np
from keras import Input, Model, ops
from keras.layers import Dense, Lambda, LSTM

rows = Input(batch_shape=(8, 5))
steps = Lambda(lambda x: ops.reshape(x, (1, 8, 5)))(rows)  # LST502
model = Model(rows, Dense(1)(LSTM(6, return_sequences=True)(steps)))
model.compile("adam", "mse")
model.fit(np.zeros((64, 5)), np.zeros((64, 1)), batch_size=8)
""",
    )


def _reshaped(event: Event) -> tuple[Array, Array] | None:
    """What was reshaped, and the outcome."""
    if isinstance(event, Operation):
        if event.name not in _RESHAPES or event.violation is not None or not isinstance(event.result, Array):
            return None
        return event.operands[0], event.result
    if isinstance(event, LayerApplied) and event.layer.path == "keras.layers.Reshape" and event.violation is None:
        return (event.inputs[0], event.output) if isinstance(event.output, Array) else None
    return None


def _groups(source: Shape, result: Shape) -> list[Group]:
    return [] if source.open or result.open else regroup(source.axes, result.dims)


def _split_steps(group: Group) -> tuple[Dim, Dim] | None:
    """Into how many steps each step is cut, and with how many features, where (time, features) becomes (more steps, fewer)."""
    if [axis.meaning for axis in group.axes] != [Meaning.TIME, Meaning.FEATURE] or len(group.dims) != 2:
        return None
    time, (more, fewer) = group.axes[0].dim, group.dims
    cuts = divide(more, time)
    return (cuts, fewer) if cuts is not None and at_least(cuts, 2) and at_least(time, 2) else None


def _is_scrambled(group: Group) -> bool:
    """Whether the axes of a group have the same lengths as before, and those that changed places differ and are several."""
    before, after = [axis.dim for axis in group.axes], group.dims
    if len(before) < 2 or Counter(before) != Counter(after):
        return False
    moved = [(axis, other) for axis, other in zip(group.axes, after) if axis.dim != other]
    return all(differ(axis.dim, other) and _several(axis) for axis, other in moved)


def _several(axis: Axis) -> bool:
    return at_least(axis.dim, 2) or axis.meaning in _SAMPLES


def _severity(event: Event, group: Group, result: Array, trace: Trace) -> Severity | None:
    known = [axis.meaning is not None for axis, other in zip(group.axes, group.dims) if axis.dim != other]
    if all(known):
        return "error"
    return "warning" if any(known) or _is_fed(result, trace) or exchanges_lengths(event) else None


def _is_fed(array: Array, trace: Trace) -> bool:
    """Whether an array itself is what a model is trained on."""
    return array.producer is not None and any(
        data.producer is array.producer for event in trace.events if isinstance(event, ModelFed) for _, data in event.inputs
    )


_MANY = {Meaning.TIME: "steps", Meaning.FEATURE: "features", Meaning.SAMPLE: "samples", Meaning.BATCH: "samples"}
_ONE = {Meaning.TIME: "step", Meaning.FEATURE: "feature", Meaning.SAMPLE: "sample", Meaning.BATCH: "sample"}


def _effect(group: Group) -> str:
    """What the values beside each other really are."""
    if len(group.axes) == 2:
        first, second = group.axes
        one, many = _word(_ONE, first), _word(_MANY, second)
        if one and many:
            return f"the {first.dim} values of each {_word(_ONE, second)} are {first.dim} {many} in a row of one {one}"
    return "the axes are renamed, not exchanged"


def _word(words: dict[Meaning, str], axis: Axis) -> str | None:
    return None if axis.meaning is None else words.get(axis.meaning)


def _advice(event: Event, source: Shape, result: Shape) -> str:
    order = _order(source.dims, result.dims)
    if isinstance(event, LayerApplied):
        apart = source.rank == result.rank
        words = "exchange the axes with Permute" + ("" if apart else ", while they are apart")
        return f"exchange the axes: Permute({tuple(order[1:])})" if order else words
    assert isinstance(event, Operation)
    names = ", ".join(map(str, order)) if order else "…"
    return f"exchange the axes: {_RESHAPES[event.name].format(names)}"


def _order(source: Sequence[Dim], result: Sequence[Dim]) -> list[int] | None:
    """Where each axis of the result stood, where that is clear."""
    if Counter(source) != Counter(result) or len(set(source)) != len(source):
        return None
    return [list(source).index(dim) for dim in result]
