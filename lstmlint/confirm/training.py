"""Findings about targets, losses and last layers as steps: one step of training, and what shows a fault that passes."""

from __future__ import annotations

from lstmlint.confirm import steps
from lstmlint.confirm.feeding import is_short, method_of
from lstmlint.confirm.layers import NotRebuilt
from lstmlint.confirm.rebuild import Rebuild
from lstmlint.findings import Finding
from lstmlint.library.keras.refusing import missing_inputs
from lstmlint.rules.activations import activated_layer, activation_of, last_activated
from lstmlint.rules.targets import DEFAULT_BATCH, TargetFault, fault_in_batch, mistake, target_faults
from lstmlint.shapes.dims import Dim
from lstmlint.trace import LayerApplied, ModelFed
from lstmlint.values.data import Array
from lstmlint.values.network import Layer

TARGETS = frozenset(["LST301", "LST302", "LST303", "LST306", "LST307"])
VALUES = frozenset(["LST304", "LST308"])
_NOT_BY_NAME = ("categorical_generalized_cross_entropy",)
"""Losses that can't be made without an argument."""
_SHORT = 50
"""Over so many steps, it is faster to take one after the other than to trace a graph."""
_WHOLE = ("dice", "tversky")
"""Losses that give one number for a whole batch: their shape doesn't show what was compared with what."""


def show_targets(rebuild: Rebuild, event: ModelFed, finding: Finding) -> None:
    """A model trained on one batch of data and targets of the shapes at fault."""
    fault = next((one for one in target_faults(event) if one.code == finding.code and mistake(one) == finding.key), None)
    if fault is None:
        raise NotRebuilt("the targets at fault aren't known")
    compared, loss = fault.compared, fault.compared.loss.name
    if loss in _NOT_BY_NAME or (fault.verdict != "raises" and loss in _WHOLE):
        raise NotRebuilt(f"{loss} can't be put to the test yet")
    rows = _rows(fault)
    rebuild.activated = True
    model = rebuild.only(event, compared.output)
    data = tuple(rebuild.data(array, rows=rows) for _, array in event.inputs)
    # What the fault holds may be a copy, of which more is known.
    given = next((one.target for one in event.compared if one.output is compared.output), compared.target)
    targets = rebuild.data(given, rows=rows, what="the targets are")
    silent = fault.verdict == "silent"
    rebuild.add(steps.Compile, loss, target=model)
    if silent:
        # What passes, passes without gradients and without a pipeline of data, too: the losses are the same.
        predicted = rebuild.add(steps.Call, model, data) if is_short(event, _SHORT) else rebuild.predict(model, data, event)
        rebuild.claim = rebuild.add(steps.Loss, model, targets, predicted)
        rebuild.add(steps.Compare, loss, targets, predicted)
        return
    method = method_of(event)
    batch = () if method.endswith("on_batch") else (rows if isinstance(rows, int) else DEFAULT_BATCH,)
    rebuild.claim = len(rebuild.steps)
    rebuild.add(steps.Feed, method, model, data, (targets,), batch)
    if fault.verdict == "wrong":
        rebuild.either = True
        predicted = rebuild.add(steps.Call, model, data)
        rebuild.add(steps.Compare, loss, targets, predicted)


def show_values(rebuild: Rebuild, event: LayerApplied | ModelFed, finding: Finding) -> None:
    """A softmax over the axis of one unit, or what the last layer's activation makes of numbers."""
    layer = finding.key
    if not isinstance(layer, Layer):
        raise NotRebuilt("the layer at fault isn't known")
    if finding.code == "LST308":
        rebuild.add(steps.Activate, activation_of(layer))
        return
    outputs = [event.output] if isinstance(event, LayerApplied) else [output for output, _ in event.losses]
    output = next((one for one in outputs if isinstance(one, Array) and _made_by(layer, one)), None)
    if output is None:
        raise NotRebuilt("what the layer at fault gives isn't known")
    try:
        given = _given_by_model(rebuild, event, output)
    except NotRebuilt:
        rebuild.clear()
        given = rebuild.data(output, samples=False, what="what the softmax gets is")
    rebuild.add(steps.Softmax, given, -1)


def _given_by_model(rebuild: Rebuild, event: LayerApplied | ModelFed, output: Array) -> int:
    """What the layer at fault gives for data, before its activation (which is left out of what is rebuilt)."""
    if isinstance(event, ModelFed):
        model = rebuild.only(event, output)
        return rebuild.predict(model, tuple(rebuild.data(array) for _, array in event.inputs), event)
    given = rebuild.apply(event)
    origins = list({id(one): one for one in missing_inputs((), event.inputs)}.values())
    if not origins:
        raise NotRebuilt("the inputs of the model aren't known")
    model = rebuild.add(steps.Functional, tuple(rebuild.tensor(one.tensor) for one in origins), (given,))
    return rebuild.add(steps.Predict, model, tuple(rebuild.rows_of(one) for one in origins))


def _made_by(layer: Layer, output: Array) -> bool:
    applied = last_activated(output)
    return applied is not None and layer in (applied.layer, activated_layer(applied))


def _rows(fault: TargetFault) -> Dim:
    """How many samples make the one batch that shows the fault."""
    size = fault_in_batch(fault)
    rows = fault.compared.target.shape.axes[0].dim
    if isinstance(size, int):
        return size
    return min(rows, DEFAULT_BATCH) if isinstance(rows, int) else rows
