"""The events of a trace as JSON takes them."""
from __future__ import annotations

from typing import Any

from lstmlint.picture.names import Names
from lstmlint.picture.places import Places
from lstmlint.trace import (
    Bound,
    ContractBroken,
    ContractUnread,
    Event,
    InputDeclared,
    LayerApplied,
    ModelFed,
    ModelMade,
    Operation,
)
from lstmlint.values.base import Choice, Value
from lstmlint.values.data import Array, Frame
from lstmlint.values.network import Layer


def as_object(event: Event, names: Names, places: Places) -> dict[str, Any]:
    """One event: its type, its place, whether it depends on a condition, and its shapes."""
    where = places.of(event.site)
    result: dict[str, Any] = {
        "event": type(event).__name__,
        "location": None if where is None else {"cell": where.cell, "row": where.row, "column": where.column},
        "conditional": bool(event.assumptions),
        "expected_to_fail": event.optional,
    }
    result.update(_own(event, names, places))
    violation = getattr(event, "violation", None)
    if violation is not None:
        result["violation"] = violation.message
    return result


def _own(event: Event, names: Names, places: Places) -> dict[str, Any]:
    if isinstance(event, Bound):
        return {"name": event.name, "shape": names.value(event.value), "known": _known(event.value)}
    if isinstance(event, InputDeclared):
        return {"argument": event.argument, "shape": names.shape(event.tensor.shape)}
    if isinstance(event, LayerApplied):
        return {
            "layer": event.layer.kind,
            "made": _row(event.layer, places),
            "inside": None if event.inside is None else event.inside.kind,
            "inputs": [names.shape(tensor.shape) for tensor in event.inputs],
            "output": names.value(event.output),
        }
    if isinstance(event, ModelFed):
        return {
            "method": event.method,
            "role": event.role,
            "x": names.value(event.x),
            "y": names.value(event.y),
            "inputs": [{"declared": names.shape(own.shape), "fed": names.shape(fed.shape)} for own, fed in event.inputs],
            "outputs": None if event.outputs is None else names.value(event.outputs),
        }
    if isinstance(event, ModelMade):
        return {"kind": event.model.kind}
    if isinstance(event, Operation):
        operands = [names.shape(operand.shape) for operand in event.operands]
        return {"name": event.name, "operands": operands, "result": names.value(event.result)}
    if isinstance(event, ContractBroken):
        return {"name": event.subject, "shape": names.shape(event.derived), "contract": event.said}
    if isinstance(event, ContractUnread):
        return {"reason": event.reason}
    return {}


def _row(layer: Layer, places: Places) -> int | None:
    where = places.of(layer.site)
    return None if where is None else where.row


def _known(value: Value) -> str | None:
    if isinstance(value, Array):
        return value.known
    if isinstance(value, Choice):
        return _known(value.leaves()[0])
    return "derived" if isinstance(value, Frame) else None
