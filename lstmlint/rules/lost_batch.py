"""Where a model's output stopped having the batch as its first axis."""

from __future__ import annotations

from dataclasses import dataclass

from lstmlint.shapes.shape import Meaning
from lstmlint.trace import Compared, ElementTaken, LayerApplied, Operation
from lstmlint.values.code import Site
from lstmlint.values.data import Array


@dataclass(frozen=True, slots=True)
class LostBatch:
    """What made `after`, whose first axis is not the batch, of `before`, whose first axis is: at `site`, perhaps by taking one
    element (`taken`). `now_at` is where the batch is in `after`, None if it is nowhere."""

    site: Site
    before: Array
    after: Array
    taken: ElementTaken | None = None

    @property
    def now_at(self) -> int | None:
        return next((at for at, axis in enumerate(self.after.shape) if axis.meaning is Meaning.BATCH), None)


def lost_batch(compared: Compared) -> LostBatch | None:
    """Where the output of a comparison lost its batch, if it did and that can be followed."""
    if compared.by_batch:
        return None
    tensor = compared.output
    for _ in range(_LONGEST_WAY):
        made = tensor.producer
        if isinstance(made, ElementTaken):
            return LostBatch(made.site, made.array, tensor, made) if made.axis == 0 and _leads(made.array) else None
        if isinstance(made, LayerApplied) and made.inputs:
            source, site = made.inputs[0], made.layer.site
        elif isinstance(made, Operation) and made.operands:
            source, site = made.operands[0], made.site
        else:
            return None
        if _leads(source) and not _leads(tensor):
            return LostBatch(site, source, tensor)
        tensor = source
    return None


_LONGEST_WAY = 200


def _leads(tensor: Array) -> bool:
    """Whether the batch is the first axis."""
    return bool(tensor.shape.rank) and tensor.shape.axes[0].meaning is Meaning.BATCH


def is_explained(compared: Compared) -> bool:
    """Whether another rule names the place where the batch was lost."""
    lost = lost_batch(compared)
    return lost is not None and (bool(lost.now_at) or (lost.taken is not None and lost.taken.index == -1))
