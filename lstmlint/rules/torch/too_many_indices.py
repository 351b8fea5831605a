"""LST505: one step is taken of what has no axis of time any more."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.cause import axes_of
from lstmlint.rules.too_many_indices import taken_of_too_few
from lstmlint.rules.torch.last_step import WrongLastStep
from lstmlint.rules.torch.layers import is_rnn, made, meaning, shown
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import Event, LayerApplied, Operation, Trace
from lstmlint.values.data import Array


class StepOfOneStep(Part):
    """
    ## With a subscript too many
    One step of the output (batch, features), and the state of one layer, have no axis of time: `out[:, -1][:, -1, :]` and
    `h_n[-1][:, -1, :]` raise "too many indices". That is an error.
    """

    of = WrongLastStep
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        found = taken_of_too_few(event)
        if found is None or found[0].kind != "torch":
            return
        tensor, taken = found
        applied = _rnn_before(tensor)
        if applied is None or any(meaning(tensor.shape, at) is Meaning.TIME for at in range(len(tensor.shape.axes))):
            return
        shape = tensor.shape
        yield self.finding(
            event,
            event.site,
            f"this is {shown(shape)}, made of what the {applied.layer.kind} gives: it has {axes_of(shape)}, "
            f"and the subscript takes {taken}",
            label=f"rank {tensor.shape.rank}",
            help="leave the subscript out, or take it of the whole output",
            related=(made(applied.layer),),
            severity="error",
            key=event.site.node,
        )

    valid = (
        """
import torch
from torch import nn

rnn = nn.GRU(4, 8, batch_first=True)
out, h_n = rnn(torch.randn(16, 30, 4))
last = out[:, -1, :]
score = nn.Linear(8, 1)(last)[:, 0]
state = h_n[-1][:, None, :]
""",
    )
    invalid = (
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 8, batch_first=True)
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        out, h_n = self.rnn(x)
        out = self.head(out[:, -1, :])
        return out[:, -1, :]  # LST505

Net()(torch.randn(16, 30, 4))
""",
        """
import torch
from torch import nn

rnn = nn.GRU(4, 8, batch_first=True)
out, h_n = rnn(torch.randn(16, 30, 4))
last = h_n[-1][:, -1, :]  # LST505
""",
    )


def _rnn_before(tensor: Array) -> LayerApplied | None:
    """The RNN of which a tensor was made."""
    for _ in range(20):
        made_by = tensor.producer or tensor.behind
        if isinstance(made_by, LayerApplied):
            if is_rnn(made_by.layer):
                return made_by
            tensor = made_by.inputs[0]
        elif isinstance(made_by, Operation) and made_by.operands:
            tensor = made_by.operands[0]
        else:
            return None
    return None
