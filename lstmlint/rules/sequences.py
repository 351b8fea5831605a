"""What can be proposed for RNNs that return too little or too much: `return_sequences`."""
from __future__ import annotations

from collections.abc import Iterator

from lstmlint.edits.calls import argument, argument_removed, keyword_set
from lstmlint.edits.change import Proposal, Replaced, proposal
from lstmlint.rules.cause import is_recurrent, rnn_of
from lstmlint.rules.rank import RankFault, rank_fault
from lstmlint.trace import LayerApplied, LayerMade, ModelMade, Trace
from lstmlint.values.data import Array, items_of
from lstmlint.values.network import Layer


def whole_sequence(fault: RankFault, trace: Trace) -> Proposal | None:
    """Let the RNNs before a faulty layer return their whole sequences; safe where nothing else gets their outputs."""
    dropping = list(_dropping(fault))
    changes: dict[object, Replaced | None] = {}
    for applied in dropping:
        rnn = rnn_of(applied.layer)
        # The place may make several layers, in a loop or a helper: they all must need it.
        if any(layer is not rnn and not _drops_what_is_needed(layer, trace) for layer in layers_made_with(rnn, trace)):
            return None
        changes.setdefault(rnn.site.node, keyword_set(rnn.site, "return_sequences", "True"))
    places = f" to {len(changes)} layers" if len(changes) > 1 else ""
    return proposal(f"add return_sequences=True{places}", *changes.values(), safe=all(_has_one_use(one, trace) for one in dropping))


def last_step(layer: Layer, trace: Trace) -> Proposal | None:
    """Let an RNN return only its last step."""
    rnn = rnn_of(layer)
    if len(layers_made_with(rnn, trace)) != 1:
        return None
    written = argument(rnn.site.node, "return_sequences")
    return proposal("drop return_sequences=True", argument_removed(rnn.site, written), safe=False)


def all_steps(layer: Layer, trace: Trace) -> Proposal | None:
    """Let an RNN return its whole sequence."""
    rnn = rnn_of(layer)
    if len(layers_made_with(rnn, trace)) != 1:
        return None
    return proposal("add return_sequences=True", keyword_set(rnn.site, "return_sequences", "True"), safe=False)


def _dropping(fault: RankFault) -> Iterator[LayerApplied]:
    """The RNNs that return only their last step, on the way back from a faulty layer to the first of them."""
    tensor = fault.tensor
    while isinstance(tensor.producer, LayerApplied) and tensor.producer.inputs:
        applied = tensor.producer
        if is_recurrent(applied.layer) and rnn_of(applied.layer).flag("return_sequences") is False:
            yield applied
        if applied is fault.cause.applied:
            return
        tensor = applied.inputs[0]


def layers_made_with(layer: Layer, trace: Trace) -> list[Layer]:
    """All layers that the call which made `layer` has made."""
    return [
        event.layer
        for event in trace.events
        if isinstance(event, LayerMade) and event.layer is not None and event.site.node is layer.site.node
    ]


def _drops_what_is_needed(layer: Layer, trace: Trace) -> bool:
    faults = (rank_fault(event) for event in trace.events)
    return any(
        rnn_of(one.layer) is layer
        for fault in faults
        if fault is not None and fault.code == "LST102" and fault.cause.applied is not None
        for one in _dropping(fault)
    )


def _has_one_use(applied: LayerApplied, trace: Trace) -> bool:
    """Whether what an application of a layer gave went into one layer and nowhere else, as far as is known."""
    uses = set()
    for event in trace.events:
        if isinstance(event, LayerApplied):
            # A model that knows its data builds its layers anew.
            within = applied.model is not None and event.model is applied.model
            if event.layer is applied.layer and event.site.node is not applied.site.node and not within:
                return False
            if any(tensor.producer is applied for tensor in event.inputs) and event.inside is None:
                uses.add(event.layer)
        elif isinstance(event, ModelMade) and any(tensor.producer is applied for tensor in _outputs(event)):
            return False
    return len(uses) <= 1


def _outputs(event: ModelMade) -> list[Array]:
    if event.model.kind == "sequential":
        return []
    given = event.model.outputs.raw
    items = items_of(given)
    values = [given] if items is None else items.known or ()
    return [value for value in values if isinstance(value, Array)]
