"""PyTorch's parts of LST503 and LST506: windows that lie along the features of an RNN."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from lstmlint.findings import Finding, Related
from lstmlint.rules.base import Part
from lstmlint.rules.lengths import several
from lstmlint.rules.single_timestep import SingleTimestep
from lstmlint.rules.swapped_axes import SwappedTimeAndFeatures
from lstmlint.rules.torch.layers import is_data, is_rnn, layout, made, of_torch, shown
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Axis, Meaning
from lstmlint.trace import Event, LayerApplied, Trace
from lstmlint.values.code import Site
from lstmlint.values.data import Array

_CONVOLUTIONS = ("Conv1d", "LazyConv1d")
_CHANNELS_KEPT = frozenset(
    "ReLU LeakyReLU ELU GELU SELU SiLU Tanh Sigmoid Dropout Dropout1d BatchNorm1d InstanceNorm1d MaxPool1d AvgPool1d".split()  # noqa: SIM905
)


def _read(event: Event) -> tuple[LayerApplied, Axis, Axis] | None:
    """An RNN, and the axes that it takes for the time and the features of a batch."""
    applied = of_torch(event)
    if applied is None or not is_rnn(applied.layer) or applied.violation is not None:
        return None
    x, first = applied.inputs[0].shape, applied.layer.flag("batch_first")
    if x.rank != 3 or first is None:
        return None
    return applied, x.axes[1 if first else 0], x.axes[2]


def _windows_last(event: Event) -> tuple[LayerApplied, Axis, Axis] | None:
    """As `_read`, where the features are the steps of windows that the script cuts."""
    found = _read(event)
    if found is None or not is_data(found[0].inputs[0]):
        return None
    _, time, features = found
    if features.meaning is not Meaning.TIME or time.meaning in (Meaning.TIME, Meaning.WINDOW) or not several(features.dim):
        return None
    return found


def _cut(steps: Axis) -> tuple[Related, ...]:
    return (Related(steps.origin, f"windows of {steps.dim} steps are cut here"),) if isinstance(steps.origin, Site) else ()


class TorchSingleTimestep(Part):
    """
    ## With PyTorch
    Windows of one series, (samples, window), get the axis of the features in the wrong place: `x.unsqueeze(1)` makes one step of
    `window` features of each. It is not reported where the call is handed states, which may come from the step before.

    ```python
    out, _ = nn.LSTM(1, 16, batch_first=True)(x.unsqueeze(-1))
    ```
    """

    of = SingleTimestep
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        found = _windows_last(event)
        if found is None or not same(found[1].dim, 1) or len(found[0].inputs) > 1:
            return
        applied, step, steps = found
        first = "" if applied.layer.flag("batch_first") else " and batch_first=True"
        site = step.origin if isinstance(step.origin, Site) else event.site
        yield self.finding(
            event,
            site,
            f"windows of {steps.dim} steps become one step with {steps.dim} features: this {applied.layer.kind} runs once for each "
            "window and carries nothing from one step to the next, if the steps are meant to be read in turn",
            label=shown(applied.inputs[0].shape),
            help=f"make the layer with input_size=1{first}, and put the axis of the features last: x.unsqueeze(-1)",
            related=(*_cut(steps), made(applied.layer)),
            effect="silent",
            key=applied.layer,
        )

    valid = (
        """
import torch
from torch import nn

series = torch.randn(200)
x = torch.stack([series[i:i + 14] for i in range(186)])
out, _ = nn.LSTM(1, 16, batch_first=True)(x.unsqueeze(-1))
states = torch.zeros(1, 186, 16), torch.zeros(1, 186, 16)
out, states = nn.LSTM(14, 16, batch_first=True)(x.unsqueeze(1), states)
""",
    )
    invalid = (
        """
import torch
from torch import nn

series = torch.randn(200)
x = torch.stack([series[i:i + 14] for i in range(186)])
x = x.unsqueeze(1)
out, _ = nn.LSTM(14, 16, batch_first=True)(x)  # LST503
""",
    )


class TorchSwappedTimeAndFeatures(Part):
    """
    ## With PyTorch
    `series.unfold(0, 24, 1)` puts the steps of each window last, (samples, features, 24), and nn.Conv1d gives (batch, channels,
    time). An RNN that is made for as many features as there are steps goes through the columns or channels, one after the other.

    ```python
    out, _ = nn.LSTM(channels, 16, batch_first=True)(conv(x.transpose(1, 2)).transpose(1, 2))
    ```

    It is a warning: which axis is time is proven, not what is meant. Axes that the program itself exchanges are taken as meant.
    """

    of = SwappedTimeAndFeatures
    listens = (LayerApplied,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        found = _windows_last(event)
        if found is not None and several(found[1].dim):
            applied, columns, steps = found
            if _is_unfolded(steps):
                yield self._finding(applied, columns, steps, "time", _cut(steps))
            return
        found = _read(event)
        convolution = None if found is None else _convolution(found[0].inputs[0])
        if found is None or convolution is None:
            return
        applied, channels, steps = found
        if channels.meaning is Meaning.FEATURE and steps.meaning is not Meaning.FEATURE and several(channels.dim):
            related = (Related(convolution.layer.site, f"gives {shown(applied.inputs[0].shape)}: (batch, channels, time)"),)
            yield self._finding(applied, channels, steps, "the length that the convolution went along", related)

    def _finding(self, applied: LayerApplied, columns: Axis, steps: Axis, what: str, related: tuple[Related, ...]) -> Finding:
        return self.finding(
            applied,
            applied.site,
            f"the last axis of {shown(applied.inputs[0].shape)} is {what}: this {applied.layer.kind} reads {columns.dim} steps of "
            f"{steps.dim} features, where there are {steps.dim} steps of {columns.dim}",
            label=f"takes {layout(applied.layer)}",
            help=f"exchange the last two axes, x.transpose(1, 2), and make the layer with input_size={columns.dim}",
            related=(*related, made(applied.layer)),
            severity="warning",
            effect="silent",
            key=applied.layer,
        )

    valid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
conv = nn.Conv1d(6, 8, 3, padding=1)
out, _ = nn.LSTM(8, 12, batch_first=True)(torch.relu(conv(x.transpose(1, 2))).transpose(1, 2))
windows = torch.randn(200, 3).unfold(0, 24, 1)
out, _ = nn.LSTM(3, 12, batch_first=True)(windows.transpose(1, 2))
""",
    )
    invalid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
features = nn.Sequential(nn.Conv1d(6, 8, 3, padding=1), nn.ReLU(), nn.Dropout(0.1))(x.transpose(1, 2))
out, _ = nn.LSTM(20, 12, batch_first=True)(features)  # LST506
windows = torch.randn(200, 3).unfold(0, 24, 1)
out, _ = nn.LSTM(24, 12, batch_first=True)(windows)  # LST506
""",
    )


def _is_unfolded(steps: Axis) -> bool:
    """Whether windows lie along an axis because Tensor.unfold puts them there."""
    node = steps.origin.node if isinstance(steps.origin, Site) else None
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "unfold"


def _convolution(tensor: Array) -> LayerApplied | None:
    """The convolution whose channels a tensor has, with nothing behind it that moves axes."""
    applied = tensor.producer or tensor.behind
    for _ in range(10):
        if not isinstance(applied, LayerApplied):
            return None
        if applied.layer.kind in _CONVOLUTIONS:
            return applied
        if applied.layer.kind not in _CHANNELS_KEPT:
            return None
        applied = applied.inputs[0].producer or applied.inputs[0].behind
    return None
