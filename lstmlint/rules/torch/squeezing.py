"""LST507: `.squeeze()` without an axis, where the last batch of a loader has one sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from lstmlint.edits.change import Proposal, Replaced, proposal
from lstmlint.findings import Finding, Related
from lstmlint.library.torch.losses import COMPARISONS
from lstmlint.rules.base import Rule
from lstmlint.rules.torch.batches import ShortLastBatches
from lstmlint.rules.torch.layers import shown
from lstmlint.shapes.dims import Dim, Symbol, same, substitute, symbols
from lstmlint.shapes.permute import squeeze
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Meaning, Shape, Violation
from lstmlint.trace import Event, LayerApplied, LossComputed, Operation, Trace
from lstmlint.values.data import Array


def _named(squeezed: Operation) -> Proposal | None:
    """The last axis by its number, where that is the one that was meant: of (batch, 1)."""
    shape, call = squeezed.operands[0].shape, squeezed.site.node
    if shape.rank != 2 or not same(shape.axes[1].dim, 1) or not isinstance(call, cst.Call):
        return None
    is_method = isinstance(call.func, cst.Attribute) and not call.args
    is_function = len(call.args) == 1 and call.args[0].keyword is None
    if not is_method and not is_function:
        return None
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    args = [*(arg.with_changes(comma=comma) for arg in call.args), cst.Arg(cst.parse_expression("-1"))]
    return proposal("name the axis", Replaced(squeezed.site, call.with_changes(args=args)))


class SqueezeDropsBatch(Rule):
    """
    # squeeze-drops-batch

    ## What
    `.squeeze()` without an axis drops all axes of length one. Where the last batch of a DataLoader has one sample (97 samples
    in batches of 32), the axis of the batch is one of them: (1, 1) becomes a tensor without axes, and the target keeps its own.
    So it is where one sample is predicted: (1, 5) becomes (5,), which has no axis 1 to take the argmax of.

    ## Why it hurts
    PyTorch raises in the last batch of the first epoch, "Target size (torch.Size([1])) must be the same as input size
    (torch.Size([]))", after all others have passed; or when the model is used at last.

    ## Example
    ```python
    loader = DataLoader(TensorDataset(x, y), batch_size=32)          # 97 samples
    for inputs, labels in loader:
        scores = model(inputs).squeeze()
        loss = nn.BCEWithLogitsLoss()(scores, labels)
    ```

    ## Fixed
    ```python
    scores = model(inputs).squeeze(-1)
    ```

    ## What must be proven
    Of a last batch: that the numbers of samples are these, that the loop goes through all batches, and that the loss takes the
    two shapes in a full batch and not in one of one sample. (nn.MSELoss gives the right number all the same, and so does
    nn.CrossEntropyLoss for squeezed scores.) It is a warning, since the data may be other data tomorrow. Of one sample: that
    the shape is known and what is done with it raises, which is an error.

    ## When to ignore
    When the program is never run with these numbers of samples.
    """

    code = "LST507"
    name = "squeeze-drops-batch"
    severity = "warning"
    safe_fix = "name the axis, where the others can't be meant"
    listens = (LossComputed, Operation)

    def __init__(self) -> None:
        self._seen: Trace | None = None
        self._squeezes: dict[int, Operation] = {}
        self._batches = ShortLastBatches(Trace())

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if isinstance(event, Operation):
            yield from self._one_sample(event, trace)
            return
        if not isinstance(event, LossComputed) or event.name not in COMPARISONS or event.violation is not None:
            return
        if event.assumptions or event.conditions or event.optional:
            return
        self._read(trace)
        for tensor in (event.prediction, event.target):
            squeezed = self._squeezes.get(id(tensor))
            batch = None if squeezed is None else self._batch(squeezed.operands[0])
            if squeezed is None or batch is None or not self._hurts(event, batch):
                continue
            if not self._batches.seen_whole(batch):
                continue
            loops = self._batches.loops[batch.origin]
            yield self.finding(
                event,
                squeezed.site,
                "this squeeze also drops the axis of the batch when a batch holds one sample: "
                f"the last of {self._batches.numbers(batch)} does, and {event.name} then raises",
                label="drops every axis of length one",
                help="name the axis that is to go: squeeze(-1)",
                related=(Related(event.site, "the shapes differ here"), Related(loops[0], "the batches are taken here")),
                key=squeezed.site.node,
                fix=_named(squeezed),
            )

    def _batch(self, tensor: Array) -> Symbol | None:
        """The length of the batch, if it is one of those of which the last is known to be one."""
        for axis in tensor.shape:
            found = self._batches.batch(axis.dim)
            if found is not None and found.lower == 1:
                return found
        return None

    def _one_sample(self, event: Operation, trace: Trace) -> Iterator[Finding]:
        """An axis is missing where one sample has lost that of the batch."""
        if event.violation is None or event.violation.kind not in ("axis", "index", "indices") or not event.operands:
            return
        self._read(trace)
        squeezed = self._squeezed(event.operands[0])
        if squeezed is None or not any(axis.meaning is Meaning.BATCH and axis.dim == 1 for axis in squeezed.operands[0].shape):
            return
        came, left = squeezed.operands[0].shape, event.operands[0].shape
        yield self.finding(
            event,
            squeezed.site,
            f"this squeeze also drops the axis of the batch when a batch holds one sample: {shown(came)} becomes {shown(left)}",
            label="drops every axis of length one",
            help="name the axis that is to go, as squeeze(-1) does, or leave it out",
            related=(Related(event.site, event.violation.message),),
            severity="error",
            key=squeezed.site.node,
        )

    def _squeezed(self, tensor: Array) -> Operation | None:
        """The squeeze that gave a tensor, or what layers have made it of."""
        for _ in range(10):
            if id(tensor) in self._squeezes:
                return self._squeezes[id(tensor)]
            if not isinstance(tensor.producer, LayerApplied):
                return None
            tensor = tensor.producer.inputs[0]
        return None

    def _hurts(self, event: LossComputed, batch: Symbol) -> bool:
        """Whether the loss takes the two shapes of a full batch, and not those of one sample."""
        if not isinstance(batch.upper, int):
            return False
        full, last = (
            [self._with(tensor, batch, count) for tensor in (event.prediction, event.target)] for count in (batch.upper, 1)
        )
        faults = [self._fault(event, shapes) for shapes in (full, last)]
        return None not in (*full, *last) and faults[0] is None and faults[1] is not None and faults[1].kind == "target"

    @staticmethod
    def _fault(event: LossComputed, shapes: list[Shape | None]) -> Violation | None:
        """What the loss has against a prediction and a target of these shapes."""
        prediction, target = (
            replace(tensor, shape=shape or UNKNOWN_SHAPE) for tensor, shape in zip((event.prediction, event.target), shapes)
        )
        return COMPARISONS[event.name](prediction, target)

    def _with(self, tensor: Array, batch: Symbol, count: int) -> Shape | None:
        """The shape that a tensor has in a batch of `count` samples; None where that is not known."""
        squeezed = self._squeezes.get(id(tensor))
        before = tensor.shape if squeezed is None else squeezed.operands[0].shape
        shape = Shape(tuple(Axis(_put(axis.dim, batch, count)) for axis in before), before.open)
        if shape.open or any(symbols(axis.dim) for axis in shape):
            return None
        return shape if squeezed is None else squeeze(shape)[0]

    def _read(self, trace: Trace) -> None:
        if self._seen is trace:
            return
        self._seen = trace
        self._squeezes, self._batches = {}, ShortLastBatches(trace)
        for event in trace.events:
            if not isinstance(event, Operation) or event.name != "torch.squeeze":
                continue
            if isinstance(event.result, Array) and event.violation is None:
                self._squeezes[id(event.result)] = event

    valid = (
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

gru, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
criterion = nn.BCEWithLogitsLoss()
data = TensorDataset(torch.randn(97, 20, 6), torch.rand(97))
for x, y in DataLoader(data, batch_size=32):
    out, _ = gru(x)
    loss = criterion(head(out[:, -1]).squeeze(-1), y)
    error = nn.MSELoss()(head(out[:, -1]).squeeze(), y)
for x, y in DataLoader(data, batch_size=32, drop_last=True):
    out, _ = gru(x)
    loss = criterion(head(out[:, -1]).squeeze(), y)
for x, y in DataLoader(data, batch_size=31):
    out, _ = gru(x)
    loss = criterion(head(out[:, -1]).squeeze(), y)
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

gru, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
criterion = nn.BCEWithLogitsLoss()
for step, (x, y) in enumerate(DataLoader(TensorDataset(torch.randn(97, 20, 6), torch.rand(97)), batch_size=32)):
    out, _ = gru(x)
    loss = criterion(head(out[:, -1]).squeeze(), y)
    if step == 2:
        break
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

gru, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
x, y = next(iter(DataLoader(TensorDataset(torch.randn(97, 20, 6), torch.rand(97)), batch_size=32)))
out, _ = gru(x)
loss = nn.BCEWithLogitsLoss()(head(out[:, -1]).squeeze(), y)
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

gru, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
for x, y in DataLoader(TensorDataset(torch.randn(97, 20, 6), torch.rand(97)), batch_size=32):
    out, _ = gru(x)
    scores = head(out[:, -1])
    if len(y) > 1:
        loss = nn.BCEWithLogitsLoss()(scores.squeeze(), y)
    both = nn.BCEWithLogitsLoss()(scores.squeeze(), y.squeeze())
""",
    )
    invalid = (
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(6, 12, batch_first=True)
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        out, _ = self.gru(x)
        return self.head(out[:, -1]).squeeze()  # LST507


model = Tagger()
kind = model(torch.randn(1, 20, 6)).argmax(dim=1)
for x, y in DataLoader(TensorDataset(torch.randn(97, 20, 6), torch.randint(0, 5, (97, 1))), batch_size=32):
    loss = nn.CrossEntropyLoss()(model.head(model.gru(x)[0][:, -1]), y.squeeze())  # LST507
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

gru, head = nn.GRU(6, 12, batch_first=True), nn.Linear(12, 1)
for x, y in DataLoader(TensorDataset(torch.randn(97, 20, 6), torch.rand(97)), batch_size=32, shuffle=True):
    out, _ = gru(x)
    loss = nn.BCEWithLogitsLoss()(head(out[:, -1]).squeeze(), y)  # LST507
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Judge(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 12, batch_first=True)
        self.head = nn.Linear(12, 1)

    def forward(self, x):
        _, (h_n, _) = self.lstm(x)
        return torch.squeeze(torch.sigmoid(self.head(h_n[-1])))  # LST507


model, criterion = Judge(), nn.BCELoss()
loader = DataLoader(TensorDataset(torch.randn(41, 20, 6), torch.ones(41)), batch_size=8)
for epoch in range(20):
    for step, (x, y) in enumerate(loader):
        loss = criterion(model(x), y)
        loss.backward()
""",
    )


def _put(dim: Dim, batch: Symbol, count: int) -> Dim:
    return substitute(dim, lambda s: count if s is batch else None)
