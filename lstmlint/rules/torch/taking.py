"""What a program takes of an RNN's output and states: which elements, and where the whole goes."""

from __future__ import annotations

from lstmlint.library.torch.elementwise import ONE_LESS
from lstmlint.library.torch.packed import LONGEST
from lstmlint.library.torch.packing import PADDED
from lstmlint.rules.torch.layers import is_rnn, meaning
from lstmlint.shapes.dims import Dim, same, single
from lstmlint.shapes.shape import Meaning
from lstmlint.trace import ElementsChosen, ElementTaken, LayerApplied, LossComputed, Operation, Packed, Softmax, Trace, arrays_of
from lstmlint.values.data import Array

Taken = tuple[Meaning | None, Dim | None]
"""Of an axis of this meaning, which element; None: for each sample another."""

_STEP_BY_STEP = frozenset(
    "Linear Dropout Identity LayerNorm ReLU LeakyReLU ELU GELU SELU SiLU Tanh Sigmoid Softplus LogSigmoid Hardtanh".split()  # noqa: SIM905
)
"""Layers that treat each step by itself."""


def rnn_behind(tensor: Array) -> LayerApplied | None:
    """The RNN whose output at each step a tensor is, or is made of, step by step."""
    applied = tensor.producer
    for _ in range(10):
        if not isinstance(applied, LayerApplied) or is_rnn(applied.layer):
            return applied if isinstance(applied, LayerApplied) else None
        if applied.layer.kind not in _STEP_BY_STEP or applied.inputs[0].shape.axes[:-1] != tensor.shape.axes[:-1]:
            return None
        applied = applied.inputs[0].producer
    return None


def is_padded(steps: Dim) -> bool:
    """Whether an axis of time is as long as the longest of sequences of several lengths."""
    known = single(steps)
    if known is None:
        return False
    return known.origin == LONGEST or (isinstance(known.key, tuple) and known.key[0] == "max")


class Takings:
    """Of each layer of a trace, what is taken of what it gives, and which layers get all of it."""

    def __init__(self, trace: Trace) -> None:
        self._taken: dict[int, set[Taken]] = {}
        self._uses: dict[int, list[LayerApplied]] = {}
        self._whole: dict[int, set[int]] = {}
        self._used: set[int] = set()
        self._read: set[int] = set()
        self._samples: set[int] = set()
        self._batches: set[int] = set()
        self._lengths: set[int] = set()
        self._last: set[int] = set()
        for event in trace.events:
            if isinstance(event, (ElementTaken, ElementsChosen)):
                self._add(event)
            elif isinstance(event, (LayerApplied, Softmax, LossComputed)):
                for tensor in arrays_of(event):
                    self._read_use(event, tensor)
            elif isinstance(event, Packed):
                self._lengths.add(id(event.lengths))
            elif isinstance(event, Operation) and event.name == PADDED:
                self._lengths.add(id(event))
            elif isinstance(event, Operation) and event.name == ONE_LESS and not self._lengths.isdisjoint(
                {id(event.operands[0]), id(event.operands[0].behind)}
            ):
                self._last.add(id(event))

    def _add(self, event: ElementTaken | ElementsChosen) -> None:
        made_by = event.array.producer
        if isinstance(made_by, LayerApplied):
            index = event.index if isinstance(event, ElementTaken) else None
            self._taken.setdefault(id(made_by), set()).add((meaning(event.array.shape, event.axis), index))

    def _read_use(self, event: LayerApplied | Softmax | LossComputed, tensor: Array) -> None:
        made_by = tensor.producer or tensor.behind
        if not isinstance(made_by, LayerApplied):
            return
        self._used.add(id(made_by))
        if not isinstance(event, LayerApplied) or tensor is event.inputs[0]:
            self._read.add(id(made_by))
        meanings = {axis.meaning for axis in tensor.shape}
        if Meaning.BATCH not in meanings:
            self._samples.add(id(made_by))
        elif Meaning.TIME in meanings:
            self._batches.add(id(made_by))
        if tensor.shape.rank != 2 or Meaning.TIME in meanings:
            if meaning(tensor.shape, 0) is not Meaning.LAYERS:
                self._whole.setdefault(id(made_by), set()).add(id(event))
        elif isinstance(event, LayerApplied) and tensor is event.inputs[0] and tensor.producer is made_by:
            self._uses.setdefault(id(made_by), []).append(event)

    def of(self, applied: LayerApplied) -> set[Taken]:
        """What is taken of what a layer gives."""
        return self._taken.get(id(applied), set())

    def alone(self, applied: LayerApplied, taken: Taken) -> bool:
        """Whether nothing but this is taken of what the layer gives, and its output at all steps goes nowhere else."""
        return self.of(applied) == {taken} and not self._whole.get(id(applied))

    def alone_behind(self, tensor: Array, taken: Taken) -> bool:
        """As `alone`, for a tensor that layers have made step by step: the output goes nowhere but into these."""
        applied = tensor.producer
        if not isinstance(applied, LayerApplied) or not self.alone(applied, taken):
            return False
        while not is_rnn(applied.layer):
            before = applied.inputs[0].producer
            if not isinstance(before, LayerApplied) or self.of(before) or self._whole.get(id(before)) != {id(applied)}:
                return False
            applied = before
        return True

    def goes_on(self, applied: LayerApplied, also_as_state: bool = True) -> bool:
        """Whether something of what a layer gives, or made of it, goes into a layer or loss, and isn't only looked at."""
        return id(applied) in (self._used if also_as_state else self._read)

    def only_a_sample(self, applied: LayerApplied) -> bool:
        """Whether something without a batch goes on from what a layer gives, into a layer or loss, and not the batch's steps."""
        return id(applied) in self._samples and id(applied) not in self._batches

    def used_whole(self, applied: LayerApplied, width: Dim) -> bool:
        """Whether a layer gets one step of it with this number of features."""
        return any(same(use.inputs[0].shape.axes[-1].dim, width) for use in self._uses.get(id(applied), ()))

    def output_is_used(self, applied: LayerApplied) -> bool:
        """Whether anything but one element of the states is taken of what an RNN gives."""
        return bool(self._whole.get(id(applied))) or any(of is not Meaning.LAYERS for of, _ in self.of(applied))

    def are_last_steps(self, index: Array) -> bool:
        """Whether an index tensor is made of the lengths of the sequences, less one."""
        return id(index.behind) in self._last
