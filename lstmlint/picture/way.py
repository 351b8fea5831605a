"""The way of the shapes: for each model, from where its data comes to its loss, step by step."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from lstmlint.findings import Finding
from lstmlint.picture.contents import contents, parts
from lstmlint.picture.coverage import called
from lstmlint.picture.names import Names
from lstmlint.picture.slices import Assignments, way_to
from lstmlint.picture.unfed import applications
from lstmlint.rules.cause import is_recurrent, layer_name
from lstmlint.trace import Event, InputDeclared, LayerApplied, ModelFed, ModelMade, Trace
from lstmlint.values.base import Choice, Const, Value, is_none
from lstmlint.values.code import External, Function, Site
from lstmlint.values.data import Array, Entries
from lstmlint.values.network import Model


@dataclass(frozen=True, slots=True)
class Step:
    """One step: where, what (a name, a layer, a call), its shapes as text, what is wrong there, and whether only an earlier run has
    told the shapes."""

    site: Site
    what: str
    shapes: str
    wrong: str = ""
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of one model; `site` is where it is made, None for layers that belong to no model."""

    site: Site | None
    steps: tuple[Step, ...]


def ways(trace: Trace, found: Iterable[Finding], modules: Iterable[cst.Module], names: Names) -> list[Way]:
    """The ways of all models that are fed or hold a recurrent layer, and of recurrent layers outside of models."""
    return _Ways(trace, found, Assignments(modules), names).all()


class _Ways:
    def __init__(self, trace: Trace, found: Iterable[Finding], assignments: Assignments, names: Names) -> None:
        self.events: list[Event] = [*trace.events, *applications(trace)]
        self.wrong: dict[int, str] = {}
        for finding in found:
            self.wrong.setdefault(id(finding.event), f"{finding.code} {finding.message}")
        self.assignments = assignments
        self.names = names

    def all(self) -> list[Way]:
        made: dict[Model, Site] = {}
        for event in self.events:
            if isinstance(event, (ModelMade, ModelFed)):
                made.setdefault(event.model, event.model.site)
        result: list[Way] = []
        told: set[int] = set()
        shown: set[object] = set()
        for model, site in made.items():
            network = self._network(model)
            fed = [e for e in self.events if isinstance(e, ModelFed) and e.model is model and e.method != "call"]
            concerns = any(isinstance(event, LayerApplied) and is_recurrent(event.layer) for event in network)
            told.update(map(id, network))
            # A function that makes a model may be followed several times.
            if (fed or concerns) and (fed or site.node not in shown):
                shown.add(site.node)
                result.append(Way(site, tuple(_once([*self._data(fed), *map(self._layer, network), *self._fed(fed)]))))
        rest = [e for e in self.events if isinstance(e, LayerApplied) and id(e) not in told and e.inside is None]
        if any(is_recurrent(event.layer) for event in rest):
            result.append(Way(None, tuple(_once(map(self._layer, rest)))))
        return result

    def _network(self, model: Model) -> list[InputDeclared | LayerApplied]:
        """The events that made the tensors of a model, in order."""
        reached: set[int] = set()
        waiting = list(_tensors(model.outputs.raw))
        while waiting:
            producer = waiting.pop().producer
            if isinstance(producer, (InputDeclared, LayerApplied)) and id(producer) not in reached:
                reached.add(id(producer))
                if isinstance(producer, LayerApplied):
                    waiting.extend(producer.inputs)
        return [
            event
            for event in self.events
            if (isinstance(event, InputDeclared) and id(event) in reached)
            or (isinstance(event, LayerApplied) and event.inside is None and (id(event) in reached or event.model is model))
        ]

    def _data(self, fed: Sequence[ModelFed]) -> Iterator[Step]:
        if not fed:
            return
        first = fed[0]
        before = self.events[: self.events.index(first)]
        node = first.site.node
        for bound in way_to(node, before, self.assignments) if isinstance(node, cst.CSTNode) else []:
            text = self.names.value(bound.value)
            if text is not None:
                yield Step(bound.site, bound.name, text, self._fault(bound))

    def _layer(self, event: Event) -> Step:
        if isinstance(event, InputDeclared):
            site = event.site if event.layer is None else event.layer.site
            return Step(site, "input", self.names.shape(event.tensor.shape), self._fault(event))
        assert isinstance(event, LayerApplied)
        given = ", ".join(self.names.shape(tensor.shape) for tensor in event.inputs)
        wrong = self._fault(event) or ("" if event.violation is None else event.violation.message)
        return Step(event.layer.site, layer_name(event.layer), f"{given} → {self.names.value(event.output) or '?'}", wrong)

    def _fed(self, fed: Sequence[ModelFed]) -> Iterator[Step]:
        for event in fed:
            x, y = self.names.value(event.x) or "?", self.names.value(event.y)
            has_target = event.role != "predict" and not is_none(event.y)
            yield Step(event.site, called(event), x if not has_target else f"X {x}, y {y or '?'}", self._fault(event))
            loss = loss_name(event.model)
            if has_target and loss is not None and event.outputs is not None:
                outputs = self.names.value(event.outputs) or "?"
                yield Step(event.site, f"loss {loss}", f"prediction {outputs}, target {y or '?'}")

    def _fault(self, event: Event) -> str:
        return self.wrong.get(id(event), "")


def _once(steps: Iterable[Step]) -> Iterator[Step]:
    """Each step once, however often a loop or call repeats it."""
    seen: set[tuple[object, str, str]] = set()
    for step in steps:
        key = (step.site.node, step.what, step.shapes)
        if key not in seen:
            seen.add(key)
            yield step


def _tensors(value: Value) -> Iterator[Array]:
    if isinstance(value, Array):
        yield value
    elif isinstance(value, Choice):
        for leaf in value.leaves():
            yield from _tensors(leaf)
    else:
        for held in parts(value) or ():
            for part in held:
                yield from _tensors(part)


def loss_name(model: Model) -> str | None:
    """The name of the loss that a model was compiled with."""
    compiled = contents(model.compiled.raw)
    known = dict(compiled[0].known) if len(compiled) == 1 and isinstance(compiled[0], Entries) else {}
    loss = known.get(Const("loss"))
    if isinstance(loss, Const) and isinstance(loss.value, str):
        return loss.value
    if isinstance(loss, External):
        return loss.path.rpartition(".")[2]
    return loss.name if isinstance(loss, Function) else None if loss is None or is_none(loss) else "?"
