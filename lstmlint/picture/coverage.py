"""How much an analysis knows: at how many places that matter the shapes are known, how they are known, and as what."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lstmlint.picture.contents import parts, tables
from lstmlint.picture.unfed import applications
from lstmlint.rules.cause import is_recurrent, is_recurrent_of_graphs
from lstmlint.shapes.dims import Dim, symbols
from lstmlint.shapes.shape import Axis, Shape
from lstmlint.trace import LayerApplied, ModelFed, Trace
from lstmlint.values.base import Choice, Value
from lstmlint.values.data import Array, DictObject, Frame, ListObject, Tuple

HOW = ("derived", "contract", "refined", "remembered", "unknown")
"""How a fact is known, the surest first; a fact that several runs of one place know differently counts as the least sure."""
FORMS = ("number", "symbol")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing asked about: how it is known, and whether as a number or as a symbol (a rank is a number)."""

    how: str = "unknown"
    form: str | None = None


UNKNOWN = Fact()


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the program that is counted: `kind` is "recurrent layer" or "call", `name` the layer's kind or the method."""

    kind: str
    name: str
    framework: str
    node: object
    facts: dict[str, Fact]


Key = tuple[str, object, object]


def places(trace: Trace, before: Trace | None = None) -> list[Place]:
    """The places of a trace, each once, however often it is run.

    With the trace `before` anything was known of an earlier run, what only that has told is told apart, also where it is a number
    that the program has computed of it.
    """
    found = _merged(trace)
    if before is None:
        return list(found.values())
    plain = _merged(before)
    return [
        replace(place, facts={name: _told_apart(fact, plain.get(key), name) for name, fact in place.facts.items()})
        for key, place in found.items()
    ]


def _told_apart(fact: Fact, before: Place | None, name: str) -> Fact:
    same = fact.how == "unknown" or (before is not None and before.facts.get(name) == fact)
    return fact if same else Fact("remembered", fact.form)


def _merged(trace: Trace) -> dict[Key, Place]:
    merged: dict[Key, Place] = {}
    for key, place in _all_places(trace):
        known = merged.get(key)
        merged[key] = place if known is None else Place(
            known.kind, known.name, known.framework, known.node,
            {name: _least(fact, place.facts.get(name, fact)) for name, fact in known.facts.items()},
        )  # fmt: skip
    return merged


def _all_places(trace: Trace) -> Iterator[tuple[Key, Place]]:
    for event in [*trace.events, *applications(trace)]:
        if isinstance(event, LayerApplied) and (is_recurrent(event.layer) or is_recurrent_of_graphs(event.layer)):
            # A Bidirectional applies the RNN that it wraps, to the same input.
            if event.inside is not None and event.inside.kind == "Bidirectional":
                continue
            key = ("layer", event.site.node, event.layer.site.node)
            framework = event.layer.path.partition(".")[0]
            # Beside the input of a layer of PyTorch or TensorFlow 1 stand its initial states.
            inputs = event.inputs if framework == "keras" else event.inputs[:1]
            if not inputs:
                # A decoder that reads what it gives.
                continue
            facts = _input_facts(inputs)
            if facts["rank"].how == "unknown" and all(map(_embedded, inputs)):
                # What an Embedding makes of the token numbers that it is for.
                facts["rank"] = Fact("derived", "number")
            yield key, Place("recurrent layer", event.layer.kind, framework, event.site.node, facts)
        elif isinstance(event, ModelFed):
            facts = _input_facts(arrays_in(event.x) if event.method != "call" else [fed for _, fed in event.inputs])
            if event.role != "predict":
                facts["target"] = _together(_target(event.y))
            yield (event.role, event.site.node, event.method), Place("call", called(event), "keras", event.site.node, facts)


def _embedded(tensor: Array) -> bool:
    """Whether an Embedding of the same network stands before, behind nothing but layers."""
    producer = tensor.producer
    while isinstance(producer, LayerApplied):
        if producer.layer.kind == "Embedding":
            return True
        producer = producer.inputs[0].producer if len(producer.inputs) == 1 else None
    return False


def called(event: ModelFed) -> str:
    """The method, told apart from the validation that a call to `fit` may do with other data."""
    return f"{event.method} (validation data)" if event.role == "validation" and event.method.startswith("fit") else event.method


def arrays_in(value: Value, depth: int = 3) -> list[Array | None]:
    """The arrays that an argument consists of, None for each part that is not known to be one.

    A list of arrays is several inputs, a data set is what its batches hold.
    """
    if isinstance(value, Choice):
        return [found for leaf in value.leaves() for found in arrays_in(leaf, depth)]
    if isinstance(value, Array):
        return [value]
    if isinstance(value, Frame):
        return [Array(Shape((table.rows, Axis(table.width)))) for table in tables(value)] or [None]
    alternatives = parts(value) if isinstance(value, (DictObject, ListObject, Tuple)) and depth else None
    if alternatives is None or not all(alternatives):
        return [None]
    return [found for held in alternatives for part in held for found in arrays_in(part, depth - 1)]


def _target(y: Value) -> Iterator[Fact]:
    for array in arrays_in(y):
        yield UNKNOWN if array is None or array.shape.rank is None else Fact(array.known, "number")


def _input_facts(arrays: Iterable[Array | None]) -> dict[str, Fact]:
    found = list(arrays)
    return {
        "rank": _together(_rank(array) for array in found),
        "features": _together(length(array, -1) for array in found),
        "timesteps": _together(length(array, 1) for array in found),
    }


def _rank(array: Array | None) -> Fact:
    return UNKNOWN if array is None or array.shape.rank is None else Fact(array.known, "number")


def length(array: Array | None, at: int) -> Fact:
    """What is known of the length of axis `at`."""
    axis = None if array is None else _axis(array.shape, at)
    if array is None or axis is None:
        return UNKNOWN
    form = form_of(axis)
    return UNKNOWN if form is None else Fact(array.known, form)


def _axis(shape: Shape, at: int) -> Dim | None:
    """The length of an axis behind the first one."""
    axis = shape.axis(at)
    return None if axis is None or (not shape.open and len(shape.axes) < 2) else axis.dim


def form_of(dim: Dim) -> str | None:
    """Whether a length is known as a number or as a symbol; None where it is known as nothing."""
    if isinstance(dim, int):
        return "number"
    return "symbol" if all(s.name != "?" and not s.varies for s in symbols(dim)) else None


def _least(a: Fact, b: Fact) -> Fact:
    """The less sure of two facts, and a symbol rather than a number."""
    first, second = sorted((a, b), key=lambda fact: HOW.index(fact.how))
    form = None if second.how == "unknown" else "symbol" if "symbol" in (first.form, second.form) else second.form
    return Fact(second.how, form)


def _together(facts: Iterable[Fact]) -> Fact:
    """One fact for several inputs: known only if it is known of all."""
    result: Fact | None = None
    for fact in facts:
        result = fact if result is None else _least(result, fact)
    return UNKNOWN if result is None else result


Table = dict[str, dict[str, Any]]


def tally(found: Iterable[Place]) -> Table:
    """The counts that `shapes --output-format json` prints: by kind of place, for each fact by how it is known and as what."""
    table: Table = {}
    for place in found:
        row = table.setdefault(place.kind if place.kind != "call" else place.name, {"count": 0})
        row["count"] += 1
        for name, fact in place.facts.items():
            counts = row.setdefault(name, dict.fromkeys((*HOW, *FORMS), 0))
            counts[fact.how] += 1
            if fact.form is not None:
                counts[fact.form] += 1
    return table
