"""LST508: what a model or a scaler gets when it is used is not what it was fitted on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import data_shape, rnn_of
from lstmlint.rules.feeding import mismatch
from lstmlint.rules.lengths import several
from lstmlint.rules.reading import reader
from lstmlint.rules.targets import target_faults
from lstmlint.rules.torch.layers import is_rnn
from lstmlint.shapes.dims import Dim, same
from lstmlint.shapes.shape import Axis, Meaning, Shape
from lstmlint.trace import Event, LayerApplied, LossComputed, ModelFed, Operation, Softmax, Trace
from lstmlint.values.code import LibraryObject
from lstmlint.values.data import Array
from lstmlint.values.knowledge import REFINED

_FITTED, _USED = (".fit", ".fit_transform", ".partial_fit"), (".transform", ".inverse_transform")


@dataclass(frozen=True, slots=True)
class _Windows:
    """`samples` windows of `steps` that a model or layer was trained on, at `event`."""

    event: Event
    samples: Dim
    steps: Dim
    shape: Shape


class TrainServeMismatch(Rule):
    """
    # train-serve-mismatch

    ## What
    What has been fitted is used on data of another layout. A scaler that was fitted on 5 columns gets predictions of one
    column, or of rank 3; a model that was trained on windows (samples, 60, features) predicts from (60, 1, features), where the
    steps of one window lie on the axis of the samples.

    ## Why it hurts
    A scaler raises ValueError after the training, when the predictions are to be brought back to the scale of the data. A model
    with an open number of steps raises nothing: it makes 60 predictions, each from a single step.

    ## Example
    ```python
    scaled = scaler.fit_transform(table)                 # (n, 5)
    ...
    prices = scaler.inverse_transform(model.predict(X))  # (n, 1)
    ```

    ## Fixed
    ```python
    price_scaler = MinMaxScaler().fit(table[:, :1])
    prices = price_scaler.inverse_transform(model.predict(X))
    ```

    ## What must be proven
    Of a scaler: the number of columns at its last fit and now, which scikit-learn compares (inverse_transform of a scaler that
    was fitted on one column takes any number of them, rightly where all are of that one quantity, so nothing is said then). This
    is an error. Of a model: it gets as many samples as its windows have steps, of one step each, and is not handed the states
    from before, nor keeps them (`stateful=True`). A series of exactly that many single steps may be meant, so this is a warning.
    Nothing is said where the samples are a batch, or were as many in the training. Where the model declares its number of steps,
    LST203 speaks.

    ## When to ignore
    When the model is meant to answer to single steps, and as many are asked for as its windows had steps by chance.
    """

    code = "LST508"
    name = "train-serve-mismatch"
    severity = "error"
    listens: ClassVar[tuple[type[Event], ...]] = (Operation, ModelFed, LayerApplied)

    def __init__(self) -> None:
        self._seen: Trace | None = None
        self._fits: dict[int, Operation] = {}
        self._trained: dict[tuple[int, int], _Windows] = {}
        self._later: set[int] = set()
        self._blamed: list[list[Dim]] = []

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if self._seen is not trace:
            self._read(trace)
        if isinstance(event, Operation):
            yield from self._scaler(event)
        elif isinstance(event, ModelFed):
            yield from self._model(event, trace)
        elif isinstance(event, LayerApplied) and is_rnn(event.layer):
            yield from self._layer(event)

    def _scaler(self, event: Operation) -> Iterator[Finding]:
        if not event.name.startswith("sklearn.") or not isinstance(event.result, LibraryObject):
            return
        if event.name.endswith(_FITTED):
            self._fits[id(event.result)] = event
            return
        fit = self._fits.get(id(event.result))
        if fit is None or event.violation is None or event.violation.kind not in ("feature", "rank"):
            return
        if not event.name.endswith(_USED):
            return
        path, _, method = event.name.rpartition(".")
        given, fitted, wrong_rank = event.operands[0].shape, fit.operands[0].shape, event.violation.kind == "rank"
        if not wrong_rank and event.operands[0].known == REFINED and isinstance(event.violation.right, int):
            # The number of columns is the one that a layer takes, to which the data was given.
            fitted = fitted.replace(-1, fitted.axes[-1].of_length(event.violation.right)) if fitted.axes else fitted
        if fitted.rank != 2 or not (wrong_rank or fitted.axes[1].dim == event.violation.right):
            return
        if [axis.dim for axis in given.axes[1:]] in self._blamed:
            # What the model gives is wrong already against its targets.
            return
        yield self.finding(
            event,
            event.site,
            f"{method} gets {data_shape(given)}, but this {path.rpartition('.')[2]} was fitted on {data_shape(fitted)}: "
            + (f"rank {given.rank} where it takes rank 2" if wrong_rank else "another number of columns"),
            label=f"rank {given.rank}" if wrong_rank else f"{given.axes[-1].dim} for {fitted.axes[-1].dim} columns",
            help=_advice(given, fitted, method, wrong_rank),
            related=(Related(fit.site, f"fitted on {data_shape(fitted)}"),),
            key=event.site.node,
        )

    def _model(self, event: ModelFed, trace: Trace) -> Iterator[Finding]:
        for at, (declared, data) in enumerate(event.inputs):
            trained = self._trained.get((id(event.model), at))
            if event.role != "predict" or trained is None or data.shape.rank != 3 or mismatch(declared, data) is not None:
                continue
            if _is_turned(data.shape.axes[0], data.shape.axes[1], trained) and not _is_stateful(declared, trace):
                advice = "keep the window in one sample: x[np.newaxis]"
                yield self._steps_as_samples(event, trained, data.shape, "this model", advice)

    def _layer(self, event: LayerApplied) -> Iterator[Finding]:
        trained = self._trained.get((id(event.layer), 0))
        # States that are None are handed on as well: in the first of the steps that a loop goes through.
        if trained is None or id(event) not in self._later or len(event.inputs) != 1 or len(event.arguments) > 1:
            return
        first, x = event.layer.flag("batch_first"), event.inputs[0].shape
        if first is None or x.rank != 3:
            return
        samples, steps = (x.axes[0], x.axes[1]) if first else (x.axes[1], x.axes[0])
        if _is_turned(samples, steps, trained):
            where = "0" if first else "1"
            advice = f"put the axis of the batch where it belongs: x.unsqueeze({where}) of (time, features)"
            yield self._steps_as_samples(event, trained, x, f"this {event.layer.kind}", advice)

    def _steps_as_samples(self, event: Event, trained: _Windows, given: Shape, what: str, advice: str) -> Finding:
        return self.finding(
            event,
            event.site,
            f"{what} was trained on {data_shape(trained.shape)} and gets {data_shape(given)}: the {trained.steps} steps of a "
            f"window are taken for {trained.steps} samples of one step, each of which starts from nothing",
            label=f"{trained.steps} samples of one step",
            help=advice,
            related=(Related(trained.event.site, f"trained on windows of {trained.steps} steps"),),
            severity="warning",
            effect="silent",
            key=event.site.node,
        )

    def _read(self, trace: Trace) -> None:
        self._seen = trace
        self._fits, self._trained, self._later, self._blamed = {}, {}, set(), []
        for event in trace.events:
            if isinstance(event, ModelFed) and event.role == "train":
                if isinstance(event.outputs, Array) and target_faults(event):
                    self._blamed.append([axis.dim for axis in event.outputs.shape.axes[1:]])
                for at, (_, data) in enumerate(event.inputs):
                    self._train((id(event.model), at), event, data.shape, 1)
            elif isinstance(event, LossComputed):
                self._later.clear()
                for applied in _rnns_before(event.prediction):
                    first = applied.layer.flag("batch_first")
                    if first is not None:
                        self._train((id(applied.layer), 0), applied, applied.inputs[0].shape, 1 if first else 0)
            elif isinstance(event, LayerApplied) and is_rnn(event.layer):
                self._later.add(id(event))

    def _train(self, key: tuple[int, int], event: Event, shape: Shape, time: int) -> None:
        if shape.rank == 3 and several(shape.axes[time].dim):
            self._trained[key] = _Windows(event, shape.axes[1 - time].dim, shape.axes[time].dim, shape)

    valid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM
from sklearn.preprocessing import MinMaxScaler

table = np.random.rand(300, 5)
scaler, of_prices = MinMaxScaler(), MinMaxScaler()
scaled, prices = scaler.fit_transform(table), of_prices.fit_transform(table[:, :1])
x = np.array([scaled[i:i + 60] for i in range(240)])
model = Sequential([Input((None, 5)), LSTM(8), Dense(1)])
model.compile(loss="mse")
model.fit(x, prices[60:])
forecast = of_prices.inverse_transform(model.predict(x[:60]))
several = of_prices.inverse_transform(np.random.rand(7, 12))
tomorrow = model.predict(scaled[-60:][np.newaxis])
one_by_one = model.predict(scaled[:30].reshape(30, 1, 5))
""",
        """
import torch
from torch import nn

series = torch.randn(200, 3)
x, y = torch.stack([series[i:i + 14] for i in range(186)]), series[14:]
lstm, head = nn.LSTM(3, 8, batch_first=True), nn.Linear(8, 3)
out, state = lstm(x)
loss = nn.MSELoss()(head(out[:, -1]), y)
out, state = lstm(series[-14:].unsqueeze(0))
for step in range(3):
    out, state = lstm(head(out[:, -1:]), state)
""",
        """
import numpy as np
import torch
from keras import Sequential
from keras.layers import Dense, Input, LSTM
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

model = Sequential([Input((None, 3)), LSTM(8, return_sequences=True), Dense(3)])
model.compile(loss="mse")
x = np.random.rand(24, 24, 3)
model.fit(x, x)
first_steps = model.predict(x[:, :1])
kept = Sequential([Input(batch_shape=(8, None, 3)), LSTM(8, stateful=True), Dense(3)])
kept.compile(loss="mse")
kept.fit(np.random.rand(64, 8, 3), np.random.rand(64, 3), batch_size=8, shuffle=False)
answers = [kept.predict(np.random.rand(8, 1, 3), batch_size=8) for _ in range(20)]
lstm, head = nn.LSTM(3, 8, batch_first=True), nn.Linear(8, 3)
for x, y in DataLoader(TensorDataset(torch.randn(100, 20, 3), torch.randn(100, 3)), batch_size=20):
    out, _ = lstm(x)
    loss = nn.MSELoss()(head(out[:, -1]), y)
    state = None
    for step in range(20):
        out, state = lstm(x[:, step:step + 1], state)
    out, _ = lstm(x[:, :1])
""",
    )
    invalid: ClassVar[tuple[str, ...]] = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM
from sklearn.preprocessing import MinMaxScaler, StandardScaler

table = np.random.rand(300, 5)
scaler, standard = MinMaxScaler(), StandardScaler().fit(table)
scaled = scaler.fit_transform(table)
x, y = np.array([scaled[i:i + 60] for i in range(240)]), scaled[60:, 0]
model = Sequential([Input((None, 5)), LSTM(8, return_sequences=True), Dense(1)])
model.compile(loss="mse")
last = Sequential([Input((None, 5)), LSTM(8), Dense(1)])
last.compile(loss="mse")
last.fit(x, y)
prices = scaler.inverse_transform(last.predict(x))  # LST508
steps = standard.inverse_transform(model.predict(x))  # LST508
new = scaler.transform(table[:, 1:])  # LST508
tomorrow = last.predict(scaled[-60:].reshape(60, 1, 5))  # LST508
""",
        """
import torch
from torch import nn

series = torch.randn(200, 3)
x, y = torch.stack([series[i:i + 14] for i in range(186)]), series[14:]
lstm, head = nn.LSTM(3, 8, batch_first=True), nn.Linear(8, 3)
out, _ = lstm(x)
loss = nn.MSELoss()(head(out[:, -1]), y)
out, _ = lstm(series[-14:].unsqueeze(1))  # LST508
""",
    )


def _is_turned(samples: Axis, steps: Axis, trained: _Windows) -> bool:
    """Whether as many samples of one step come as the windows have steps, and not by having been that many samples before."""
    if samples.meaning is Meaning.BATCH or same(trained.samples, trained.steps):
        return False
    return same(steps.dim, 1) and same(samples.dim, trained.steps)


def _is_stateful(declared: Array, trace: Trace) -> bool:
    """Whether the layer that reads an input may keep its states from one call to the next."""
    applied = reader(declared, trace)
    return applied is not None and rnn_of(applied.layer).flag("stateful") is not False


def _rnns_before(tensor: Array) -> Iterator[LayerApplied]:
    """The recurrent layers of PyTorch on the way to a tensor."""
    for _ in range(50):
        made_by = tensor.producer or tensor.behind
        if isinstance(made_by, Softmax):
            tensor = made_by.operand
        elif isinstance(made_by, LayerApplied) and made_by.inputs:
            if is_rnn(made_by.layer):
                yield made_by
            tensor = made_by.inputs[0]
        else:
            return


def _advice(given: Shape, fitted: Shape, method: str, wrong_rank: bool) -> str:
    columns = fitted.axes[-1].dim
    if wrong_rank:
        return f"bring it to rank 2, as it was at the fit: x.reshape(-1, {columns})"
    if method == "inverse_transform":
        return f"fit a scaler of its own on what is predicted, or put the predictions in a table of {columns} columns"
    return f"give it the {columns} columns that it was fitted on, in their order"
