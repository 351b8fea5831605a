"""PyTorch's parts of LST108 and LST109: what an RNN returns, taken for something else."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.edits.change import Proposal
from lstmlint.findings import Finding, Related
from lstmlint.library.torch.packed import PackedSequence
from lstmlint.rules.base import Part
from lstmlint.rules.not_a_tensor import NotATensor
from lstmlint.rules.rnn_output_unpacking import RnnOutputUnpacking
from lstmlint.rules.torch.layers import is_cell, is_rnn, made, meaning, of_torch
from lstmlint.rules.torch.remedies import first_state_taken, output_taken
from lstmlint.rules.unpacking import fewer_names, in_brackets, without_brackets
from lstmlint.shapes.dims import Dim, differ, same
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import Event, LayerApplied, Operation, Trace, Unpacked
from lstmlint.values.base import Value
from lstmlint.values.data import Array, ListObject, Tuple

RETURNS = {"LSTM": "output, (h_n, c_n)", "GRU": "output, h_n", "RNN": "output, h_n", "LSTMCell": "h, c"}


def returned_by(value: Value) -> LayerApplied | None:
    """The recurrent layer that returned `value`, all of it."""
    if not isinstance(value, Tuple) or not value.items.known:
        return None
    first = value.items.known[0]
    tensor = first.padded if isinstance(first, PackedSequence) else first
    applied = tensor.producer if isinstance(tensor, Array) else None
    if not isinstance(applied, LayerApplied) or not (is_rnn(applied.layer) or is_cell(applied.layer)):
        return None
    return applied if applied.output == value else None


class TorchNotATensor(Part):
    """
    ## With PyTorch
    nn.LSTM returns `(output, (h_n, c_n))`, nn.GRU and nn.RNN `(output, h_n)`. A layer that gets the whole of it, inside
    nn.Sequential for one, raises "argument 'input' must be Tensor, not tuple". A packed sequence is no tensor, either.

    ```python
    output, (h_n, c_n) = self.lstm(x)
    scores = self.head(output)
    ```
    """

    of = NotATensor
    listens = (LayerApplied, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._function(event)
            return
        applied = of_torch(event)
        if applied is None or applied.violation is None or applied.violation.kind != "type" or not applied.arguments:
            return
        value = applied.arguments[0]
        rnn = returned_by(value)
        if rnn is not None:
            # Both are applied by one call: that of the nn.Sequential that holds them.
            inside = rnn.site.node is applied.site.node
            yield self.finding(
                event,
                rnn.layer.site if inside else applied.site,
                f"this {rnn.layer.kind} returns {RETURNS[rnn.layer.kind]}, and the {applied.layer.kind} behind it takes one tensor",
                label="returns a tuple" if inside else "gets a tuple",
                help=(
                    "put a module in between whose forward returns output[0], or leave nn.Sequential: output, _ = rnn(x)"
                    if inside
                    else f"unpack it first: {RETURNS[rnn.layer.kind]} = …"
                ),
                related=(Related(applied.layer.site, f"{applied.layer.kind} gets the tuple"), made(rnn.layer)),
                key=rnn.layer,
                fix=None if inside else output_taken(applied.site),
            )
        elif isinstance(value, (Tuple, ListObject, PackedSequence)):
            packed = isinstance(value, PackedSequence)
            what = "a packed sequence" if packed else f"a {value.type_path}"
            yield self.finding(
                event,
                applied.site,
                f"this {applied.layer.kind} takes a tensor, and gets {what}",
                help="unpack it with pad_packed_sequence first" if packed else "make one tensor of it, with torch.stack for one",
                related=(made(applied.layer),),
                key=applied.layer,
            )

    def _function(self, event: Operation) -> Iterator[Finding]:
        """What an RNN returns in place of a tensor, in a function or before a subscript."""
        if event.violation is None or event.violation.kind != "type" or not event.operands:
            return
        applied = event.operands[0].producer
        if not isinstance(applied, LayerApplied) or not (is_rnn(applied.layer) or is_cell(applied.layer)):
            return
        kind, subscript = applied.layer.kind, event.name == "tuple.__getitem__"
        returns = RETURNS.get(kind, "one tensor")
        what = "the tuple is subscripted as a tensor" if subscript else f"{event.name.removeprefix('torch.')} takes one tensor"
        yield self.finding(
            event,
            event.site,
            f"this {kind} returns {returns}, and {what}",
            label="a tuple",
            help=f"unpack it first: {returns} = …",
            related=(made(applied.layer),),
            key=applied.layer,
            fix=output_taken(event.site),
        )

    valid = (
        """
import torch
from torch import nn


class Output(nn.Module):
    def forward(self, returned):
        return returned[0]


model = nn.Sequential(nn.LSTM(6, 12, batch_first=True), Output(), nn.Linear(12, 2))
scores = model(torch.randn(9, 20, 6))
""",
    )
    invalid = (
        """
import torch
from torch import nn

model = nn.Sequential(nn.LSTM(6, 12, batch_first=True), nn.Linear(12, 2))  # LST108
scores = model(torch.randn(9, 20, 6))
""",
        """
import torch
from torch import nn

rnn, head = nn.GRU(6, 12), nn.Linear(12, 2)
out = rnn(torch.randn(20, 9, 6))
scores = head(out)  # LST108
""",
        """
import torch
from torch import nn

out = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
last = out[:, -1, :]  # LST108
""",
        """
import torch
from torch import nn

out = torch.relu(nn.GRU(6, 12, batch_first=True)(torch.randn(9, 20, 6)))  # LST108
""",
        """
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

rnn, head = nn.GRU(6, 12), nn.Linear(12, 2)
out, h_n = rnn(pack_padded_sequence(torch.randn(20, 9, 6), torch.full((9,), 20)))
scores = head(out)  # LST108
""",
    )


class TorchRnnOutputUnpacking(Part):
    """
    ## With PyTorch
    nn.LSTM returns `output, (h_n, c_n)`, nn.GRU and nn.RNN `output, h_n`. `output, (h, c) = gru(x)` takes h_n apart into its
    layers and directions: it passes without a word where these are two.
    """

    of = RnnOutputUnpacking
    listens = (Unpacked, Operation)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._last_state(event)
            return
        if not isinstance(event, Unpacked) or event.starred:
            return
        applied = returned_by(event.value)
        if applied is not None:
            if event.count != 2:
                words = f"this {applied.layer.kind} returns two values, and is unpacked into {event.count}"
                has_cell = applied.layer.kind == "LSTM"
                fix = (in_brackets(event.site) if event.count == 3 else None) if has_cell else fewer_names(event.site, 2)
                yield self._wrong(event, applied, words, fix=fix)
        elif isinstance(event.value, Array):
            yield from self._tensor(event, event.value)

    def _tensor(self, event: Unpacked, value: Array) -> Iterator[Finding]:
        applied = value.producer
        if not isinstance(applied, LayerApplied) or value.shape.open or not value.shape.axes:
            return
        count = value.shape.axes[0].dim
        kind = applied.layer.kind
        if is_rnn(applied.layer) and meaning(value.shape, 0) is Meaning.LAYERS and value.shape.rank == 3:
            if differ(count, event.count):
                words = f"h_n of this {kind} is one tensor {value.shape}, and is unpacked into {event.count} along its first axis"
                yield self._wrong(event, applied, words, fix=without_brackets(event.site) if kind != "LSTM" else None)
            elif kind != "LSTM" and not _by_direction(applied, count) and event.count == 2:
                words = f"h_n of this {kind} is unpacked into two, which takes its layers apart: a {kind} has no cell state"
                fix = without_brackets(event.site)
                yield self._wrong(event, applied, words, silent=True, fix=None if fix is None else fix.unsafe())
        elif kind in ("GRUCell", "RNNCell") and applied.output == value and differ(count, event.count):
            words = f"this {kind} returns one tensor, and is unpacked into {event.count}, along the axis of length {count}"
            yield self._wrong(event, applied, words)

    def _last_state(self, event: Operation) -> Iterator[Finding]:
        """[-1] of (h_n, c_n), which is c_n."""
        if event.name != "tuple.__getitem__" or event.violation is not None or len(event.operands) != 2:
            return
        applied = event.operands[0].producer
        if (
            not isinstance(applied, LayerApplied)
            or applied.layer.path != "torch.nn.LSTM"
            or event.operands[1].producer is not applied
        ):
            return
        if any(meaning(state.shape, 0) is not Meaning.LAYERS for state in event.operands):
            return
        words = "this LSTM returns its states as (h_n, c_n), so that [-1] of them is c_n at all layers, not the last h_n"
        yield self._wrong(event, applied, words, silent=True, fix=first_state_taken(event.site))

    def _wrong(
        self, event: Unpacked | Operation, applied: LayerApplied, words: str, silent: bool = False, fix: Proposal | None = None
    ) -> Finding:
        returns = RETURNS.get(applied.layer.kind)
        return self.finding(
            event,
            event.site,
            words,
            help=f"unpack it as {returns} = …" if returns else "it is one tensor: h = cell(x, h)",
            related=(made(applied.layer),),
            severity="warning" if silent else "error",
            effect="silent" if silent else "raises",
            key=applied.layer,
            fix=fix,
        )

    valid = (
        """
import torch
from torch import nn

out, (h, c) = nn.LSTM(6, 12)(torch.randn(20, 9, 6))
out, h_n = nn.GRU(6, 12, bidirectional=True)(torch.randn(20, 9, 6))
forward, backward = h_n
out, hidden = nn.LSTM(6, 12)(torch.randn(20, 9, 6))
last, c_n = hidden[0][-1], hidden[1]
""",
    )
    invalid = (
        """
import torch
from torch import nn

out, (h, c) = nn.GRU(6, 12)(torch.randn(20, 9, 6))  # LST109
""",
        """
import torch
from torch import nn

out, h, c = nn.LSTM(6, 12)(torch.randn(20, 9, 6))  # LST109
""",
        """
import torch
from torch import nn

gru = nn.GRU(6, 12, num_layers=2)
out, (h, c) = gru(torch.randn(20, 9, 6))  # LST109
""",
        """
import torch
from torch import nn

out, hidden = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = nn.Linear(12, 2)(hidden[-1])  # LST109
""",
    )


def _by_direction(applied: LayerApplied, count: Dim) -> bool:
    """Whether the two parts may be meant as the two directions."""
    return applied.layer.flag("bidirectional") is not False or not same(count, 2)
