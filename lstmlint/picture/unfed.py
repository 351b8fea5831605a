"""Models that a program builds but never feeds: what their layers would get, as far as the layers themselves tell."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lstmlint.library.keras.sequential import check_unfed, is_deferred
from lstmlint.trace import Event, LayerApplied, ModelMade, Trace
from lstmlint.values.base import MISSING, Choice, Undecided, Value, unknown
from lstmlint.values.code import Site
from lstmlint.values.memory import memory
from lstmlint.values.network import Model


class _Listener:
    """A Caller that only listens."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.events: list[Event] = []

    def call(self, function: Value, args: Sequence[Value], keywords: Mapping[str, Value] | None = None) -> Value:
        """No code of the program is run any more."""
        return unknown()

    def emit(self, event: object) -> None:
        """Keep an event."""
        if isinstance(event, Event):
            self.events.append(event)

    def refine(self, old: Value, new: Value) -> None:
        """Nothing is used any more."""

    def iterate(self, value: Value) -> Value:
        """Nothing is iterated over any more."""
        return unknown()


def applications(trace: Trace) -> Iterator[LayerApplied]:
    """The applications of layers in models that wait for data which never comes."""
    applied = {event.model for event in trace.events if isinstance(event, LayerApplied)}
    for event in trace.events:
        if isinstance(event, ModelMade) and event.model not in applied:
            yield from _of(event.model)


def _of(model: Model) -> list[LayerApplied]:
    listener = _Listener(model.site)
    mark = memory.mark()
    held = model.inputs.raw, model.cell.raw, model.checked.raw
    if any(isinstance(value, Choice) for value in held) or model.checked.raw is not MISSING:
        return []
    try:
        if is_deferred(model):
            check_unfed(listener, model, finally_=True)
    except Undecided:
        return []
    finally:
        memory.undo(mark)
    found = [event for event in listener.events if isinstance(event, LayerApplied)]
    for event in found:
        event.model = model
    return found
