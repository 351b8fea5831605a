"""What follows from a mistake that is reported already, and is no mistake of its own."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from lstmlint.findings import Finding
from lstmlint.trace import LayerApplied, Operation, Softmax, Trace, arrays_of
from lstmlint.values.data import Array

_RENAMING = "LST502"
"""Behind axes that a view has renamed, no size is the one that is meant."""


def without_consequences(found: Sequence[Finding], trace: Trace) -> list[Finding]:
    """Without what is found in tensors that were made of axes renamed by a view, which has a finding of its own."""
    places = {finding.site.node for finding in found if finding.code == _RENAMING}
    if not places:
        return list(found)
    views = (event.result for event in trace.events if isinstance(event, Operation) and event.site.node in places)
    renamed = {mark for result in views if isinstance(result, Array) for mark in marks_of(result)}
    return [
        finding
        for finding in found
        if finding.code == _RENAMING or not any(comes_from(tensor, renamed) for tensor in arrays_of(finding.event))
    ]


def marks_of(tensor: Array) -> set[Hashable]:
    """What a tensor is known by: itself, and, for those of other runs of the same lines, its shape and where it was made."""
    made_by = tensor.producer
    if not isinstance(made_by, LayerApplied) or tensor.shape.open:
        return {id(tensor)}
    return {id(tensor), (tensor.shape.dims, made_by.site.node)}


def comes_from(tensor: Array, renamed: set[Hashable]) -> bool:
    """Whether layers, or anything computed of what they gave, made a tensor of one of those."""
    waiting, seen = [tensor], set[int]()
    while waiting:
        one = waiting.pop()
        if not renamed.isdisjoint(marks_of(one)):
            return True
        made_by = one.producer or one.behind
        if id(made_by) in seen:
            continue
        seen.add(id(made_by))
        if isinstance(made_by, LayerApplied):
            waiting.extend(made_by.inputs)
        elif isinstance(made_by, Softmax):
            waiting.append(made_by.operand)
    return False
