"""What follows from a mistake that is reported already, and is no mistake of its own."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from lstmlint.findings import Finding, Related
from lstmlint.rules.cause import rnn_of
from lstmlint.shapes.dims import Poly, differ, same
from lstmlint.trace import AxisMissing, LayerApplied, LossComputed, ModelFed, Operation, Softmax, Trace, arrays_of
from lstmlint.values.base import Value
from lstmlint.values.data import PREDICTED, Array, items_of

_RENAMING = "LST502"
"""Behind axes that a view has renamed, no size is the one that is meant."""
_OF_WIDTHS = ("LST106", "LST107", "LST501")
"""What a layer of another number of units makes wrong behind it."""
_OF_DATA = ("LST201", "LST202", "LST203", "LST205", "LST303")
_OF_OUTPUTS = ("LST301", "LST302", "LST306", "LST307")


def without_consequences(found: Sequence[Finding], trace: Trace) -> list[Finding]:
    """Without what follows from another finding: of renamed axes, of states of another width, of data read the wrong way round."""
    told = _without_symptoms(_of_other_layouts(_of_renamed_axes(found, trace)))
    return _of_data_without_axes(_of_one_direction(_once_for_states(told)))


def _of_renamed_axes(found: Sequence[Finding], trace: Trace) -> list[Finding]:
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


def _of_other_layouts(found: Sequence[Finding]) -> list[Finding]:
    """Behind a layer that reads another axis as the batch, also in a call where this is no mistake of its own (of one sample)."""
    layers = {id(event.layer) for one in found if one.code == "LST504" and isinstance(event := one.event, LayerApplied)}
    if not layers:
        return list(found)
    return [one for one in found if one.code != "LST401" or not any(_behind(tensor, layers) for tensor in arrays_of(one.event))]


def _behind(tensor: Array, layers: set[int]) -> bool:
    """Whether one of the layers stands before a tensor."""
    waiting, seen = [tensor], set[int]()
    while waiting:
        one = waiting.pop()
        made_by = one.producer or one.behind
        if not isinstance(made_by, LayerApplied) or id(made_by) in seen:
            continue
        if id(made_by.layer) in layers:
            return True
        seen.add(id(made_by))
        waiting.extend(made_by.inputs)
    return False


def _without_symptoms(found: Sequence[Finding]) -> list[Finding]:
    """Data whose last axes are swapped was not meant to be read at once, and the classes of scores that lack the rank which their
    loss needs stand on the right axis when they have it."""
    swapped = {id(finding.event) for finding in found if finding.code == "LST506"}
    refused = [finding.event for finding in found if finding.code == "LST301" and finding.effect == "raises"]
    scores = {id(event.prediction.producer or event.prediction.behind) for event in refused if isinstance(event, LossComputed)}
    return [
        finding
        for finding in found
        if not (finding.code == "LST503" and id(finding.event) in swapped)
        and not (finding.code == "LST304" and id(finding.event) in scores)
    ]


def _once_for_states(found: Sequence[Finding]) -> list[Finding]:
    """States of another width than their layer: it is the layer that has the wrong width, for all that is behind it, and once."""
    events = [finding.event for finding in found if finding.code == "LST401"]
    wrong = [event for event in events if isinstance(event, LayerApplied) and _of_another_width(event)]
    outputs = {mark for event in wrong for output in _arrays(event.output) for mark in marks_of(output)}
    told: set[tuple[int, str]] = set()
    kept = []
    for finding in found:
        event = finding.event
        if finding.code == "LST401" and isinstance(event, LayerApplied):
            if (id(event.layer), finding.message) in told:
                continue
            told.add((id(event.layer), finding.message))
        elif finding.code in _OF_WIDTHS and any(comes_from(tensor, outputs) for tensor in arrays_of(event)):
            continue
        kept.append(finding)
    return kept


def _of_another_width(event: LayerApplied) -> bool:
    """Whether a state has not the width of the units."""
    given = event.states.given if event.states is not None else [array for one in event.arguments for array in _arrays(one)]
    rnn = rnn_of(event.layer)
    units = rnn.length("units" if rnn.given("hidden_size") is None else "hidden_size")
    return any(state.shape.axes and differ(state.shape.axes[-1].dim, units) for state in given)


def _arrays(value: Value) -> list[Array]:
    """The tensors in a value, which may hold them in tuples."""
    if isinstance(value, Array):
        return [value]
    items = items_of(value)
    return [] if items is None else [array for item in items.known or () for array in _arrays(item)]


def _of_one_direction(found: Sequence[Finding]) -> list[Finding]:
    """A layer that is made for both directions and gets the states of one: the mistake is told once, with what was taken."""
    taken = [finding for finding in found if finding.code == "LST505"]
    told = set[int]()
    kept = []
    for finding in found:
        cause = _half_taken(finding, taken) if finding.code == "LST106" else None
        if cause is not None:
            told.add(id(cause))
            related = (*finding.related, Related(cause.site, cause.label or cause.message))
            finding = replace(finding, help=cause.help, related=related, fix=None)
        kept.append(finding)
    return [finding for finding in kept if id(finding) not in told]


def _of_data_without_axes(found: Sequence[Finding]) -> list[Finding]:
    """Data that lacks an axis raises where the program asks for that axis: what a model makes of the data then is no other mistake.
    Where a model gets the data before and raises, that is the mistake. Predictions that lack one are those of a model that is
    reported for its output."""
    place = {id(finding): at for at, finding in enumerate(found)}
    lacking = [(finding, array) for finding in found if (array := _lacks_an_axis(finding)) is not None]
    fed = [(finding, finding.event) for finding in found if isinstance(finding.event, ModelFed)]
    told = {
        id(other if finding.effect == "raises" and place[id(finding)] < place[id(other)] else finding)
        for finding, event in fed
        for other, array in lacking
        if finding.code in _OF_DATA and finding is not other and array.source != PREDICTED and _is_fed(finding, event, array)
    }
    outputs = [event.outputs.shape for finding, event in fed if finding.code in _OF_OUTPUTS and isinstance(event.outputs, Array)]
    for finding in found:
        array = _lacks_an_axis(finding)
        if array is not None and array.source == PREDICTED and any(array.shape.dims[1:] == shape.dims[1:] for shape in outputs):
            told.add(id(finding))
        if finding.code == "LST206" and any(event is finding.event and other is not finding for other, event in fed):
            told.add(id(finding))
    return [finding for finding in found if id(finding) not in told]


def _lacks_an_axis(finding: Finding) -> Array | None:
    """The array of which a finding says that the program asks for an axis that it has not."""
    event = finding.event
    if isinstance(event, AxisMissing):
        return event.array if isinstance(event.array, Array) else None
    indices = isinstance(event, Operation) and event.violation is not None and event.violation.kind == "indices"
    return event.operands[0] if isinstance(event, Operation) and indices and finding.code == "LST201" else None


def _is_fed(finding: Finding, event: ModelFed, array: Array) -> bool:
    """Whether an array, or another with the axes of its samples, goes to a model as what a finding is about."""
    given = _arrays(event.y) if finding.code == "LST303" else [data for _, data in event.inputs]
    return any(one is array or (one.shape.rank == array.shape.rank and one.shape.dims[1:] == array.shape.dims[1:]) for one in given)


def _half_taken(finding: Finding, taken: Sequence[Finding]) -> Finding | None:
    """What took one direction of an RNN, of the tensor that a layer finds half as wide as it needs."""
    event = finding.event
    violation = event.violation if isinstance(event, LayerApplied) else None
    if violation is None or not isinstance(violation.left, (int, Poly)) or not isinstance(violation.right, (int, Poly)):
        return None
    if not same(violation.left * 2, violation.right):
        return None
    for cause in taken:
        states = {id(array.producer) for array in arrays_of(cause.event) if array.producer is not None}
        if any(_made_by(tensor, states) for tensor in arrays_of(event)):
            return cause
    return None


def _made_by(tensor: Array, layers: set[int]) -> bool:
    """Whether a tensor is what one of the layers gave, or layers with one input made it of that."""
    seen = set[int]()
    while True:
        made_by = tensor.producer or tensor.behind
        if id(made_by) in layers:
            return True
        if not isinstance(made_by, LayerApplied) or len(made_by.inputs) != 1 or id(made_by) in seen:
            return False
        seen.add(id(made_by))
        tensor = made_by.inputs[0]


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
