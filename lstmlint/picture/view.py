"""What an editor shows beside a program: shapes to hover over, hints, an outline. Plain text at places; it holds on to no tree."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from lstmlint.picture.recalled import Before
from lstmlint.picture.text import Text
from lstmlint.picture.words import Fact, Words, either, first_of, layers_of
from lstmlint.pipeline import Onlooker
from lstmlint.sources.positions import spans
from lstmlint.sources.source import Span
from lstmlint.trace import ModelFed, ModelMade, Trace
from lstmlint.values.base import Value
from lstmlint.values.network import Layer, Model

LONGEST = 60
"""Longer hints are cut."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Something to point at: an expression or a name, in a cell of a notebook or (None) a script."""

    cell: int | None
    span: Span
    fact: Fact


@dataclass(frozen=True, slots=True)
class Hint:
    """A word to show behind a place of the text. `kind`: "assignment", "layer" or "argument"."""

    cell: int | None
    row: int
    column: int
    kind: str
    label: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the outline. `kind`: "model", "class" or "layer"."""

    cell: int | None
    span: Span
    kind: str
    name: str
    detail: str
    parts: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """All there is to show of one program."""

    spots: tuple[Spot, ...] = ()
    hints: tuple[Hint, ...] = ()
    outline: tuple[Entry, ...] = ()


NOTHING = View()


def view(onlooker: Onlooker) -> View:
    """What was seen of an analysis. To be called before the next one begins."""
    if onlooker.trace is None:
        return NOTHING
    return _Viewer(onlooker, onlooker.trace).view()


class _Viewer:
    def __init__(self, onlooker: Onlooker, trace: Trace) -> None:
        self.onlooker = onlooker
        self.trace = trace
        self.words = Words(trace)
        self.before = Before(onlooker.before, onlooker.trace_before, trace.recalled)
        self.text = Text(onlooker.trees)
        self.facts: dict[object, Fact] = {}
        self.places: dict[object, tuple[int | None, Span]] = {}

    def view(self) -> View:
        """Facts first; then, in one pass over each tree, the places of what has one."""
        for seen in (self.onlooker.values, self.onlooker.bound):
            for node, values in seen.items():
                fact = self.words.together(values)
                if fact is not None:
                    self.facts[node] = self.before.beside(node, fact)
        for event in self.trace.events:
            if isinstance(event, ModelFed) and event.method != "call":
                self.facts.setdefault(event.site.node, self.before.beside(event.site.node, self.words.fed(event)))
        self.onlooker.ask()
        wanted = {*self.facts, *self.text.classes}
        for tree in self.onlooker.trees:
            for node, span in spans(tree, wanted).items():  # type: ignore[arg-type]
                self.places[node] = (tree.cell.number, span)
        self.onlooker.ask()
        spots = tuple(Spot(*self.places[node], fact) for node, fact in self.facts.items() if node in self.places)
        return View(spots, tuple(self._hints()), tuple(self._outline()))

    # Hints.

    def _hints(self) -> Iterator[Hint]:
        for node, values in self.onlooker.bound.items():
            if node not in self.text.plain:
                yield from self._hint(node, "assignment", ": ", self._shape(values))
        calls = [node for node in self.onlooker.values if isinstance(node, cst.Call)]
        # What `LSTM(8)(x)` gives is said where it is stored.
        called_at_once = {call.func for call in calls if isinstance(call.func, cst.Call)}
        for node in calls:
            values = self.onlooker.values[node]
            if node not in called_at_once and all(isinstance(value, Layer) for value in values):
                yield from self._hint(node, "layer", " → ", self._output(values))
        told: set[object] = set()
        for event in self.trace.events:
            call = event.site.node
            if isinstance(event, ModelFed) and event.method != "call" and isinstance(call, cst.Call) and call not in told:
                told.add(call)
                for given in (argument.value for argument in call.args):
                    yield from self._hint(given, "argument", ": ", self._shape(self.onlooker.values.get(given, ())))

    def _hint(self, node: object, kind: str, before: str, text: str | None) -> Iterator[Hint]:
        if text is not None and node in self.places and node in self.facts:
            cell, span = self.places[node]
            label = before + (text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
            yield Hint(cell, span.end_row, span.end_column, kind, label, self.facts[node])

    def _shape(self, values: Iterable[Value]) -> str | None:
        if any(isinstance(value, (Layer, Model)) for value in values):
            return None
        texts = (self.words.shape(value) for value in values)
        return either(text for text in texts if text is not None) or None

    def _output(self, values: Iterable[Value]) -> str | None:
        """What a layer gives; of several outputs, the first."""
        found: dict[str, None] = {}
        for layer in values:
            if isinstance(layer, Layer):
                applied = [event for event in self.words.applied.get(layer, ()) if event.inside is None]
                for event in applied:
                    text = self.words.shape(first_of(event.output))
                    if text is not None:
                        found[text] = None
        return either(found) or None

    # The outline.

    def _outline(self) -> Iterator[Entry]:
        placed: set[Layer] = set()
        made = dict.fromkeys(event.model for event in self.trace.events if isinstance(event, ModelMade))
        told: set[object] = set()
        for model in made:
            node = model.site.node
            if node in self.places and node not in told:
                told.add(node)
                layers = layers_of(model)
                placed.update(layers)
                yield self._entry(node, "model", self._name(node, "model"), tuple(self._layers(layers)))
        others = [v for values in self.onlooker.values.values() for v in values if isinstance(v, Layer) and v not in placed]
        by_owner: dict[object, dict[Layer, None]] = {}
        for layer in others:
            if layer.site.node in self.places:
                by_owner.setdefault(self._class_around(layer.site.node), {})[layer] = None
        for owner, owned in by_owner.items():
            parts = tuple(self._layers(owned))
            if isinstance(owner, cst.ClassDef) and owner in self.places:
                cell, span = self.places[owner]
                yield Entry(cell, span, "class", owner.name.value, "", parts)
            else:
                yield from parts

    def _class_around(self, node: object) -> object:
        """The innermost class that a node stands in."""
        cell, span = self.places[node]
        around: cst.ClassDef | None = None
        for one in self.text.classes:
            if one in self.places and self.places[one][0] == cell:
                place = self.places[one][1]
                inside = place.start_row <= span.start_row and span.end_row <= place.end_row
                if inside and (around is None or self.places[around][1].start_row <= place.start_row):
                    around = one
        return around

    def _layers(self, layers: Iterable[Layer]) -> Iterator[Entry]:
        told: set[object] = set()
        for layer in layers:
            node = layer.site.node
            wrapped = self.words.applied.get(layer, ())
            if node in self.places and node not in told and not (wrapped and all(event.inside is not None for event in wrapped)):
                told.add(node)
                yield self._entry(node, "layer", self._name(node, layer.kind), ())

    def _entry(self, node: object, kind: str, name: str, parts: tuple[Entry, ...]) -> Entry:
        cell, span = self.places[node]
        own = [part for part in parts if part.cell == cell]
        whole = Span(
            *min([(span.start_row, span.start_column), *((p.span.start_row, p.span.start_column) for p in own)]),
            *max([(span.end_row, span.end_column), *((p.span.end_row, p.span.end_column) for p in own)]),
        )
        return Entry(cell, whole, kind, name, self.facts[node].text, tuple(own))

    def _name(self, node: object, otherwise: str) -> str:
        return (isinstance(node, cst.CSTNode) and self.text.name_of(node)) or otherwise
