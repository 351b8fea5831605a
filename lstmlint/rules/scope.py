"""Which events are our concern: those of networks that have a recurrent layer somewhere."""
from __future__ import annotations

from lstmlint.rules.cause import is_recurrent
from lstmlint.trace import Event, LayerApplied, ModelFed, Trace


class Networks:
    """The networks of a trace: events, models and tensors that hang together."""

    def __init__(self, trace: Trace) -> None:
        self._parents: dict[int, int] = {}
        self._kept: list[object] = []
        self._recurrent: set[int] = set()
        recurrent: list[LayerApplied] = []
        for event in trace.events:
            if isinstance(event, LayerApplied):
                self._join(event, event.model)
                for tensor in event.inputs:
                    self._join(event, tensor.producer)
                if is_recurrent(event.layer):
                    recurrent.append(event)
            elif isinstance(event, ModelFed):
                self._join(event, event.model)
                for declared, _ in event.inputs:
                    self._join(event, declared.producer)
        self._recurrent = {self._root(id(event)) for event in recurrent}

    def concerns(self, event: Event) -> bool:
        """Whether the network of `event` has a recurrent layer (an event of no network is our concern, too)."""
        return not isinstance(event, (LayerApplied, ModelFed)) or self._root(id(event)) in self._recurrent

    def _join(self, a: object, b: object) -> None:
        if b is None:
            return
        self._kept.append(b)
        self._parents[self._root(id(a))] = self._root(id(b))

    def _root(self, item: int) -> int:
        while (parent := self._parents.get(item, item)) != item:
            self._parents[item] = item = self._parents.get(parent, parent)
        return item
