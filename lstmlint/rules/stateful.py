"""LST402 and LST403: what keeps a stateful RNN from carrying its states from batch to batch."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from lstmlint.edits.calls import keyword_set
from lstmlint.edits.change import proposal
from lstmlint.findings import Finding, Related
from lstmlint.library.keras.axes import is_open
from lstmlint.library.keras.nesting import flat
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import is_recurrent, layer_name, rnn_of
from lstmlint.rules.feeding import given, mismatch
from lstmlint.rules.rank import declared_at
from lstmlint.shapes.dims import Dim, at_least, differ, modulo, same, single
from lstmlint.trace import Event, InputDeclared, LayerApplied, ModelFed, Trace
from lstmlint.values.base import FALSE, MISSING, Const, dim_of, is_none
from lstmlint.values.data import Array, Items
from lstmlint.values.network import Layer


class StatefulBatch(Rule):
    """
    # stateful-batch

    ## What
    A stateful RNN keeps one state for each sample of the batch. It needs a batch size that is fixed when the model is built,
    and every batch that it gets must be of that size: the last one of an epoch, those of validation and of predict, too.

    ## Why it hurts
    Without a fixed batch size Keras raises when the model is built. Another batch size, or a last batch that is smaller
    because the number of samples is no multiple of it, raises in the middle of the first epoch. Only a last batch of one
    sample passes (with Keras 3 on TensorFlow): the states of all others go on from that sample, too, and predict answers with
    more predictions than there are samples.

    ## Example
    ```python
    model = Sequential([Input(batch_shape=(16, 14, 12)), LSTM(16, stateful=True)])
    model.fit(np.zeros((250, 14, 12)), y, batch_size=16, shuffle=False)
    ```

    ## Fixed
    ```python
    model.fit(x[:240], y[:240], batch_size=16, shuffle=False)
    ```

    ## When to ignore
    Never: the call raises, or computes something else.
    """

    code = "LST402"
    name = "stateful-batch"
    severity = "error"
    listens = (LayerApplied, ModelFed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, LayerApplied) and event.violation is not None and event.violation.kind == "stateful":
            yield self._without_batch_size(event)
        elif isinstance(event, ModelFed):
            yield from self._other_batches(event, trace)

    def _without_batch_size(self, event: LayerApplied) -> Finding:
        layer = event.layer
        return self.finding(
            event,
            layer.site,
            f"this {layer_name(layer)} is stateful, but the batch size is not fixed: it gets {event.inputs[0].shape}",
            help="declare it with keras.Input(batch_shape=(batch, time, features)) (Keras 2: batch_input_shape=)",
            key=_declared_behind(event.inputs[0]) or layer,
        )

    def _other_batches(self, event: ModelFed, trace: Trace) -> Iterator[Finding]:
        layer = stateful_layer(event)
        if layer is None or event.batched:
            return
        for declared, data in event.inputs:
            if declared.shape.open or data.shape.open or not data.shape.axes or mismatch(declared, data) == "rank":
                continue
            fixed = declared.shape.axes[0].dim
            if is_open(fixed):
                continue
            samples = data.shape.axes[0].dim
            wrong, cut = wrong_batch(event, fixed, samples), None
            if wrong is None and event.role == "train" and (cut := _cut(samples)) is not None:
                wrong = wrong_batch(event, fixed, cut)
            if wrong is None or (trace.keras.version == 2 and event.role == "predict" and wrong == 1):
                continue
            spread = trace.keras.version != 2 and _is_spread(event, wrong, samples if cut is None else cut, trace)
            producer = declared.producer
            batch = Related(declared_at(producer), f"fixes the batch at {fixed}") if isinstance(producer, InputDeclared) else None
            yield self.finding(
                event,
                event.site,
                f"{given(event, data)}, which comes in a batch of {wrong}, but the stateful {layer_name(layer)} has states "
                f"for {fixed}"
                + (": each of them is given this one sample" if spread else "")
                + ("" if cut is None else f", if there are the {cut} samples that it is cut to"),
                help=f"pass batch_size={fixed} and a multiple of {fixed} samples; another model with the same weights can "
                "predict with another batch size",
                related=(Related(layer.site, "keeps its states"),) if batch is None else (batch,),
                severity=self.severity if cut is None else "warning",
                effect="silent" if spread else "raises",
                key=event.site.node,
            )
            return

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input(batch_shape=(16, 14, 12)), LSTM(16, stateful=True), Dense(1)])
model.compile(loss="mse")
model.fit(np.zeros((256, 14, 12)), np.zeros(256), batch_size=16, shuffle=False)
model.predict(np.zeros((16, 14, 12)))
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input(batch_shape=(16, 14, 12)), LSTM(16, stateful=True), Dense(1)])
model.compile(loss="mse")
model.fit(np.zeros((250, 14, 12)), np.zeros(250), batch_size=16, shuffle=False)  # LST402
""",
        """
import pandas as pd
from keras import Sequential
from keras.layers import Dense, Input, LSTM

table = pd.read_csv("river.csv")[["level", "rain"]].values
x, y = table[:-1].reshape(-1, 1, 2), table[1:, 0]
model = Sequential([Input(batch_shape=(16, 1, 2)), LSTM(16, stateful=True), Dense(1)])
model.compile(loss="mse")
model.fit(x[:800], y[:800], batch_size=16, shuffle=False)
model.fit(x[:1000], y[:1000], batch_size=16, shuffle=False)  # LST402
""",
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input(batch_shape=(16, 14, 12)), LSTM(16, stateful=True), Dense(1)])
model.predict(np.zeros((1, 14, 12)))  # LST402
""",
        """
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input((14, 12))])
model.add(LSTM(16, stateful=True))  # LST402
model.add(Dense(1))
""",
    )


class StatefulShuffle(Rule):
    """
    # stateful-shuffle

    ## What
    A stateful RNN is trained with fit, which shuffles the samples unless it gets shuffle=False.

    ## Why it hurts
    The state that one sample leaves is where the sample in the same place of the next batch starts. When samples are shuffled,
    that is another series or another time, and the states carry noise. Training runs, only worse than it should.

    ## What must be proven
    That the layer is stateful, that fit gets arrays of more than one batch, and that it is not told to leave the order alone.
    It is always a warning, since a script may reset the states after each batch.

    ## Example
    ```python
    model.fit(x, y, batch_size=16, epochs=10)
    ```

    ## Fixed
    ```python
    model.fit(x, y, batch_size=16, epochs=10, shuffle=False)
    ```

    ## When to ignore
    Where states are reset after each batch; but then the layer need not be stateful.
    """

    code = "LST403"
    name = "stateful-shuffle"
    severity = "warning"
    unsafe_fix = "pass `shuffle=False`"
    listens = (ModelFed,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ModelFed) or event.method != "fit" or event.role != "train" or event.batched:
            return
        shuffle = event.arguments.get("shuffle", MISSING)
        layer = stateful_layer(event)
        if layer is None or (shuffle is not MISSING and shuffle != Const(True)) or not event.inputs:
            return
        # The samples of a single batch have no batch to go on to.
        for declared, data in event.inputs:
            if not data.shape.axes or data.shape.open or data.kind not in ("numpy", "tensor", "series"):
                return
            if same(data.shape.axes[0].dim, 1):
                return
            fixed = declared.shape.axes[0].dim if declared.shape.rank else None
            if fixed is None or same(fixed, data.shape.axes[0].dim):
                return
        yield self.finding(
            event,
            event.site,
            f"fit shuffles the samples, and the stateful {layer_name(layer)} carries its states from batch to batch: each sample "
            "starts from the states that any other one has left",
            help="pass shuffle=False",
            related=(Related(layer.site, "keeps its states"),),
            effect="silent",
            key=event.site.node,
            fix=proposal("pass shuffle=False", keyword_set(event.site, "shuffle", "False"), safe=False),
        )

    valid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input(batch_shape=(4, 14, 12)), LSTM(16, stateful=True), Dense(1)])
model.compile(loss="mse")
model.fit(np.zeros((256, 14, 12)), np.zeros(256), batch_size=4, shuffle=False)
model.fit(np.zeros((4, 14, 12)), np.zeros(4), batch_size=4)
""",
    )
    invalid = (
        """
import numpy as np
from keras import Sequential
from keras.layers import Dense, Input, LSTM

model = Sequential([Input(batch_shape=(4, 14, 12)), LSTM(16, stateful=True), Dense(1)])
model.compile(loss="mse")
model.fit(np.zeros((256, 14, 12)), np.zeros(256), batch_size=4)  # LST403
""",
    )


def _declared_behind(tensor: Array) -> object:
    """The input that a tensor is made of: all stateful layers behind it lack the same batch."""
    for _ in range(200):
        made_by = tensor.producer
        if not isinstance(made_by, LayerApplied) or not made_by.inputs:
            return made_by
        tensor = made_by.inputs[0]
    return None


def stateful_layer(event: ModelFed) -> Layer | None:
    """A stateful RNN of the model that is fed, if it has one."""
    if event.model.is_broken:
        return None
    found: Iterable[Layer]
    if event.model.kind == "sequential":
        content = event.model.cell.get()
        layers = content.known if isinstance(content, Items) else None
        found = (layer for layer in layers or () if isinstance(layer, Layer))
    else:
        found = _behind(event)
    return next((layer for layer in found if is_recurrent(layer) and rnn_of(layer).flag("stateful") is True), None)


def _behind(event: ModelFed) -> Iterator[Layer]:
    """The layers between the outputs and the inputs of a functional model."""
    outputs = None if event.outputs is None else flat(event.outputs)
    waiting, seen = list(outputs or ()), set()
    while waiting:
        producer = waiting.pop().producer
        if isinstance(producer, LayerApplied) and id(producer) not in seen:
            seen.add(id(producer))
            yield producer.layer
            waiting.extend(producer.inputs)


_BY_BATCH = ("train_on_batch", "test_on_batch", "predict_on_batch", "call")
_DEFAULT = 32


def wrong_batch(event: ModelFed, fixed: Dim, samples: Dim) -> Dim | None:
    """The size of a batch that the model gets and that is not `fixed`; None where that is not proven."""
    if event.method in _BY_BATCH:
        return samples if differ(samples, fixed) else None
    if event.method not in ("fit", "evaluate", "predict") or any(
        event.arguments.get(name, MISSING) is not MISSING and not is_none(event.arguments[name])
        for name in ("steps_per_epoch", "steps", "validation_steps")
    ):
        return None
    size = _batch_size(event)
    if size is None:
        return None
    for part in _parts(event, samples):
        if differ(size, fixed) and differ(part, fixed):
            return size if at_least(part, size) else part if at_least(size, part) else size
        rest = modulo(part, size) if same(size, fixed) else 0
        if differ(rest, 0):
            return rest
    return None


def _cut(samples: Dim) -> int | None:
    """To how many samples data of an unknown number was cut, as x[:100] does."""
    known = single(samples)
    if known is None or not isinstance(known.key, tuple) or known.key[0] != "min":
        return None
    return known.upper if isinstance(known.upper, int) else None


def _is_spread(event: ModelFed, wrong: Dim, samples: Dim, trace: Trace) -> bool:
    """Whether TensorFlow takes a batch of one sample for all states: where Keras has left the length of the batch open."""
    if not same(wrong, 1):
        return False
    if event.method == "predict":
        return not same(samples, 1) and not same(_batch_size(event) or 1, 1)
    if event.method not in _BY_BATCH:
        return True
    # After a batch of another length, the compiled function takes any.
    before = takewhile(lambda other: other is not event, trace.events)
    fed = (other for other in before if isinstance(other, ModelFed) and other.method == event.method != "call")
    given = (data.shape.axes for other in fed if other.model is event.model for _, data in other.inputs)
    return any(axes and not same(axes[0].dim, 1) for axes in given)


def _batch_size(event: ModelFed) -> Dim | None:
    names = ["batch_size"]
    if event.role == "validation" and event.method == "fit":
        names.insert(0, "validation_batch_size")
    for name in names:
        value = event.arguments.get(name, MISSING)
        if value is not MISSING and not is_none(value):
            return dim_of(value)
    return _DEFAULT


def _parts(event: ModelFed, samples: Dim) -> list[Dim]:
    """How many samples are trained on, and how many are split off for validation."""
    split = event.arguments.get("validation_split", FALSE)
    share = split.value if isinstance(split, Const) else None
    validated = event.arguments.get("validation_data", MISSING)
    if event.role != "train" or not isinstance(share, (int, float)) or (validated is not MISSING and not is_none(validated)):
        return [samples] if isinstance(share, (int, float)) else []
    if not share:
        return [samples]
    if not isinstance(samples, int):
        return []
    first = int(samples * (1.0 - share))
    return [first, samples - first]
