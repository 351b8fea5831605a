"""The PackedSequence: sequences of several lengths without their padding, as a value of its own."""
from __future__ import annotations

from dataclasses import dataclass, field, replace

from lstmlint.library.binding import Ignored
from lstmlint.library.registry import attributes, models
from lstmlint.library.torch.tensors import tensor
from lstmlint.shapes.shape import UNKNOWN_SHAPE, Axis, Shape, unknown_dim
from lstmlint.values.base import Value, unknown
from lstmlint.values.data import Array

LONGEST = "the longest sequence of a batch"
PACKED = "torch.nn.utils.rnn.PackedSequence"


@dataclass(frozen=True, slots=True)
class PackedSequence(Value):
    """A packed batch: `padded` is what it would be as a tensor (batch, time, …), `lengths` how long each sequence is. `even`: all
    sequences are known to have one length, so that nothing is padded."""

    padded: Array
    lengths: Array = field(compare=False)
    even: bool = False

    @property
    def type_path(self) -> str | None:
        return PACKED

    def with_padded(self, padded: Array) -> PackedSequence:
        """Other content for the same sequences."""
        return replace(self, padded=padded)


@attributes(f"{PACKED}.data")
def data(self: PackedSequence) -> Value:
    """pytorch.org/docs: the steps of all sequences along one axis."""
    shape = self.padded.shape
    rest = Shape(shape.axes[2:]) if shape.rank is not None else None
    steps = Axis(unknown_dim("steps", "the steps of all packed sequences", lower=1))
    whole = Shape(shape.axes[-1:] if shape.axes else (), True) if rest is None else Shape((steps, *rest.axes))
    return tensor(whole, self.padded.dtype, self.padded, producer=self.padded.producer)


@attributes(f"{PACKED}.batch_sizes", f"{PACKED}.sorted_indices", f"{PACKED}.unsorted_indices")
def indices(self: PackedSequence) -> Value:
    """pytorch.org/docs: one axis of numbers, or None."""
    return unknown()


@models(*(f"{PACKED}.{name}" for name in ("to", "cuda", "cpu", "float", "double", "half", "pin_memory", "long", "int")))
def itself(self: PackedSequence, *others: Ignored, **keywords: Ignored) -> Value:
    """pytorch.org/docs: the same on another device or of another dtype."""
    return self


UNKNOWN_PADDED = Array(UNKNOWN_SHAPE, "torch")
