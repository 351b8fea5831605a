"""An analysis that somebody watches: an editor, which wants the value of every expression and may lose interest before the end."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from lstmlint.interpreter.machine import Machine
from lstmlint.sources.deep import Interrupted
from lstmlint.trace import Bound, Event
from lstmlint.values.base import Const, Unknown, Value
from lstmlint.values.data import Frame, ListObject

BETWEEN = 256
"""After so many expressions, the watcher is asked whether it still wants to know."""
MOST = 3
"""How many values of one expression, which loops and calls come to several times, are told; one more says that there are more."""


class Watch:
    """What becomes of the expressions and names of a program; `unwanted` says whether the analysis may be given up."""

    def __init__(self, unwanted: Callable[[], bool] = lambda: False) -> None:
        self.unwanted = unwanted
        self.values: dict[object, list[Value]] = {}
        """By expression."""
        self.bound: dict[object, list[Value]] = {}
        """By the name that is assigned to."""

    def ask(self) -> None:
        """Raise Interrupted if nobody wants the analysis any more."""
        if self.unwanted():
            raise Interrupted


def _saw(seen: dict[object, list[Value]], node: object, value: Value) -> None:
    if isinstance(value, (Frame, ListObject)):
        # These change; what they hold now doesn't.
        value = value.cell.raw
    known = seen.get(node)
    if known is None:
        seen[node] = [value]
    elif len(known) <= MOST and value is not known[-1] and value not in known:
        known.append(value)


class Watched(Machine):
    """A machine that tells a watch what it sees."""

    def __init__(self, watch: Watch, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.reveal = True
        self._watch = watch
        self._next = self.steps

    def evaluate(self, node: cst.CSTNode) -> Value:
        """The value of an expression."""
        if self.steps < self._next or self.steps > self._next + BETWEEN:
            self._watch.ask()
            self._next = self.steps - BETWEEN
        value = super().evaluate(node)
        # A loop that is run only to see what it changes has not come to its values yet.
        if not self.looking and not isinstance(value, (Const, Unknown)):
            _saw(self._watch.values, node, value)
        return value

    def emit(self, event: Event) -> None:
        """Leave an event in the trace; the names that are bound are the watch's alone."""
        if not isinstance(event, Bound):
            super().emit(event)
        elif not self.looking:
            _saw(self._watch.bound, event.site.node, event.value)
