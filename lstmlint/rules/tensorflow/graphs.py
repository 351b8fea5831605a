"""What the rules for TensorFlow 1 ask of the events of a graph."""
from __future__ import annotations

from collections.abc import Iterable

from lstmlint.findings import Related
from lstmlint.rules.cause import data_shape, is_recurrent_of_graphs
from lstmlint.shapes.shape import Shape
from lstmlint.trace import Event, InputDeclared, LayerApplied, OldFunction, Operation, Trace
from lstmlint.values.data import Array
from lstmlint.values.network import Layer

CELLS = "tensorflow.nn.rnn_cell."


def of_graph(event: Event) -> LayerApplied | None:
    """The event, if something of TensorFlow 1 was applied in it: a recurrent network, a cell, or one of tf.layers."""
    return event if isinstance(event, LayerApplied) and event.layer.path.startswith("tensorflow.") else None


def is_cell(layer: Layer) -> bool:
    """One cell, called for one step."""
    return layer.path.startswith(CELLS)


def name(layer: Layer) -> str:
    """What a message calls it."""
    return layer.kind if is_recurrent_of_graphs(layer) else f"tf.layers.{layer.kind}"


def cells(layer: Layer) -> str:
    """The cell or cells that a network runs, in words."""
    cell = layer.config.get("cell")
    return cell.kind if isinstance(cell, Layer) else "cell"


def at_fault(applied: LayerApplied) -> Layer | None:
    """The cell within a network that is at fault."""
    cell = applied.layer.config.get("at")
    return cell if isinstance(cell, Layer) else None


def shown(shape: Shape) -> str:
    """A shape for a message."""
    return data_shape(shape)


def is_old(trace: Trace) -> bool:
    """Whether the program is for a TensorFlow before version 1.0, in which each layer had its own weights whatever its cell."""
    return any(isinstance(event, OldFunction) for event in trace.events)


def sources(producer: object) -> Iterable[Array]:
    """The tensors of which something was made."""
    if isinstance(producer, Operation):
        return producer.operands
    return producer.inputs if isinstance(producer, LayerApplied) else ()


def origin(tensor: Array) -> object:
    """What made a tensor, or the first of those in a list."""
    return tensor.producer if tensor.producer is not None else tensor.behind


def inputs_of(tensors: Iterable[Array], found: set[object]) -> set[object]:
    """The placeholders that tensors are computed from; `found` holds what has been visited already."""
    waiting = [origin(tensor) for tensor in tensors]
    placeholders: set[object] = set()
    while waiting:
        producer = waiting.pop()
        if producer is None or producer in found:
            continue
        found.add(producer)
        if isinstance(producer, InputDeclared):
            placeholders.add(producer)
        waiting.extend(origin(tensor) for tensor in sources(producer))
    return placeholders


def network_of(tensor: Array) -> LayerApplied | None:
    """The recurrent network whose output a tensor is, under whatever axes."""
    producer = origin(tensor)
    for _ in range(20):
        if isinstance(producer, LayerApplied) and is_recurrent_of_graphs(producer.layer):
            return producer
        if not isinstance(producer, (Operation, LayerApplied)):
            return None
        first = next(iter(sources(producer)), None)
        producer = None if first is None else origin(first)
    return None


def declared(tensor: Array) -> tuple[Related, ...]:
    """The place of a placeholder, as part of a story."""
    producer = origin(tensor)
    return (Related(producer.site, f"declares {producer.tensor.shape}"),) if isinstance(producer, InputDeclared) else ()


def came_from(tensor: Array) -> tuple[Related, ...]:
    """The placeholder or layer that gave a tensor, as part of a story."""
    producer = origin(tensor)
    if isinstance(producer, LayerApplied):
        return (Related(producer.site, f"{name(producer.layer)} gives {tensor.shape}"),)
    return declared(tensor)
