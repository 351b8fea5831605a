"""PyTorch's parts of LST106 and LST202: layers whose weights are for another number of features."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.data_sizes import DataFeatureMismatch
from lstmlint.rules.feature_size import FeatureSizeMismatch
from lstmlint.rules.torch.layers import came_from, is_bidirectional, is_cell, is_data, is_rnn, last_layer, made, of_torch, shown
from lstmlint.rules.torch.remedies import size_replaced, with_features
from lstmlint.shapes.dims import Dim, differ, same
from lstmlint.shapes.shape import Shape
from lstmlint.trace import Event, LayerApplied, Trace
from lstmlint.values.network import Layer

_SIZES = {"Linear": "in_features", "Bilinear": "in1_features", "LayerNorm": "normalized_shape"}


def _mismatch(event: Event) -> tuple[LayerApplied, Dim, Dim] | None:
    """The layer, what it gets, and what it was made for."""
    applied = of_torch(event)
    violation = None if applied is None else applied.violation
    if applied is None or violation is None or violation.kind != "feature":
        return None
    before = last_layer(applied.inputs[0])
    if before is not None and before.violation is not None and _has_channels(before.layer):
        # Behind a convolution over another axis than the one that is meant, nothing has the size that is meant.
        return None
    if violation.left is None or violation.right is None or isinstance(violation.left, Shape) or isinstance(violation.right, Shape):
        return None
    return applied, violation.left, violation.right


def _has_channels(layer: Layer) -> bool:
    """Whether a layer takes the features as channels, on the second axis."""
    return layer.kind.startswith(("Conv", "BatchNorm", "InstanceNorm", "GroupNorm"))


def _is_fed(applied: LayerApplied) -> bool:
    return (is_rnn(applied.layer) or is_cell(applied.layer)) and is_data(applied.inputs[0])


class TorchFeatureSizeMismatch(Part):
    """
    ## With PyTorch
    `input_size`, `in_features` or the number of channels is not what the layer before gives. With `bidirectional=True` an
    LSTM gives `2 * hidden_size` features. PyTorch raises "mat1 and mat2 shapes cannot be multiplied" or "input.size(-1) must
    be equal to input_size" at the first batch.

    ```python
    self.lstm = nn.LSTM(embedding, hidden, bidirectional=True)
    self.head = nn.Linear(2 * hidden, classes)
    ```
    """

    of = FeatureSizeMismatch
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        found = _mismatch(event)
        if found is None or _is_fed(found[0]):
            return
        applied, came, needed = found
        yield self.finding(
            event,
            applied.layer.site,
            f"this {applied.layer.kind} is made for {needed} features, and gets {came}: {shown(applied.inputs[0].shape)}",
            label=f"made for {needed}",
            help=_advice(applied, came, needed),
            related=(*came_from(applied.inputs[0]), Related(event.site, f"gets {shown(applied.inputs[0].shape)}")),
            key=applied.layer,
            fix=None if _has_channels(applied.layer) else size_replaced(applied.layer, came),
        )

    valid = (
        """
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words, width, hidden, tags):
        super().__init__()
        self.table = nn.Embedding(words, width)
        self.rnn = nn.LSTM(width, hidden, bidirectional=True, batch_first=True)
        self.head = nn.Linear(2 * hidden, tags)

    def forward(self, ids):
        out, _ = self.rnn(self.table(ids))
        return self.head(out)
""",
    )
    invalid = (
        """
from torch import nn


class Tagger(nn.Module):
    def __init__(self, words, width, hidden, tags):
        super().__init__()
        self.table = nn.Embedding(words, width)
        self.rnn = nn.LSTM(width, hidden, bidirectional=True, batch_first=True)
        self.head = nn.Linear(hidden, tags)  # LST106

    def forward(self, ids):
        out, _ = self.rnn(self.table(ids))
        return self.head(out)
""",
        """
import torch
from torch import nn

rnn = nn.GRU(5, 12, batch_first=True)
head = nn.Sequential(nn.Linear(20, 12), nn.ReLU(), nn.Linear(12, 2))  # LST106
out, h_n = rnn(torch.randn(8, 20, 5))
scores = head(out[:, -1])
""",
    )


def _advice(applied: LayerApplied, came: Dim, needed: Dim) -> str:
    layer, before = applied.layer, last_layer(applied.inputs[0])
    name = _SIZES.get(layer.kind, "input_size")
    if _has_channels(layer):
        last = applied.inputs[0].shape.axis(-1)
        if last is not None and same(last.dim, needed):
            return (
                "channels come before the axis of time: x.transpose(1, 2) turns (batch, time, features) into what the layer takes"
            )
        return f"make the layer for {came} channels, or the layer before it for {needed}"
    second = applied.inputs[0].shape.axis(1)
    if before is not None and _has_channels(before.layer) and second is not None and same(second.dim, needed):
        return f"the {before.layer.kind} gives its channels on axis 1, before the axis of time: give it x.transpose(1, 2)"
    if before is not None and is_rnn(before.layer) and is_bidirectional(before) and same(came, needed * 2):
        return f"both directions are joined in what the {before.layer.kind} gives: {name} has to be 2 * {needed}"
    return f"make it with {name}={came}, or let the layer before it give {needed}"


class TorchDataFeatureMismatch(Part):
    """
    ## With PyTorch
    The last axis of the data is not the `input_size` of the recurrent layer that it is given to. PyTorch raises
    "input.size(-1) must be equal to input_size" at the first batch.
    """

    of = DataFeatureMismatch
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        found = _mismatch(event)
        if found is None or not _is_fed(found[0]):
            return
        applied, came, needed = found
        x = applied.inputs[0].shape
        yield self.finding(
            event,
            event.site,
            f"the data is {shown(x)}, but this {applied.layer.kind} has input_size={needed}",
            label=f"{came} features",
            help=_data_advice(x, came, needed),
            related=(made(applied.layer),),
            key=applied.layer,
            # Steps of a series are no features.
            fix=with_features(event.site) if x.rank == 2 and same(needed, 1) else size_replaced(applied.layer, came),
        )

    valid = (
        """
import torch
from torch import nn

rnn = nn.LSTM(input_size=3, hidden_size=16, batch_first=True)
out, _ = rnn(torch.randn(32, 10, 3))
""",
    )
    invalid = (
        """
import torch
from torch import nn

rnn = nn.LSTM(input_size=10, hidden_size=16, batch_first=True)
out, _ = rnn(torch.randn(32, 10, 3))  # LST202
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rnn = nn.LSTM(1, 12, batch_first=True)
for x, y in DataLoader(TensorDataset(torch.randn(90, 20), torch.randn(90)), batch_size=16):
    out, _ = rnn(x)  # LST202
""",
    )


def _data_advice(x: Shape, came: Dim, needed: Dim) -> str:
    if x.rank == 3 and same(x.axes[1].dim, needed) and differ(came, needed):
        return (
            f"the steps are not the features: make the layer with input_size={came}, or x.transpose(1, 2) if the axes are exchanged"
        )
    if same(needed, 1):
        return f"make the layer with input_size={came}, or add an axis of one feature: x.unsqueeze(-1)"
    return f"make the layer with input_size={came}, or give it {needed} features"
