"""PyTorch's part of LST107: tensors whose shapes do not go together."""

from __future__ import annotations

from collections.abc import Iterator

from lstmlint.findings import Finding
from lstmlint.rules.base import Part
from lstmlint.rules.merge_shape_mismatch import MergeShapeMismatch
from lstmlint.rules.torch.layers import came_from, shown
from lstmlint.rules.torch.layout import is_misread
from lstmlint.trace import Event, Operation, Trace
from lstmlint.values.data import Array

_JOINING = ("torch.cat", "torch.concat", "torch.concatenate")
_KINDS = {"concatenate": "joins", "stack": "stacks", "matmul": "multiplies", "broadcast": "combines"}


class TorchMergeShapeMismatch(Part):
    """
    ## With PyTorch
    torch.cat, torch.stack, sums and matrix products get tensors of unlike shapes. PyTorch raises "Sizes of tensors must
    match", "Tensors must have same number of dimensions" or "mat1 and mat2 shapes cannot be multiplied".
    """

    of = MergeShapeMismatch
    listens = (Operation,)

    def check(self, event: Event, trace: Trace) -> Iterator[Finding]:
        if not isinstance(event, Operation) or event.violation is None or not event.name.startswith("torch."):
            return
        unlike = event.violation.kind == "axis" and event.name in _JOINING and len({part.shape.rank for part in event.operands}) > 1
        verb = "joins" if unlike else _KINDS.get(event.violation.kind)
        if verb is None or len(event.operands) < 2:
            return
        if any(is_misread(part) for part in event.operands):
            return
        name = event.name.removeprefix("torch.").removeprefix("Tensor.").strip("_")
        # Of several, the two that disagree.
        parts = list(dict.fromkeys(str(part.shape) for part in event.operands))
        message = f"{name} {verb} {' and '.join(parts[:3])}, which do not go together"
        puts = name == "setitem" and len(parts) == 2
        if puts:
            message = f"this puts {parts[0]} where there is room for {parts[1]}"
        yield self.finding(
            event,
            event.site,
            message,
            label=event.violation.message,
            help="make the place as large as what is put there, or the other way round" if puts else _advice(event.operands),
            related=tuple(related for part in event.operands[:3] for related in came_from(part)),
            key=event.site.node,
        )

    valid = (
        """
import torch
from torch import nn

out, (h, c) = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
numbers = torch.randn(9, 4)
both = torch.cat([out[:, -1], numbers], dim=1)
""",
    )
    invalid = (
        """
import torch
from torch import nn

out, (h, c) = nn.LSTM(6, 12, batch_first=True)(torch.randn(9, 20, 6))
numbers = torch.randn(9, 4)
both = torch.cat([out, numbers], dim=-1)  # LST107
""",
        """
import torch
from torch import nn

out, h = nn.GRU(6, 12, batch_first=True)(torch.randn(9, 20, 6))
scores = torch.bmm(out, h.transpose(0, 1))  # LST107
""",
        """
import torch
from torch import nn

out, h = nn.GRU(6, 12, batch_first=True)(torch.randn(9, 1, 6))
context = torch.randn(9, 4)
step = torch.cat([out, context], dim=2)  # LST107
""",
    )


def _advice(operands: tuple[Array, ...]) -> str:
    ranks = {part.shape.rank for part in operands}
    if ranks == {2, 3}:
        few = next(part for part in operands if part.shape.rank == 2)
        return f"take one step of the sequence, as out[:, -1] does, or give {shown(few.shape)} an axis of time: x.unsqueeze(1)"
    return "bring the tensors to shapes that agree in all axes but the one that is joined"
