"""Which events are our concern: those of networks that have a recurrent layer somewhere."""

from __future__ import annotations

from lstmlint.rules.cause import is_recurrent, is_recurrent_of_graphs
from lstmlint.trace import (
    ElementsChosen,
    ElementTaken,
    Event,
    LayerApplied,
    LossComputed,
    ModelFed,
    Operation,
    PlaceholderFed,
    Softmax,
    Trace,
    arrays_of,
)
from lstmlint.values.network import Layer

_CELLS = frozenset(["torch.nn.LSTMCell", "torch.nn.GRUCell", "torch.nn.RNNCell"])

_OF_DATA = ("reshape", "samples")
"""What can be wrong with data that no network has been given yet."""


class Networks:
    """The networks of a trace: events, models and tensors that hang together."""

    def __init__(self, trace: Trace) -> None:
        self._parents: dict[int, int] = {}
        self._kept: list[object] = []
        self._recurrent: set[int] = set()
        self._applied: dict[int, LayerApplied] = {}
        for event in trace.events:
            if isinstance(event, LayerApplied):
                self._add(event)
            elif isinstance(event, ModelFed):
                self._join(event, event.model)
                for declared, _ in event.inputs:
                    self._join(event, declared.producer)
            elif _by_operands(event):
                for tensor in arrays_of(event):
                    self._join(event, tensor.producer or tensor.behind)
        self._recurrent = {self._root(at) for at, event in self._applied.items() if _recurs(event.layer)}

    def concerns(self, event: Event) -> bool:
        """Whether the network of `event` has a recurrent layer (an event of no network is our concern, too)."""
        if not isinstance(event, (LayerApplied, ModelFed)) and not _by_operands(event):
            return True
        if self._root(id(event)) in self._recurrent:
            return True
        # Data that may be on its way to a network.
        data = isinstance(event, Operation) and not any(tensor.producer or tensor.behind for tensor in event.operands)
        return data and isinstance(event, Operation) and event.violation is not None and event.violation.kind in _OF_DATA

    def _add(self, applied: LayerApplied) -> None:
        """A layer, with those before it: of the rounds of a loop, the trace may have others than a list that was filled in it."""
        waiting = [applied]
        while waiting:
            event = waiting.pop()
            if id(event) in self._applied:
                continue
            self._applied[id(event)] = event
            self._link(event, event.model)
            for tensor in event.inputs:
                before = tensor.producer or tensor.behind
                self._link(event, before)
                if isinstance(before, LayerApplied):
                    waiting.append(before)

    def _join(self, a: object, b: object) -> None:
        if isinstance(b, LayerApplied):
            self._add(b)
        elif isinstance(b, Softmax):
            before = b.operand.producer or b.operand.behind
            self._link(b, before)
            if isinstance(before, LayerApplied):
                self._add(before)
        self._link(a, b)

    def _link(self, a: object, b: object) -> None:
        if b is None:
            return
        self._kept.append(b)
        self._parents[self._root(id(a))] = self._root(id(b))

    def _root(self, item: int) -> int:
        while (parent := self._parents.get(item, item)) != item:
            self._parents[item] = item = self._parents.get(parent, parent)
        return item


def _recurs(layer: Layer) -> bool:
    return is_recurrent(layer) or layer.path in _CELLS or is_recurrent_of_graphs(layer)


def _by_operands(event: Event) -> bool:
    """Whether the network of `event` is that of the tensors that it is about: PyTorch's tensors keep what they were made by."""
    if isinstance(event, Operation):
        return event.name.startswith("torch.") or any(tensor.kind in ("graph", "keras") for tensor in event.operands)
    return isinstance(event, (LossComputed, Softmax, ElementTaken, ElementsChosen, PlaceholderFed))
