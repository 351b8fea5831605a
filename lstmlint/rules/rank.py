"""Which code speaks for a layer that got the wrong rank: the cause that a person must edit decides, and exactly one rule speaks."""
from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from lstmlint.findings import Related
from lstmlint.rules.cause import Cause, cause_of_rank, is_of_keras, is_recurrent
from lstmlint.shapes.dims import Poly
from lstmlint.trace import Event, InputDeclared, LayerApplied
from lstmlint.values.base import Const, dim_of, is_none
from lstmlint.values.code import Site
from lstmlint.values.data import Array, items_of


@dataclass(frozen=True, slots=True)
class RankFault:
    """A layer that got the wrong rank: the code that names the fault, the tensor, and where its rank comes from."""

    code: str
    applied: LayerApplied
    tensor: Array
    cause: Cause


def rank_fault(event: Event) -> RankFault | None:
    """The fault in an application of a layer, if a wrong rank is one."""
    if isinstance(event, LayerApplied) and event.violation is None and event.layer.kind in _ATTENTION:
        return _without_time(event)
    if not isinstance(event, LayerApplied) or event.violation is None or event.violation.kind != "rank" or not event.inputs:
        return None
    if not is_of_keras(event.layer):
        return None
    causes = [(tensor, cause_of_rank(tensor)) for tensor in event.inputs]
    needed = event.violation.right
    for tensor, cause in causes:
        lacks = tensor.shape.rank is not None and isinstance(needed, int) and tensor.shape.rank < needed
        if cause.kind == "dropped-time" and lacks and needs_time(event):
            return RankFault("LST102", event, tensor, cause)
    tensor, cause = causes[0]
    if cause.kind == "data":
        return RankFault("LST201", event, tensor, cause)
    if not is_recurrent(event.layer) or _embeds_vectors(cause):
        return RankFault("LST105", event, tensor, cause)
    if cause.kind == "input" and cause.declared is not None:
        entries = declared_entries(cause.declared)
        if entries == 3 and holds_sample_axis(cause.declared):
            return RankFault("LST103", event, tensor, cause)
        if cause.declared.layer is event.layer or (entries is not None and entries > 2 and not read_before(tensor)):
            return RankFault("LST104", event, tensor, cause)
    return RankFault("LST101", event, tensor, cause)


def read_before(tensor: Array) -> bool:
    """Whether a layer that needs so many axes has taken them before: a declared shape that it reads is the one that is meant."""
    while isinstance(producer := tensor.producer, LayerApplied) and producer.inputs:
        if producer.layer.kind == "TimeDistributed" or producer.layer.kind.startswith(_OF_IMAGES):
            return True
        tensor = producer.inputs[0]
    return False


_OF_IMAGES = ("Conv", "MaxPool", "AveragePool", "SeparableConv", "DepthwiseConv")
_ATTENTION = ("Attention", "AdditiveAttention")


def _without_time(event: LayerApplied) -> RankFault | None:
    """An attention to the last steps of an RNN: Keras takes the batch for their time, and the samples attend to each other."""
    value = event.inputs[1] if len(event.inputs) > 1 else None
    cause = cause_of_rank(value) if value is not None and value.shape.rank == 2 and is_of_keras(event.layer) else None
    if value is None or cause is None or cause.kind != "dropped-time" or cause.applied is None:
        return None
    return RankFault("LST102", event, value, cause)


def _embeds_vectors(cause: Cause) -> bool:
    """Whether the rank comes from an Embedding that gets data of rank 3."""
    applied = cause.applied
    if applied is None or applied.layer.kind != "Embedding" or applied.inputs[0].shape.rank != 3:
        return False
    return cause_of_rank(applied.inputs[0]).kind == "data"


def called_at(fault: RankFault) -> tuple[Related, ...]:
    """Where a layer that has a name of its own is called, as in `self.rnn(x)`: far from where it was made."""
    call = fault.applied.site.node
    if fault.applied.model is not None or not isinstance(call, cst.Call) or not isinstance(call.func, (cst.Name, cst.Attribute)):
        return ()
    return (Related(fault.applied.site, f"gets {fault.tensor.shape}"),)


def declared_at(declared: InputDeclared) -> Site:
    """Where a person edits the declared shape."""
    return declared.site if declared.layer is None else declared.layer.site


def declaration(tensor: Array) -> tuple[Related, ...]:
    """The place that declares an input, as part of a story."""
    producer = tensor.producer
    return (Related(declared_at(producer), f"declares {tensor.shape}"),) if isinstance(producer, InputDeclared) else ()


def needs_time(event: LayerApplied) -> bool:
    """Whether the layer asks for more axes than it got (RepeatVector, for one, asks for fewer)."""
    return event.layer.kind not in ("RepeatVector", "Embedding")


def declared_entries(declared: InputDeclared) -> int | None:
    """How many entries the declared shape has, without the batch axis."""
    rank = declared.tensor.shape.rank
    return None if rank is None else rank - 1


def holds_sample_axis(declared: InputDeclared) -> bool:
    """Whether the first entry of the declared shape can only be the sample axis: None, 1 or a number of rows."""
    items = items_of(declared.given)
    if items is None or items.known is None or not items.known:
        return False
    first = items.known[0]
    if is_none(first) or first == Const(1):
        return True
    return isinstance(dim_of(first), Poly)
