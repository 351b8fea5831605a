"""LST504: data whose layout is not the one that `batch_first` says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lstmlint.edits.calls import argument, argument_removed, keyword_set
from lstmlint.edits.change import Proposal, proposal
from lstmlint.findings import Effect, Finding, Related, Severity
from lstmlint.library.torch.packed import PackedSequence
from lstmlint.rules.base import Rule
from lstmlint.rules.torch.layers import is_of_a_batch, is_rnn, layout, meaning, of_torch, output_of, shown
from lstmlint.shapes.dims import Dim, at_least, differ, same, single
from lstmlint.shapes.shape import Axis, Meaning, Shape
from lstmlint.trace import Event, LayerApplied, Packed, Softmax, Trace
from lstmlint.values.code import Site
from lstmlint.values.data import Array


@dataclass(frozen=True, slots=True)
class WrongLayout:
    """An RNN whose batch stands on another axis than it takes for the batch. `proof`: "meaning" the program says which axis is the
    batch; "state" the initial states are made for the other axis; "step" the batch stands where time is, before an axis
    of length one."""

    applied: LayerApplied
    proof: Literal["meaning", "state", "step"]


def wrong_layout(event: Event) -> WrongLayout | None:
    """What is wrong with the layout of an RNN's input, if it is proven."""
    applied = of_torch(event)
    if applied is None or not is_rnn(applied.layer) or not applied.arguments or isinstance(applied.arguments[0], PackedSequence):
        return None
    first, x = applied.layer.flag("batch_first"), input_shape(applied)
    if first is None or x.rank != 3:
        return None
    taken, other = (0, 1) if first else (1, 0)
    windows = meaning(x, other) is Meaning.SAMPLE and meaning(x, taken) is Meaning.TIME
    batch = meaning(x, other) is Meaning.BATCH and meaning(x, taken) is not Meaning.BATCH
    if (batch or windows) and not same(x.axes[other].dim, 1):
        if not same(x.axes[taken].dim, 1):
            return WrongLayout(applied, "meaning")
        return WrongLayout(applied, "step") if is_of_a_batch(applied.inputs[0]) else None
    return WrongLayout(applied, "state") if _for_other_axis(applied, x, taken, other) else None


def input_shape(applied: LayerApplied) -> Shape:
    """The shape of an RNN's input; of one that is not known, what its states and its output say of it."""
    x, output = applied.inputs[0].shape, output_of(applied)
    if not x.open or output is None or output.shape.rank != 3:
        return x
    return Shape((*(Axis(axis.dim) for axis in output.shape.axes[:2]), Axis(applied.layer.length("input_size"))))


def _for_other_axis(applied: LayerApplied, x: Shape, taken: int, other: int) -> bool:
    """Whether the initial states are made for as many samples as the axis of time is long."""
    if len(applied.inputs) != (3 if applied.layer.kind == "LSTM" else 2) or same(x.axes[0].dim, x.axes[1].dim):
        return False
    state = applied.inputs[1].shape
    return state.rank == 3 and same(state.axes[1].dim, x.axes[other].dim)


def is_misread(tensor: Array) -> bool:
    """Whether the sizes of a tensor are not those that are meant, by `misreading`."""
    return misreading(tensor) is not None


def misreading(tensor: Array) -> LayerApplied | None:
    """The layer before a tensor that takes another axis for the batch, or of which one sample is taken for the last step."""
    for _ in range(_LONGEST_WAY):
        last = tensor.producer or tensor.behind
        if isinstance(last, Softmax):
            tensor, last = last.operand, last.operand.producer or last.operand.behind
        if not isinstance(last, LayerApplied):
            return None
        if wrong_layout(last) is not None or _is_sample(tensor, last):
            return last
        before = next((x for x in last.inputs if x.producer or x.behind), None)
        if before is None:
            return None
        tensor = before
    return None


def _is_sample(tensor: Array, applied: LayerApplied) -> bool:
    """Whether a tensor is the steps of one sample of an RNN's batch."""
    output = output_of(applied) if is_rnn(applied.layer) else None
    if output is None or tensor.shape.rank != 2:
        return False
    left = {axis.meaning for axis in tensor.shape}
    # A batch of one sample is the sample.
    batches = [axis for axis in output.shape if axis.meaning is Meaning.BATCH and not same(axis.dim, 1)]
    return Meaning.TIME in left and Meaning.BATCH not in left and bool(batches)


_LONGEST_WAY = 50


class BatchFirstMismatch(Rule):
    """
    # batch-first-mismatch

    ## What
    nn.LSTM, nn.GRU and nn.RNN read (time, batch, features) unless they are made with `batch_first=True`, and so do
    pack_padded_sequence and pad_sequence. Here the batch is known to stand on the other axis: it comes from a DataLoader,
    from another RNN, from pad_sequence, from windows that the script cuts, or the initial states are made for it.

    ## Why it hurts
    PyTorch raises nothing as long as no states are given: the layer runs over the samples of the batch as if they were steps.
    Each sample changes the answers for the others, the loss goes down a little, and the model is worthless with batches of
    another size.

    ## Example
    ```python
    self.lstm = nn.LSTM(3, 64)
    ...
    for x, y in DataLoader(TensorDataset(X, y), batch_size=32):   # X: (samples, 14, 3)
        out, _ = self.lstm(x)
    ```

    ## Fixed
    ```python
    self.lstm = nn.LSTM(3, 64, batch_first=True)
    ```

    ## What must be proven
    Which axis is the batch (or the windows' samples), by where it was born and how the axes were moved since. It is an error where
    the other axis is known to be time, or where the states don't fit so that PyTorch raises. It is a warning where a loader put
    samples together of which it is not known what their axes are: they may be the steps of one series.

    ## When to ignore
    When the samples that a loader puts together are the steps of one sequence, in order (without shuffle).
    """

    code = "LST504"
    name = "batch-first-mismatch"
    severity = "error"
    unsafe_fix = "add or drop `batch_first=True`"
    listens = (LayerApplied, Packed)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Packed):
            yield from self._packed(event)
            return
        wrong = wrong_layout(event)
        if wrong is None:
            return
        applied = wrong.applied
        layer, x = applied.layer, input_shape(applied)
        message, severity, effect = _story(wrong, x)
        yield self.finding(
            event,
            layer.site,
            message,
            label=f"takes {layout(layer)}",
            help=_advice(layer.flag("batch_first") is True),
            related=(Related(applied.site, f"gets {shown(x)}"),),
            severity=severity,
            effect=effect,
            key=layer,
            fix=_other_layout(layer.site, layer.flag("batch_first") is True),
        )

    def _packed(self, event: Packed) -> Iterator[Finding]:
        x, lengths, taken = event.padded.shape, event.lengths.shape, event.batch
        other = 1 - taken
        if x.rank is None or len(x.axes) < 2 or same(x.axes[0].dim, x.axes[1].dim):
            return
        counted = lengths.rank == 1 and same(lengths.axes[0].dim, x.axes[other].dim)
        known = meaning(x, other) is Meaning.BATCH and meaning(x, taken) is not Meaning.BATCH
        if not counted and not (known and not same(x.axes[other].dim, 1)):
            return
        few, many = x.axes[other].dim, x.axes[taken].dim
        # Sorting takes as many samples as there are lengths, and leaves the others out.
        raises = counted and (differ(few, many) if event.sorted else at_least(few, many + 1))
        yield self.finding(
            event,
            event.site,
            f"this packs {shown(x)} with the batch on axis {taken}, but "
            + (
                f"there are {lengths.axes[0].dim} lengths, one for each element of axis {other}"
                if counted
                else f"axis {other} is the batch"
            ),
            label=f"the batch is axis {taken}",
            help="pass batch_first=True" if taken == 1 else "drop batch_first=True, or exchange the axes: x.transpose(0, 1)",
            effect="raises" if raises else "silent",
            key=event.site.node,
            fix=_other_layout(event.site, first=taken == 0),
        )

    valid = (
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn, other = nn.LSTM(3, 16, batch_first=True), nn.LSTM(3, 16)
for x, y in DataLoader(TensorDataset(torch.randn(96, 14, 3), torch.randn(96)), batch_size=32):
    out, _ = rnn(x)
    out, _ = other(x.permute(1, 0, 2))
""",
        """
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

padded = pad_sequence([torch.randn(5, 3), torch.randn(4, 3), torch.randn(2, 3)])
out, _ = nn.GRU(3, 16)(padded)
packed = pack_padded_sequence(padded, [5, 4, 2])
""",
    )
    invalid = (
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn = nn.LSTM(3, 16)  # LST504
for x, y in DataLoader(TensorDataset(torch.randn(96, 14, 3), torch.randn(96)), batch_size=32):
    out, _ = rnn(x)
""",
        """
import numpy as np
import torch
from torch import nn

series = np.random.rand(200, 3)
x = torch.tensor(np.array([series[i:i + 14] for i in range(186)]), dtype=torch.float32)
rnn = nn.LSTM(3, 16)  # LST504
out, _ = rnn(x)
""",
        """
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

padded = pad_sequence([torch.randn(5, 3), torch.randn(4, 3), torch.randn(2, 3)])
rnn = nn.GRU(3, 16, batch_first=True)  # LST504
out, _ = rnn(padded)
""",
        """
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

padded = torch.randn(6, 15, 3)
packed = pack_padded_sequence(padded, torch.full((6,), 15), enforce_sorted=False)  # LST504
""",
        """
import torch
from torch import nn

rnn = nn.GRU(3, 16)  # LST504
x = torch.randn(32, 14, 3)
out, h_n = rnn(x, torch.zeros(1, x.size(0), 16))
""",
    )


def _story(wrong: WrongLayout, x: Shape) -> tuple[str, Severity, Effect]:
    applied = wrong.applied
    kind, first = applied.layer.kind, applied.layer.flag("batch_first") is True
    makes = f"this {kind} " + ("has" if first else "is made without") + " batch_first=True"
    if wrong.proof == "state":
        state = applied.inputs[1].shape
        sure, raises = (differ(*(full(axis.dim) for axis in x.axes[:2])) for full in (in_a_full_batch, of_full_batches))
        words = f"{makes}, but its states {shown(state)} are for the batch on axis {1 if first else 0} of {shown(x)}"
        return words, "error" if sure else "warning", "raises" if raises else "silent"
    words = f"{makes}, but axis {1 if first else 0} of its input {shown(x)} is the batch"
    if wrong.proof == "step":
        return f"{words}, whose samples are taken for steps", "warning", "silent"
    raises = applied.violation is not None and applied.violation.kind == "state"
    # A loader without shuffle may put the steps of one series together.
    sure = raises or Meaning.TIME in (meaning(x, 0), meaning(x, 1))
    return words, "error" if sure else "warning", "raises" if raises else "silent"


def _other_layout(site: Site, first: bool) -> Proposal | None:
    """With or without batch_first=True, whichever it is not."""
    if not first:
        return proposal("add batch_first=True", keyword_set(site, "batch_first", "True"), safe=False)
    return proposal("drop batch_first=True", argument_removed(site, argument(site.node, "batch_first")), safe=False)


def in_a_full_batch(dim: Dim) -> Dim:
    """A length in the first batch of a loader, if it is the length of its batches and the numbers say that one is full."""
    batch = single(dim)
    return of_full_batches(dim) if batch is not None and ":" in batch.origin else dim


def of_full_batches(dim: Dim) -> Dim:
    """The same, where it isn't known whether there are as many samples as a batch takes."""
    batch = single(dim)
    return batch.upper if batch is not None and batch.name == "batch" and isinstance(batch.upper, int) else dim


def _advice(first: bool) -> str:
    if first:
        return "make it without batch_first=True, or bring the batch to the front: x.transpose(0, 1)"
    return "make it with batch_first=True, or give it (time, batch, features): x.transpose(0, 1)"
