"""What only an earlier run has told, found by comparing with what is known without it: so that also what the program computes of
remembered lengths is told apart."""
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lstmlint.interpreter.watched import Watch
from lstmlint.picture.way import Step, Way
from lstmlint.picture.words import Fact, Words
from lstmlint.trace import ModelFed, Trace

_NUMBERED = re.compile(r"\b([^\W\d]\w*?)_\d+\b")


def _plain(text: str) -> str:
    """A text without the numbers by which names of different symbols are told apart: in another analysis these are others."""
    return _NUMBERED.sub(r"\1", text)


def marked(ways: Iterable[Way], before: Iterable[Way]) -> list[Way]:
    """The ways, with a mark on each step that was not there before."""
    known = {(step.site.node, step.what, _plain(step.shapes)) for way in before for step in way.steps}

    def steps(way: Way) -> Iterable[Step]:
        for step in way.steps:
            yield replace(step, recalled=(step.site.node, step.what, _plain(step.shapes)) not in known)

    return [Way(way.site, tuple(steps(way))) for way in ways]


class Before:
    """What there is to say of the nodes of a program without an earlier run, of which `words` say which it was."""

    def __init__(self, watch: Watch | None, trace: Trace | None, words: str) -> None:
        self._watch = watch
        self._words = None if watch is None or trace is None else Words(trace)
        self._said = words
        events: Sequence[object] = () if trace is None else trace.events
        self._fed = {event.site.node: event for event in events if isinstance(event, ModelFed) and event.method != "call"}

    def beside(self, node: object, fact: Fact) -> Fact:
        """The fact about a node, with a note where only the earlier run has told it."""
        if self._watch is None or self._words is None:
            return fact
        values = self._watch.values.get(node) or self._watch.bound.get(node) or ()
        before = self._words.together(values)
        if before is None and node in self._fed:
            before = self._words.fed(self._fed[node])
        if before is not None and _plain(before.text) == _plain(fact.text):
            return fact
        return Fact(fact.text, (*fact.notes, self._said))
