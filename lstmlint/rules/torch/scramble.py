"""LST502: view and reshape where the axes should have been exchanged."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding, Severity
from lstmlint.rules.base import Rule
from lstmlint.rules.torch.layers import came_from, may_be_one, meaning, rnn_of_tensor, several, shown
from lstmlint.shapes.dims import same
from lstmlint.shapes.shape import Meaning, Shape
from lstmlint.trace import Event, Operation, Trace
from lstmlint.values.data import Array

_VIEWS = frozenset(["torch.Tensor.view", "torch.reshape", "torch.Tensor.view_as"])


class ReshapeScramblesAxes(Rule):
    """
    # reshape-scrambles-axes

    ## What
    `view` or `reshape` gives an axis another place: the states (layers·directions, batch, hidden) as (batch, …), or (batch,
    time, features) as (time, batch, features). Both keep the elements in their order, so that only the names of the axes
    change.

    ## Why it hurts
    The shape is right and the content is not: each row holds parts of several samples. PyTorch says nothing, and the model
    learns little.

    ## Example
    ```python
    out, h_n = self.gru(x)                     # h_n: (2, batch, hidden)
    joined = h_n.view(x.size(0), -1)
    ```

    ## Fixed
    ```python
    joined = h_n.transpose(0, 1).reshape(x.size(0), -1)
    ```

    ## When to ignore
    When one of the two axes always has length one.
    """

    code = "LST502"
    name = "reshape-scrambles-axes"
    severity = "error"
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.name not in _VIEWS or event.violation is not None:
            return
        if not isinstance(event.result, Array):
            return
        source, result = event.operands[0].shape, event.result.shape
        if source.rank != 3 or result.open or len(result.axes) < 2:
            return
        severity = self._states(event.operands[0], result) or self._exchanged(source, result)
        if severity is None:
            return
        states = meaning(source, 0) is Meaning.LAYERS
        yield self.finding(
            event,
            event.site,
            f"this makes {shown(result)} of {shown(source)} without moving an element: "
            + ("each row mixes the states of several samples" if states else "the axes are renamed, not exchanged"),
            label=f"{shown(source)} read as {shown(result)}",
            help=(
                "bring the batch to the front: h_n.transpose(0, 1).reshape(batch, -1), or torch.cat([h_n[-2], h_n[-1]], dim=1)"
                if states
                else "exchange the axes: x.transpose(0, 1)"
            ),
            related=came_from(event.operands[0]),
            severity=severity,
            effect="silent",
            key=event.site.node,
        )

    @staticmethod
    def _states(operand: Array, result: Shape) -> Severity | None:
        """States whose batch comes first without having been brought there."""
        source = operand.shape
        if meaning(source, 0) is not Meaning.LAYERS or meaning(source, 1) is not Meaning.BATCH or rnn_of_tensor(operand) is None:
            return None
        layers, batch, _ = source.dims
        if not several(layers) or not same(result.axes[0].dim, batch) or same(layers, batch) or same(batch, 1):
            return None
        return "warning" if may_be_one(batch) else "error"

    @staticmethod
    def _exchanged(source: Shape, result: Shape) -> Severity | None:
        """The first two axes in the other order."""
        first, second, last = source.dims
        if len(result.axes) != 3 or not same(result.axes[0].dim, second) or not same(result.axes[1].dim, first):
            return None
        if not same(result.axes[2].dim, last) or same(first, second) or same(first, 1) or same(second, 1):
            return None
        known = meaning(source, 0) is not None or meaning(source, 1) is not None
        return "error" if known and not may_be_one(first) and not may_be_one(second) else "warning"

    valid = (
        """
import torch
from torch import nn

x = torch.randn(9, 20, 6)
out, h_n = nn.GRU(6, 12, num_layers=2, bidirectional=True, batch_first=True)(x)
joined = h_n.transpose(0, 1).reshape(9, -1)
by_layer = h_n.view(2, 2, 9, 12)[-1]
flat = out.reshape(9, -1)
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
    )
