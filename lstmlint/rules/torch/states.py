"""PyTorch's part of LST401: initial states that an RNN does not take."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.state_shape import StateShape
from lstmlint.rules.torch.batches import ShortLastBatches
from lstmlint.rules.torch.layers import is_bidirectional, is_cell, is_rnn, made, of_torch, shown
from lstmlint.rules.torch.layout import is_misread, wrong_layout
from lstmlint.rules.torch.ranks import states_are_batched
from lstmlint.shapes.dims import differ, same
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import Event, LayerApplied, Trace


class TorchStateShape(Part):
    """
    ## With PyTorch
    The states of nn.LSTM are a tuple `(h_0, c_0)`, the state of nn.GRU and nn.RNN is one tensor. Each is (num_layers, batch,
    hidden_size), or (2 * num_layers, batch, hidden_size) with `bidirectional=True`, also with `batch_first=True`. PyTorch
    raises "Expected hidden[0] size".

    ```python
    directions = 2 if self.lstm.bidirectional else 1
    h_0 = torch.zeros(directions * self.lstm.num_layers, x.size(0), self.lstm.hidden_size)
    ```
    """

    of = StateShape
    listens = (LayerApplied,)

    def __init__(self) -> None:
        self._seen: Trace | None = None
        self._batches = ShortLastBatches(Trace())

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        applied = of_torch(event)
        if applied is not None and applied.violation is None:
            yield from self._last_batch(applied, trace)
        if applied is None or applied.violation is None or applied.violation.kind != "state":
            return
        if (
            not (is_rnn(applied.layer) or is_cell(applied.layer))
            or states_are_batched(applied)
            or wrong_layout(applied) is not None
        ):
            return
        if any(is_misread(tensor) for tensor in applied.inputs):
            return
        came, needed = applied.violation.left, applied.violation.right
        alone = len(applied.inputs) != (3 if applied.layer.kind.startswith("LSTM") else 2)
        if alone or not isinstance(came, Shape) or not isinstance(needed, Shape):
            words, advice = _single(applied)
        else:
            words, advice = _shapes(applied, came, needed)
        yield self.finding(
            event,
            event.site,
            words,
            label=applied.violation.message,
            help=advice,
            related=(made(applied.layer),),
            key=applied.layer,
        )

    def _last_batch(self, applied: LayerApplied, trace: Trace) -> Iterator[Finding]:
        """States that are made for the full batches of a loader, or come from one of these, where the last has fewer samples."""
        x, first = applied.inputs[0].shape, applied.layer.flag("batch_first")
        if not is_rnn(applied.layer) or len(applied.inputs) < 2 or x.rank != 3 or first is None:
            return
        state = applied.inputs[1].shape
        if state.rank != 3 or applied.conditions or applied.assumptions:
            return
        if self._seen is not trace:
            self._seen, self._batches = trace, ShortLastBatches(trace)
        batch, given = self._batches.batch(x.axes[0 if first else 1].dim), state.axes[1].dim
        if batch is None or not self._batches.seen_whole(batch):
            return
        if self._batches.is_earlier(given, batch):
            words = f"the states of this {applied.layer.kind} are those of the batch before"
        elif same(given, batch.upper or 0):
            words = f"the states of this {applied.layer.kind} are for {given} samples"
        else:
            return
        yield self.finding(
            applied,
            applied.site,
            f"{words}, and the last batch of the loader has {batch.lower}: {self._batches.numbers(batch)}",
            label=f"states {shown(Shape((state.axes[0], Axis(batch.upper or given), state.axes[2])))}",
            help="pass drop_last=True to the DataLoader, or make the states for the batch that comes: x.size(0)",
            related=(made(applied.layer),),
            severity="warning",
            key=applied.layer,
        )

    valid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
lstm = nn.LSTM(6, 12, num_layers=2, bidirectional=True, batch_first=True)
h, c = torch.zeros(4, x.size(0), 12), torch.zeros(4, x.size(0), 12)
out, (h, c) = lstm(x, (h, c))
out, h = nn.GRU(6, 12, batch_first=True)(x, torch.zeros(1, 9, 12))
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

data = TensorDataset(torch.randn(90, 20, 6), torch.randn(90))
gru, state = nn.GRU(6, 12, batch_first=True), torch.zeros(1, 32, 12)
for x, y in DataLoader(data, batch_size=32):
    if state.size(1) != x.size(0):
        state = torch.zeros(1, x.size(0), 12)
    out, state = gru(x, state.detach())
listed = []
for x, y in DataLoader(data, batch_size=32):
    listed.append(gru(x)[1])
for at, (x, y) in enumerate(DataLoader(data, batch_size=32)):
    out, state = gru(x, listed[at])
""",
    )
    invalid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
gru = nn.GRU(6, 12, num_layers=2, bidirectional=True, batch_first=True)
out, h = gru(x, torch.zeros(2, 9, 12))  # LST401
""",
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
gru = nn.GRU(6, 12, batch_first=True)
out, h = gru(x, (torch.zeros(1, 9, 12), torch.zeros(1, 9, 12)))  # LST401
""",
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
lstm = nn.LSTM(6, 12, batch_first=True)
out, state = lstm(x, torch.zeros(1, 9, 12))  # LST401
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

lstm = nn.LSTM(6, 12, batch_first=True)
for x, y in DataLoader(TensorDataset(torch.randn(90, 20, 6), torch.randn(90)), batch_size=32):
    out, state = lstm(x, (torch.zeros(1, 32, 12), torch.zeros(1, 32, 12)))  # LST401
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

gru, state = nn.GRU(6, 12, batch_first=True), torch.zeros(1, 32, 12)
for x, y in DataLoader(TensorDataset(torch.randn(90, 20, 6), torch.randn(90)), batch_size=32, shuffle=True):
    out, state = gru(x, state)  # LST401
    state = state.detach()
""",
        """
import torch
from torch import nn

cell = nn.LSTMCell(6, 12)
h, c = cell(torch.randn(9, 6), torch.zeros(9, 12))  # LST401
""",
    )


def _single(applied: LayerApplied) -> tuple[str, str]:
    layer = applied.layer
    assert applied.violation is not None
    two = layer.kind.startswith("LSTM")
    takes = "two states, a tuple (h, c)" if two else "one state, a tensor"
    advice = "pass (h_0, c_0)" if two else f"pass h_0 alone: a {layer.kind.removesuffix('Cell')} has no cell state"
    return f"this {layer.kind} takes {takes}: {applied.violation.message}", advice


def _shapes(applied: LayerApplied, came: Shape, needed: Shape) -> tuple[str, str]:
    layer = applied.layer
    words = f"this {layer.kind} needs states {shown(needed)}, and gets {shown(came)}"
    if came.rank is None or needed.rank is None or came.rank != needed.rank:
        return words, f"give the states the shape {shown(needed)}"
    if needed.rank == 3 and differ(came.axes[0].dim, needed.axes[0].dim):
        if same(came.axes[1].dim, needed.axes[0].dim):
            return words, "the axis of layers and directions stands first, also with batch_first=True"
        both = " * 2 for the two directions" if is_bidirectional(applied) else ""
        return words, f"the first axis of a state has num_layers{both}: {needed.axes[0].dim}"
    if differ(came.axes[-1].dim, needed.axes[-1].dim):
        return words, f"the last axis of a state is the hidden size: {needed.axes[-1].dim}"
    return words, "make the states for the batch that comes: x.size(0) of (batch, …), x.size(1) of (time, batch, …)"
