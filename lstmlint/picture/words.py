"""What is known of a value, in words for somebody who points at it: its shape, what its axes mean, where its lengths come from."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lstmlint.picture.names import SHARED, Names
from lstmlint.picture.parameters import parameters
from lstmlint.picture.unfed import applications
from lstmlint.picture.way import loss_name
from lstmlint.rules.cause import is_recurrent
from lstmlint.shapes.dims import Dim, Poly, symbols
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import LayerApplied, ModelFed, Trace
from lstmlint.values.base import Choice, Integer, Value, is_none
from lstmlint.values.code import Instance
from lstmlint.values.data import Array, Frame, Items, ListObject, Table, Tuple, items_of
from lstmlint.values.network import Layer, Model

COLUMNS = 8
"""So many columns of a table are named."""
MOST = 3
"""So many different values of one thing are told."""
_HOW = {"contract": "as its contract says", "refined": "as its use needs"}


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of one thing: in one line, and what else there is to say, a line each."""

    text: str
    notes: tuple[str, ...] = ()


class Words:
    """Speaks of the values of one trace; a symbol has the same name wherever it occurs."""

    def __init__(self, trace: Trace) -> None:
        self.names = Names()
        self.applied: dict[Layer, list[LayerApplied]] = {}
        for event in [*trace.events, *applications(trace)]:
            if isinstance(event, LayerApplied):
                self.applied.setdefault(event.layer, []).append(event)
        self._facts: dict[int, tuple[Value, Fact | None]] = {}
        self._fed: dict[int, str] = {}
        """What the axes of arrays that are fed to recurrent layers are taken for, by the arrays' identities."""
        self._trace = trace
        for event in trace.events:
            if isinstance(event, ModelFed):
                for own, fed in event.inputs:
                    first = next((e for e in self._network() if any(own is tensor for tensor in e.inputs)), None)
                    meaning = None if first is None else _taken_for(first)
                    if meaning and len(fed.shape.axes) == 3:
                        self._fed[id(fed if len(event.inputs) > 1 else event.x)] = meaning.replace("batch", "sample")

    def fact(self, value: Value) -> Fact | None:
        """What there is to say of a value; None if nothing."""
        # The value is kept with it, so that no other takes its identity.
        known = self._facts.get(id(value))
        if known is None:
            known = self._facts[id(value)] = (value, self._fact(value))
        return known[1]

    def together(self, values: Iterable[Value]) -> Fact | None:
        """What there is to say of something that has been several values."""
        facts = [fact for fact in map(self.fact, values) if fact is not None]
        if len(facts) <= 1:
            return facts[0] if facts else None
        return Fact(either(fact.text for fact in facts), tuple(dict.fromkeys(note for fact in facts for note in fact.notes)))

    def shape(self, value: Value) -> str | None:
        """The shape of an array, a table or a list of them; None where it is not known at all."""
        if isinstance(value, Table):
            value = Array(_table_shape(value))
        elif isinstance(value, Items):
            value = ListObject(value)
        text = self.names.value(value)
        return None if text is None or not set(text) - set("?…,() ×or") else text

    def _fact(self, value: Value) -> Fact | None:
        if isinstance(value, Choice):
            return self.together(value.leaves())
        if isinstance(value, Layer):
            return self._layer(value)
        if isinstance(value, Model):
            return self._model(value)
        if isinstance(value, Instance):
            return self._module(value)
        if isinstance(value, Integer):
            # A number of which nothing is known but its name is not worth a word.
            notes = tuple(self._origins([value.dim]))
            return Fact(self.names.dim(value.dim), notes) if notes else None
        text = self.shape(value)
        return None if text is None else Fact(text, tuple(self._notes(value)))

    def _notes(self, value: Value) -> Iterator[str]:
        if isinstance(value, Array):
            meaning = self._fed.get(id(value)) or meanings(value.shape)
            if meaning:
                yield meaning
            yield from self._origins(value.shape.dims)
            if value.source:
                yield f"from {value.source}"
            if value.known in _HOW:
                yield f"known {_HOW[value.known]}"
        elif isinstance(value, Frame):
            content = value.cell.raw
            if isinstance(content, Table):
                yield from self._notes(content)
        elif isinstance(value, Table):
            if value.columns:
                shown = ", ".join(map(str, value.columns[:COLUMNS])) + (" …" if len(value.columns) > COLUMNS else "")
                yield f"columns: {shown}"
            yield from self._origins([value.rows.dim, value.width])
        elif isinstance(value, (Tuple, Items)):
            items = value.items if isinstance(value, Tuple) else value
            yield from self._origins([items.length])
            if isinstance(items.element, Array):
                yield from self._origins(items.element.shape.dims)

    def _origins(self, dims: Iterable[Dim]) -> Iterator[str]:
        found = dict.fromkeys(s for dim in dims for s in sorted(symbols(dim), key=lambda s: s.serial))
        for symbol in found:
            if symbol.origin and symbol.name not in SHARED:
                yield f"{self.names.dim(Poly({(symbol,): 1}))}: {symbol.origin}"

    # Networks.

    def _network(self) -> Iterator[LayerApplied]:
        return (event for event in self._trace.events if isinstance(event, LayerApplied))

    def way_through(self, layer: Layer) -> list[tuple[str, str]]:
        """The shapes that a layer got and gave, each way once."""
        ways: dict[tuple[str, str], None] = {}
        for event in self.applied.get(layer, ()):
            given = ", ".join(self.names.shape(tensor.shape) for tensor in event.inputs)
            ways[given, self.names.value(event.output) or "?"] = None
        return list(ways)

    def count(self, layer: Layer) -> int | None:
        """The number of parameters of a layer; None for one that gets what it can't take."""
        if any(event.violation is not None for event in self.applied.get(layer, ())):
            return None
        counts = {parameters(layer, _features(event.inputs)) for event in self.applied.get(layer, ())} or {parameters(layer, None)}
        return counts.pop() if len(counts) == 1 else None

    def _layer(self, layer: Layer) -> Fact:
        ways = self.way_through(layer)
        text = either(f"{given} → {got}" for given, got in ways)
        notes: list[str] = []
        applied = self.applied.get(layer, ())
        if applied and applied[0].inputs:
            first, output = applied[0].inputs[0], first_of(applied[0].output)
            given = _taken_for(applied[0]) or meanings(first.shape)
            got = meanings(output.shape) if isinstance(output, Array) else ""
            notes.extend(f"{at}: {meaning}" for at, meaning in (("in", given), ("out", got)) if meaning)
            dims = [dim for tensor in (*applied[0].inputs, output) if isinstance(tensor, Array) for dim in tensor.shape.dims]
            notes.extend(self._origins(dims))
        faults = dict.fromkeys(event.violation.message for event in applied if event.violation is not None)
        notes.extend(f"wrong: {fault}" for fault in faults)
        count = self.count(layer)
        if count is not None:
            notes.append(_counted(count))
        return Fact(f"{layer.kind}: {text}" if text else layer.kind, tuple(notes))

    def _model(self, model: Model) -> Fact:
        given, got = self.names.value(model.inputs.raw), self.names.value(model.outputs.raw)
        kind = "Sequential" if model.kind == "sequential" else "Model"
        layers = layers_of(model)
        notes = [_counted_layers(len(layers))] if layers else []
        counts = [self.count(layer) for layer in layers]
        if layers and all(count is not None for count in counts):
            notes.append(_counted(sum(count or 0 for count in counts)))
        return Fact(f"{kind}: {given} → {got}" if given and got else kind, tuple(notes))

    def _module(self, instance: Instance) -> Fact | None:
        held = {name: instance.fields.cells[name].raw for name in instance.fields.cells}
        layers = {name: value for name, value in held.items() if isinstance(value, Layer)}
        if not layers:
            return None
        notes = [f"{name}: {fact.text}" for name, fact in ((n, self.fact(v)) for n, v in layers.items()) if fact is not None]
        counts = [self.count(layer) for layer in dict.fromkeys(layers.values())]
        holds_more = any(isinstance(value, (Instance, Model)) or type(value).__name__ == "Container" for value in held.values())
        if not holds_more and all(count is not None for count in counts):
            notes.append(_counted(sum(count or 0 for count in counts)) + " in these layers")
        return Fact(instance.cls.name, tuple(notes))

    def fed(self, event: ModelFed) -> Fact:
        """What a call gives to a model."""
        x, y = self.names.value(event.x) or "?", self.names.value(event.y)
        has_target = event.role != "predict" and not is_none(event.y)
        notes: list[str] = []
        loss = loss_name(event.model)
        if event.outputs is not None:
            answer = self.names.value(event.outputs) or "?"
            notes.append(f"the model answers {answer}")
            if has_target and loss is not None:
                notes.append(f"{loss} compares {answer} with {y or '?'}")
        return Fact(f"{event.method}: X {x}, y {y or '?'}" if has_target else f"{event.method}: {x}", tuple(notes))


def layers_of(model: Model) -> list[Layer]:
    """The layers of a Sequential model, in order; none where they are not known."""
    content = model.cell.raw
    items = content.items if isinstance(content, ListObject) else content
    if not isinstance(items, Items) or items.known is None or not all(isinstance(item, Layer) for item in items.known):
        return []
    return [item for item in items.known if isinstance(item, Layer)]


def either(texts: Iterable[str]) -> str:
    """Different texts of one thing; "…" where there are too many."""
    different = list(dict.fromkeys(texts))
    return " or ".join(different if len(different) <= MOST else [*different[:MOST], "…"])


def first_of(output: Value) -> Value:
    """The first of a layer's outputs."""
    items = items_of(output)
    return items.known[0] if items is not None and items.known else output


def _taken_for(applied: LayerApplied) -> str:
    """What a recurrent layer takes the axes of its input for."""
    if not is_recurrent(applied.layer) or applied.layer.kind.startswith("Conv") or applied.violation is not None:
        return ""
    if not applied.inputs or applied.inputs[0].shape.rank != 3:
        return ""
    first = applied.layer.flag("batch_first") if applied.layer.path.startswith("torch.") else True
    return "" if first is None else "batch · time · feature" if first else "time · batch · feature"


def meanings(shape: Shape) -> str:
    """What the axes stand for, in order; empty where no meaning is known."""
    words = [axis.meaning.value if axis.meaning is not None else "–" for axis in shape]
    if not any(axis.meaning is not None for axis in shape):
        return ""
    return " · ".join(["…", *words] if shape.open else words)


def _features(inputs: Sequence[Array]) -> Dim | None:
    axis = inputs[0].shape.axis(-1) if len(inputs) == 1 else None
    return None if axis is None else axis.dim


def _table_shape(table: Table) -> Shape:
    return Shape((table.rows, Axis(table.width)))


def _counted(count: int) -> str:
    return f"{count:,} parameter{'' if count == 1 else 's'}"


def _counted_layers(count: int) -> str:
    return f"{count} layer{'' if count == 1 else 's'}"
