"""LST505: `out[-1]`, `out[:, -1]` and `h_n[-1]` that are not the last step."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Rule
from lstmlint.rules.torch.layers import is_bidirectional, layout, made, meaning, output_of, rnn_of_tensor, shown
from lstmlint.rules.torch.layout import wrong_layout
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import ElementTaken, Event, LayerApplied, Softmax, Trace, arrays_of
from lstmlint.values.data import Array


class WrongLastStep(Rule):
    """
    # wrong-last-step

    ## What
    The last element is taken of an axis that is not time: `out[-1]` of an output (batch, time, features) is the last sample,
    `out[:, -1]` of an output (time, batch, features), too. Of a bidirectional layer, `out[:, -1]` holds the backward
    direction after its first step, and `h_n[-1]` the backward direction only.

    ## Why it hurts
    The shapes often fit all the same, so that PyTorch says nothing: the model learns from one sample of each batch, or from
    half of what the layer has read.

    ## Example
    ```python
    self.lstm = nn.LSTM(6, 12, batch_first=True)
    ...
    out, (h_n, c_n) = self.lstm(x)
    score = self.head(out[-1])
    ```

    ## Fixed
    ```python
    score = self.head(out[:, -1])                                   # the last step of each sample
    score = self.head(torch.cat([h_n[-2], h_n[-1]], dim=1))         # the last states of both directions
    ```

    ## When to ignore
    When the last sample of a batch is what is meant, or the forward direction is what matters.
    """

    code = "LST505"
    name = "wrong-last-step"
    severity = "warning"
    listens = (ElementTaken,)

    def __init__(self) -> None:
        self._seen: Trace | None = None
        self._taken: dict[int, set[object]] = {}
        self._uses: dict[int, list[LayerApplied]] = {}
        self._whole: set[int] = set()

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, ElementTaken) or event.index != -1:
            return
        applied = rnn_of_tensor(event.array)
        output = None if applied is None else output_of(applied)
        if applied is None or wrong_layout(applied) is not None:
            return
        shape, axis = event.array.shape, event.axis
        if meaning(shape, axis) is Meaning.LAYERS:
            if is_bidirectional(applied) and shape.rank == 3 and self._alone(event, applied, trace):
                yield self._backward_only(event, applied)
        elif (
            meaning(shape, axis) is Meaning.BATCH
            and output is not None
            and shape.rank == 3
            and meaning(shape, 0) is not Meaning.LAYERS
        ):
            if axis < 2 and not any(same(one.dim, 1) for one in shape.axes[:2]):
                yield self._sample(event, applied)
        elif meaning(shape, axis) is Meaning.TIME and shape.rank == 3 and is_bidirectional(applied):
            steps = shape.axes[axis].dim
            if not same(steps, 1) and self._alone(event, applied, trace) and self._used_whole(event, applied, trace):
                yield self._both_ways(event, applied)

    def _sample(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        first = event.axis == 0
        right, written = ("[:, -1]", "[-1]") if first else ("[-1]", "[:, -1]")
        return self.finding(
            event,
            event.site,
            f"axis {event.axis} of this output {shown(event.array.shape)} is the batch, "
            f"so that {written} is its last sample, not the last step",
            label="the last sample",
            help=f"take the last step with {right}"
            + ("" if first else ", or make the layer with batch_first=True if it gets (batch, time, features)"),
            related=(Related(applied.layer.site, f"this {applied.layer.kind} takes and gives {layout(applied.layer)}"),),
            effect="silent",
            key=applied.layer,
        )

    def _both_ways(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        return self.finding(
            event,
            event.site,
            f"this {applied.layer.kind} is bidirectional: at the last step of its output, "
            "the backward direction has read that one step only",
            label="the first step of the backward direction",
            help="take the last states of both directions: torch.cat([h_n[-2], h_n[-1]], dim=1)",
            related=(made(applied.layer),),
            effect="silent",
            key=applied.layer,
        )

    def _backward_only(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        return self.finding(
            event,
            event.site,
            f"this {applied.layer.kind} is bidirectional: the last of its states {shown(event.array.shape)} "
            "is that of the backward direction only",
            label="the backward direction only",
            help="take the last states of both directions: torch.cat([h_n[-2], h_n[-1]], dim=1)",
            related=(made(applied.layer),),
            effect="silent",
            key=applied.layer,
        )

    def _alone(self, event: ElementTaken, applied: LayerApplied, trace: Trace) -> bool:
        """Whether nothing but the last element is taken of what the layer gave here, and its output at all steps goes nowhere else:
        beside attention, the last element is a start, and not all that is kept."""
        self._read(trace)
        return id(applied) not in self._whole and self._taken.get(id(applied), set()) == {
            (meaning(event.array.shape, event.axis), -1)
        }

    def _used_whole(self, event: ElementTaken, applied: LayerApplied, trace: Trace) -> bool:
        """Whether a layer gets the features of both directions of one step."""
        self._read(trace)
        width = event.array.shape.axes[-1].dim
        return any(same(use.inputs[0].shape.axes[-1].dim, width) for use in self._uses.get(id(applied), ()))

    def _read(self, trace: Trace) -> None:
        if self._seen is trace:
            return
        self._seen = trace
        self._taken, self._uses, self._whole = {}, {}, set()
        for event in trace.events:
            if isinstance(event, ElementTaken):
                applied = rnn_of_tensor(event.array)
                if applied is not None:
                    self._taken.setdefault(id(applied), set()).add((meaning(event.array.shape, event.axis), event.index))
            elif isinstance(event, (LayerApplied, Softmax)):
                for tensor in arrays_of(event):
                    self._read_use(event, tensor)

    def _read_use(self, event: LayerApplied | Softmax, tensor: Array) -> None:
        made_by = tensor.producer or tensor.behind
        if not isinstance(made_by, LayerApplied):
            return
        if tensor.shape.rank != 2 or Meaning.TIME in {axis.meaning for axis in tensor.shape}:
            if meaning(tensor.shape, 0) is not Meaning.LAYERS:
                self._whole.add(id(made_by))
        elif isinstance(event, LayerApplied) and tensor is event.inputs[0] and tensor.producer is made_by:
            self._uses.setdefault(id(made_by), []).append(event)

    valid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, (h_n, c_n) = nn.LSTM(6, 12, batch_first=True)(x)
a = out[:, -1]
b = h_n[-1]
out, h_n = nn.GRU(6, 12)(x.transpose(0, 1))
c = out[-1]
""",
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, h_n = nn.GRU(6, 12, bidirectional=True, batch_first=True)(x)
both = torch.cat([h_n[-2], h_n[-1]], dim=1)
same = torch.cat([out[:, -1, :12], out[:, 0, 12:]], dim=1)
""",
    )
    invalid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, (h_n, c_n) = nn.LSTM(6, 12, batch_first=True)(x)
score = nn.Linear(12, 1)(out[-1])  # LST505
""",
        """
import torch
from torch import nn

x = torch.randn(20, 9, 6)
out, h_n = nn.GRU(6, 12)(x)
score = nn.Linear(12, 1)(out[:, -1])  # LST505
""",
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, h_n = nn.GRU(6, 12, bidirectional=True, batch_first=True)(x)
score = nn.Linear(24, 1)(out[:, -1])  # LST505
""",
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, h_n = nn.GRU(6, 12, bidirectional=True, batch_first=True)(x)
score = nn.Linear(12, 1)(h_n[-1])  # LST505
""",
    )
