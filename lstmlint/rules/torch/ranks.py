"""PyTorch's parts of LST101, LST105, LST201 and LST205: tensors with an axis too many or too few."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.data_rank import DataRank
from lstmlint.rules.layer_input_rank import LayerInputRank
from lstmlint.rules.missing_batch_axis import MissingBatchAxis
from lstmlint.rules.rnn_input_rank import RnnInputRank
from lstmlint.rules.torch.layers import (
    came_from,
    is_cell,
    is_data,
    is_of_a_batch,
    is_rnn,
    layout,
    made,
    meaning,
    of_torch,
    rnn_of_tensor,
    shown,
)
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import Event, LayerApplied, Operation, Trace
from lstmlint.values.data import Array


def _wrong_rank(event: Event) -> LayerApplied | None:
    applied = of_torch(event)
    if applied is None or applied.violation is None or applied.violation.kind != "rank" or applied.inputs[0].shape.rank is None:
        return None
    return applied


def _is_batch(tensor: Array) -> bool:
    """Data whose first axis is the batch of a loader."""
    return is_data(tensor) and meaning(tensor.shape, 0) is Meaning.BATCH


def _needs(applied: LayerApplied) -> str:
    if is_cell(applied.layer):
        return "one step: (batch, features) or (features,)"
    return f"{layout(applied.layer)} or one sequence (time, features)"


class TorchRnnInputRank(Part):
    """
    ## With PyTorch
    nn.LSTM, nn.GRU and nn.RNN take rank 3, or rank 2 for one sequence without a batch; their cells take one step, of rank 2
    or 1. Of anything else PyTorch raises "Expected input to be 2D or 3D, got 4D instead" at the first batch.
    """

    of = RnnInputRank
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        applied = _wrong_rank(event)
        if applied is None or not (is_rnn(applied.layer) or is_cell(applied.layer)) or _is_batch(applied.inputs[0]):
            return
        x = applied.inputs[0]
        yield self.finding(
            event,
            event.site,
            f"this {applied.layer.kind} gets {shown(x.shape)}, but takes {_needs(applied)}",
            label=f"rank {x.shape.rank}",
            help=_advice(x),
            related=(*came_from(x), made(applied.layer)),
            key=applied.layer,
        )

    valid = (
        """
import torch
from torch import nn

rnn = nn.LSTM(6, 12, batch_first=True)
sequences, _ = rnn(torch.randn(9, 20, 6))
one, _ = rnn(torch.randn(20, 6))
""",
    )
    invalid = (
        """
import torch
from torch import nn

frames = nn.Conv2d(1, 4, 3, padding=1)(torch.randn(9, 1, 20, 6))
rnn = nn.GRU(6, 12, batch_first=True)
out, h_n = rnn(frames)  # LST101
""",
    )


def _advice(x: Array) -> str:
    if x.shape.rank is not None and x.shape.rank > 3:
        return (
            "merge or drop the axes that are too many: x.flatten(2) of (batch, time, …), x.squeeze(1) of (batch, 1, time, features)"
        )
    return "add the missing axes with unsqueeze: (batch, time, features), or one sequence (time, features)"


class TorchLayerInputRank(Part):
    """
    ## With PyTorch
    Convolutions take (batch, channels, length), BatchNorm1d (batch, features) or (batch, features, length). PyTorch raises at
    the first batch.
    """

    of = LayerInputRank
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        applied = _wrong_rank(event)
        if applied is None or applied.violation is None or is_rnn(applied.layer) or is_cell(applied.layer):
            return
        x = applied.inputs[0]
        yield self.finding(
            event,
            event.site,
            f"this {applied.layer.kind} gets {shown(x.shape)}: {applied.violation.message}",
            label=f"rank {x.shape.rank}",
            help="bring the tensor to the rank that the layer takes: unsqueeze adds an axis, flatten merges some",
            related=(*came_from(x), made(applied.layer)),
            key=applied.layer,
        )

    valid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Conv1d(12, 4, 3)(out.transpose(1, 2))
""",
    )
    invalid = (
        """
import torch
from torch import nn

out, _ = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
pool = nn.MaxPool2d(2)
half = pool(out[:, -1])  # LST105
""",
    )


class TorchDataRank(Part):
    """
    ## With PyTorch
    A recurrent layer takes (batch, time, features). A batch of rank 2 is taken for one sequence, whose steps are the samples:
    PyTorch says nothing, and each sample changes the answer for those behind it.
    """

    of = DataRank
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        applied = of_torch(event)
        if applied is None or not (is_rnn(applied.layer) or is_cell(applied.layer)):
            return
        x = applied.inputs[0]
        if _wrong_rank(event) is not None and _is_batch(x):
            yield self.finding(
                event,
                event.site,
                f"the batches are {shown(x.shape)}, but this {applied.layer.kind} takes {_needs(applied)}",
                label=f"rank {x.shape.rank}",
                help=_advice(x),
                related=(made(applied.layer),),
                key=applied.layer,
            )
        elif applied.violation is None and self._samples_as_steps(applied):
            yield self.finding(
                event,
                event.site,
                f"this {applied.layer.kind} takes {shown(x.shape)} for one sequence, whose steps are the samples of the batch",
                label="rank 2: no axis of time",
                help="give it (batch, time, features): x.unsqueeze(1) for one step, x.unsqueeze(-1) for steps of one feature",
                related=(*came_from(x), made(applied.layer)),
                severity="warning",
                effect="silent",
                key=applied.layer,
            )

    @staticmethod
    def _samples_as_steps(applied: LayerApplied) -> bool:
        x = applied.inputs[0].shape
        if not is_rnn(applied.layer) or x.rank != 2 or same(x.axes[0].dim, 1):
            return False
        return meaning(x, 0) is Meaning.BATCH and meaning(x, 1) is not Meaning.TIME and is_of_a_batch(applied.inputs[0])

    valid = (
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn = nn.LSTM(1, 12, batch_first=True)
for x, y in DataLoader(TensorDataset(torch.randn(90, 20), torch.randn(90)), batch_size=16):
    out, _ = rnn(x.unsqueeze(-1))
""",
    )
    invalid = (
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn = nn.LSTM(20, 12, batch_first=True)
for x, y in DataLoader(TensorDataset(torch.randn(90, 20), torch.randn(90)), batch_size=16):
    out, _ = rnn(x)  # LST201
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn = nn.GRU(8, 12, batch_first=True)
for x, y in DataLoader(TensorDataset(torch.randn(90, 1, 20, 8), torch.randn(90)), batch_size=16):
    out, _ = rnn(x)  # LST201
""",
    )


class TorchMissingBatchAxis(Part):
    """
    ## With PyTorch
    A single sequence (time, features) is taken as such, but then the states need the same rank, and the output has no batch
    axis to take `out[:, -1, :]` of. A cell that gets (features,) next to states (1, hidden) raises "hidden0 has inconsistent
    hidden_size".
    """

    of = MissingBatchAxis
    listens = (LayerApplied, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._subscript(event)
            return
        applied = of_torch(event)
        if applied is None or not states_are_batched(applied):
            return
        x, state = applied.inputs[0], applied.inputs[1]
        yield self.finding(
            event,
            event.site,
            f"this {applied.layer.kind} gets one sample {shown(x.shape)} without an axis of the batch, "
            f"and states {shown(state.shape)} with one",
            label=f"rank {x.shape.rank}",
            help="add the axis of the batch to the input, as x.unsqueeze(0) does" + _place(applied),
            related=(*came_from(x), made(applied.layer)),
            key=applied.layer,
        )

    def _subscript(self, event: Operation) -> Iterator[Finding]:
        if event.name != "torch.Tensor.__getitem__" or event.violation is None or event.violation.kind != "indices":
            return
        output = event.operands[0]
        applied = rnn_of_tensor(output)
        if (
            applied is None
            or output.shape.rank != 2
            or applied.inputs[0].shape.rank != 2
            or meaning(output.shape, 0) is not Meaning.TIME
        ):
            return
        x = applied.inputs[0]
        yield self.finding(
            event,
            applied.site,
            f"this {applied.layer.kind} gets one sequence {shown(x.shape)}, and what it gives has no axis of the batch",
            label=f"rank {x.shape.rank}",
            help="add the axis of the batch to the input, as x.unsqueeze(0) does" + _place(applied),
            related=(Related(event.site, f"too many indices for {shown(output.shape)}"), made(applied.layer)),
            key=applied.layer,
        )

    valid = (
        """
import torch
from torch import nn

cell, h = nn.GRUCell(4, 8), torch.zeros(1, 8)
for reading in torch.randn(10, 4):
    h = cell(reading.unsqueeze(0), h)
""",
        """
import torch
from torch import nn

rnn = nn.LSTM(4, 8, batch_first=True)
out, _ = rnn(torch.randn(10, 4))
last = out[-1, :]
""",
    )
    invalid = (
        """
import torch
from torch import nn

rnn = nn.LSTM(4, 8, batch_first=True)
state = torch.zeros(1, 1, 8), torch.zeros(1, 1, 8)
out, state = rnn(torch.randn(10, 4), state)  # LST205
""",
        """
import torch
from torch import nn

rnn = nn.LSTM(4, 8, batch_first=True)
out, _ = rnn(torch.randn(10, 4))  # LST205
last = out[:, -1, :]
""",
    )


def _place(applied: LayerApplied) -> str:
    return "" if is_cell(applied.layer) or applied.layer.flag("batch_first") else " (x.unsqueeze(1) without batch_first)"


def states_are_batched(applied: LayerApplied) -> bool:
    """Whether a layer gets one sample, and states that are for a batch."""
    if applied.violation is None or applied.violation.kind != "state" or len(applied.inputs) < 2:
        return False
    rank, state = applied.inputs[0].shape.rank, applied.inputs[1].shape.rank
    single = 1 if is_cell(applied.layer) else 2
    return rank == single and state == single + 1
