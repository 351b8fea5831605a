"""Where a mistake that raises nothing by itself makes a later line raise: the finding says so, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from lstmlint.findings import Finding, Related
from lstmlint.library.torch.losses import COMPARISONS
from lstmlint.rules.consequences import comes_from, marks_of
from lstmlint.rules.torch.layout import misreading, of_full_batches
from lstmlint.shapes.shape import Shape
from lstmlint.trace import ElementTaken, Event, LayerApplied, LossComputed, ModelFed, Operation, Trace, arrays_of
from lstmlint.values.code import Site
from lstmlint.values.data import PREDICTED, Array

_Comes = Callable[[Array], bool]


def with_what_follows(found: Sequence[Finding], trace: Trace) -> list[Finding]:
    """The findings; those that raise nothing at their own line with the first later line that gets what they make and raises."""
    wanted = {id(finding.event) for finding in found if finding.effect == "silent" and isinstance(finding.event, Event)}
    if not wanted:
        return list(found)
    places = {id(event): at for at, event in enumerate(trace.events) if id(event) in wanted}
    told = []
    for finding in found:
        event, comes = finding.event, _descent(finding)
        if finding.effect == "silent" and comes is not None and isinstance(event, Event) and id(event) in places:
            for who, site, why in _raising(event, trace.events[places[id(event)] + 1 :], comes):
                words = f"{finding.message}; {who} raises on what comes of it"
                finding = replace(finding, message=words, later=Related(site, f"raises: {why}"))
                break
        told.append(finding)
    return told


def _descent(finding: Finding) -> _Comes | None:
    """What tells whether a tensor was made of what a finding is about."""
    event = finding.event
    if finding.code == "LST502" and isinstance(event, Operation) and isinstance(event.result, Array):
        marks = marks_of(event.result)
        return lambda tensor: comes_from(tensor, marks)
    if finding.code == "LST505" and isinstance(event, ElementTaken):
        taken_of = event.array.producer
        return lambda tensor: taken_of is not None and misreading(tensor) is taken_of
    if finding.code == "LST504" and isinstance(event, LayerApplied):
        return lambda tensor: misreading(tensor) is event
    if finding.code == "LST306" and isinstance(event, ModelFed) and isinstance(event.outputs, Array):
        of_a_sample = event.outputs.shape.dims[1:]
        return lambda tensor: tensor.source == PREDICTED and tensor.shape.dims[1:] == of_a_sample
    return None


def _raising(cause: Event, events: Sequence[Event], comes: _Comes) -> Iterator[tuple[str, Site, str]]:
    """What raises whenever the cause is reached, by what came of it, where and why."""
    for event in events:
        fault = _fault(event)
        if fault is None or event.optional or event.supposed != cause.supposed or event.conditions > cause.conditions:
            continue
        if event.assumptions.items() <= cause.assumptions.items() and any(map(comes, arrays_of(event))):
            yield fault[0], event.site, fault[1]


def _fault(event: Event) -> tuple[str, str] | None:
    """What raises, and why; None where nothing does for all that is known."""
    if isinstance(event, LossComputed):
        return _refused(event)
    if not isinstance(event, (LayerApplied, Operation)) or event.violation is None:
        return None
    if isinstance(event, LayerApplied):
        return (f"the {event.layer.kind}", event.violation.message) if event.layer.path.startswith("torch.") else None
    called = event.name.startswith("sklearn.") or event.name == "numpy.concatenate"
    return (event.name.rpartition(".")[2], event.violation.message) if called else None


def _refused(event: LossComputed) -> tuple[str, str] | None:
    """Why a loss raises: with each batch, or with a full one."""
    violation, batch = event.violation, ""
    compare = COMPARISONS.get(event.name)
    if compare is not None and (violation is None or violation.kind == "differs"):
        violation, batch = compare(_in_full(event.prediction), _in_full(event.target)), "in a full batch, "
    if violation is None or violation.kind != "target":
        return None
    return event.name, f"{batch}{violation.message}"


def _in_full(tensor: Array) -> Array:
    shape = tensor.shape
    return replace(tensor, shape=Shape(tuple(axis.of_length(of_full_batches(axis.dim)) for axis in shape), shape.open))
