"""LST505: `out[-1]`, `out[:, -1]` and `h_n[-1]` that are not the last step."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.edits.change import Proposal
from lstmlint.findings import Finding, Related
from lstmlint.library.torch.packed import PackedSequence
from lstmlint.rules.base import Rule
from lstmlint.rules.lengths import may_be_one, several
from lstmlint.rules.torch.layers import counted, is_bidirectional, layout, made, meaning, output_of, rnn_of_tensor, shown
from lstmlint.rules.torch.layout import wrong_layout
from lstmlint.rules.torch.remedies import last_layer_state, last_step
from lstmlint.rules.torch.taking import Takings, is_padded, rnn_behind
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import ElementsChosen, ElementTaken, Event, LayerApplied, Trace

_BOTH = "take the last states of both directions: torch.cat([h_n[-2], h_n[-1]], dim=1)"
_LAST_LAYER = "take the state of the last layer: h_n[-1]"


class WrongLastStep(Rule):
    """
    # wrong-last-step

    ## What
    What is taken for the last step is something else: `out[-1]` of an output (batch, time, features) is the last sample,
    `out[:, -1]` of an output (time, batch, features), too, and `h_n[:, -1]` of the states. Of a bidirectional layer,
    `out[:, -1]` (and the output at `lengths - 1`) holds the backward direction after its first step, and `h_n[-1]` the
    backward direction only. `h_n[0]` of several layers is the first layer's. The last step of pad_packed_sequence is padding
    for all but the longest sequences; that of sequences which were padded and not packed comes after the padding.

    ## Why it hurts
    The shapes often fit all the same, so that PyTorch says nothing: the model learns from one sample of each batch, from half
    of what the layer has read, or from zeros.

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

    ## What must be proven
    Which axis is the batch, the time or the layers follows from the layer itself: its `batch_first`, `bidirectional` and
    `num_layers`, and the order of axes since. That nothing else is taken of that output: other steps beside it may be what
    attention or a decoder needs. Of samples and states, that they go into a layer or a loss, and aren't only looked at. What is
    meant can't be proven, so that this is always a warning.

    ## When to ignore
    When the last sample of a batch is what is meant, or the forward direction is what matters.
    """

    code = "LST505"
    name = "wrong-last-step"
    severity = "warning"
    unsafe_fix = "take the last step, or the last layer's state"
    listens = (ElementTaken, ElementsChosen)

    def __init__(self) -> None:
        self._seen: Trace | None = None
        self._takings = Takings(Trace())

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, (ElementTaken, ElementsChosen)):
            return
        if self._seen is not trace:
            self._seen, self._takings = trace, Takings(trace)
        applied = rnn_of_tensor(event.array)
        if applied is None:
            yield from self._behind_others(event)
        elif wrong_layout(applied) is not None:
            return
        elif isinstance(event, ElementsChosen):
            yield from self._lengths(event, applied)
        elif meaning(event.array.shape, 0) is Meaning.LAYERS:
            yield from self._states(event, applied)
        elif event.index == -1 and event.array.shape.rank == 3:
            yield from self._output(event, applied)

    def _output(self, event: ElementTaken, applied: LayerApplied) -> Iterator[Finding]:
        shape, of = event.array.shape, meaning(event.array.shape, event.axis)
        if of is Meaning.BATCH:
            if output_of(applied) is None or event.axis > 1 or self._others(event, applied):
                return
            samples, steps = shape.axes[event.axis].dim, shape.axes[1 - event.axis].dim
            if same(samples, 1) or (same(steps, 1) and not several(samples)):
                return
            # The last sample alone may also be shown, or looked at.
            if self._takings.only_a_sample(applied):
                yield self._sample(event, applied)
        elif of is Meaning.TIME and not same(shape.axes[event.axis].dim, 1):
            if is_bidirectional(applied):
                whole = self._takings.used_whole(applied, shape.axes[-1].dim)
                if whole and self._takings.alone(applied, (of, -1)):
                    yield self._both_ways(event, applied, "at the last step of its output")
            elif (
                self._takings.alone(applied, (of, -1))
                and self._takings.goes_on(applied)
                and not may_be_one(shape.axes[1 - event.axis].dim)
            ):
                packed = applied.arguments[0]
                if isinstance(packed, PackedSequence):
                    if not packed.even:
                        yield self._padding(event, applied)
                elif is_padded(shape.axes[event.axis].dim):
                    yield self._behind_padding(event, applied)

    def _others(self, event: ElementTaken, applied: LayerApplied) -> bool:
        """Whether other elements of the same axis are taken one by one."""
        of = meaning(event.array.shape, event.axis)
        return any(index != -1 for other, index in self._takings.of(applied) if other is of)

    def _states(self, event: ElementTaken, applied: LayerApplied) -> Iterator[Finding]:
        shape, of, index = event.array.shape, meaning(event.array.shape, event.axis), event.index
        if shape.rank != 3 or not self._takings.alone(applied, (of, index)) or not self._takings.goes_on(applied):
            return
        if of is Meaning.LAYERS and index == -1 and is_bidirectional(applied):
            yield self._backward_only(event, applied)
        elif of is Meaning.LAYERS and index == 0 and applied.layer.flag("bidirectional") is False:
            if several(shape.axes[0].dim) and not self._takings.output_is_used(applied):
                yield self._first_layer(event, applied)
        elif (of, index) == (Meaning.BATCH, -1) and applied.layer.flag("batch_first") is True:
            # The next steps of a series may go on from the state of the last sample.
            is_read = self._takings.goes_on(applied, also_as_state=False)
            if is_read and not may_be_one(shape.axes[1].dim):
                yield self._sample_of_states(event, applied)

    def _lengths(self, event: ElementsChosen, applied: LayerApplied) -> Iterator[Finding]:
        if event.array.shape.rank != 3 or not is_bidirectional(applied):
            return
        if self._takings.are_last_steps(event.index) and self._takings.alone(applied, (Meaning.TIME, None)):
            yield self._both_ways(event, applied, "at lengths - 1, the last step of each sequence")

    def _behind_others(self, event: ElementTaken | ElementsChosen) -> Iterator[Finding]:
        """The last step of what layers have made of the output, step by step."""
        applied, shape = rnn_behind(event.array), event.array.shape
        if applied is None or event.index != -1 or shape.rank != 3 or wrong_layout(applied) is not None:
            return
        if meaning(shape, event.axis) is not Meaning.TIME or not is_bidirectional(applied) or same(shape.axes[event.axis].dim, 1):
            return
        if self._takings.alone_behind(event.array, (Meaning.TIME, -1)):
            yield self._both_ways(event, applied, "at the last step")

    def _told(
        self,
        event: ElementTaken | ElementsChosen,
        applied: LayerApplied,
        words: str,
        label: str,
        advice: str,
        fix: Proposal | None = None,
        related: Related | None = None,
    ) -> Finding:
        return self.finding(
            event,
            event.site,
            words,
            label=label,
            help=advice,
            related=(related or made(applied.layer),),
            effect="silent",
            key=applied.layer,
            fix=fix,
        )

    def _sample(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        first, shape = event.axis == 0, event.array.shape
        right, written = ("[:, -1]", "[-1]") if first else ("[-1]", "[:, -1]")
        samples, time = counted(shape.axes[event.axis].dim, "samples"), shape.axes[1 - event.axis].dim
        steps = "its only step" if same(time, 1) else counted(time, "steps")
        words = (
            f"axis {event.axis} of this output {shown(shape)} is the batch, so that {written} is its last sample at {steps}, "
            f"not the last step of {samples}"
        )
        advice = f"take the last step with {right}"
        if not first:
            advice += ", or make the layer with batch_first=True if it gets (batch, time, features)"
        related = Related(applied.layer.site, f"this {applied.layer.kind} takes and gives {layout(applied.layer)}")
        return self._told(event, applied, words, "the last sample", advice, last_step(event.site), related)

    def _both_ways(self, event: ElementTaken | ElementsChosen, applied: LayerApplied, where: str) -> Finding:
        words = f"this {applied.layer.kind} is bidirectional: {where}, the backward direction has read that one step only"
        return self._told(event, applied, words, "the first step of the backward direction", _BOTH)

    def _padding(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        words = (
            f"the sequences of this {applied.layer.kind} are packed: the last step of its output {shown(event.array.shape)} "
            "is zeros for every sequence that is shorter than the longest"
        )
        advice = "take the state after the last step of each sequence, h_n[-1], or the output at lengths - 1"
        return self._told(event, applied, words, "padding, for all but the longest sequences", advice)

    def _behind_padding(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        words = (
            f"the sequences that this {applied.layer.kind} reads are padded behind and not packed: at the last step of its output "
            f"{shown(event.array.shape)}, it has read the padding of every sequence that is shorter than the longest"
        )
        advice = "pack the sequences, pack_padded_sequence(x, lengths, …), and take h_n[-1]; or take the output at lengths - 1"
        return self._told(event, applied, words, "after the padding, for all but the longest sequences", advice)

    def _backward_only(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        words = (
            f"this {applied.layer.kind} is bidirectional: the last of its states {shown(event.array.shape)} "
            "is that of the backward direction only"
        )
        return self._told(event, applied, words, "the backward direction only", _BOTH)

    def _first_layer(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        words = (
            f"this {applied.layer.kind} has {event.array.shape.axes[0].dim} layers: the first of its states "
            f"{shown(event.array.shape)} is that of the first layer, and nothing is made of the last one"
        )
        return self._told(event, applied, words, "the first layer", _LAST_LAYER, last_layer_state(event.site))

    def _sample_of_states(self, event: ElementTaken, applied: LayerApplied) -> Finding:
        words = (
            f"axis 1 of these states {shown(event.array.shape)} is the batch, also with batch_first=True, so that [:, -1] is the "
            "state of its last sample"
        )
        return self._told(event, applied, words, "the last sample", _LAST_LAYER, last_layer_state(event.site))

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
        """
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

x, lengths = torch.randn(9, 20, 6), torch.randint(1, 21, (9,))
packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
out, n = pad_packed_sequence(nn.GRU(6, 12, batch_first=True)(packed)[0], batch_first=True)
last = out[torch.arange(9), n - 1]
for sample in range(3):
    one = nn.Linear(12, 1)(out[sample])
""",
        """
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.utils.data import DataLoader, TensorDataset

lstm = nn.LSTM(6, 12, batch_first=True)
for x, y in DataLoader(TensorDataset(torch.randn(90, 20, 6), torch.randn(90, 20, 12)), batch_size=16):
    out, _ = lstm(x)
    loss = nn.MSELoss()(out, y)
print(out[-1])
newest = lstm(x)[0][-1].tolist()
error = nn.MSELoss()(out[-1], y[-1])
packed = pack_padded_sequence(torch.randn(5, 7, 6), [7] * 5, batch_first=True)
last = pad_packed_sequence(lstm(packed)[0], batch_first=True)[0][:, -1]
""",
        """
import torch
from torch import nn

x = torch.randn(5, 9, 6)
out, h_n = nn.GRU(6, 12, bidirectional=True, batch_first=True)(x)
print(h_n[-1].shape)
out, h_n = nn.GRU(6, 12, num_layers=2, batch_first=True)(x)
print(h_n[0])
gru = nn.GRU(6, 12, batch_first=True)
out, h_n = gru(x)
onwards, _ = gru(torch.randn(1, 3, 6), h_n[:, -1].unsqueeze(1))
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

embedding, rnn, head = nn.Embedding(30, 6), nn.GRU(6, 12, batch_first=True), nn.Linear(12, 30)
out, h_n = rnn(embedding(torch.tensor([[4]])))
word = head(out[-1])
for tokens, _ in DataLoader(TensorDataset(torch.randint(0, 30, (9,)), torch.zeros(9)), batch_size=1):
    out, h_n = rnn(embedding(tokens.unsqueeze(1)))
    word = head(out[-1])
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

tokens = torch.randint(0, 30, (9, 20))
embedding, rnn, head = nn.Embedding(30, 6), nn.GRU(6, 12, batch_first=True), nn.Linear(12, 30)
out, h_n = rnn(embedding(tokens[:, 0].unsqueeze(1)))
word = head(out[-1])  # LST505
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
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, h_n = nn.GRU(6, 12, num_layers=2, batch_first=True)(x)
score = nn.Linear(12, 1)(h_n[0])  # LST505
out, h_n = nn.GRU(6, 12, batch_first=True)(x)
score = nn.Linear(12, 1)(h_n[:, -1])  # LST505
out, h_n = nn.GRU(6, 12, bidirectional=True, batch_first=True)(x)
score = nn.Linear(24, 1)(out)[:, -1]  # LST505
""",
        """
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

x, lengths = torch.randn(9, 20, 6), torch.randint(1, 21, (9,))
packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
out, n = pad_packed_sequence(nn.GRU(6, 12, batch_first=True)(packed)[0], batch_first=True)
score = nn.Linear(12, 1)(out[:, -1])  # LST505
out, n = pad_packed_sequence(nn.GRU(6, 12, batch_first=True, bidirectional=True)(packed)[0], batch_first=True)
score = nn.Linear(24, 1)(out[torch.arange(9), n - 1])  # LST505
out, n = pad_packed_sequence(nn.GRU(6, 12, batch_first=True, bidirectional=True)(packed)[0], batch_first=True)
at = (lengths - 1).view(-1, 1, 1).expand(-1, 1, 24)
score = nn.Linear(24, 1)(out.gather(1, at).squeeze(1))  # LST505
""",
        """
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

texts = [torch.randn(int(n), 6) for n in torch.randint(3, 20, (9,))]
out, h_n = nn.GRU(6, 12, batch_first=True)(pad_sequence(texts, batch_first=True))
score = nn.Linear(12, 1)(out[:, -1])  # LST505
""",
    )
