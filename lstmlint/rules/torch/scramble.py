"""LST502: view and reshape where the axes should have been exchanged."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.edits.change import Proposal
from lstmlint.findings import Finding, Severity
from lstmlint.rules.base import Rule
from lstmlint.rules.lengths import may_be_one, several
from lstmlint.rules.scrambled import Scramble, scramble_of
from lstmlint.rules.torch.layers import came_from, is_data, meaning, shown
from lstmlint.rules.torch.remedies import transposed_first
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Meaning, Shape, shapes_same
from lstmlint.trace import Event, LayerApplied, Operation, Trace
from lstmlint.values.code import Site
from lstmlint.values.data import Array

_VIEWS = frozenset(["torch.Tensor.view", "torch.reshape", "torch.Tensor.view_as"])


def _fix(site: Site, found: Scramble | None) -> Proposal | None:
    """The batch of the states to the front first; of other axes, the exchange that was meant."""
    if found is None:
        return transposed_first(site, "1, 0, 2", keeps_call=True)
    if found.order is None:
        return None
    return transposed_first(site, ", ".join(map(str, found.order)), keeps_call=False)


class ReshapeScramblesAxes(Rule):
    """
    # reshape-scrambles-axes

    ## What
    `view` or `reshape` gives an axis another place: the states (layers·directions, batch, hidden) as (batch, …), (batch,
    time, features) as (time, batch, features) or (batch, features, time), or an output (time, batch, features) as (batch, …).
    Both keep the elements in their order, so that only the names of the axes change.

    ## Why it hurts
    The shape is right and the content is not: each row holds parts of several samples, or of several steps. PyTorch says
    nothing, and the model learns little.

    ## Example
    ```python
    out, h_n = self.gru(x)                     # h_n: (2, batch, hidden)
    joined = h_n.view(x.size(0), -1)
    ```

    ## Fixed
    ```python
    joined = h_n.transpose(0, 1).reshape(x.size(0), -1)
    ```

    ## What must be proven
    Which elements lie under which axis follows from the two shapes alone: where an axis of the result has the length of one of
    the source, and other lengths stand before it, it holds other elements. It is an error where the program says what one of the
    axes means (a loader's batch, an RNN's steps or states) and none can have length one; otherwise a warning, and so are steps of
    data whose features become several steps. A view that may
    split the features into heads, and one that undoes an earlier view, are left alone.

    ## When to ignore
    When one of the two axes always has length one.
    """

    code = "LST502"
    name = "reshape-scrambles-axes"
    severity = "error"
    unsafe_fix = "exchange the axes, in place of the view or before it"
    listens = (Operation,)

    def __init__(self) -> None:
        self._views: dict[int, Operation] = {}
        self._spoilt: set[int] = set()

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.name not in _VIEWS or event.violation is not None:
            return
        operand, result = event.operands[0], event.result
        if not isinstance(result, Array) or operand.shape.open or result.shape.open:
            return
        before = self._views.get(id(operand))
        self._views[id(result)] = event
        if before is not None and shapes_same(before.operands[0].shape, result.shape):
            return
        severity, found = self._states(operand.shape, result.shape), None
        if severity is None:
            found = _of_three(operand, result.shape)
            severity = None if found is None else "error" if found.certain else "warning"
        if severity is None or self._is_spoilt(operand):
            return
        self._spoilt.add(id(result))
        yield self._finding(event, operand, result.shape, severity, found)

    def _finding(self, event: Operation, operand: Array, result: Shape, severity: Severity, found: Scramble | None) -> Finding:
        source = operand.shape
        return self.finding(
            event,
            event.site,
            f"this makes {shown(result)} of {shown(source)} without moving an element: "
            + (_mixed_states(source, result) if found is None else _mixed(source, result, found)),
            label=f"{shown(source)} read as {shown(result)}",
            help=_OF_STATES if found is None else _advice(source, found),
            related=came_from(operand),
            severity=severity,
            effect="silent",
            key=event.site.node,
            fix=_fix(event.site, found),
        )

    @staticmethod
    def _states(source: Shape, result: Shape) -> Severity | None:
        """States (layers·directions, batch, hidden) that get an axis of the batch which is none."""
        if source.rank != 3 or meaning(source, 0) is not Meaning.LAYERS or meaning(source, 1) is not Meaning.BATCH:
            return None
        layers, batch, _ = source.dims
        if not several(layers) or same(layers, batch) or same(batch, 1):
            return None
        found = scramble_of(source, result)
        if found is None or found.kind == "cut" or (found.kind == "renamed" and found.axis.meaning is not Meaning.BATCH):
            return None
        return "warning" if may_be_one(batch) else "error"

    def _is_spoilt(self, tensor: Array) -> bool:
        """Whether a tensor was made of what another finding is about already."""
        for _ in range(20):
            if id(tensor) in self._spoilt:
                return True
            made_by = tensor.producer or tensor.behind
            if not isinstance(made_by, LayerApplied) or not made_by.inputs:
                return False
            tensor = made_by.inputs[0]
        return False

    valid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, h_n = nn.GRU(6, 12, num_layers=2, bidirectional=True, batch_first=True)(x)
joined = h_n.transpose(0, 1).reshape(9, -1)
by_layer = h_n.view(2, 2, 9, 12)[-1]
flat = out.reshape(9, -1)
heads = out.reshape(9, 20, 4, 6).transpose(1, 2)
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

for x, y in DataLoader(TensorDataset(torch.randn(97, 20, 6), torch.randn(97)), batch_size=32):
    out, h_n = nn.LSTM(6, 16)(x.transpose(0, 1))
    heads = out.reshape(20, -1, 4).transpose(0, 1)
    every_second_step = x.reshape(x.size(0), 10, 12)
    steps = out.reshape(-1, 16).view(20, -1, 16)
    flat = x.reshape(x.size(0), -1)
    each = h_n[0].squeeze(0).repeat(20, 1).view(20, -1, 16)
""",
    )
    invalid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, h_n = nn.GRU(6, 12, bidirectional=True, batch_first=True)(x)
joined = h_n.view(9, -1)  # LST502
""",
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, h_n = nn.GRU(6, 12)(x.view(20, 9, 6))  # LST502
""",
        """
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

for x, y in DataLoader(TensorDataset(torch.randn(97, 20, 6), torch.randn(97)), batch_size=32):
    out, _ = nn.LSTM(20, 16, batch_first=True)(x.view(x.size(0), 6, 20))  # LST502
    out, _ = nn.LSTM(8, 16, batch_first=True)(x.reshape(x.size(0), 15, 8))  # LST502
    out, _ = nn.LSTM(6, 16)(x.transpose(0, 1))
    score = nn.Linear(20 * 16, 1)(out.reshape(x.size(0), -1))  # LST502
""",
        """
import torch
from torch import nn

out, h_n = nn.GRU(6, 12, num_layers=2, bidirectional=True, batch_first=True)(torch.randn(9, 20, 6))
by_layer = h_n.view(2, 9, 2, 12)  # LST502
by_direction = out.reshape(20, 9, 2, 12)  # LST502
scores = nn.Linear(24, 5)(out)
loss = nn.CrossEntropyLoss()(scores.view(9, 5, 20), torch.randint(0, 5, (9, 20)))  # LST502
queries = h_n[-1].repeat(20, 1).view(9, 20, 12)  # LST502
series = torch.randn(300, 6)
windows = torch.stack([series[i:i + 24] for i in range(276)])
out, _ = nn.LSTM(3, 12, batch_first=True)(windows.reshape(276, 48, 3))  # LST502
""",
    )


_OF_STATES = "bring the batch to the front: h_n.transpose(0, 1).reshape(batch, -1), or torch.cat([h_n[-2], h_n[-1]], dim=1)"


def _of_three(operand: Array, result: Shape) -> Scramble | None:
    """How a reshape scrambles a tensor that is a batch of sequences for all that is known."""
    source = operand.shape
    if meaning(source, 0) is Meaning.LAYERS:
        return None
    found = scramble_of(source, result)
    if found is None or (len(source.axes) < 3 and not found.certain):
        return None
    # What a layer has learned may be spread over more steps.
    if found.kind == "split" and not is_data(operand):
        return None
    return found


def _mixed_states(source: Shape, result: Shape) -> str:
    rows, hidden = result.axes[-1].dim, source.axes[2].dim
    if isinstance(rows, int) and isinstance(hidden, int) and len(result.axes) == 2 and rows % hidden == 0 and rows > hidden:
        last = rows // hidden - 1
        return f"row 0 holds the states of samples 0 {'and' if last == 1 else 'to'} {last} in the first layer or direction"
    return "each row mixes the states of several samples"


def _mixed(source: Shape, result: Shape, found: Scramble) -> str:
    if found.kind == "cut":
        old, new = source.axes[2].dim, result.axes[2].dim
        return f"rows of {old} features are read as rows of {new}, so that each begins with another feature"
    if found.kind == "split":
        old, new = source.axes[2].dim, result.axes[2].dim
        return f"the {old} features of each step are read as several steps of {new}"
    if found.kind == "exchanged":
        return "the axes are renamed, not exchanged"
    what = "batch" if found.axis.meaning is None else found.axis.meaning.value
    length = "" if "?" in str(found.axis.dim) else f" of length {found.axis.dim}"
    return f"its axis{length} is not that of the {what}, and its rows hold parts of several"


def _advice(source: Shape, found: Scramble) -> str:
    if found.kind == "cut":
        return "give the layer the features that there are, or join whole steps: a multiple of the features"
    if found.kind == "split":
        return "give the layer the features that there are"
    if found.order is not None:
        moved = [at for at, place in enumerate(found.order) if at != place]
        if len(moved) == 2:
            return f"exchange the axes: x.transpose({moved[0]}, {moved[1]})"
        return f"bring the axes into this order: x.permute({', '.join(map(str, found.order))})"
    at = next((at for at, axis in enumerate(source.axes) if axis.dim == found.axis.dim), 0)
    return f"bring that axis to its place before the reshape: x.transpose(0, {at})"
