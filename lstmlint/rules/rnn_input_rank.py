"""LST101: an RNN behind a layer or input that gives it the wrong rank."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.edits.change import Proposal
from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.cause import layer_name
from lstmlint.rules.declaring import without_samples
from lstmlint.rules.rank import RankFault, called_at, declared_at, rank_fault, read_before
from lstmlint.trace import Event, InputDeclared, LayerApplied, Trace


class RnnInputRank(Rule):
    """
    # rnn-input-rank

    ## What
    A recurrent layer gets a tensor that is not (batch, time, features), because of what stands before it: Flatten, Dense on
    rows, pooling over all steps, or raw token ids without an Embedding.

    ## Why it hurts
    Keras raises "expected ndim=3" when the model is built.

    ## Example
    ```python
    model = Sequential([Input((28, 28, 1)), Conv2D(8, 3), Flatten(), LSTM(24)])
    ```

    ## Fixed
    ```python
    model = Sequential([Input((28, 28, 1)), Conv2D(8, 3), Reshape((26, 26 * 8)), LSTM(24)])
    ```

    ## When to ignore
    Never: the model can't be built.
    """

    code = "LST101"
    name = "rnn-input-rank"
    severity = "error"
    safe_fix = "leave the samples out of the shape of an Input before an Embedding"
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        fault = rank_fault(event)
        if fault is None or fault.code != self.code:
            return
        layer = fault.applied.layer
        related, advice = _story(fault)
        yield self.finding(
            event,
            layer.site,
            f"this {layer_name(layer)} gets {fault.tensor.shape}, but needs {_needs(fault)}",
            label=fault.applied.violation.message if fault.applied.violation is not None else "",
            help=advice,
            related=(*related, *called_at(fault)),
            key=layer,
            fix=_fix(fault, trace),
        )

    valid = (
        """
from keras import Sequential
from keras.layers import Dense, Embedding, Input, LSTM

model = Sequential([Input((20,)), Embedding(500, 16), LSTM(24), Dense(1)])
""",
        """
from keras import Sequential
from keras.layers import Conv2D, Input, LSTM, Reshape

model = Sequential([Input((28, 28, 1)), Conv2D(8, 3, padding="same"), Reshape((28, 28 * 8)), LSTM(24)])
""",
    )
    invalid = (
        """
from keras import Sequential
from keras.layers import Conv2D, Flatten, Input, LSTM

model = Sequential()
model.add(Input((28, 28, 1)))
model.add(Conv2D(8, 3))
model.add(Flatten())
model.add(LSTM(24))  # LST101
""",
        """
from keras import Model
from keras.layers import Dense, Input, LSTM

tokens = Input(shape=(20,))
hidden = LSTM(24)(tokens)  # LST101
model = Model(tokens, Dense(1)(hidden))
""",
    )


def _needs(fault: RankFault) -> str:
    needed = fault.applied.violation.right if fault.applied.violation is not None else None
    return "(batch, time, features)" if needed == 3 else f"rank {needed}"


def _fix(fault: RankFault, trace: Trace) -> Proposal | None:
    """An Embedding takes ids (batch, time): the input before it has an entry too many where that is the batch."""
    applied = fault.cause.applied
    if applied is None or applied.layer.kind != "Embedding" or not isinstance(applied.inputs[0].producer, InputDeclared):
        return None
    declared = applied.inputs[0].producer
    return without_samples(declared, trace) if declared.tensor.shape.rank == 3 else None


def _story(fault: RankFault) -> tuple[tuple[Related, ...], str]:
    """What gave the tensor its rank, and what to do about it."""
    rank = fault.tensor.shape.rank
    if fault.cause.applied is not None:
        layer = fault.cause.applied.layer
        related = (Related(layer.site, f"{layer.kind} gives {fault.tensor.shape}"),)
        if layer.kind == "Embedding":
            return related, "Embedding adds an axis to its input: declare the input as (time,), without the batch axis"
        if layer.kind == "Flatten":
            return related, "remove the Flatten, or put a Reshape((time, features)) in its place"
        if rank == 2:
            return related, "keep the time axis up to here, or bring it back with Reshape((time, features))"
        return related, "bring it to (time, features) with a Reshape, or wrap the layers before it in TimeDistributed"
    if fault.cause.declared is not None:
        declared = fault.cause.declared
        related = (Related(declared_at(declared), f"declares {declared.tensor.shape}"),)
        before = fault.tensor.producer
        if read_before(fault.tensor) and isinstance(before, LayerApplied):
            related = (Related(before.layer.site, f"{layer_name(before.layer)} gives {fault.tensor.shape}"),)
            return related, "make one vector of each step: TimeDistributed(Flatten()) before it"
        if rank == 2:
            return related, "token ids need an Embedding first; numbers need an input of shape (time, features)"
        return related, "declare the input as (time, features)"
    return (), "bring the input to (batch, time, features)"
